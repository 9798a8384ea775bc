package io.nubicast.app.router.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import io.nubicast.kernel.netlink.MatchedRoute;
import io.nubicast.kernel.netlink.RouteAnswer;
import io.nubicast.kernel.netlink.RouteTables;
import io.nubicast.router.iface.InterfaceAddress;
import io.nubicast.router.rib.UnicastRoute;
import io.nubicast.wire.Address;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Routes of a namespace of our own.
class KernelUnicastRoutesTest {
    private static final int LAN = 3;
    private static final long MS = 1_000_000;

    private final List<Long> told = new ArrayList<>();
    private TwoNodes net;
    private KernelUnicastRoutes routes;
    private int lan;

    @BeforeEach
    void build() throws Exception {
        net = new TwoNodes();
        lan = TwoNodes.index(net.router, "lan");
        routes = net.in(net.router,
                () -> KernelUnicastRoutes.open(index -> index == lan ? Optional.of(LAN) : Optional.empty(), told::add));
    }

    @AfterEach
    void tearDown() {
        net.close();
    }

    @Test
    void protocolsAreNamedAndHaveTheirDistances() {
        net.router.route("10.20.0.0/16 via 10.9.0.2 proto 188 metric 20");
        net.router.route("10.30.0.0/16 via 10.9.0.2 proto static");
        net.router.route("10.40.0.0/16 via 10.9.0.2 proto bgp metric 7");

        assertThat(lookup("10.9.0.2"))
                .contains(new UnicastRoute(prefix("10.9.0.0", 24), LAN, Address.ANY_IPV4, "connected", 0, 0));
        assertThat(lookup("10.9.0.1")).as("an address of its own")
                .contains(new UnicastRoute(prefix("10.9.0.1", 32), LAN, Address.ANY_IPV4, "connected", 0, 0));
        assertThat(lookup("10.20.1.1"))
                .contains(new UnicastRoute(prefix("10.20.0.0", 16), LAN, Address.ipv4("10.9.0.2"), "ospf", 110, 20));
        assertThat(lookup("10.30.1.1")).map(UnicastRoute::protocol).contains("static");
        assertThat(lookup("10.30.1.1")).map(UnicastRoute::preference).contains(1);
        assertThat(lookup("10.40.1.1")).map(UnicastRoute::preference).contains(20);
        assertThat(lookup("10.50.1.1")).isEmpty();
    }

    @Test
    void routesThatLeadNowhereAreNone() {
        net.router.ip("route", "add", "blackhole", "10.60.0.0/16");
        net.router.ip("route", "add", "unreachable", "10.61.0.0/16");

        assertThat(lookup("10.60.0.1")).isEmpty();
        assertThat(lookup("10.61.0.1")).isEmpty();
        assertThat(lookup("10.9.0.255")).as("a broadcast address").isEmpty();
        assertThat(lookup("127.0.0.1")).as("by a device that is no interface of the router").isEmpty();
    }

    /// PIM-046
    @Test
    void ofEqualCostPathsTheHighestNextHopCounts() {
        net.router.ip("route", "add", "10.20.0.0/16", "nexthop", "via", "10.9.0.200", "nexthop", "via", "10.9.0.3");

        assertThat(lookup("10.20.1.1")).map(UnicastRoute::nextHop).contains(Address.ipv4("10.9.0.200"));
    }

    @Test
    void theLongestPrefixCountsThenTheLowestMetric() {
        net.router.route("default via 10.9.0.9");
        net.router.route("10.20.0.0/16 via 10.9.0.3 metric 20");
        net.router.route("10.20.0.0/16 via 10.9.0.2 metric 10");

        assertThat(lookup("10.20.1.1")).map(UnicastRoute::nextHop).contains(Address.ipv4("10.9.0.2"));
        assertThat(lookup("10.99.1.1")).map(UnicastRoute::prefix).contains(prefix("0.0.0.0", 0));
    }

    /// PIM-046: changes are followed at once, and a flood of them is told a few times only.
    @Test
    void changesAreToldAtOnceAndThenAtMostOnceAWhile() throws Exception {
        assertThat(lookup("10.20.1.1")).isEmpty();
        RouteTables tables = net.in(net.router, RouteTables::open);

        tables.put(route("10.20.0.0", "10.9.0.2"));
        routes.receive(1_000 * MS);

        assertThat(told).containsExactly(1_000 * MS);
        assertThat(lookup("10.20.1.1")).map(UnicastRoute::nextHop).contains(Address.ipv4("10.9.0.2"));

        for (int i = 0; i < 20; i++) {
            tables.put(route("10.2" + i % 10 + ".0.0", "10.9.0.3"));
            routes.receive(1_001 * MS + i);
        }

        assertThat(told).hasSize(1);
        assertThat(lookup("10.20.1.1")).as("the look-up is never behind").map(UnicastRoute::nextHop)
                .contains(Address.ipv4("10.9.0.3"));
        assertThat(routes.nextDeadlineNs()).isEqualTo(1_100 * MS);
        routes.onDeadline(1_100 * MS);
        assertThat(told).containsExactly(1_000 * MS, 1_100 * MS);
        assertThat(routes.nextDeadlineNs()).isEqualTo(Long.MAX_VALUE);

        assertThat(tables.remove(route("10.20.0.0", "10.9.0.3"))).isTrue();
        assertThat(tables.remove(route("10.20.0.0", "10.9.0.3"))).isFalse();
        routes.receive(2_000 * MS);
        assertThat(lookup("10.20.1.1")).isEmpty();
    }

    /// Routes that go with their device are not told by the kernel one by one.
    @Test
    void aDeviceThatGoesDownTakesItsRoutesAlong() throws Exception {
        net.router.route("10.20.0.0/16 via 10.9.0.2");
        assertThat(lookup("10.20.1.1")).isPresent();
        routes.receive(0);

        net.router.ip("link", "set", "lan", "down");
        routes.receive(1_000 * MS);

        assertThat(lookup("10.20.1.1")).isEmpty();
        assertThat(told).contains(1_000 * MS);
    }

    private MatchedRoute route(String destination, String gateway) {
        return new MatchedRoute(RouteAnswer.TABLE_MAIN, Address.ipv4(destination).ipv4(), 16, RouteAnswer.UNICAST, 188,
                0,
                List.of(new MatchedRoute.NextHop(lan, Address.ipv4(gateway).ipv4(), true, false)));
    }

    private Optional<UnicastRoute> lookup(String address) {
        return routes.lookup(Address.ipv4(address));
    }

    private static InterfaceAddress prefix(String address, int length) {
        return new InterfaceAddress(Address.ipv4(address), length);
    }
}
