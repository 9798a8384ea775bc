package io.nubicast.kernel.netlink;

import static org.assertj.core.api.Assertions.assertThat;

import io.nubicast.kernel.sys.Descriptor;
import io.nubicast.kernel.sys.Errno;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RouteQueriesTest {
    /// To 10.1.2.3, as Linux 6.18 answered; sequence 7.
    private static final byte[] GATEWAY = HexFormat.of().parseHex(
            // length 124, RTM_NEWROUTE, flags 0, sequence 7, port
            "7c000000" + "1800" + "0000" + "07000000" + "f7770000"
            // AF_INET, /32, source /0, tos 0, table 100, protocol 0, scope 0, UNICAST, LOOKUP_TABLE | CLONED
                    + "02200000" + "64000001" + "00020000"
                    // RTA_TABLE 100, RTA_DST 10.1.2.3, RTA_OIF 3, RTA_PREFSRC 10.0.0.1, RTA_GATEWAY 10.0.0.2
                    + "08000f0064000000" + "080001000a010203" + "0800040003000000" + "080007000a000001"
                    + "080005000a000002"
                    // RTA_METRICS with RTAX_MTU 1400, RTA_UID 0
                    + "0c000800" + "0800020078050000" + "0800190000000000"
                    // RTA_CACHEINFO
                    + "24000c00" + "0200000000000000000000000000000000000000000000000000000000000000");
    /// There is no route.
    private static final byte[] UNREACHABLE = HexFormat.of().parseHex(
            // length 56, NLMSG_ERROR, flags 0, sequence 7, port
            "38000000" + "0200" + "0000" + "07000000" + "f7770000"
            // -ENETUNREACH, then the request
                    + "9bffffff" + "240000001a0001000700000000000000" + "022000000000000000100000"
                    + "08000100c0000201");

    private final Map<Integer, RouteAnswer> answers = new TreeMap<>();

    @AfterEach
    void nothingStaysOpen() {
        assertThat(Descriptor.stillOpen()).isEmpty();
    }

    private int read(byte[] bytes, int length, int base, int count) {
        return RouteQueries.read(MemorySegment.ofArray(bytes), 0, length, base, count, answers::put);
    }

    @Test
    void anAnswerByAGatewayHasDeviceTableAndMtu() {
        assertThat(read(GATEWAY, GATEWAY.length, 7, 1)).isOne();

        assertThat(answers).containsExactly(
                Map.entry(0, new RouteAnswer(0, RouteAnswer.UNICAST, 100, 3, 0x0A000002, 1400, false, false)));
    }

    @Test
    void viaAndEncapAreSeen() {
        byte[] other = GATEWAY.clone();
        // RTA_GATEWAY becomes RTA_VIA, RTA_PREFSRC becomes RTA_ENCAP.
        other[62] = 18;
        other[54] = 22;
        read(other, other.length, 7, 1);

        assertThat(answers.get(0)).isEqualTo(new RouteAnswer(0, RouteAnswer.UNICAST, 100, 3, 0, 1400, true, true));
    }

    @Test
    void aRefusalIsAnAnswer() {
        assertThat(read(UNREACHABLE, UNREACHABLE.length, 5, 4)).isOne();

        assertThat(answers).containsExactly(Map.entry(2, RouteAnswer.refused(Errno.ENETUNREACH)));
    }

    @Test
    void answersOfOtherSequencesAreLeftOut() {
        assertThat(read(GATEWAY, GATEWAY.length, 8, 10)).isZero();
        assertThat(read(GATEWAY, GATEWAY.length, 1, 6)).isZero();

        assertThat(answers).isEmpty();
    }

    @Test
    void aMessageCutAtAnyPlaceIsDropped() {
        for (int length = 0; length < GATEWAY.length; length++) {
            assertThat(read(GATEWAY, length, 7, 1)).isZero();
        }
    }

    /// The length in its header agrees, its body ends anywhere.
    @Test
    void aMessageThatEndsAtAnyPlaceGivesAnAnswerOrNothing() {
        for (int length = 16; length < GATEWAY.length; length++) {
            assertThat(readCut(GATEWAY, length)).as("length %d", length).isEqualTo(length < 28 ? 0 : 1);
        }
        for (int length = 16; length < UNREACHABLE.length; length++) {
            assertThat(readCut(UNREACHABLE, length)).as("length %d", length).isEqualTo(length < 20 ? 0 : 1);
        }
    }

    private int readCut(byte[] whole, int length) {
        byte[] bytes = Arrays.copyOf(whole, length);
        bytes[0] = (byte) length;
        return read(bytes, length, 7, 1);
    }

    @Test
    void tenThousandMutationsGiveAnswersOrNothing() {
        Random random = new Random(1);
        for (int i = 0; i < 10_000; i++) {
            byte[] bytes = (random.nextBoolean() ? GATEWAY : UNREACHABLE).clone();
            for (int flips = 1 + random.nextInt(6); flips > 0; flips--) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
            }
            read(bytes, random.nextInt(4) == 0 ? random.nextInt(bytes.length + 1) : bytes.length, 7, 1);
            answers.values().forEach(answer -> assertThat(answer.mtu()).isNotNegative());
            answers.clear();
        }
    }

    @Test
    void theKernelAnswersAFullBatch() throws Exception {
        int[] asked = new int[RouteQueries.BATCH];
        for (int i = 0; i < asked.length; i++) {
            asked[i] = 0x7F000001 + i;
        }
        try (RouteQueries queries = RouteQueries.open()) {
            for (int round = 0; round < 50; round++) {
                answers.clear();
                assertThat(queries.lookUp(asked, asked.length, answers::put)).isEqualTo(asked.length);
            }
        }

        assertThat(answers).hasSize(asked.length);
        assertThat(answers.values()).allSatisfy(answer -> assertThat(answer.type()).isEqualTo(RouteAnswer.LOCAL));
    }

    @Test
    void theUseOfANeighbourOfNoInterfaceIsRefused() throws Exception {
        try (RouteQueries queries = RouteQueries.open()) {
            assertThat(queries.use(Integer.MAX_VALUE, 0x7F000001)).isIn(Errno.ENODEV, Errno.EPERM);
        }
    }
}
