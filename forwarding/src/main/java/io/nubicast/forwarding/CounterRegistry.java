package io.nubicast.forwarding;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/// The counters of all routes by their match: they outlive a table, so that a reload loses no number. Shared by all planes of
/// a daemon; any thread.
public final class CounterRegistry {
    private final Map<Match, RouteCounters> routes = new ConcurrentHashMap<>();

    /// The counters of the route with that match; the same object for as long as a table holds it.
    public RouteCounters of(Match match) {
        return routes.computeIfAbsent(match, m -> new RouteCounters());
    }

    /// Forgets what is in no route of this table any more. Takes the time of the routes that changed since the last call.
    public void retain(RouteTable table) {
        routes.keySet().retainAll(table.routes().stream().map(Route::match).collect(Collectors.toSet()));
        for (Route route : table.routes()) {
            of(route.match()).retain(route);
        }
    }
}
