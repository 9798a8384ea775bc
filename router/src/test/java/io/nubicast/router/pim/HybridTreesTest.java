package io.nubicast.router.pim;

import static org.assertj.core.api.Assertions.assertThat;

import io.nubicast.router.iface.InterfaceAddress;
import io.nubicast.router.iface.RouterInterface;
import io.nubicast.router.port.Packet;
import io.nubicast.wire.Address;
import java.util.List;
import org.junit.jupiter.api.Test;

/// The two routers of the source document with a tunnel between them: what one says, the other hears (spec sections 8.2 and 8.3).
class HybridTreesTest {
    private static final String G = "239.0.0.10";
    private static final String S = "192.168.0.128";

    private final OneRouter cloud = router(1, "10.0.0.1", "GigabitEthernet1", "192.168.0.129");
    private final OneRouter idc = router(2, "10.0.0.2", "GigabitEthernet2", "172.16.10.1");

    /// Interface 1 is the tunnel, 2 the LAN.
    private static OneRouter router(long seed, String tunnel, String lan, String address) {
        OneRouter router = new OneRouter(seed);
        router.put(new RouterInterface(1, "Tunnel1", "Tunnel1", true, true, false, 1476,
                List.of(new InterfaceAddress(Address.ipv4(tunnel), 30))));
        router.put(new RouterInterface(2, lan, "eth1", true, false, false, 1500,
                List.of(new InterfaceAddress(Address.ipv4(address), 24))));
        return router.rp("10.0.0.1");
    }

    /// Lets both live, a tenth of a second at a time, and carries what they say through the tunnel.
    private void pass(double seconds) {
        for (int tenth = 0; tenth < seconds * 10; tenth++) {
            carry(cloud, idc);
            carry(idc, cloud);
            cloud.pass(0.1);
            idc.pass(0.1);
        }
    }

    private static void carry(OneRouter from, OneRouter to) {
        List<Packet> sent = List.copyOf(from.sent);
        from.sent.clear();
        for (Packet packet : sent) {
            if (to.interfaces.values().stream().anyMatch(each -> each.isOnLink(packet.source()))) {
                to.pim.onPacket(1, packet, to.nowNs);
            }
        }
    }

    private String show(OneRouter router) {
        return new PimShows(router.pim)
                .mroute(java.util.Optional.empty(), java.util.Optional.empty(), true, router.nowNs).text();
    }

    @Test
    void theDocumentsCaseRunsFromJoinToLeave() {
        idc.route("192.168.0.0", 24, 1, "10.0.0.1");
        cloud.route("172.16.10.0", 24, 1, "10.0.0.2");
        pass(36);
        assertThat(cloud.pim.neighbors().isNeighbor(1, Address.ipv4("10.0.0.2"))).isTrue();
        assertThat(idc.pim.neighbors().isNeighbor(1, Address.ipv4("10.0.0.1"))).isTrue();

        // E2E-014: a member, and nothing sent yet.
        idc.wants(2, G, true);
        pass(0.2);
        assertThat(show(cloud)).contains("(*, 239.0.0.10), 00:00:00/00:03:2", ", RP 10.0.0.1, flags: S\n",
                "  Incoming interface: Null, RPF nbr 0.0.0.0\n", "    Tunnel1, Forward/Sparse, 00:00:00/00:03:2")
                .doesNotContain("192.168.0.128");
        assertThat(idc.said()).containsExactly("1 10.0.0.1 join 239.0.0.10 *(10.0.0.1)");

        // Step 3: the source's first packet. No Register: the RP is the first hop.
        cloud.noRoute(2, S, G);
        assertThat(cloud.route(S, G)).isEqualTo("2>[1]");
        assertThat(show(cloud)).contains("(192.168.0.128, 239.0.0.10), 00:00:00/00:03:30, flags: FT\n",
                "  Incoming interface: GigabitEthernet1, RPF nbr 0.0.0.0\n");

        // Step 6: it comes out of the tunnel.
        idc.noRoute(1, S, G);
        assertThat(idc.route(S, G)).isEqualTo("1>[2]");
        pass(0.3);
        assertThat(idc.said()).containsExactly("1 10.0.0.1 join 239.0.0.10 192.168.0.128");
        assertThat(show(idc)).contains("RP 10.0.0.1, flags: SJC\n", "flags: JT\n",
                "  Incoming interface: Tunnel1, RPF nbr 10.0.0.1\n");
        assertThat(cloud.said()).isEmpty();

        // It goes on for ten minutes, without a change of routes.
        int told = cloud.plane.told.size() + idc.plane.told.size();
        for (int minute = 0; minute < 10; minute++) {
            cloud.plane.passed(Address.ipv4(S), Address.ipv4(G), 18_000, 0);
            idc.plane.passed(Address.ipv4(S), Address.ipv4(G), 18_000, 0);
            pass(60);
        }
        assertThat(cloud.plane.told.size() + idc.plane.told.size()).isEqualTo(told);

        // T-E2E-03: the member leaves; the tunnel is silent within 0.1 s.
        idc.wants(2, G, false);
        pass(0.1);
        assertThat(cloud.route(S, G)).isEqualTo("2>[]");
        assertThat(show(cloud)).contains("flags: PF\n");

        // Nobody sends any more: nothing is left.
        pass(700);
        assertThat(cloud.trees()).isZero();
        assertThat(idc.trees()).isZero();
        assertThat(cloud.plane.routes).isEmpty();
    }

    /// T-E2E-04: a source in the data centre is registered, joined by the RP, and stopped.
    @Test
    void aSourceInTheDataCentreIsRegisteredUntilItArrivesNatively() {
        idc.route("192.168.0.0", 24, 1, "10.0.0.1");
        cloud.route("172.16.10.0", 24, 1, "10.0.0.2");
        pass(36);
        cloud.wants(2, "239.0.0.20", true);
        idc.noRoute(2, "172.16.10.10", "239.0.0.20");
        assertThat(idc.route("172.16.10.10", "239.0.0.20")).isEqualTo("2>[] register");
        idc.said();
        cloud.said();

        idc.pim.onEvent(new io.nubicast.forwarding.routing.RoutingEvent.WholePacket(2, Address.ipv4("172.16.10.10"),
                Address.ipv4("239.0.0.20"), TreesTest.packet("172.16.10.10", "239.0.0.20", 16)), idc.nowNs);
        pass(0.2);
        cloud.noRoute(-1, "172.16.10.10", "239.0.0.20");

        assertThat(cloud.said()).containsExactly("1 10.0.0.2 join 239.0.0.20 172.16.10.10");
        assertThat(cloud.route("172.16.10.10", "239.0.0.20")).isEqualTo("-1>[2]");
        assertThat(idc.route("172.16.10.10", "239.0.0.20")).isEqualTo("2>[1] register");

        cloud.wrongPort(1, "172.16.10.10", "239.0.0.20");
        assertThat(cloud.route("172.16.10.10", "239.0.0.20")).isEqualTo("1>[2]");
        idc.pim.onEvent(new io.nubicast.forwarding.routing.RoutingEvent.WholePacket(2, Address.ipv4("172.16.10.10"),
                Address.ipv4("239.0.0.20"), TreesTest.packet("172.16.10.10", "239.0.0.20", 16)), idc.nowNs);
        pass(0.2);

        assertThat(cloud.said()).containsExactly("routed 10.0.0.1 to 10.0.0.2 register-stop 172.16.10.10 239.0.0.20");
        assertThat(idc.route("172.16.10.10", "239.0.0.20")).isEqualTo("2>[1]");
    }
}
