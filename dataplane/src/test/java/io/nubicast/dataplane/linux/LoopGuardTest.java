package io.nubicast.dataplane.linux;

import static io.nubicast.dataplane.linux.LoopGuard.Verdict.LOOP_BEGINS;
import static io.nubicast.dataplane.linux.LoopGuard.Verdict.PASS;
import static io.nubicast.dataplane.linux.LoopGuard.Verdict.REPEATED;
import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class LoopGuardTest {
    private static final long MILLISECOND = 1_000_000L;
    private static final long FLOW = LoopGuard.flow(0x0A000002, 40_000, 0xEF010203, 5001);

    private final LoopGuard guard = new LoopGuard();

    private static long datagram(long flow, long number) {
        byte[] payload = new byte[100];
        MemorySegment segment = MemorySegment.ofArray(payload);
        segment.set(java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED, 50, number);
        return LoopGuard.fingerprint(flow, segment, 0, 100);
    }

    @Test
    void twoDatagramsThatComeEightTimesWithinASecondAreALoop() {
        long nowNs = 0;
        LoopGuard.Verdict last = PASS;
        for (int round = 0; round < 8; round++) {
            assertThat(last).isEqualTo(PASS);
            guard.onDatagram(FLOW, datagram(FLOW, 1), nowNs += MILLISECOND);
            last = guard.onDatagram(FLOW, datagram(FLOW, 2), nowNs += MILLISECOND);
        }

        assertThat(last).isEqualTo(LOOP_BEGINS);
        assertThat(guard.onDatagram(FLOW, datagram(FLOW, 1), nowNs)).isEqualTo(REPEATED);
        assertThat(guard.onDatagram(FLOW, datagram(FLOW, 3), nowNs)).as("a new one passes").isEqualTo(PASS);
        assertThat(guard.onDatagram(FLOW, datagram(FLOW, 3), nowNs)).as("and not again").isEqualTo(REPEATED);
    }

    @Test
    void aLoopEndsWhenNothingWasRepeatedForASecond() {
        long nowNs = 0;
        for (int round = 0; round < 8; round++) {
            guard.onDatagram(FLOW, datagram(FLOW, 1), nowNs);
            guard.onDatagram(FLOW, datagram(FLOW, 2), nowNs);
        }

        nowNs += 1_000 * MILLISECOND;

        assertThat(guard.onDatagram(FLOW, datagram(FLOW, 4), nowNs)).isEqualTo(PASS);
        assertThat(guard.onDatagram(FLOW, datagram(FLOW, 4), nowNs)).isEqualTo(PASS);
    }

    @Test
    void theSamePayloadOverAndOverIsNoLoop() {
        for (int i = 0; i < 100_000; i++) {
            assertThat(guard.onDatagram(FLOW, datagram(FLOW, 7), i * MILLISECOND / 10)).isEqualTo(PASS);
        }
    }

    @Test
    void aFilePlayedInALoopOfASecondIsNoLoop() {
        int datagrams = 600;
        for (int i = 0; i < 60 * datagrams; i++) {
            assertThat(guard.onDatagram(FLOW, datagram(FLOW, i % datagrams), i * 1_000L * MILLISECOND / datagrams))
                    .isEqualTo(PASS);
        }
    }

    @Test
    void manyFlowsOfNewDatagramsAreNoLoop() {
        Random random = new Random(1);
        for (int i = 0; i < 1_000_000; i++) {
            long flow = LoopGuard.flow(random.nextInt(500), 40_000, 0xEF010203, 5001);
            assertThat(guard.onDatagram(flow, datagram(flow, i), i * 1_000L)).isEqualTo(PASS);
        }
    }

    @Test
    void twoFlowsWithTheSamePayloadAreNotOneLoop() {
        long other = LoopGuard.flow(0x0A000003, 40_000, 0xEF010203, 5001);
        for (int i = 0; i < 1_000; i++) {
            assertThat(guard.onDatagram(FLOW, datagram(FLOW, 7), i * MILLISECOND)).isEqualTo(PASS);
            assertThat(guard.onDatagram(other, datagram(other, 7), i * MILLISECOND)).isEqualTo(PASS);
        }
    }

    @Test
    void aFlowThatAClientOfThisHostRestoresIsALoopWhenItComesFromTheWireToo() {
        guard.onRestored(FLOW, 0);

        assertThat(guard.onFlow(FLOW, MILLISECOND)).isEqualTo(LOOP_BEGINS);
        assertThat(guard.onFlow(FLOW, 2 * MILLISECOND)).isEqualTo(REPEATED);
        guard.onRestored(FLOW, 9_000 * MILLISECOND);
        assertThat(guard.onFlow(FLOW, 18_000 * MILLISECOND)).as("told again after ten quiet seconds")
                .isEqualTo(LOOP_BEGINS);
        assertThat(guard.onFlow(FLOW, 19_000 * MILLISECOND)).as("ten seconds after the last one restored")
                .isEqualTo(PASS);
    }

    @Test
    void flowsThatShareASetAreAllKnown() {
        long[] flows = IntStream.range(0, 100_000).mapToLong(port -> LoopGuard.flow(0x0A000002, port, 0xEF010203, 5001))
                .filter(flow -> RestoredFlows.set(flow) == RestoredFlows.set(FLOW)).distinct()
                .limit(RestoredFlows.WAYS).toArray();
        assertThat(flows).hasSize(RestoredFlows.WAYS);

        for (int round = 0; round < 3; round++) {
            for (long flow : flows) {
                guard.onRestored(flow, round * MILLISECOND);
            }
        }

        for (long flow : flows) {
            assertThat(guard.onFlow(flow, 3 * MILLISECOND)).isNotEqualTo(PASS);
        }
    }

    @Test
    void theFlowOfASetThatWasRestoredLongestAgoGivesWay() {
        long[] flows = IntStream.range(0, 100_000).mapToLong(port -> LoopGuard.flow(0x0A000002, port, 0xEF010203, 5001))
                .filter(flow -> RestoredFlows.set(flow) == RestoredFlows.set(FLOW)).distinct()
                .limit(RestoredFlows.WAYS + 1).toArray();

        for (int i = 0; i < flows.length; i++) {
            guard.onRestored(flows[i], i * MILLISECOND);
        }

        assertThat(guard.onFlow(flows[0], 20 * MILLISECOND)).isEqualTo(PASS);
        assertThat(guard.onFlow(flows[1], 20 * MILLISECOND)).isNotEqualTo(PASS);
        assertThat(guard.onFlow(flows[flows.length - 1], 20 * MILLISECOND)).isNotEqualTo(PASS);
    }

    @Test
    void aFlowThatNobodyRestoresHereIsNone() {
        guard.onRestored(FLOW, 0);

        assertThat(guard.onFlow(LoopGuard.flow(0x0A000003, 40_000, 0xEF010203, 5001), 0)).isEqualTo(PASS);
        assertThat(guard.onFlow(LoopGuard.flow(0x0A000002, 40_001, 0xEF010203, 5001), 0)).isEqualTo(PASS);
        assertThat(guard.onFlow(LoopGuard.flow(0x0A000002, 40_000, 0xEF010203, 5002), 0)).isEqualTo(PASS);
    }

    /// Each datagram that passes comes back 1 ms later: without the guard they would pile up for ever.
    @Test
    void aLoopWithAStreamInItIsCutToLittleMoreThanTheStream() {
        Deque<Long> circulating = new ArrayDeque<>();
        int passed = 0;
        int begins = 0;
        for (int ms = 0; ms < 10_000; ms++) {
            circulating.add(datagram(FLOW, ms));
            for (int returning = circulating.size(); returning > 0; returning--) {
                long fingerprint = circulating.remove();
                LoopGuard.Verdict verdict = guard.onDatagram(FLOW, fingerprint, ms * MILLISECOND);
                begins += verdict == LOOP_BEGINS ? 1 : 0;
                if (verdict == PASS) {
                    passed++;
                    circulating.add(fingerprint);
                }
            }
        }

        assertThat(begins).isEqualTo(1);
        assertThat(passed).isBetween(10_000, 10_100);
        assertThat(circulating).hasSizeLessThan(3);
    }
}
