package io.nubicast.proxy.status;

import io.nubicast.forwarding.CounterRegistry;
import io.nubicast.forwarding.DropCounters;
import io.nubicast.forwarding.Replication;
import io.nubicast.forwarding.Route;
import io.nubicast.forwarding.RouteCounters;
import io.nubicast.forwarding.RouteTable;
import java.util.HashMap;
import java.util.Map;

/// The four numbers of the original's `list`. They never go back: what a reload takes out of the table stays counted. Any
/// thread.
public final class Totals {
    private final CounterRegistry registry;
    private long goneForwarded;
    private long goneDropped;
    private long goneCopies;

    /// Datagrams to a group, and copies.
    ///
    /// @param drop datagrams that were dropped, for whatever reason
    /// @param forward datagrams that were copied
    /// @param fwdPoint copies that the kernel took
    public record Counts(long drop, long forward, long fwdPoint) {
        /// All datagrams.
        public long recv() {
            return drop + forward;
        }

        /// What the original's server answers to `list`.
        public long[] ofServer() {
            return new long[]{recv(), drop, forward, fwdPoint};
        }

        /// What the original's client answers to `list`.
        public long[] ofClient() {
            return new long[]{recv(), drop, forward};
        }
    }

    public Totals(CounterRegistry registry) {
        this.registry = registry;
    }

    /// Call in place of [CounterRegistry#retain(RouteTable)] when `now` has taken the place of `before`.
    public synchronized void replace(RouteTable before, RouteTable now) {
        Map<Object, Route> kept = new HashMap<>();
        for (Route route : now.routes()) {
            kept.put(route.match(), route);
        }
        for (Route route : before.routes()) {
            Route stays = kept.get(route.match());
            if (route.equals(stays)) {
                continue;
            }
            RouteCounters counters = registry.of(route.match());
            if (stays == null) {
                goneForwarded += counters.packets();
                goneDropped += counters.drops().total();
            }
            Map<Object, Replication> keptPorts = new HashMap<>();
            if (stays != null) {
                for (Replication replication : stays.replications()) {
                    keptPorts.put(replication.port(), replication);
                }
            }
            for (Replication replication : route.replications()) {
                if (!keptPorts.containsKey(replication.port())) {
                    goneCopies += counters.of(replication.port()).packets();
                }
            }
        }
        registry.retain(now);
    }

    /// The numbers now.
    ///
    /// @param table that is in force
    /// @param drops of the data plane, before a route was found
    public synchronized Counts of(RouteTable table, DropCounters drops) {
        long drop = goneDropped + drops.total();
        long forward = goneForwarded;
        long copies = goneCopies;
        for (Route route : table.routes()) {
            RouteCounters counters = registry.of(route.match());
            drop += counters.drops().total();
            forward += counters.packets();
            for (Replication replication : route.replications()) {
                copies += counters.of(replication.port()).packets();
            }
        }
        return new Counts(drop, forward, copies);
    }
}
