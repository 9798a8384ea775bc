package io.nubicast.dataplane.packet;

import static org.assertj.core.api.Assertions.assertThat;

import io.nubicast.kernel.netlink.OutputChain;
import io.nubicast.kernel.netlink.OutputChain.Scope;
import io.nubicast.kernel.netlink.RouteAnswer;
import io.nubicast.kernel.netlink.RouteEvent;
import io.nubicast.kernel.netlink.RouteEvent.Link;
import io.nubicast.kernel.netlink.RouteEvent.Neighbour;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// Whatever happens in whatever order, the table says what a plain reading of the kernel's state says: hops, neighbours and
/// places are shared, counted and used again, and none of that shows.
class PathsModelTest {
    private static final int DEVICES = 4;
    private static final int ADDRESSES = 40;
    private static final int[] STATES = {0x01, 0x02, 0x04, 0x08, 0x10, 0x20, 0x40, 0x80};

    private final Random random = new Random(7);
    private final Map<Integer, Link> links = new HashMap<>();
    private final Map<Long, Neighbour> neighbours = new HashMap<>();
    private final Map<Integer, RouteAnswer> routes = new HashMap<>();
    private final Paths paths = new Paths(true, line -> {});
    private OutputRules rules = OutputRules.NONE;
    private boolean ipsec;
    private long now;

    @Test
    void tenThousandStepsAgreeWithThePlainReading() {
        int framed = 0;
        for (int address = 1; address <= ADDRESSES; address++) {
            routes.put(address, route());
        }
        for (int step = 0; step < 10_000; step++) {
            now += 1 + random.nextInt(1_000_000_000);
            happen(random.nextInt(12));
            paths.tick(now);
            answer();
            now += 1_000_000_000;
            paths.publish(now);
            framed += check(step);
        }
        assertThat(framed).isGreaterThan(10_000);
    }

    private void happen(int what) {
        int device = 1 + random.nextInt(DEVICES);
        int address = 1 + random.nextInt(ADDRESSES);
        switch (what) {
            case 0 -> {
                links.remove(device);
                paths.on(new RouteEvent.LinkGone(device, "d"), now);
            }
            case 1, 2 -> {
                Link link = link(device);
                links.put(device, link);
                paths.on(link, now);
            }
            case 3, 4, 5 -> {
                Neighbour neighbour = new Neighbour(device, address, STATES[random.nextInt(STATES.length)],
                        random.nextInt(8) == 0 ? -1 : random.nextInt(1 << 20));
                neighbours.put(key(device, address), neighbour);
                paths.on(neighbour, now);
            }
            case 6 -> {
                neighbours.remove(key(device, address));
                paths.on(new RouteEvent.NeighbourGone(device, address), now);
            }
            case 7, 8 -> {
                routes.put(address, route());
                paths.on(random.nextBoolean()
                        ? new RouteEvent.Route(254, address, 32)
                        : new RouteEvent.RouteGone(254, 0, 0), now);
            }
            case 9 -> paths.members(
                    random.ints(random.nextInt(ADDRESSES), 1, ADDRESSES + 1).distinct().sorted().toArray(), now);
            case 10 -> {
                rules = random.nextInt(3) > 0
                        ? OutputRules.NONE
                        : new OutputRules(List.of(new OutputChain("ip", "t", "c", false,
                                Set.of(new Scope(random.nextInt(DEVICES + 1), "d" + random.nextInt(DEVICES), false)))),
                                Set.of());
                paths.rules(rules);
                ipsec = random.nextInt(6) == 0;
                paths.ipsec(ipsec);
            }
            default -> paths.reload(new ArrayList<>(links.values()), new ArrayList<>(neighbours.values()), now);
        }
    }

    private Link link(int device) {
        return new Link(device, "d" + random.nextInt(DEVICES),
                random.nextInt(6) == 0 ? 0 : random.nextInt(6) == 0 ? 0x81 : 0x1,
                1000 + random.nextInt(3), random.nextInt(1 << 20), 1, 0);
    }

    private RouteAnswer route() {
        return switch (random.nextInt(8)) {
            case 0 -> RouteAnswer.refused(101);
            case 1 -> new RouteAnswer(0, RouteAnswer.LOCAL, 255, 1, 0, 0, false, false);
            case 2 -> new RouteAnswer(0, RouteAnswer.UNICAST, 100 + random.nextInt(2), 1, 0, 0, false, false);
            default -> new RouteAnswer(0, RouteAnswer.UNICAST, 254, 1 + random.nextInt(DEVICES),
                    random.nextBoolean() ? 0 : 1 + random.nextInt(3),
                    random.nextInt(3) == 0 ? 999 + random.nextInt(3) : 0,
                    false, false);
        };
    }

    private static long key(int device, int address) {
        return (long) device << 32 | address;
    }

    private void answer() {
        int[] slots = new int[5];
        while (paths.wantsLookUps()) {
            int count = paths.takeLookUps(slots);
            for (int i = 0; i < count; i++) {
                RouteAnswer answer = routes.get(paths.address(slots[i]));
                assertThat(answer).isNotNull();
                if (answer != null) {
                    paths.routed(slots[i], answer);
                }
            }
        }
    }

    private int check(int step) {
        PathTable table = paths.table();
        int framed = 0;
        for (int slot = 0; slot < table.size(); slot++) {
            int address = table.address(slot);
            RouteAnswer route = routes.getOrDefault(address, RouteAnswer.refused(1));
            Reason reason = reason(address, route);
            assertThat(table.reason(slot)).as("step %d, %d by %s", step, address, route).isEqualTo(reason);
            assertThat(table.isFramed(slot)).isEqualTo(reason == Reason.FRAMED);
            assertThat(table.slot(address)).isEqualTo(slot);
            assertThat(table.why(slot)).isNotEmpty();
            if (reason == Reason.FRAMED) {
                framed++;
                int nextHop = route.gateway() == 0 ? address : route.gateway();
                Link link = links.getOrDefault(route.device(), link(0));
                assertThat(table.device(slot)).isEqualTo(route.device());
                assertThat(table.source(slot)).isEqualTo(link.hardwareAddress());
                assertThat(table.destination(slot)).isEqualTo(
                        neighbours.getOrDefault(key(route.device(), nextHop), new Neighbour(0, 0, 0, -1))
                                .hardwareAddress());
                assertThat(table.mtu(slot))
                        .isEqualTo(route.mtu() == 0 ? link.mtu() : Math.min(route.mtu(), link.mtu()));
                assertThat(table.why(slot)).startsWith(link.name() + ", ");
            }
        }
        return framed;
    }

    private Reason reason(int address, RouteAnswer route) {
        if (route.error() != 0) {
            return Reason.NO_ROUTE;
        }
        if (route.type() == RouteAnswer.LOCAL) {
            return Reason.LOCAL;
        }
        if (route.table() != 254) {
            return Reason.POLICY_ROUTE;
        }
        Link link = links.get(route.device());
        if (link == null || (link.flags() & 1) == 0) {
            return Reason.DEVICE_DOWN;
        }
        if (link.flags() != 1) {
            return Reason.TUNNEL;
        }
        if (ipsec) {
            return Reason.IPSEC;
        }
        if (rules.concerning(link.index(), link.name()).isPresent()) {
            return Reason.FIREWALL;
        }
        Neighbour neighbour = neighbours.get(key(route.device(), route.gateway() == 0 ? address : route.gateway()));
        return neighbour == null || neighbour.hardwareAddress() < 0 || (neighbour.state() & 0x9E) == 0
                ? Reason.NO_NEIGHBOUR
                : Reason.FRAMED;
    }
}
