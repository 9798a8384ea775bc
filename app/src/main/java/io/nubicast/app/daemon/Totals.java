package io.nubicast.app.daemon;

import io.nubicast.forwarding.CounterRegistry;
import io.nubicast.forwarding.DropCounters;
import io.nubicast.forwarding.OutputPort;
import io.nubicast.forwarding.Replication;
import io.nubicast.forwarding.Route;
import io.nubicast.forwarding.RouteCounters;
import io.nubicast.forwarding.RouteTable;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/// The numbers of `list` and `-P`, over all groups since the start: what groups and members counted before a reload took them
/// away stays in. `received` is `dropped` + `forwarded`; `copies` are those that the kernel took.
record Totals(long dropped, long forwarded, long copies) {
    static final Totals NONE = new Totals(0, 0, 0);

    long received() {
        return dropped + forwarded;
    }

    Totals plus(Totals other) {
        return new Totals(dropped + other.dropped, forwarded + other.forwarded, copies + other.copies);
    }

    /// Of the routes of a table, and of what found no route.
    static Totals of(RouteTable table, CounterRegistry counters, DropCounters drops) {
        Totals sum = new Totals(drops.total(), 0, 0);
        for (Route route : table.routes()) {
            RouteCounters of = counters.of(route.match());
            long copies = 0;
            for (Replication replication : route.replications()) {
                copies += of.of(replication.port()).packets();
            }
            sum = sum.plus(new Totals(of.drops().total(), of.packets(), copies));
        }
        return sum;
    }

    /// What is in `before` and no more in `after`.
    static Totals leaving(RouteTable before, RouteTable after, CounterRegistry counters) {
        Map<Object, Route> kept = after.routes().stream().collect(Collectors.toMap(Route::match, route -> route));
        Totals sum = NONE;
        for (Route route : before.routes()) {
            RouteCounters of = counters.of(route.match());
            Route now = kept.get(route.match());
            Set<OutputPort> stay = now == null
                    ? Set.of()
                    : now.replications().stream().map(Replication::port).collect(Collectors.toSet());
            long copies = 0;
            for (Replication replication : route.replications()) {
                copies += stay.contains(replication.port()) ? 0 : of.of(replication.port()).packets();
            }
            sum = sum.plus(now == null
                    ? new Totals(of.drops().total(), of.packets(), copies)
                    : new Totals(0, 0, copies));
        }
        return sum;
    }
}
