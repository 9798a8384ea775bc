package io.nubicast.dataplane.packet;

import static org.assertj.core.api.Assertions.assertThat;

import io.nubicast.kernel.netlink.OutputChain;
import io.nubicast.kernel.netlink.RouteAnswer;
import io.nubicast.kernel.netlink.RouteEvent;
import io.nubicast.kernel.netlink.RouteEvent.Link;
import io.nubicast.kernel.netlink.RouteEvent.Neighbour;
import io.nubicast.kernel.netlink.RouteEvent.NeighbourGone;
import io.nubicast.kernel.netlink.RouteEvent.Route;
import io.nubicast.wire.Address;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// The core in virtual time: eth0 is interface 2, eth1 is 3; both up.
class PathsTest {
    private static final int UP = 0x1 | 0x40 | 0x1000 | 0x10000;
    private static final int POINT_TO_POINT = 0x10;
    private static final int NO_ARP = 0x80;
    private static final int REACHABLE = 0x02;
    private static final int STALE = Neighbour.STALE;
    private static final int DELAY = 0x08;
    private static final int PROBE = 0x10;
    private static final int FAILED = 0x20;
    private static final int PERMANENT = 0x80;
    private static final long OWN_MAC = 0x02AA_0000_0001L;
    private static final long MAC = 0x0200_0000_0007L;
    private static final Link ETH0 = new Link(2, "eth0", UP, 1500, OWN_MAC, Link.ETHERNET, 0);
    private static final Link ETH1 = new Link(3, "eth1", UP, 9000, OWN_MAC + 1, Link.ETHERNET, 0);
    private static final int MEMBER = address("10.0.0.7");
    private static final int GATEWAY = address("10.0.0.1");

    private final List<String> notices = new ArrayList<>();
    private Paths paths = new Paths(true, notices::add);
    private long now = 1_000_000_000_000L;

    @BeforeEach
    void start() {
        paths.reload(List.of(ETH0, ETH1), List.of(), now);
    }

    private static int address(String text) {
        return Address.ipv4(text).ipv4();
    }

    private static RouteAnswer by(int device, int gateway) {
        return by(device, gateway, 0);
    }

    private static RouteAnswer by(int device, int gateway, int mtu) {
        return new RouteAnswer(0, RouteAnswer.UNICAST, RouteAnswer.TABLE_MAIN, device, gateway, mtu, false, false);
    }

    private static RouteAnswer table(int table) {
        return new RouteAnswer(0, RouteAnswer.UNICAST, table, 2, 0, 0, false, false);
    }

    private static Neighbour neighbour(int device, int address, int state, long mac) {
        return new Neighbour(device, address, state, mac);
    }

    private void members(int... addresses) {
        paths.members(Arrays.stream(addresses).sorted().toArray(), now);
    }

    /// All look-ups that are wanted now are answered alike.
    private List<Integer> answer(RouteAnswer answer) {
        List<Integer> asked = new ArrayList<>();
        int[] slots = new int[3];
        while (paths.wantsLookUps()) {
            int count = paths.takeLookUps(slots);
            for (int i = 0; i < count; i++) {
                asked.add(paths.address(slots[i]));
                paths.routed(slots[i], answer);
            }
        }
        return asked;
    }

    private PathTable table() {
        now += 100_000_000;
        paths.publish(now);
        return paths.table();
    }

    private Reason reason(int address) {
        PathTable table = table();
        Reason reason = table.reason(table.slot(address));
        assertThat(table.isFramed(table.slot(address))).isEqualTo(reason == Reason.FRAMED);
        return reason;
    }

    private String why(int address) {
        PathTable table = table();
        return table.why(table.slot(address));
    }

    /// MEMBER is on eth0, resolved.
    private void framed() {
        members(MEMBER);
        answer(by(2, 0));
        paths.on(neighbour(2, MEMBER, REACHABLE, MAC), now);
        assertThat(reason(MEMBER)).isEqualTo(Reason.FRAMED);
    }

    @Test
    void aMemberIsLeftToSocketUntilItsRouteIsKnownAndItsNeighbourResolved() {
        members(MEMBER);
        assertThat(paths.table().reason(0)).isEqualTo(Reason.NOT_YET);
        assertThat(paths.table().why(0)).isEqualTo("its route was not looked up yet");
        assertThat(paths.wantsLookUps()).isTrue();

        answer(by(2, 0));
        assertThat(reason(MEMBER)).isEqualTo(Reason.NO_NEIGHBOUR);
        assertThat(why(MEMBER)).isEqualTo("eth0, on link, not resolved");
        paths.on(neighbour(2, MEMBER, REACHABLE, MAC), now);

        PathTable table = table();
        assertThat(table.isFramed(0)).isTrue();
        assertThat(table.device(0)).isEqualTo(2);
        assertThat(table.destination(0)).isEqualTo(MAC);
        assertThat(table.source(0)).isEqualTo(OWN_MAC);
        assertThat(table.mtu(0)).isEqualTo(1500);
        assertThat(table.why(0)).isEqualTo("eth0, on link");
    }

    @Test
    void aTableThatWasPublishedNeverChanges() {
        framed();
        PathTable before = table();

        paths.on(neighbour(2, MEMBER, FAILED, -1), now);
        paths.on(new RouteEvent.RulesChanged(), now);
        answer(by(3, GATEWAY));
        paths.on(new RouteEvent.LinkGone(2, "eth0"), now);
        members(MEMBER + 1);

        assertThat(before.isFramed(0)).isTrue();
        assertThat(before.destination(0)).isEqualTo(MAC);
        assertThat(before.slot(MEMBER)).isZero();
        assertThat(table().slot(MEMBER)).isEqualTo(-1);
    }

    @Test
    void membersOfOneGatewayFollowItTogether() {
        members(MEMBER, MEMBER + 1, MEMBER + 2);
        answer(by(2, GATEWAY));
        assertThat(why(MEMBER)).isEqualTo("eth0, next hop 10.0.0.1, not resolved");

        paths.on(neighbour(2, GATEWAY, STALE, MAC), now);
        PathTable table = table();
        assertThat(IntStream.range(0, 3).allMatch(slot -> table.destination(slot) == MAC)).isTrue();
        assertThat(table.why(2)).isEqualTo("eth0, next hop 10.0.0.1");
        paths.on(neighbour(2, GATEWAY, REACHABLE, MAC + 1), now);

        PathTable moved = table();
        assertThat(IntStream.range(0, 3).allMatch(slot -> moved.destination(slot) == MAC + 1)).isTrue();
    }

    @Test
    void everyStateWithAnAddressIsUsableButFailedIncompleteAndNone() {
        framed();
        for (int state : new int[]{REACHABLE, STALE, DELAY, PROBE, PERMANENT}) {
            paths.on(neighbour(2, MEMBER, state, MAC), now);
            assertThat(reason(MEMBER)).as("state %x", state).isEqualTo(Reason.FRAMED);
        }
        for (int state : new int[]{0, 0x01, FAILED, 0x40}) {
            paths.on(neighbour(2, MEMBER, state, MAC), now);
            assertThat(reason(MEMBER)).as("state %x", state).isEqualTo(Reason.NO_NEIGHBOUR);
        }
        paths.on(neighbour(2, MEMBER, REACHABLE, -1), now);
        assertThat(reason(MEMBER)).isEqualTo(Reason.NO_NEIGHBOUR);
    }

    @Test
    void aNeighbourThatIsGoneOrOfAnotherInterfaceDoesNotCount() {
        framed();

        paths.on(new NeighbourGone(3, MEMBER), now);
        assertThat(reason(MEMBER)).isEqualTo(Reason.FRAMED);
        paths.on(new NeighbourGone(2, MEMBER), now);
        paths.on(neighbour(3, MEMBER, REACHABLE, MAC), now);

        assertThat(reason(MEMBER)).isEqualTo(Reason.NO_NEIGHBOUR);
    }

    @Test
    void aNeighbourToldBeforeItsMemberIsRemembered() {
        paths.on(neighbour(2, MEMBER, REACHABLE, MAC), now);

        members(MEMBER);
        answer(by(2, 0));

        assertThat(reason(MEMBER)).isEqualTo(Reason.FRAMED);
    }

    @Test
    void answersThatAreNoUnicastOfTheMainTableAreLeftToSocket() {
        members(MEMBER);
        answer(RouteAnswer.refused(101));
        assertThat(reason(MEMBER)).isEqualTo(Reason.NO_ROUTE);

        for (int type = 0; type < 12; type++) {
            paths.on(new RouteEvent.RulesChanged(), now);
            answer(new RouteAnswer(0, type, RouteAnswer.TABLE_MAIN, 2, 0, 0, false, false));
            assertThat(reason(MEMBER)).isEqualTo(switch (type) {
                case RouteAnswer.UNICAST -> Reason.NO_NEIGHBOUR;
                case RouteAnswer.LOCAL -> Reason.LOCAL;
                default -> Reason.NOT_UNICAST;
            });
        }
    }

    @Test
    void aTableThatARuleChoseIsNamed() {
        members(MEMBER);
        answer(table(100));
        assertThat(reason(MEMBER)).isEqualTo(Reason.POLICY_ROUTE);
        assertThat(why(MEMBER)).isEqualTo("eth0, by a route of table 100");

        for (int ordinary : new int[]{RouteAnswer.TABLE_DEFAULT, RouteAnswer.TABLE_MAIN, RouteAnswer.TABLE_LOCAL}) {
            paths.on(new RouteEvent.RulesChanged(), now);
            answer(table(ordinary));
            assertThat(reason(MEMBER)).isEqualTo(Reason.NO_NEIGHBOUR);
        }
    }

    @Test
    void wrappedPacketsAndDevicesWithoutArpAreTunnels() {
        framed();
        paths.on(new RouteEvent.RulesChanged(), now);
        answer(new RouteAnswer(0, RouteAnswer.UNICAST, RouteAnswer.TABLE_MAIN, 2, 0, 0, true, false));
        assertThat(reason(MEMBER)).isEqualTo(Reason.TUNNEL);
        paths.on(new RouteEvent.RulesChanged(), now);
        answer(new RouteAnswer(0, RouteAnswer.UNICAST, RouteAnswer.TABLE_MAIN, 2, 0, 0, false, true));
        assertThat(reason(MEMBER)).isEqualTo(Reason.TUNNEL);
        paths.on(new RouteEvent.RulesChanged(), now);
        answer(by(2, 0));
        assertThat(reason(MEMBER)).isEqualTo(Reason.FRAMED);

        for (Link other : List.of(new Link(2, "eth0", UP | POINT_TO_POINT, 1500, OWN_MAC, 1, 0),
                new Link(2, "eth0", UP | NO_ARP, 1500, OWN_MAC, 1, 0), new Link(2, "eth0", UP, 1500, -1, 0xFFFE, 0),
                new Link(2, "eth0", UP | 0x8, 1500, 0, 772, 0))) {
            paths.on(other, now);
            answer(by(2, 0));
            assertThat(reason(MEMBER)).isEqualTo(Reason.TUNNEL);
        }
    }

    @Test
    void anInterfaceThatIsDownOrGoneIsLeftAtOnceAndRoutesAreAskedForTwice() {
        framed();
        paths.tick(now);

        paths.on(new Link(2, "eth0", 0x1000, 1500, OWN_MAC, 1, 0), now);
        assertThat(reason(MEMBER)).isEqualTo(Reason.DEVICE_DOWN);
        assertThat(why(MEMBER)).isEqualTo("eth0 is down");
        assertThat(answer(by(2, 0))).containsExactly(MEMBER);
        paths.tick(now + Paths.RECHECK_NS);

        assertThat(answer(by(3, 0))).containsExactly(MEMBER);
        paths.on(neighbour(3, MEMBER, REACHABLE, MAC), now);
        assertThat(reason(MEMBER)).isEqualTo(Reason.FRAMED);
        paths.on(new RouteEvent.LinkGone(3, "eth1"), now);
        assertThat(reason(MEMBER)).isEqualTo(Reason.DEVICE_DOWN);
    }

    @Test
    void addressAndMtuOfTheInterfaceApplyWithoutALookUp() {
        members(MEMBER, MEMBER + 1);
        answer(by(2, GATEWAY));
        paths.on(neighbour(2, GATEWAY, REACHABLE, MAC), now);
        table();
        while (paths.wantsLookUps()) {
            answer(by(2, GATEWAY));
        }

        paths.on(new Link(2, "eth0", UP, 1400, OWN_MAC + 9, 1, 0), now);

        assertThat(paths.wantsLookUps()).isFalse();
        assertThat(table().mtu(1)).isEqualTo(1400);
        assertThat(table().source(1)).isEqualTo(OWN_MAC + 9);
    }

    @Test
    void theSmallerMtuCounts() {
        members(MEMBER);
        answer(by(2, GATEWAY, 1300));
        paths.on(neighbour(2, GATEWAY, REACHABLE, MAC), now);
        assertThat(table().mtu(0)).isEqualTo(1300);

        paths.on(new RouteEvent.RulesChanged(), now);
        answer(by(2, GATEWAY, 1600));

        assertThat(table().mtu(0)).isEqualTo(1500);
    }

    @Test
    void aRouteThatChangesIsLookedUpForThoseItCovers() {
        int[] set = {address("10.0.0.0"), address("10.0.0.255"), address("10.0.1.0"), address("192.0.2.1"),
                address("223.255.255.255"), address("0.0.0.1")};
        members(set);
        answer(by(2, GATEWAY));

        paths.on(new Route(254, address("10.0.0.0"), 24), now);
        assertThat(answer(by(2, GATEWAY))).containsExactlyInAnyOrder(set[0], set[1]);
        paths.on(new RouteEvent.RouteGone(254, address("10.0.1.0"), 32), now);
        assertThat(answer(by(2, GATEWAY))).containsExactlyInAnyOrder(set[2]);
        paths.on(new Route(254, address("128.0.0.0"), 1), now);
        assertThat(answer(by(2, GATEWAY))).containsExactlyInAnyOrder(set[3], set[4]);
        paths.on(new Route(254, 0, 1), now);
        assertThat(answer(by(2, GATEWAY))).containsExactlyInAnyOrder(set[0], set[1], set[2], set[5]);
        paths.on(new Route(254, address("11.0.0.0"), 8), now);
        assertThat(answer(by(2, GATEWAY))).isEmpty();
        paths.on(new Route(254, 0, 0), now);

        assertThat(answer(by(2, GATEWAY))).hasSize(6);
    }

    @Test
    void aLookUpWithoutAnAnswerIsMadeAgain() {
        members(MEMBER);
        int[] slots = new int[8];
        assertThat(paths.takeLookUps(slots)).isOne();
        assertThat(paths.wantsLookUps()).isFalse();

        paths.again(slots[0]);

        assertThat(paths.wantsLookUps()).isTrue();
    }

    @Test
    void aNewSetKeepsWhatIsKnownAndAsksForTheRestOnly() {
        framed();

        members(MEMBER - 1, MEMBER, MEMBER + 1);
        assertThat(paths.table().reason(1)).isEqualTo(Reason.FRAMED);
        assertThat(paths.table().reason(0)).isEqualTo(Reason.NOT_YET);
        assertThat(answer(by(2, GATEWAY))).containsExactly(MEMBER - 1, MEMBER + 1);
        members(MEMBER);

        assertThat(paths.table().reason(0)).isEqualTo(Reason.FRAMED);
        assertThat(paths.wantsLookUps()).isFalse();
    }

    @Test
    void aLookUpThatWaitsIsNotForgottenWithTheOldSet() {
        members(MEMBER);

        members(MEMBER - 1, MEMBER);

        assertThat(answer(by(2, 0))).containsExactly(MEMBER - 1, MEMBER);
    }

    @Test
    void whatNobodyNeedsAnyMoreIsForgotten() {
        members(MEMBER, MEMBER + 1);
        for (int i = 0; i < 1000; i++) {
            paths.on(new RouteEvent.RulesChanged(), now);
            int device = 10 + i % 300;
            answer(by(device, GATEWAY + i));
            assertThat(why(MEMBER)).isEqualTo("interface " + device + " is down");
            paths.on(new RouteEvent.RulesChanged(), now);
            answer(table(1000 + i));
            table();
        }

        assertThat(paths.table().ways().path.length).isLessThan(8);
        assertThat(Arrays.stream(paths.table().ways().place).allMatch(place -> place < 8)).isTrue();
        members();
        assertThat(paths.table().size()).isZero();
    }

    @Test
    void everyRouteIsAskedForAgainWithinARound() {
        int[] set = IntStream.range(MEMBER, MEMBER + 1000).toArray();
        members(set);
        answer(by(2, GATEWAY));
        now += 60_000_000_000L;
        paths.tick(now);
        answer(by(2, GATEWAY));
        Set<Integer> asked = new HashSet<>();
        for (int i = 0; i < Paths.TICKS_A_ROUND; i++) {
            now += Paths.TICK_NS;
            paths.tick(now);
            List<Integer> part = answer(by(2, GATEWAY));
            assertThat(part).hasSizeLessThan(20);
            asked.addAll(part);
        }

        assertThat(asked).hasSize(1000);
    }

    private List<Integer> confirmed() {
        List<Integer> found = new ArrayList<>();
        while (paths.confirmations().next()) {
            assertThat(paths.confirmations().device()).isEqualTo(2);
            found.add(paths.confirmations().address());
        }
        return found;
    }

    @Test
    void staleNeighboursInUseAreConfirmedOnceASecondOthersNever() {
        members(MEMBER, MEMBER + 1, MEMBER + 2);
        answer(by(2, GATEWAY));
        paths.on(neighbour(2, GATEWAY, STALE, MAC), now);
        paths.tick(now);

        paths.used()[0] = 1;
        paths.used()[2] = 1;
        paths.tick(now + Paths.TICK_NS - 1);
        assertThat(confirmed()).isEmpty();
        paths.tick(now + Paths.TICK_NS);
        assertThat(confirmed()).containsExactly(GATEWAY);
        assertThat(paths.used()).containsOnly(0);
        paths.tick(now + 2 * Paths.TICK_NS);
        assertThat(confirmed()).isEmpty();
        paths.used()[1] = 1;
        paths.on(neighbour(2, GATEWAY, REACHABLE, MAC), now);
        paths.tick(now + 3 * Paths.TICK_NS);

        assertThat(confirmed()).isEmpty();
    }

    @Test
    void useOfAMemberThatStaysIsNotForgottenWithTheOldSet() {
        members(MEMBER);
        answer(by(2, 0));
        paths.on(neighbour(2, MEMBER, STALE, MAC), now);
        paths.tick(now);
        paths.used()[0] = 1;

        members(MEMBER - 1, MEMBER);
        paths.tick(now + Paths.TICK_NS);

        assertThat(confirmed()).containsExactly(MEMBER);
    }

    @Test
    void withoutPermissionAStaleNeighbourIsLeftToSocket() {
        members(MEMBER);
        answer(by(2, 0));
        paths.on(neighbour(2, MEMBER, STALE, MAC), now);
        assertThat(reason(MEMBER)).isEqualTo(Reason.FRAMED);

        paths.mayNotConfirm();
        assertThat(reason(MEMBER)).isEqualTo(Reason.STALE_NEIGHBOUR);
        assertThat(why(MEMBER)).isEqualTo("eth0, on link, until the kernel has confirmed it");
        paths.on(neighbour(2, MEMBER, REACHABLE, MAC), now);

        assertThat(reason(MEMBER)).isEqualTo(Reason.FRAMED);
    }

    private static OutputRules rules(OutputChain.Scope... scopes) {
        return new OutputRules(List.of(new OutputChain("inet", "filter", "output", false, Set.of(scopes))), Set.of());
    }

    @Test
    void rulesOfAnInterfaceSendItsMembersBySocketAndSayItOnce() {
        framed();

        paths.rules(rules(new OutputChain.Scope(0, "eth1", false)));
        assertThat(reason(MEMBER)).isEqualTo(Reason.FRAMED);
        for (int i = 0; i < 2; i++) {
            paths.rules(rules(new OutputChain.Scope(0, "eth", true)));
            assertThat(reason(MEMBER)).isEqualTo(Reason.FIREWALL);
            assertThat(why(MEMBER)).isEqualTo("eth0 has output rules of the firewall");
            paths.rules(OutputRules.NONE);
            assertThat(reason(MEMBER)).isEqualTo(Reason.FRAMED);
        }

        assertThat(notices)
                .containsExactly("interface eth0: nftables has output rules (table inet filter, chain output), "
                        + "which frames of the packet plane would pass by; copies that leave there go by socket. --data-plane packet insists");
    }

    @Test
    void aRenamedInterfaceIsJudgedByItsNewName() {
        framed();
        paths.rules(rules(new OutputChain.Scope(0, "wan", false)));
        assertThat(reason(MEMBER)).isEqualTo(Reason.FRAMED);

        paths.on(new Link(2, "wan", UP, 1500, OWN_MAC, 1, 0), now);

        assertThat(reason(MEMBER)).isEqualTo(Reason.FIREWALL);
    }

    @Test
    void whoDoesNotMindTheFirewallIsToldThatItIsPassedBy() {
        paths = new Paths(false, notices::add);
        paths.reload(List.of(ETH0), List.of(), now);
        framed();

        paths.rules(rules(OutputChain.Scope.ALL));

        assertThat(reason(MEMBER)).isEqualTo(Reason.FRAMED);
        assertThat(notices)
                .containsExactly("interface eth0: nftables has output rules (table inet filter, chain output), "
                        + "which frames of the packet plane pass by, as --data-plane packet asks for");
    }

    @Test
    void ipsecSendsAllBySocketWhoeverInsists() {
        paths = new Paths(false, notices::add);
        paths.reload(List.of(ETH0), List.of(), now);
        framed();

        paths.ipsec(true);
        paths.ipsec(true);
        assertThat(reason(MEMBER)).isEqualTo(Reason.IPSEC);
        paths.ipsec(false);

        assertThat(reason(MEMBER)).isEqualTo(Reason.FRAMED);
        assertThat(notices).hasSize(1);
    }

    @Test
    void changesOfManyAreGatheredInOneTable() {
        int[] set = IntStream.range(MEMBER, MEMBER + 100_000).toArray();
        members(set);
        answer(by(2, 0));
        table();
        long start = now;
        int tables = 0;
        for (int i = 0; i < 1000; i++) {
            paths.on(neighbour(2, set[i], REACHABLE, MAC), start);
            tables += paths.publish(start + i * 100_000L) ? 1 : 0;
        }
        paths.publish(start + 200_000_000L);

        // 1000 changes in 100 ms.
        assertThat(tables).isBetween(1, 40);
        assertThat(paths.table().isFramed(999)).isTrue();
        assertThat(paths.wantsToPublish()).isFalse();
    }

    @Test
    void nothingChangedIsNoNewTable() {
        framed();
        PathTable before = table();

        paths.on(ETH0, now);
        paths.on(neighbour(2, MEMBER, REACHABLE, MAC), now);
        paths.on(neighbour(3, address("10.9.9.9"), REACHABLE, MAC), now);
        paths.on(new Route(254, 0, 0), now);
        answer(by(2, 0));

        assertThat(table()).isSameAs(before);
    }

    @Test
    void aReloadForgetsWhatIsNotToldAgain() {
        framed();

        paths.reload(List.of(ETH0), List.of(), now);
        assertThat(reason(MEMBER)).isEqualTo(Reason.NO_NEIGHBOUR);
        paths.reload(List.of(ETH1), List.of(neighbour(2, MEMBER, REACHABLE, MAC)), now);

        assertThat(reason(MEMBER)).isEqualTo(Reason.DEVICE_DOWN);
        assertThat(paths.wantsLookUps()).isTrue();
    }
}
