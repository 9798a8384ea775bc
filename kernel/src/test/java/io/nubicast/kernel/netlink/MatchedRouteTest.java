package io.nubicast.kernel.netlink;

import static org.assertj.core.api.Assertions.assertThat;

import io.nubicast.kernel.netlink.MatchedRoute.NextHop;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// Routes as the kernel tells them, unicast and multicast.
class MatchedRouteTest {
    private static final int MUTATIONS = Boolean.getBoolean("nubicast.ci") ? 1_000_000 : 10_000;

    /// 10.20.0.0/16 by OSPF, metric 20, two next hops of which one is down.
    private static final byte[] MULTIPATH = HexFormat.of().parseHex(
            // AF_INET, /16, source /0, tos 0, main, protocol 188, universe, UNICAST, flags
            "02100000" + "febc0001" + "00000000"
            // RTA_TABLE main, RTA_DST 10.20.0.0, RTA_PRIORITY 20
                    + "08000f00fe000000" + "080001000a140000" + "0800060014000000"
                    // RTA_MULTIPATH: length 16, flags 0, hops 0, interface 3, RTA_GATEWAY 10.9.0.2
                    + "24000900" + "10000000" + "03000000" + "080005000a090002"
                    // length 16, dead and link down, hops 0, interface 4, RTA_GATEWAY 10.8.0.2
                    + "10001100" + "04000000" + "080005000a080002");
    /// (10.1.0.2, 239.1.2.3) in the default table: in by 2, out by 3 and 4.
    private static final byte[] MULTICAST = HexFormat.of().parseHex(
            // RTNL_FAMILY_IPMR, /32, source /32, tos 0, default, mrouted, universe, MULTICAST, flags
            "80202000" + "fd110005" + "00000000"
            // RTA_TABLE default, RTA_SRC 10.1.0.2, RTA_DST 239.1.2.3, RTA_IIF 2
                    + "08000f00fd000000" + "080002000a010002" + "08000100ef010203" + "0800030002000000"
                    // RTA_MULTIPATH: length 8, flags 0, TTL 1, interface 3; length 8, flags 0, TTL 10, interface 4
                    + "14000900" + "0800000103000000" + "0800000a04000000"
                    // RTA_MFC_STATS: 7 packets, 700 bytes, 1 wrong
                    + "1c001100" + "0700000000000000" + "bc02000000000000" + "0100000000000000");

    private static Optional<MatchedRoute> unicast(byte[] bytes, int length) {
        return MatchedRoute.read(MemorySegment.ofArray(bytes), 0, length);
    }

    private static Optional<MulticastRoute> multicast(byte[] bytes, int length) {
        return MulticastRoute.read(MemorySegment.ofArray(bytes), 0, length);
    }

    @Test
    void equalCostPathsAreAllThereAndThoseThatAreDownAreMarked() {
        assertThat(unicast(MULTIPATH, MULTIPATH.length)).contains(new MatchedRoute(254, 0x0A140000, 16, 1, 188, 20,
                List.of(new NextHop(3, 0x0A090002, true, false), new NextHop(4, 0x0A080002, false, false))));
    }

    @Test
    void multicastRoutesHaveTheirPortsThresholdsAndCounters() {
        assertThat(multicast(MULTICAST, MULTICAST.length)).contains(new MulticastRoute(253, 0x0A010002, 0xEF010203, 2,
                Map.of(3, 1, 4, 10), false, 7, 700, 1));
    }

    @Test
    void oneKindIsNotTakenForTheOther() {
        assertThat(unicast(MULTICAST, MULTICAST.length)).isEmpty();
        assertThat(multicast(MULTIPATH, MULTIPATH.length)).isEmpty();
    }

    @Test
    void whatIsCutOffAnywhereIsARouteOrNone() {
        for (int length = 0; length < MULTIPATH.length; length++) {
            byte[] bytes = Arrays.copyOf(MULTIPATH, length);
            assertThat(unicast(bytes, length).map(MatchedRoute::nextHops).orElse(List.of())).hasSizeLessThan(3);
        }
        for (int length = 0; length < MULTICAST.length; length++) {
            assertThat(multicast(Arrays.copyOf(MULTICAST, length), length).stream()).hasSizeLessThan(2);
        }
    }

    @Test
    void mutationsGiveRoutesOrNone() {
        Random random = new Random(11);
        for (int i = 0; i < MUTATIONS; i++) {
            byte[] bytes = (random.nextBoolean() ? MULTIPATH : MULTICAST).clone();
            for (int flips = 1 + random.nextInt(6); flips > 0; flips--) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
            }
            int length = random.nextInt(4) == 0 ? random.nextInt(bytes.length + 1) : bytes.length;
            unicast(bytes, length).ifPresent(route -> assertThat(route.prefixLength()).isBetween(0, 32));
            multicast(bytes, length).ifPresent(route -> assertThat(route.outgoing().size()).isLessThan(8));
        }
    }
}
