package io.nubicast.tools.mpegts;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.function.LongPredicate;
import java.util.function.LongUnaryOperator;
import org.junit.jupiter.api.Test;

class TsAnalyserTest {
    private static final long MS = 1_000_000;

    private final TsLoop loop = TsLoop.sample();
    private final TsAnalyser analyser = new TsAnalyser();
    private final TsPacket view = new TsPacket();
    private final PesHeader pes = new PesHeader();

    private interface Change {
        void apply(long n, byte[] packet);
    }

    /// Feeds the sample's loop, packet by packet, at the time each is due.
    private TsHealth play(long from, long until, LongPredicate keep, LongUnaryOperator time, Change change) {
        byte[] packet = new byte[TsPacket.LENGTH];
        for (long n = from; n < until; n++) {
            loop.copy(n, packet, 0, view, pes);
            if (keep.test(n)) {
                change.apply(n, packet);
                analyser.accept(packet, 0, packet.length, time.applyAsLong(n));
            }
        }
        analyser.flush();
        return analyser.health();
    }

    private TsHealth play(long packets, LongPredicate keep) {
        return play(0, packets, keep, loop::dueNs, (n, packet) -> {});
    }

    private long first(int pid, long from) {
        byte[] packet = new byte[TsPacket.LENGTH];
        for (long n = from;; n++) {
            loop.copy(n, packet, 0, view, pes);
            if (view.pid() == pid && view.hasPayload()) {
                return n;
            }
        }
    }

    @Test
    void theSampleIsHealthyAndItsStreamsAreNamed() {
        TsHealth health = play(loop.packetsPerRound(), n -> true);

        assertThat(health.errors()).isEmpty();
        assertThat(health.healthy()).isTrue();
        assertThat(health.packets()).isEqualTo(loop.packetsPerRound());
        assertThat(health.programs()).isEqualTo(1);
        assertThat(health.bitsPerSecond()).isBetween(990_000L, 1_010_000L);
        assertThat(health.pcrJitterMaxNs()).isLessThan(1000);
        assertThat(health.pids()).extracting(TsHealth.Pid::kind).contains("PAT", "PMT", "SDT", "MPEG-2 video",
                "MPEG audio", "stuffing");
        assertThat(health.summary()).endsWith("no errors");
    }

    @Test
    void aLostPacketIsAContinuityErrorAndCountedAsMissing() {
        long lost = first(0x100, 500);

        TsHealth health = play(2000, n -> n != lost);

        assertThat(health.errors()).containsOnlyKeys(TsError.CONTINUITY_COUNT_ERROR);
        assertThat(health.count(TsError.CONTINUITY_COUNT_ERROR)).isEqualTo(1);
        assertThat(health.missingPackets()).isEqualTo(1);
        assertThat(health.summary()).contains("1.4 Continuity_count_error 1");
    }

    @Test
    void aRepeatedPacketIsAllowedOnceAndAFaultTheSecondTime() {
        byte[] packet = new byte[TsPacket.LENGTH];
        long repeated = first(0x100, 500);
        for (long n = 0; n < 1000; n++) {
            loop.copy(n, packet, 0, view, pes);
            analyser.accept(packet, 0, packet.length, loop.dueNs(n));
            if (n == repeated) {
                analyser.accept(packet, 0, packet.length, loop.dueNs(n));
                assertThat(analyser.continuityErrors()).isZero();
            }
        }
        assertThat(analyser.continuityErrors()).isZero();

        analyser.accept(packet, 0, packet.length, loop.dueNs(1000));
        analyser.accept(packet, 0, packet.length, loop.dueNs(1000));

        assertThat(view.hasPayload() && view.pid() != TsPacket.NULL_PID).isTrue();
        assertThat(analyser.continuityErrors()).isEqualTo(1);
    }

    @Test
    void aMarkedDiscontinuityIsNoFault() {
        long lost = first(0x100, 500);
        long next = first(0x100, lost + 1);

        TsHealth health = play(0, 2000, n -> n != lost, loop::dueNs, (n, packet) -> {
            view.wrap(packet, 0);
            if (n == next) {
                // An adaptation field of one byte with the indicator, in place of the first payload bytes.
                packet[3] |= 0x20;
                packet[4] = 1;
                packet[5] = (byte) 0x80;
            }
        });

        assertThat(health.errors()).isEmpty();
    }

    @Test
    void aPacketMarkedAsDamagedIsATransportErrorAndNotBelieved() {
        long damaged = first(0x100, 700);

        TsHealth health = play(0, 2000, n -> true, loop::dueNs, (n, packet) -> {
            if (n == damaged) {
                packet[1] |= (byte) 0x80;
            }
        });

        assertThat(health.count(TsError.TRANSPORT_ERROR)).isEqualTo(1);
        assertThat(health.count(TsError.CONTINUITY_COUNT_ERROR)).isEqualTo(1);
    }

    @Test
    void aTableWithAWrongCrcIsACrcError() {
        long table = first(0, 300);

        TsHealth health = play(0, 2000, n -> true, loop::dueNs, (n, packet) -> {
            if (n == table) {
                packet[14] ^= 1;
            }
        });

        assertThat(health.errors()).containsOnlyKeys(TsError.CRC_ERROR);
    }

    @Test
    void aMissingProgramAssociationTableIsCountedEachHalfSecond() {
        byte[] packet = new byte[TsPacket.LENGTH];

        TsHealth health = play(0, loop.packetsPerRound(), n -> {
            loop.copy(n, packet, 0, view, pes);
            return view.pid() != 0 || loop.dueNs(n) < 1000 * MS;
        }, loop::dueNs, (n, bytes) -> {});

        // 4.8 s, missing since the first second.
        assertThat(health.count(TsError.PAT_ERROR)).isBetween(5L, 8L);
        assertThat(health.errors()).containsOnlyKeys(TsError.PAT_ERROR);
    }

    @Test
    void aStreamThatStopsIsAPidError() {
        byte[] packet = new byte[TsPacket.LENGTH];

        TsHealth health = play(0, 2L * loop.packetsPerRound(), n -> {
            loop.copy(n, packet, 0, view, pes);
            return view.pid() != 0x101 || n < 100;
        }, loop::dueNs, (n, bytes) -> {});

        assertThat(health.count(TsError.PID_ERROR)).isEqualTo(1);
    }

    @Test
    void aJumpOfTheClockWithoutAnIndicatorIsReported() {
        TsHealth health = play(0, 2000, n -> true, loop::dueNs, (n, packet) -> {
            view.wrap(packet, 0);
            if (n >= 1000 && view.hasPcr()) {
                view.pcr(view.pcr() + 5 * Timestamps.PCR_HZ);
            }
        });

        assertThat(health.errors()).containsOnlyKeys(TsError.PCR_DISCONTINUITY_INDICATOR_ERROR);
        assertThat(health.count(TsError.PCR_DISCONTINUITY_INDICATOR_ERROR)).isEqualTo(1);
    }

    @Test
    void aPauseIsARepetitionErrorOfTheClock() {
        TsHealth health = play(0, 2000, n -> true, n -> loop.dueNs(n) + (n < 1000 ? 0 : 300 * MS), (n, packet) -> {});

        assertThat(health.errors()).containsOnlyKeys(TsError.PCR_REPETITION_ERROR);
        assertThat(health.pcrIntervalMaxNs()).isGreaterThan(300 * MS);
        assertThat(health.pcrJitterMaxNs()).isBetween(299 * MS, 301 * MS);
    }

    @Test
    void scramblingWithoutAConditionalAccessTableIsACatError() {
        TsHealth health = play(0, 1000, n -> true, loop::dueNs, (n, packet) -> {
            view.wrap(packet, 0);
            if (n > 500 && view.pid() == 0x101) {
                packet[3] |= (byte) 0x80;
            }
        });

        assertThat(health.errors()).containsOnlyKeys(TsError.CAT_ERROR);
    }

    @Test
    void mutatedStreamsNeverThrow() {
        Random random = new Random(5);
        for (int round = 0; round < 20; round++) {
            play(0, 1000, n -> random.nextInt(50) != 0, loop::dueNs, (n, packet) -> {
                if (random.nextInt(10) == 0) {
                    for (int k = random.nextInt(6); k >= 0; k--) {
                        packet[random.nextInt(random.nextBoolean() ? 40 : 188)] = (byte) random.nextInt();
                    }
                }
            });
            assertThat(analyser.health().summary()).isNotEmpty();
        }
    }
}
