package io.nubicast.router.sim;

import static org.assertj.core.api.Assertions.assertThat;

import io.nubicast.router.pim.PimConfig;
import io.nubicast.testkit.net.SimLink;
import io.nubicast.wire.Address;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// PIM-SM end to end: sources, RP, members, with IGMP and data packets.
class SparseModeTest {
    private static final Address GROUP = Address.ipv4("239.0.0.10");
    private static final Address SSM_GROUP = Address.ipv4("232.1.1.1");

    /// source - a - b - c - member, and a longer way a - d - e - c; b is the RP. The other member is behind d.
    private final Domain domain = new Domain(1).router("a").router("b").router("c").router("d").router("e");
    private final SimLink sources = domain.link("a");
    private final SimLink bc = domain.link("b", "c");
    private final SimLink members = domain.link("c");
    private final SimLink otherMembers = domain.link("d");

    {
        domain.link("a", "b");
        domain.link("a", "d");
        domain.link("d", "e");
        domain.link("e", "c");
        domain.host("source", sources).host("member", members).host("other", otherMembers).rp("b");
    }

    private List<Integer> received(String host) {
        return domain.hostNamed(host).received(domain.hostNamed("source").address(), GROUP);
    }

    private static List<Integer> numbers(int from, int to) {
        return IntStream.range(from, to).boxed().toList();
    }

    /// T-PIM-05: Register, Register-Stop, the RP's Join, the last hop's own tree; each packet once.
    @Test
    void membersReceiveEachPacketOnce() {
        domain.start();
        domain.runSeconds(40);
        domain.join("member", GROUP);
        domain.join("other", GROUP);
        domain.runSeconds(5);

        domain.send("source", GROUP, 10);
        domain.runSeconds(400.05);
        domain.hostNamed("source").quiet(GROUP);
        domain.runSeconds(1);

        assertThat(received("member")).doesNotHaveDuplicates().hasSizeGreaterThan(3995).endsWith(4000);
        assertThat(received("other")).doesNotHaveDuplicates().hasSizeGreaterThan(3995).endsWith(4000);
    }

    /// PIM-053: a member that comes while packets flow already.
    @Test
    void aMemberThatComesLateReceivesAtOnce() {
        domain.start();
        domain.runSeconds(40);
        domain.send("source", GROUP, 100);
        domain.runSeconds(100);

        domain.join("member", GROUP);
        domain.runSeconds(1);

        assertThat(received("member")).doesNotHaveDuplicates().hasSizeGreaterThan(95);
    }

    /// A member that leaves is served no more after the last member query time, and others are.
    @Test
    void aMemberThatLeavesCostsNothingAnyMore() {
        domain.start();
        domain.runSeconds(40);
        domain.join("member", GROUP);
        domain.join("other", GROUP);
        domain.send("source", GROUP, 10);
        domain.runSeconds(10);

        domain.leave("member", GROUP);
        domain.runSeconds(10);
        domain.hostNamed("member").forget();
        domain.hostNamed("other").forget();
        domain.runSeconds(10);

        assertThat(received("member")).isEmpty();
        assertThat(received("other")).hasSize(100);
    }

    /// T-PIM-06: with a threshold that is never reached, packets come by the RP.
    @Test
    void withoutSwitchingPacketsComeByTheRp() {
        domain.configured(config -> config.withSptThresholds(
                List.of(new PimConfig.SptThreshold(PimConfig.SptThreshold.INFINITY, Optional.empty())))).start();
        domain.runSeconds(40);
        domain.join("member", GROUP);
        domain.send("source", GROUP, 10);
        domain.runSeconds(100);
        domain.hostNamed("member").forget();
        domain.runSeconds(10);

        assertThat(received("member")).doesNotHaveDuplicates().hasSize(100);
        assertThat(domain.routerNamed("c").plane().routes()).noneMatch(route -> !route.source().isUnspecified()
                && route.outgoing().isEmpty());
    }

    /// T-PIM-10: a link fails, and comes back.
    @Test
    void treesFollowTheUnicastRoutes() {
        domain.start();
        domain.runSeconds(40);
        domain.join("member", GROUP);
        domain.send("source", GROUP, 100);
        domain.runSeconds(60);

        domain.up(bc, false);
        domain.runSeconds(1.05);
        domain.hostNamed("member").forget();
        domain.runSeconds(10);
        assertThat(received("member")).doesNotHaveDuplicates().hasSize(1000);

        domain.up(bc, true);
        domain.runSeconds(10);
        domain.hostNamed("member").forget();
        domain.runSeconds(10);
        assertThat(received("member")).doesNotHaveDuplicates().hasSize(1000);
    }

    /// T-PIM-12: a router on the way starts anew; its neighbours tell it again within 6 s.
    @Test
    void aRestartedRouterIsToldAgain() {
        domain.start();
        domain.runSeconds(40);
        domain.join("member", GROUP);
        domain.send("source", GROUP, 100);
        domain.runSeconds(60);

        domain.restart("b");
        domain.runSeconds(12);
        domain.hostNamed("member").forget();
        domain.runSeconds(10);

        assertThat(received("member")).doesNotHaveDuplicates().hasSize(1000);
    }

    /// PIM-049, T-PIM-14: no RP is asked, and nothing is registered.
    @Test
    void sourceSpecificGroupsNeedNoRp() {
        domain.start();
        domain.runSeconds(40);
        domain.join("member", SSM_GROUP, domain.hostNamed("source").address());
        domain.runSeconds(5);
        domain.send("source", SSM_GROUP, 10);
        domain.runSeconds(10.05);

        assertThat(domain.hostNamed("member").received(domain.hostNamed("source").address(), SSM_GROUP))
                .isEqualTo(numbers(0, 101));
        assertThat(domain.routerNamed("b").plane().routes()).allMatch(route -> !route.source().isUnspecified());
    }

    /// Nothing is left of a group that nobody sends or wants.
    @Test
    void stateEndsWithItsCause() {
        domain.start();
        domain.runSeconds(40);
        domain.join("member", GROUP);
        domain.send("source", GROUP, 10);
        domain.runSeconds(60);

        domain.leave("member", GROUP);
        domain.hostNamed("source").quiet(GROUP);
        domain.runSeconds(600);

        for (String router : domain.routers()) {
            assertThat(domain.routerNamed(router).plane().routes()).as(router).isEmpty();
        }
    }
}
