package io.nubicast.router.sim;

import static org.assertj.core.api.Assertions.assertThat;

import io.nubicast.forwarding.routing.GroupRoute;
import io.nubicast.router.pim.PimConfig;
import io.nubicast.router.rib.UnicastRoute;
import io.nubicast.testkit.net.SimLink;
import io.nubicast.wire.Address;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// What the tests of whole domains stand on: unicast routes, memberships, forwarding hop by hop.
class DomainTest {
    private static final Address GROUP = Address.ipv4("239.0.0.10");

    /// source - a - b - c - member, and a longer way a - d - e - c.
    private final Domain domain = new Domain(1).router("a").router("b").router("c").router("d").router("e");
    private final SimLink sources = domain.link("a");
    private final SimLink ab = domain.link("a", "b");
    private final SimLink bc = domain.link("b", "c");
    private final SimLink members = domain.link("c");

    {
        domain.link("a", "d");
        domain.link("d", "e");
        domain.link("e", "c");
        domain.host("source", sources).host("member", members);
    }

    private Optional<UnicastRoute> route(String router, Address destination) {
        return domain.paths().lookup(router, destination);
    }

    @Test
    void routesTakeTheFewestHops() {
        Address member = domain.address("c", members);

        assertThat(route("a", member).orElseThrow().nextHop()).isEqualTo(domain.address("b", ab));
        assertThat(route("a", member).orElseThrow().metric()).isEqualTo(2);
        assertThat(route("b", member).orElseThrow().nextHop()).isEqualTo(domain.address("c", bc));
        assertThat(route("c", member).orElseThrow().isConnected()).isTrue();
        assertThat(route("a", domain.loopback("c")).orElseThrow().nextHop()).isEqualTo(domain.address("b", ab));
    }

    @Test
    void routesFollowLinksAndRouters() {
        domain.start();
        Address member = domain.address("c", members);

        domain.up(bc, false);
        assertThat(route("a", member).orElseThrow().metric()).isEqualTo(2);
        domain.runSeconds(0.1);
        assertThat(route("a", member).orElseThrow().metric()).isEqualTo(3);
        domain.crash("e");
        domain.runSeconds(0.1);
        assertThat(route("a", member)).isEmpty();
        domain.up(bc, true);
        domain.runSeconds(0.1);
        assertThat(route("a", member).orElseThrow().metric()).isEqualTo(2);
    }

    /// IGMP runs as it is.
    @Test
    void aMemberIsKnownToItsRouterAsLongAsItListens() {
        domain.start();
        domain.runSeconds(1);
        domain.join("member", GROUP);
        domain.runSeconds(600);
        assertThat(domain.routerNamed("c").igmp().includesAny(1 + 1, GROUP)).isTrue();

        domain.leave("member", GROUP);
        domain.runSeconds(10);
        assertThat(domain.routerNamed("c").igmp().includesAny(1 + 1, GROUP)).isFalse();
    }

    /// Each hop takes one off the TTL.
    @Test
    void packetsAreForwardedHopByHop() {
        domain.configured(config -> PimConfig.NONE).start();
        put("a", 1, 2);
        put("b", 1, 2);
        put("c", 1, 2);
        domain.send("source", GROUP, 10);
        domain.runSeconds(1.05);

        assertThat(domain.hostNamed("member").received(domain.hostNamed("source").address(), GROUP))
                .containsExactlyElementsOf(IntStream.range(0, 11).boxed().toList());
        assertThat(domain.routerNamed("c").plane().traffic(Address.ANY_IPV4, GROUP).packets()).isEqualTo(11);
        assertThat(domain.network().trace())
                .anyMatch(line -> line.contains("c:2 > member:1") && line.contains("ttl 61"));
    }

    private void put(String router, int incoming, int outgoing) {
        domain.routerNamed(router).plane().put(
                new GroupRoute("test", Address.ANY_IPV4, GROUP, incoming, Set.of(outgoing), false));
    }
}
