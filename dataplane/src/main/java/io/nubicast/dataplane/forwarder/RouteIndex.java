package io.nubicast.dataplane.forwarder;

import io.nubicast.dataplane.packet.LongIndex;
import io.nubicast.forwarding.routing.GroupRoute;
import io.nubicast.wire.Address;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/// The routes, found by source and group without allocating. Guarded by the plane's lock.
final class RouteIndex {
    private static final Port[] NO_PORTS = {};

    private final LongIndex places = new LongIndex();
    private final List<@Nullable Route> routes = new ArrayList<>();
    private final List<Integer> free = new ArrayList<>();

    static long key(int source, int group) {
        return (long) source << 32 | group & 0xFFFFFFFFL;
    }

    private static long key(Address source, Address group) {
        return key(source.ipv4(), group.ipv4());
    }

    /// The route of exactly that source and group, or null.
    @Nullable
    Route exact(int source, int group) {
        int place = places.get(key(source, group));
        return place == LongIndex.NONE ? null : routes.get(place);
    }

    /// The route that a packet takes: its source's own, else the one for every source (FWD-006); or null.
    @Nullable
    Route find(int source, int group) {
        Route own = exact(source, group);
        return own != null ? own : exact(0, group);
    }

    /// Puts or replaces; counters stay.
    Route put(GroupRoute wanted, IntFunction<@Nullable Port> ports) {
        Route route = exact(wanted.source().ipv4(), wanted.group().ipv4());
        if (route == null) {
            route = new Route(wanted);
            int place = free.isEmpty() ? routes.size() : free.removeLast();
            if (place == routes.size()) {
                routes.add(route);
            } else {
                routes.set(place, route);
            }
            places.put(key(wanted.source(), wanted.group()), place);
        }
        route.route = wanted;
        connect(route, ports);
        return route;
    }

    private static void connect(Route route, IntFunction<@Nullable Port> ports) {
        GroupRoute wanted = route.route;
        route.isForEverySource = wanted.source().isUnspecified();
        route.incoming = ports.apply(wanted.incoming());
        List<Port> outgoing = new ArrayList<>();
        for (int id : wanted.outgoing()) {
            Port port = ports.apply(id);
            if (port != null) {
                outgoing.add(port);
            }
        }
        route.outgoing = outgoing.toArray(NO_PORTS);
    }

    boolean remove(Address source, Address group) {
        long key = key(source, group);
        int place = places.get(key);
        if (place == LongIndex.NONE) {
            return false;
        }
        places.remove(key);
        routes.set(place, null);
        free.add(place);
        return true;
    }

    /// Looks all ports up again.
    void reconnect(IntFunction<@Nullable Port> ports) {
        for (Route route : routes) {
            if (route != null) {
                connect(route, ports);
            }
        }
    }

    List<GroupRoute> all() {
        List<GroupRoute> all = new ArrayList<>(places.size());
        for (Route route : routes) {
            if (route != null) {
                all.add(route.route);
            }
        }
        return all;
    }
}
