package io.nubicast.dataplane.packet;

import static org.assertj.core.api.Assertions.assertThat;

import io.nubicast.kernel.netlink.OutputChain;
import io.nubicast.kernel.netlink.RouteEvent.Link;
import io.nubicast.kernel.netlink.RouteEvent.Route;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// What is done for ways that are in use: neighbours are confirmed, rules of the firewall minded, changes gathered.
class PathsInUseTest extends PathsFixture {
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
