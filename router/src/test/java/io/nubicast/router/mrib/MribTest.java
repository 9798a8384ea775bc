package io.nubicast.router.mrib;

import static org.assertj.core.api.Assertions.assertThat;

import io.nubicast.forwarding.routing.GroupRoute;
import io.nubicast.forwarding.routing.GroupTraffic;
import io.nubicast.forwarding.routing.PortTraffic;
import io.nubicast.forwarding.routing.RoutingPlane;
import io.nubicast.forwarding.routing.RoutingPort;
import io.nubicast.wire.Address;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class MribTest {
    private static final Address S = Address.ipv4("10.1.1.1");
    private static final Address G = Address.ipv4("239.1.1.1");

    private final Plane plane = new Plane();
    private final Mrib mrib = new Mrib(plane);

    private static GroupRoute route(String owner, int incoming, Integer... outgoing) {
        return new GroupRoute(owner, S, G, incoming, Set.of(outgoing), false);
    }

    @Test
    void thePlaneIsToldOnlyWhatChanged() {
        mrib.put(route("pim", 1, 2));
        mrib.put(route("pim", 1, 2));
        mrib.put(route("pim", 1, 2, 3));
        mrib.remove("pim", S, G);
        mrib.remove("pim", S, G);

        assertThat(plane.told).containsExactly("put [2]", "put [2, 3]", "remove");
        assertThat(mrib.changes()).isEqualTo(3);
    }

    @Test
    void aRouteHasOneOwner() {
        assertThat(mrib.put(route("pim", 1, 2))).isTrue();

        assertThat(mrib.put(route("igmp proxy", 1, 3))).isFalse();
        mrib.remove("igmp proxy", S, G);

        assertThat(plane.told).containsExactly("put [2]");
        assertThat(mrib.conflicts()).isEqualTo(1);
    }

    /// MFC-015.
    @Test
    void anAuditRepairsWhatThePlaneLostAndKeepsWhatItFound() {
        mrib.put(route("pim", 1, 2));
        plane.routes.clear();
        plane.faults.add("entry of the kernel was wrong");

        assertThat(mrib.audit()).containsExactly("entry of the kernel was wrong",
                "(10.1.1.1, 239.1.1.1) was not as decided");

        assertThat(plane.told).containsExactly("put [2]", "put [2]");
        assertThat(mrib.audit()).isEmpty();
        assertThat(mrib.wrong()).isEqualTo(2);
        assertThat(mrib.wrongEntries()).hasSize(2);
    }

    @Test
    void aRouteThatThePlaneAsksForAgainIsRepeated() {
        mrib.put(route("pim", 1, 2));
        mrib.repeat(S, G);
        mrib.repeat(S, Address.ipv4("239.2.2.2"));

        assertThat(plane.told).containsExactly("put [2]", "put [2]");
    }

    private static final class Plane implements RoutingPlane {
        private final List<GroupRoute> routes = new ArrayList<>();
        private final List<String> told = new ArrayList<>();
        private final List<String> faults = new ArrayList<>();

        @Override
        public String name() {
            return "test";
        }

        @Override
        public void ports(Collection<RoutingPort> ports) {}

        @Override
        public void put(GroupRoute route) {
            routes.removeIf(each -> each.source().equals(route.source()) && each.group().equals(route.group()));
            routes.add(route);
            told.add("put " + route.outgoing().stream().sorted().toList());
        }

        @Override
        public void remove(Address source, Address group) {
            routes.removeIf(each -> each.source().equals(source) && each.group().equals(group));
            told.add("remove");
        }

        @Override
        public Collection<GroupRoute> routes() {
            return routes;
        }

        @Override
        public GroupTraffic traffic(Address source, Address group) {
            return GroupTraffic.NONE;
        }

        @Override
        public Map<Integer, PortTraffic> traffic() {
            return Map.of();
        }

        @Override
        public Collection<String> audit() {
            List<String> found = List.copyOf(faults);
            faults.clear();
            return found;
        }

        @Override
        public void poll(Listener listener, int most) {}

        @Override
        public int readable() {
            return -1;
        }

        @Override
        public long lostEvents() {
            return 0;
        }

        @Override
        public void close() {}
    }
}
