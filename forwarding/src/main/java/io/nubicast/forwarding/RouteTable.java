package io.nubicast.forwarding;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// All routes at one moment: an immutable snapshot, swapped as a whole.
public record RouteTable(List<Route> routes) {
    public static final RouteTable EMPTY = new RouteTable(List.of());

    /// @throws IllegalArgumentException when two routes have the same match
    public RouteTable {
        routes = List.copyOf(routes);
        Set<Match> seen = new HashSet<>();
        for (Route route : routes) {
            if (!seen.add(route.match())) {
                throw new IllegalArgumentException("two routes for " + route.match());
            }
        }
    }
}
