package io.nubicast.router.mrib;

import io.nubicast.forwarding.routing.GroupRoute;
import io.nubicast.forwarding.routing.GroupTraffic;
import io.nubicast.forwarding.routing.PortTraffic;
import io.nubicast.forwarding.routing.RoutingPlane;
import io.nubicast.wire.Address;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The routes that the protocols of this router decided. It tells the plane what changed and nothing else, in the order in which it
/// was decided, and keeps two protocols from writing the same route. On the router's thread.
public final class Mrib {
    private final RoutingPlane plane;
    private final Map<Key, GroupRoute> routes = new HashMap<>();
    private final List<String> wrongEntries = new ArrayList<>();
    private long changes;
    private long conflicts;
    private long wrong;

    private record Key(Address source, Address group) {}

    /// How many lines of wrong entries are kept.
    private static final int MOST_WRONG_ENTRIES = 100;

    /// @param plane what forwards; may have routes of others, which are left alone
    public Mrib(RoutingPlane plane) {
        this.plane = plane;
    }

    /// Puts a route, or replaces the one of that source and group in one step (MFC-014). A route that is in force as it is costs
    /// nothing.
    ///
    /// @return false when another owner has the route of that source and group: then nothing changes, and it is counted
    public boolean put(GroupRoute route) {
        Key key = new Key(route.source(), route.group());
        GroupRoute before = routes.get(key);
        if (before != null && !before.owner().equals(route.owner())) {
            conflicts++;
            return false;
        }
        if (route.equals(before)) {
            return true;
        }
        routes.put(key, route);
        changes++;
        plane.put(route);
        return true;
    }

    /// Puts a route again that the plane says it does not have.
    public void repeat(Address source, Address group) {
        GroupRoute route = routes.get(new Key(source, group));
        if (route != null) {
            changes++;
            plane.put(route);
        }
    }

    /// Removes the route of that source and group if that owner has it.
    public void remove(String owner, Address source, Address group) {
        Key key = new Key(source, group);
        GroupRoute before = routes.get(key);
        if (before != null && before.owner().equals(owner)) {
            routes.remove(key);
            changes++;
            plane.remove(source, group);
        }
    }

    /// The route of that source and group.
    public Optional<GroupRoute> route(Address source, Address group) {
        return Optional.ofNullable(routes.get(new Key(source, group)));
    }

    /// All routes, in no order.
    public Collection<GroupRoute> routes() {
        return List.copyOf(routes.values());
    }

    public int size() {
        return routes.size();
    }

    /// What passed a route so far.
    public GroupTraffic traffic(Address source, Address group) {
        return plane.traffic(source, group);
    }

    /// What passed the ports so far, by their ids.
    public Map<Integer, PortTraffic> traffic() {
        return plane.traffic();
    }

    /// Compares what is in force with what was decided, and repairs it (MFC-015): the plane with what it was given, and what it was
    /// given with what is decided here.
    ///
    /// @return one line a difference
    public List<String> audit() {
        List<String> found = new ArrayList<>(plane.audit());
        Map<Key, GroupRoute> given = new HashMap<>();
        for (GroupRoute route : plane.routes()) {
            given.put(new Key(route.source(), route.group()), route);
        }
        routes.forEach((key, route) -> {
            if (!route.equals(given.get(key))) {
                found.add("(" + key.source() + ", " + key.group() + ") was not as decided");
                plane.put(route);
            }
        });
        wrong += found.size();
        wrongEntries.addAll(found);
        while (wrongEntries.size() > MOST_WRONG_ENTRIES) {
            wrongEntries.removeFirst();
        }
        return found;
    }

    /// What audits found lately, oldest first.
    public List<String> wrongEntries() {
        return List.copyOf(wrongEntries);
    }

    /// How many wrong entries audits found.
    public long wrong() {
        return wrong;
    }

    /// How many times the plane was told something.
    public long changes() {
        return changes;
    }

    /// How many puts were refused because another protocol has that route.
    public long conflicts() {
        return conflicts;
    }
}
