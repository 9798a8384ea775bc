package io.nubicast.router.pim;

import static org.assertj.core.api.Assertions.assertThat;

import io.nubicast.router.iface.InterfaceAddress;
import io.nubicast.router.iface.RouterInterface;
import io.nubicast.router.policy.AccessList;
import io.nubicast.wire.Address;
import io.nubicast.wire.pim.GroupSet;
import io.nubicast.wire.pim.PimMessage;
import io.nubicast.wire.pim.SourceEntry;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// Trees of one router, seen from outside: what it sends and which routes it writes.
class TreesTest {
    private static final String G = "239.1.1.1";
    private static final String RP = "10.9.9.9";
    private static final SourceEntry STAR = SourceEntry.anySource(Address.ipv4(RP));

    private static SourceEntry source(String address) {
        return SourceEntry.of(Address.ipv4(address));
    }

    private static SourceEntry rpt(String address) {
        return SourceEntry.onRpt(Address.ipv4(address));
    }

    /// Interface 1 leads to the RP by 10.0.1.2 and to sources 10.7/16 by 10.0.2.2 on interface 2; 3 and 4 are downstream.
    private static OneRouter transit() {
        OneRouter router = new OneRouter(1).interfaces(4).rp(RP).route(RP, 32, 1, "10.0.1.2")
                .route("10.7.0.0", 16, 2, "10.0.2.2").hello(1, "10.0.1.2").hello(2, "10.0.2.2").hello(3, "10.0.3.2")
                .hello(4, "10.0.4.2");
        router.said();
        return router;
    }

    @Test
    void aJoinOfTheGroupIsPassedOnToTheRpAndRefreshed() {
        OneRouter router = transit();

        router.join(3, "10.0.3.2", G, STAR);

        assertThat(router.said()).containsExactly("1 10.0.1.2 join 239.1.1.1 *(10.9.9.9)");
        router.pass(61);
        assertThat(router.said()).isNotEmpty().allMatch(line -> line.equals("1 10.0.1.2 join 239.1.1.1 *(10.9.9.9)"));
        router.pass(150);
        assertThat(router.said()).last().isEqualTo("1 10.0.1.2 prune 239.1.1.1 *(10.9.9.9)");
        assertThat(router.trees()).isZero();
    }

    @Test
    void dataOfTheSharedTreeIsForwardedToThoseWhoJoinedIt() {
        OneRouter router = transit();
        router.join(3, "10.0.3.2", G, STAR);

        router.noRoute(1, "10.7.1.1", G);

        assertThat(router.route("10.7.1.1", G)).isEqualTo("1>[3]");
        router.join(4, "10.0.4.2", G, STAR);
        assertThat(router.route("10.7.1.1", G)).isEqualTo("1>[3, 4]");
    }

    @Test
    void aSourceThatNobodyWantsGetsARouteToNowhereWhichEndsWhenItIsSilent() {
        OneRouter router = transit();

        router.noRoute(2, "10.7.1.1", G);

        assertThat(router.route("10.7.1.1", G)).isEqualTo("1>[]");
        router.plane.passed(Address.ipv4("10.7.1.1"), Address.ipv4(G), 0, 5);
        router.pass(200);
        assertThat(router.route("10.7.1.1", G)).isEqualTo("1>[]");
        router.pass(240);
        assertThat(router.route("10.7.1.1", G)).isEqualTo("-");
        assertThat(router.trees()).isZero();
    }

    /// PIM-044: the first packet of the shared tree has the last hop switch to the source's own tree.
    @Test
    void theLastHopSwitchesToTheSourceTreeAndPrunesTheSharedOne() {
        OneRouter router = transit();
        router.wants(3, G, true);
        assertThat(router.said()).containsExactly("1 10.0.1.2 join 239.1.1.1 *(10.9.9.9)");

        router.noRoute(1, "10.7.1.1", G);

        assertThat(router.said()).containsExactly("2 10.0.2.2 join 239.1.1.1 10.7.1.1");
        assertThat(router.route("10.7.1.1", G)).isEqualTo("1>[3]");

        router.wrongPort(2, "10.7.1.1", G);

        assertThat(router.route("10.7.1.1", G)).isEqualTo("2>[3]");
        assertThat(router.said()).containsExactly("1 10.0.1.2 prune 239.1.1.1 10.7.1.1,rpt");
        router.pass(60);
        assertThat(router.said()).contains("1 10.0.1.2 join 239.1.1.1 *(10.9.9.9)",
                "1 10.0.1.2 prune 239.1.1.1 10.7.1.1,rpt");
    }

    /// T-PIM-06.
    @Test
    void withAThresholdOfInfinityTheLastHopStaysOnTheSharedTree() {
        OneRouter router = transit();
        router.configure(router.config().withSptThresholds(
                List.of(new PimConfig.SptThreshold(PimConfig.SptThreshold.INFINITY, Optional.empty()))));
        router.wants(3, G, true);
        router.said();

        router.noRoute(1, "10.7.1.1", G);
        router.plane.passed(Address.ipv4("10.7.1.1"), Address.ipv4(G), 100_000, 0);
        router.pass(50);

        assertThat(router.said()).noneMatch(line -> line.contains("10.7.1.1"));
        assertThat(router.route("10.7.1.1", G)).isEqualTo("1>[3]");
    }

    /// PIM-044.
    @Test
    void withAThresholdInKbpsTheLastHopSwitchesWhenTheSourceIsThatFast() {
        OneRouter router = transit();
        router.configure(router.config().withSptThresholds(List.of(new PimConfig.SptThreshold(100, Optional.empty()))));
        router.wants(3, G, true);
        router.noRoute(1, "10.7.1.1", G);
        router.said();

        router.plane.passed(Address.ipv4("10.7.1.1"), Address.ipv4(G), 10, 0);
        router.pass(5.1);
        assertThat(router.said()).noneMatch(line -> line.contains("10.7.1.1"));
        router.plane.passed(Address.ipv4("10.7.1.1"), Address.ipv4(G), 1000, 0);
        router.pass(5.1);

        assertThat(router.said()).contains("2 10.0.2.2 join 239.1.1.1 10.7.1.1");
    }

    @Test
    void withoutMorePacketsTheSourceTreeIsLeftAfterTheKeepalivePeriod() {
        OneRouter router = transit();
        router.wants(3, G, true);
        router.noRoute(1, "10.7.1.1", G);
        router.wrongPort(2, "10.7.1.1", G);
        router.plane.passed(Address.ipv4("10.7.1.1"), Address.ipv4(G), 10, 0);
        router.pass(100);
        router.said();

        router.pass(140);

        assertThat(router.said()).contains("2 10.0.2.2 prune 239.1.1.1 10.7.1.1");
        assertThat(router.route("10.7.1.1", G)).isEqualTo("-");
    }

    /// Section 4.5.5: a source joined downstream is joined upstream, without any shared tree.
    @Test
    void aJoinOfASourceIsPassedOnToTheSource() {
        OneRouter router = transit();

        router.join(3, "10.0.3.2", G, source("10.7.1.1"));

        assertThat(router.said()).containsExactly("2 10.0.2.2 join 239.1.1.1 10.7.1.1");
        router.noRoute(2, "10.7.1.1", G);
        assertThat(router.route("10.7.1.1", G)).isEqualTo("2>[3]");
    }

    /// T-PIM-14, PIM-049: (S,G) only, and the route is there before the first packet.
    @Test
    void aSourceSpecificGroupHasNoSharedTreeAndNoRegisters() {
        OneRouter router = transit();

        router.wantsSource(3, "10.7.1.1", "232.1.1.1", true);
        router.wants(4, "232.1.1.1", true);
        router.join(4, "10.0.4.2", "232.1.1.1", STAR, rpt("10.7.1.1"));

        assertThat(router.said()).containsExactly("2 10.0.2.2 join 232.1.1.1 10.7.1.1");
        assertThat(router.route("10.7.1.1", "232.1.1.1")).isEqualTo("2>[3]");
        assertThat(router.count(PimCounters.Event.SSM_GROUP)).isEqualTo(2);

        router.noRoute(4, "10.0.4.77", "232.1.1.1");
        router.receiveRouted("10.8.8.8", "10.0.1.1", register("10.8.1.1", "232.1.1.1", false));

        assertThat(router.said()).containsExactly("routed 10.0.1.1 to 10.8.8.8 register-stop 10.8.1.1 232.1.1.1");
        router.wantsSource(3, "10.7.1.1", "232.1.1.1", false);
        assertThat(router.said()).containsExactly("2 10.0.2.2 prune 232.1.1.1 10.7.1.1");
    }

    /// PIM-060, PIM-061, PIM-062, T-PIM-07.
    @Test
    void theDesignatedRouterRegistersUntilTheRpStopsItAndAsksAgainLater() {
        OneRouter router = transit();

        router.noRoute(3, "10.0.3.50", G);

        assertThat(router.route("10.0.3.50", G)).isEqualTo("3>[] register");
        router.pim.onEvent(new io.nubicast.forwarding.routing.RoutingEvent.WholePacket(3, Address.ipv4("10.0.3.50"),
                Address.ipv4(G), packet("10.0.3.50", G, 9)), router.nowNs);
        assertThat(router.said()).containsExactly("routed 10.0.1.1 to 10.9.9.9 register 10.0.3.50 239.1.1.1");
        assertThat(router.sent.getLast().ttl()).isEqualTo(255);
        assertThat(router.sent.getLast().typeOfService()).isEqualTo(0x2E);
        PimMessage.Register register = (PimMessage.Register) ((io.nubicast.wire.pim.PimParse.Parsed) PimMessage
                .parse(router.sent.getLast().payload())).message();
        assertThat(register.packet().toArray(java.lang.foreign.ValueLayout.JAVA_BYTE))
                .isEqualTo(packet("10.0.3.50", G, 8).toArray(java.lang.foreign.ValueLayout.JAVA_BYTE));

        router.receiveRouted(RP, "10.0.1.1", new PimMessage.RegisterStop(Address.ipv4(G), 32, Address.ANY_IPV4));

        assertThat(router.route("10.0.3.50", G)).isEqualTo("3>[]");
        router.plane.passed(Address.ipv4("10.0.3.50"), Address.ipv4(G), 10, 0);
        router.pass(24.9);
        assertThat(router.said()).isEmpty();
        router.pass(60.2);
        assertThat(router.said()).containsExactly("routed 10.0.1.1 to 10.9.9.9 null-register 10.0.3.50 239.1.1.1");
        router.pass(5);
        assertThat(router.route("10.0.3.50", G)).isEqualTo("3>[] register");
    }

    @Test
    void packetsWhoseTtlIsUsedUpAreNotRegistered() {
        OneRouter router = transit();
        router.noRoute(3, "10.0.3.50", G);

        router.pim.onEvent(new io.nubicast.forwarding.routing.RoutingEvent.WholePacket(3, Address.ipv4("10.0.3.50"),
                Address.ipv4(G), packet("10.0.3.50", G, 1)), router.nowNs);

        assertThat(router.said()).isEmpty();
        assertThat(router.count(PimCounters.Event.REGISTER_TTL)).isEqualTo(1);
    }

    /// PIM-066.
    @Test
    void registersOfASecondAreLimited() {
        OneRouter router = transit();
        router.configure(
                router.config().withRegisters(new PimConfig.Registers("GigabitEthernet4", 3, Optional.empty())));
        router.noRoute(3, "10.0.3.50", G);

        for (int i = 0; i < 10; i++) {
            router.pim.onEvent(new io.nubicast.forwarding.routing.RoutingEvent.WholePacket(3,
                    Address.ipv4("10.0.3.50"), Address.ipv4(G), packet("10.0.3.50", G, 9)), router.nowNs);
        }

        assertThat(router.said()).hasSize(3).allMatch(line -> line.startsWith("routed 10.0.4.1 to 10.9.9.9"));
        assertThat(router.count(PimCounters.Event.REGISTER_RATE)).isEqualTo(7);
    }

    /// PIM-045, PIM-063: the RP joins the source while it takes packets out of Registers, and stops these when the source comes
    /// natively.
    @Test
    void theRpJoinsARegisteredSourceAndStopsRegistersWhenItArrivesNatively() {
        OneRouter router = transit().rp("10.0.4.1");
        router.join(3, "10.0.3.2", G, SourceEntry.anySource(Address.ipv4("10.0.4.1")));
        router.said();

        router.receiveRouted("10.7.0.1", "10.0.4.1", register("10.7.1.1", G, false));

        assertThat(router.said()).containsExactly("2 10.0.2.2 join 239.1.1.1 10.7.1.1");
        assertThat(router.route("10.7.1.1", G)).isEqualTo("-1>[3]");

        router.wrongPort(2, "10.7.1.1", G);

        assertThat(router.route("10.7.1.1", G)).isEqualTo("2>[3]");
        router.receiveRouted("10.7.0.1", "10.0.4.1", register("10.7.1.1", G, false));
        assertThat(router.said()).containsExactly("routed 10.0.4.1 to 10.7.0.1 register-stop 10.7.1.1 239.1.1.1");
    }

    @Test
    void theRpStopsRegistersThatNobodyWantsAndKeepsTheSourceForThoseWhoComeLater() {
        OneRouter router = transit().rp("10.0.4.1");

        router.receiveRouted("10.7.0.1", "10.0.4.1", register("10.7.1.1", G, false));

        assertThat(router.said()).containsExactly("routed 10.0.4.1 to 10.7.0.1 register-stop 10.7.1.1 239.1.1.1");
        router.join(3, "10.0.3.2", G, SourceEntry.anySource(Address.ipv4("10.0.4.1")));
        assertThat(router.said()).containsExactly("2 10.0.2.2 join 239.1.1.1 10.7.1.1");
    }

    @Test
    void aRouterThatIsNotTheRpStopsRegisters() {
        OneRouter router = transit();

        router.receiveRouted("10.7.0.1", "10.0.4.1", register("10.7.1.1", G, false));

        assertThat(router.said()).containsExactly("routed 10.0.4.1 to 10.7.0.1 register-stop 10.7.1.1 239.1.1.1");
        assertThat(router.trees()).isZero();
    }

    /// PIM-065.
    @Test
    void registersOfOurOwnPacketsAndOfPimAreDropped() {
        OneRouter router = transit().rp("10.0.4.1");

        router.receiveRouted("10.7.0.1", "10.0.4.1", register("10.0.3.1", G, false));
        MemorySegment pim = packet("10.7.1.1", G, 9);
        pim.set(java.lang.foreign.ValueLayout.JAVA_BYTE, 9, (byte) 103);
        router.receiveRouted("10.7.0.1", "10.0.4.1", new PimMessage.Register(false, false, pim));

        assertThat(router.said()).isEmpty();
        assertThat(router.trees()).isZero();
        assertThat(router.count(PimCounters.Event.REGISTER_LOOP)).isEqualTo(2);
    }

    /// PIM-051.
    @Test
    void registersOfSourcesThatAreNotAcceptedAreStopped() {
        OneRouter router = transit().rp("10.0.4.1");
        AccessList list = new AccessList("101", true, List.of(
                new AccessList.Entry(false, Address.ipv4("10.7.1.1"), Address.ANY_IPV4, Address.ANY_IPV4,
                        Address.ofIpv4(-1)),
                new AccessList.Entry(true, Address.ANY_IPV4, Address.ofIpv4(-1), Address.ANY_IPV4,
                        Address.ofIpv4(-1))));
        router.configure(router.config().withRegisters(new PimConfig.Registers("", 0, Optional.of(list))));

        router.receiveRouted("10.7.0.1", "10.0.4.1", register("10.7.1.1", G, false));

        assertThat(router.said()).containsExactly("routed 10.0.4.1 to 10.7.0.1 register-stop 10.7.1.1 239.1.1.1");
        assertThat(router.trees()).isZero();
        router.receiveRouted("10.7.0.1", "10.0.4.1", register("10.7.1.2", G, false));
        assertThat(router.trees()).isEqualTo(2);
    }

    /// PIM-052, PIM-053: traffic before any join, on the router that is RP and first hop.
    @Test
    void aRouterThatIsRpAndFirstHopForwardsAConnectedSourceAsSoonAsSomebodyJoins() {
        OneRouter router = transit().rp("10.0.4.1");

        router.noRoute(3, "10.0.3.50", G);

        assertThat(router.route("10.0.3.50", G)).isEqualTo("3>[]");
        assertThat(router.said()).isEmpty();
        router.join(2, "10.0.2.2", G, SourceEntry.anySource(Address.ipv4("10.0.4.1")));
        assertThat(router.route("10.0.3.50", G)).isEqualTo("3>[2]");
        assertThat(router.tree("10.0.3.50", G).sptBit()).isTrue();
    }

    /// PIM-050, T-PIM-15.
    @Test
    void aBoundaryKeepsItsGroupsOutInBothDirections() {
        AccessList list = new AccessList("1", List.of(
                new AccessList.Entry(false, Address.ipv4("239.255.0.0"), Address.ipv4("0.0.255.255"),
                        Address.ANY_IPV4, Address.ofIpv4(-1)),
                new AccessList.Entry(true, Address.ANY_IPV4, Address.ofIpv4(-1), Address.ANY_IPV4,
                        Address.ofIpv4(-1))));
        OneRouter router = transit();
        router.interfaceConfig(4, PimConfig.Interface.SPARSE.withBoundary(list));

        router.join(4, "10.0.4.2", "239.255.0.1", STAR);
        assertThat(router.trees()).isZero();
        router.noRoute(4, "10.0.4.50", "239.255.0.1");
        router.join(3, "10.0.3.2", "239.255.0.1", STAR);

        assertThat(router.route("10.0.4.50", "239.255.0.1")).doesNotContain("3");
        assertThat(router.count(PimCounters.Event.BOUNDARY)).isEqualTo(1);
    }

    /// PIM-048, T-PIM-21.
    @Test
    void aBorderSourceIsTreatedAsDirectlyConnected() {
        OneRouter router = transit();
        router.route("172.16.0.0", 16, 4, "10.0.4.254");
        router.goodbye(4, "10.0.4.2");
        router.noRoute(4, "172.16.1.1", G);
        assertThat(router.route("172.16.1.1", G)).isEqualTo("1>[]");

        router.interfaceConfig(4, PimConfig.Interface.SPARSE.withBorderSource(new AccessList("2", List.of(
                new AccessList.Entry(true, Address.ipv4("172.16.0.0"), Address.ipv4("0.0.255.255"), Address.ANY_IPV4,
                        Address.ofIpv4(-1))))));
        router.wrongPort(4, "172.16.1.1", G);

        assertThat(router.route("172.16.1.1", G)).isEqualTo("4>[] register");
    }

    /// PIM-047, T-PIM-10.
    @Test
    void whenTheRouteChangesTheTreeMovesWithin500ms() {
        OneRouter router = transit();
        router.join(3, "10.0.3.2", G, STAR);
        router.noRoute(1, "10.7.1.1", G);
        router.said();

        router.route(RP, 32, 4, "10.0.4.2");
        router.pim.onRoutesChanged(router.nowNs);
        router.pass(0.5);

        assertThat(router.said()).containsExactly("4 10.0.4.2 join 239.1.1.1 *(10.9.9.9)",
                "1 10.0.1.2 prune 239.1.1.1 *(10.9.9.9)");
        assertThat(router.route("10.7.1.1", G)).isEqualTo("4>[3]");
    }

    /// RP-004.
    @Test
    void anotherRpTakesTheGroupsOver() {
        OneRouter router = transit();
        router.route("10.9.9.8", 32, 4, "10.0.4.2");
        router.join(3, "10.0.3.2", G, STAR);
        router.said();

        router.rp("10.9.9.8");

        assertThat(router.said()).containsExactly("1 10.0.1.2 prune 239.1.1.1 *(10.9.9.9)",
                "4 10.0.4.2 join 239.1.1.1 *(10.9.9.8)");
    }

    @Test
    void aJoinForAnotherRpIsDropped() {
        OneRouter router = transit();

        router.join(3, "10.0.3.2", G, SourceEntry.anySource(Address.ipv4("10.1.1.1")));

        assertThat(router.trees()).isZero();
        assertThat(router.count(PimCounters.Event.WRONG_RP)).isEqualTo(1);
    }

    /// PIM-005.
    @Test
    void whoIsNoNeighbourIsNotHeard() {
        OneRouter router = transit();

        router.join(3, "10.0.3.99", G, STAR);

        assertThat(router.trees()).isZero();
        assertThat(router.count(PimCounters.Event.NO_NEIGHBOR)).isEqualTo(1);
    }

    /// GEN-009.
    @Test
    void moreStateThanTheLimitIsRefused() {
        OneRouter router = transit();
        router.configure(router.config().withRouteLimit(10));

        for (int i = 0; i < 50; i++) {
            router.join(3, "10.0.3.2", G, source("10.7.1." + (i + 1)));
        }

        assertThat(router.trees()).isEqualTo(10);
        assertThat(router.count(PimCounters.Event.STATE_LIMIT)).isEqualTo(41);
    }

    /// PIM-042: with one neighbour a Prune acts at once, with two the other one may object.
    @Test
    void aPruneWaitsForObjectionsWhereThereAreTwoNeighbours() {
        OneRouter router = transit().hello(3, "10.0.3.3");
        router.join(3, "10.0.3.2", G, STAR);
        router.join(4, "10.0.4.2", G, STAR);
        router.noRoute(1, "10.7.1.1", G);
        router.said();

        router.prune(4, "10.0.4.2", G, STAR);
        assertThat(router.route("10.7.1.1", G)).isEqualTo("1>[3]");
        router.prune(3, "10.0.3.2", G, STAR);
        router.pass(2.9);
        assertThat(router.route("10.7.1.1", G)).isEqualTo("1>[3]");
        router.pass(0.2);

        assertThat(router.route("10.7.1.1", G)).isEqualTo("1>[]");
        assertThat(router.said()).contains("3 10.0.3.1 prune 239.1.1.1 *(10.9.9.9)",
                "1 10.0.1.2 prune 239.1.1.1 *(10.9.9.9)");
    }

    /// T-PIM-09: somebody on the upstream link prunes what we need.
    @Test
    void anotherRoutersPruneIsOverriddenWithin2500ms() {
        OneRouter router = transit().hello(1, "10.0.1.3");
        router.join(3, "10.0.3.2", G, STAR);
        router.said();

        router.joinPrune(1, "10.0.1.3", "10.0.1.2", new GroupSet(Address.ipv4(G), List.of(), List.of(STAR)));
        router.pass(2.5);

        assertThat(router.said()).contains("1 10.0.1.2 join 239.1.1.1 *(10.9.9.9)");
    }

    /// PIM-022, T-PIM-12.
    @Test
    void anUpstreamNeighbourThatStartedAnewIsJoinedAgain() {
        OneRouter router = transit();
        router.join(3, "10.0.3.2", G, STAR);
        router.said();

        router.hello(1, "10.0.1.2", 0, 8);
        router.pass(2.5);

        assertThat(router.said()).contains("1 10.0.1.2 join 239.1.1.1 *(10.9.9.9)");
    }

    @Test
    void aJoinWaitsForTheNeighbourThatLeadsToTheRp() {
        OneRouter router = transit();
        router.goodbye(1, "10.0.1.2");
        router.join(3, "10.0.3.2", G, STAR);
        assertThat(router.said()).isEmpty();

        router.hello(1, "10.0.1.2");

        assertThat(router.said()).containsExactly("1 10.0.1.2 join 239.1.1.1 *(10.9.9.9)");
    }

    /// PIM-041: with another designated router its members are not ours.
    @Test
    void onlyTheDesignatedRouterServesMembers() {
        OneRouter router = transit().hello(3, "10.0.3.9", 100, 1);
        router.wants(3, G, true);
        assertThat(router.said()).isEmpty();

        router.goodbye(3, "10.0.3.9");

        assertThat(router.said()).containsExactly("1 10.0.1.2 join 239.1.1.1 *(10.9.9.9)");
    }

    /// T-PIM-08, PIM-072, PIM-073.
    @Test
    void dataOnAnOutgoingInterfaceStartsAnAssertWhichTheWorseRouterLoses() {
        OneRouter router = transit();
        router.join(3, "10.0.3.2", G, STAR);
        router.noRoute(1, "10.7.1.1", G);
        router.said();

        router.wrongPort(3, "10.7.1.1", G);
        assertThat(router.said()).containsExactly("3 assert 0.0.0.0 239.1.1.1 rpt 110/20");

        router.receive(3, "10.0.3.2", new PimMessage.Assert(Address.ipv4(G), Address.ANY_IPV4, true, 110, 10));
        assertThat(router.route("10.7.1.1", G)).isEqualTo("1>[]");

        router.pass(179);
        router.join(4, "10.0.4.2", G, STAR);
        assertThat(router.route("10.7.1.1", G)).isEqualTo("1>[4]");
        router.join(3, "10.0.3.2", G, STAR);
        assertThat(router.route("10.7.1.1", G)).isEqualTo("1>[3, 4]");
    }

    @Test
    void anInterfaceThatGoesDownTakesItsStateWithItAndBringsMembersBackWhenItIsUp() {
        OneRouter router = transit();
        router.wants(3, G, true);
        router.noRoute(1, "10.7.1.1", G);
        router.said();

        router.interface_(3, false);
        assertThat(router.said()).contains("1 10.0.1.2 prune 239.1.1.1 *(10.9.9.9)");
        assertThat(router.route("10.7.1.1", G)).isEqualTo("1>[]");
        router.interface_(3, true);

        assertThat(router.said()).contains("1 10.0.1.2 join 239.1.1.1 *(10.9.9.9)");
        assertThat(router.route("10.7.1.1", G)).contains("3");
    }

    @Test
    void stoppingTakesAllRoutesAway() {
        OneRouter router = transit();
        router.join(3, "10.0.3.2", G, STAR);
        router.noRoute(1, "10.7.1.1", G);

        router.pim.stop(router.nowNs);

        assertThat(router.plane.routes).isEmpty();
        assertThat(router.pim.nextDeadlineNs()).isEqualTo(Long.MAX_VALUE);
    }

    /// E2E-014 and step 3 of spec 8.3: the document's router, RP on its tunnel, source on the cloud's side.
    @Test
    void theDocumentsRouterBuildsTheDocumentsTrees() {
        OneRouter router = new OneRouter(1);
        router.put(new RouterInterface(1, "Tunnel1", "Tunnel1", true, true, false, 1476,
                List.of(new InterfaceAddress(Address.ipv4("10.0.0.1"), 30))));
        router.put(new RouterInterface(2, "GigabitEthernet1", "eth0", true, false, false, 1500,
                List.of(new InterfaceAddress(Address.ipv4("192.168.0.129"), 24))));
        router.rp("10.0.0.1").hello(1, "10.0.0.2", 1, 1);

        router.joinPrune(1, "10.0.0.2", "10.0.0.1",
                GroupSet.join(Address.ipv4("239.0.0.10"), SourceEntry.anySource(Address.ipv4("10.0.0.1"))));
        router.noRoute(2, "192.168.0.128", "239.0.0.10");

        assertThat(router.route("192.168.0.128", "239.0.0.10")).isEqualTo("2>[1]");
        assertThat(router.tree("192.168.0.128", "239.0.0.10").sptBit()).isTrue();
        assertThat(router.said()).isEmpty();
    }

    static MemorySegment packet(String source, String group, int ttl) {
        MemorySegment bytes = MemorySegment.ofArray(new byte[64]);
        new io.nubicast.wire.Ipv4Header().wrap(bytes, 0).versionAndHeaderLength(20).typeOfService(0x2E).totalLength(64)
                .timeToLive(ttl).protocol(17).source(Address.ipv4(source).ipv4())
                .destination(Address.ipv4(group).ipv4()).finishHeaderChecksum();
        return bytes;
    }

    static PimMessage.Register register(String source, String group, boolean nullRegister) {
        return new PimMessage.Register(false, nullRegister, packet(source, group, 9));
    }
}
