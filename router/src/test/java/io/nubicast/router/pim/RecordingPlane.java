package io.nubicast.router.pim;

import io.nubicast.forwarding.routing.GroupRoute;
import io.nubicast.forwarding.routing.GroupTraffic;
import io.nubicast.forwarding.routing.PortTraffic;
import io.nubicast.forwarding.routing.RoutingPlane;
import io.nubicast.forwarding.routing.RoutingPort;
import io.nubicast.wire.Address;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A plane that forwards nothing and remembers everything.
final class RecordingPlane implements RoutingPlane {
    record Key(Address source, Address group) {}

    final Map<Key, GroupRoute> routes = new LinkedHashMap<>();
    final Map<Key, GroupTraffic> traffic = new LinkedHashMap<>();
    final Map<Integer, PortTraffic> ports = new LinkedHashMap<>();
    final List<String> told = new ArrayList<>();

    @Nullable
    GroupRoute route(Address source, Address group) {
        return routes.get(new Key(source, group));
    }

    /// That many packets passed the route, or came by the wrong port.
    void passed(Address source, Address group, long packets, long wrongPort) {
        traffic.merge(new Key(source, group), new GroupTraffic(packets, packets * 1000, wrongPort),
                (a, b) -> new GroupTraffic(a.packets() + b.packets(), a.bytes() + b.bytes(),
                        a.wrongPort() + b.wrongPort()));
    }

    @Override
    public String name() {
        return "recording";
    }

    @Override
    public void ports(Collection<RoutingPort> newPorts) {}

    @Override
    public void put(GroupRoute route) {
        routes.put(new Key(route.source(), route.group()), route);
        told.add("put " + route.source() + " " + route.group() + " " + route.incoming() + ">"
                + new java.util.TreeSet<>(route.outgoing()) + (route.wholePackets() ? " register" : ""));
    }

    @Override
    public void remove(Address source, Address group) {
        routes.remove(new Key(source, group));
        told.add("remove " + source + " " + group);
    }

    @Override
    public Collection<GroupRoute> routes() {
        return routes.values();
    }

    @Override
    public GroupTraffic traffic(Address source, Address group) {
        return traffic.getOrDefault(new Key(source, group), GroupTraffic.NONE);
    }

    @Override
    public Map<Integer, PortTraffic> traffic() {
        return ports;
    }

    @Override
    public Collection<String> audit() {
        return List.of();
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
