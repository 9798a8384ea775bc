package io.nubicast.router.rib;

import static org.assertj.core.api.Assertions.assertThat;

import io.nubicast.router.iface.InterfaceAddress;
import io.nubicast.router.iface.RouterInterface;
import io.nubicast.wire.Address;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// PIM-046.
class RpfTest {
    private static final Address S = Address.ipv4("172.16.1.1");

    private final List<UnicastRoute> table = new ArrayList<>();
    private final Rpf rpf = new Rpf(new UnicastRoutes() {
        @Override
        public Optional<UnicastRoute> lookup(Address destination) {
            return paths(destination).stream().findFirst();
        }

        @Override
        public List<UnicastRoute> paths(Address destination) {
            int longest = table.stream().filter(each -> each.prefix().contains(destination))
                    .mapToInt(each -> each.prefix().prefixLength()).max().orElse(-1);
            return table.stream()
                    .filter(each -> each.prefix().contains(destination) && each.prefix().prefixLength() == longest)
                    .toList();
        }
    });

    @BeforeEach
    void interfaces() {
        for (int id = 1; id <= 3; id++) {
            InterfaceAddress address = new InterfaceAddress(Address.ipv4("10.0." + id + ".1"), 24);
            rpf.onInterface(new RouterInterface(id, "GigabitEthernet" + id, "eth" + id, true, false, false, 1500,
                    List.of(address)));
            table.add(new UnicastRoute(address, id, Address.ANY_IPV4, "connected", 0, 0));
        }
    }

    private void route(String prefix, int length, int id, String nextHop) {
        table.add(new UnicastRoute(new InterfaceAddress(Address.ipv4(prefix), length), id, Address.ipv4(nextHop),
                "ospf 10", 110, 20));
    }

    private static StaticMroute mroute(String prefix, int length, String neighbor, String name, int distance) {
        return new StaticMroute(new InterfaceAddress(Address.ipv4(prefix), length),
                neighbor.isEmpty() ? Address.ANY_IPV4 : Address.ipv4(neighbor), name, distance);
    }

    private String lookup(Address address) {
        return rpf.lookup(address).map(each -> each.interfaceId() + " " + each.nextHop() + (each.isStaticMroute()
                ? " mroute"
                : "") + " " + each.recursions()).orElse("none");
    }

    @Test
    void aConnectedAddressIsOnItsLink() {
        assertThat(lookup(Address.ipv4("10.0.2.9"))).isEqualTo("2 0.0.0.0 0");
        assertThat(lookup(Address.ipv4("10.0.2.1"))).as("our own").isEqualTo("2 0.0.0.0 0");
    }

    @Test
    void withoutRouteThereIsNoInterface() {
        assertThat(lookup(S)).isEqualTo("none");
    }

    @Test
    void ofEqualPathsTheHighestNextHopIsTaken() {
        route("172.16.0.0", 16, 1, "10.0.1.200");
        route("172.16.0.0", 16, 2, "10.0.2.2");
        route("172.16.0.0", 16, 2, "10.0.2.129");

        assertThat(lookup(S)).isEqualTo("2 10.0.2.129 0");
    }

    @Test
    void withMultipathSourcesAreSpreadAndEachStaysOnItsPath() {
        route("172.16.0.0", 16, 1, "10.0.1.2");
        route("172.16.0.0", 16, 2, "10.0.2.2");
        rpf.configure(List.of(), true);
        Set<String> ways = new HashSet<>();

        for (int i = 0; i < 50; i++) {
            Address source = Address.ofIpv4(S.ipv4() + i);
            ways.add(lookup(source));
            assertThat(lookup(source)).isEqualTo(lookup(source));
        }

        assertThat(ways).containsExactlyInAnyOrder("1 10.0.1.2 0", "2 10.0.2.2 0");
    }

    @Test
    void aNextHopBehindAnotherIsLookedUpAgain() {
        route("172.16.0.0", 16, 1, "10.9.9.9");
        route("10.9.9.9", 32, 3, "10.0.3.2");

        assertThat(lookup(S)).isEqualTo("3 10.0.3.2 1");
    }

    @Test
    void routesInACircleLeadNowhere() {
        route("172.16.0.0", 16, 1, "10.9.9.9");
        route("10.9.9.0", 24, 1, "10.8.8.8");
        route("10.8.8.0", 24, 1, "10.9.9.9");

        assertThat(lookup(S)).isEqualTo("none");
    }

    @Test
    void aStaticMrouteComesFirst() {
        route("172.16.0.0", 16, 1, "10.0.1.2");
        rpf.configure(List.of(mroute("172.16.0.0", 12, "10.0.2.2", "", 0)), false);

        assertThat(lookup(S)).isEqualTo("2 10.0.2.2 mroute 0");
    }

    @Test
    void theLongestStaticMrouteCounts() {
        rpf.configure(List.of(mroute("0.0.0.0", 0, "10.0.2.2", "", 0),
                mroute("172.16.1.0", 24, "", "GigabitEthernet3", 0)), false);

        assertThat(lookup(S)).isEqualTo("3 0.0.0.0 mroute 0");
        assertThat(lookup(Address.ipv4("172.16.2.1"))).isEqualTo("2 10.0.2.2 mroute 0");
    }

    @Test
    void aStaticMrouteWithAHigherDistanceIsForWhenThereIsNoOther() {
        route("172.16.0.0", 16, 1, "10.0.1.2");
        rpf.configure(List.of(mroute("172.16.0.0", 16, "10.0.2.2", "", 200)), false);

        assertThat(lookup(S)).isEqualTo("1 10.0.1.2 0");
        table.removeLast();
        assertThat(lookup(S)).isEqualTo("2 10.0.2.2 mroute 0");
    }

    @Test
    void aStaticMrouteByAnInterfaceThatIsDownDoesNotCount() {
        route("172.16.0.0", 16, 1, "10.0.1.2");
        rpf.configure(List.of(mroute("172.16.0.0", 16, "", "GigabitEthernet3", 0)), false);
        rpf.onInterfaceGone(3);

        assertThat(lookup(S)).isEqualTo("1 10.0.1.2 0");
    }
}
