package io.nubicast.dataplane.packet;

import static org.assertj.core.api.Assertions.assertThat;

import io.nubicast.kernel.netlink.RouteAnswer;
import io.nubicast.kernel.netlink.RouteEvent;
import io.nubicast.kernel.netlink.RouteEvent.Link;
import io.nubicast.kernel.netlink.RouteEvent.NeighbourGone;
import io.nubicast.kernel.netlink.RouteEvent.Route;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// Which way members have, from what the kernel tells.
class PathsTest extends PathsFixture {
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
}
