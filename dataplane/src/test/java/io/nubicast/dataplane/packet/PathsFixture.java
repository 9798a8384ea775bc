package io.nubicast.dataplane.packet;

import static org.assertj.core.api.Assertions.assertThat;

import io.nubicast.kernel.netlink.RouteAnswer;
import io.nubicast.kernel.netlink.RouteEvent.Link;
import io.nubicast.kernel.netlink.RouteEvent.Neighbour;
import io.nubicast.wire.Address;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;

/// The core of the next hops in virtual time: eth0 is interface 2, eth1 is 3; both up.
abstract class PathsFixture {
    static final int UP = 0x1 | 0x40 | 0x1000 | 0x10000;
    static final int POINT_TO_POINT = 0x10;
    static final int NO_ARP = 0x80;
    static final int REACHABLE = 0x02;
    static final int STALE = Neighbour.STALE;
    static final int DELAY = 0x08;
    static final int PROBE = 0x10;
    static final int FAILED = 0x20;
    static final int PERMANENT = 0x80;
    static final long OWN_MAC = 0x02AA_0000_0001L;
    static final long MAC = 0x0200_0000_0007L;
    static final Link ETH0 = new Link(2, "eth0", UP, 1500, OWN_MAC, Link.ETHERNET, 0);
    static final Link ETH1 = new Link(3, "eth1", UP, 9000, OWN_MAC + 1, Link.ETHERNET, 0);
    static final int MEMBER = address("10.0.0.7");
    static final int GATEWAY = address("10.0.0.1");

    final List<String> notices = new ArrayList<>();
    Paths paths = new Paths(true, notices::add);
    long now = 1_000_000_000_000L;

    @BeforeEach
    void start() {
        paths.reload(List.of(ETH0, ETH1), List.of(), now);
    }

    static int address(String text) {
        return Address.ipv4(text).ipv4();
    }

    static RouteAnswer by(int device, int gateway) {
        return by(device, gateway, 0);
    }

    static RouteAnswer by(int device, int gateway, int mtu) {
        return new RouteAnswer(0, RouteAnswer.UNICAST, RouteAnswer.TABLE_MAIN, device, gateway, mtu, false, false);
    }

    static RouteAnswer table(int table) {
        return new RouteAnswer(0, RouteAnswer.UNICAST, table, 2, 0, 0, false, false);
    }

    static Neighbour neighbour(int device, int address, int state, long mac) {
        return new Neighbour(device, address, state, mac);
    }

    void members(int... addresses) {
        paths.members(Arrays.stream(addresses).sorted().toArray(), now);
    }

    /// All look-ups that are wanted now are answered alike.
    List<Integer> answer(RouteAnswer answer) {
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

    PathTable table() {
        now += 100_000_000;
        paths.publish(now);
        return paths.table();
    }

    Reason reason(int address) {
        PathTable table = table();
        Reason reason = table.reason(table.slot(address));
        assertThat(table.isFramed(table.slot(address))).isEqualTo(reason == Reason.FRAMED);
        return reason;
    }

    String why(int address) {
        PathTable table = table();
        return table.why(table.slot(address));
    }

    /// MEMBER is on eth0, resolved.
    void framed() {
        members(MEMBER);
        answer(by(2, 0));
        paths.on(neighbour(2, MEMBER, REACHABLE, MAC), now);
        assertThat(reason(MEMBER)).isEqualTo(Reason.FRAMED);
    }
}
