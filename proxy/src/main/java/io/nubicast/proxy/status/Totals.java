package io.nubicast.proxy.status;

import io.nubicast.forwarding.CounterRegistry;
import io.nubicast.forwarding.DropCounters;
import io.nubicast.forwarding.Match;
import io.nubicast.forwarding.Replication;
import io.nubicast.forwarding.ReplicationCounters;
import io.nubicast.forwarding.Route;
import io.nubicast.forwarding.RouteCounters;
import io.nubicast.forwarding.RouteTable;
import io.nubicast.forwarding.SendError;
import java.util.HashMap;
import java.util.Map;

/// The numbers of the original's `list`, and of its kernel module. They never go back: what a reload takes out of the table stays
/// counted. Any thread.
public final class Totals {
    private final CounterRegistry registry;
    private final Sums gone = new Sums();
    /// What routes that now have no replication had taken in when they lost the last.
    private final Map<Match, Long> emptySince = new HashMap<>();

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

    /// Sums over routes.
    private static final class Sums {
        long received;
        long receivedBytes;
        long dropped;
        long copies;
        long copiesBytes;
        long notSent;
        long noBuffer;
        long withoutMembers;

        void addRoute(RouteCounters counters) {
            received += counters.packets();
            receivedBytes += counters.bytes();
            dropped += counters.drops().total();
        }

        void addCopies(ReplicationCounters counters) {
            copies += counters.packets();
            copiesBytes += counters.bytes();
            long full = counters.errors(SendError.BUFFER_FULL);
            noBuffer += full;
            notSent += counters.errors() - full;
        }

        Sums copy() {
            Sums copy = new Sums();
            copy.received = received;
            copy.receivedBytes = receivedBytes;
            copy.dropped = dropped;
            copy.copies = copies;
            copy.copiesBytes = copiesBytes;
            copy.notSent = notSent;
            copy.noBuffer = noBuffer;
            copy.withoutMembers = withoutMembers;
            return copy;
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
            if (route.replications().isEmpty()) {
                emptySince.putIfAbsent(route.match(), registry.of(route.match()).packets());
            }
        }
        for (Route route : before.routes()) {
            Route stays = kept.get(route.match());
            if (route.equals(stays)) {
                continue;
            }
            RouteCounters counters = registry.of(route.match());
            if (stays == null) {
                gone.addRoute(counters);
            }
            Long since = stays == null || !stays.replications().isEmpty() ? emptySince.remove(route.match()) : null;
            if (since != null) {
                gone.withoutMembers += counters.packets() - since;
            }
            Map<Object, Replication> keptPorts = new HashMap<>();
            if (stays != null) {
                for (Replication replication : stays.replications()) {
                    keptPorts.put(replication.port(), replication);
                }
            }
            for (Replication replication : route.replications()) {
                if (!keptPorts.containsKey(replication.port())) {
                    gone.addCopies(counters.of(replication.port()));
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
        Sums sums = sums(table);
        return new Counts(sums.dropped + drops.total(), sums.received, sums.copies);
    }

    /// The numbers of the kernel module now.
    ///
    /// @param table that is in force
    /// @param drops of the data plane, before a route was found
    public synchronized KernelCounts kernel(RouteTable table, DropCounters drops) {
        Sums sums = sums(table);
        return new KernelCounts(sums.received, KernelCounts.onTheWire(sums.received, sums.receivedBytes), sums.copies,
                KernelCounts.onTheWire(sums.copies, sums.copiesBytes), KernelCounts.withoutGroup(drops),
                sums.withoutMembers, sums.notSent, sums.noBuffer + KernelCounts.unseen(drops));
    }

    /// The numbers of the kernel module of one route, since it is in the table: what it took in, and its copies.
    public static KernelCounts kernel(Route route, CounterRegistry registry) {
        RouteCounters counters = registry.of(route.match());
        Sums sums = new Sums();
        sums.addRoute(counters);
        for (Replication replication : route.replications()) {
            sums.addCopies(counters.of(replication.port()));
        }
        return new KernelCounts(sums.received, KernelCounts.onTheWire(sums.received, sums.receivedBytes), sums.copies,
                KernelCounts.onTheWire(sums.copies, sums.copiesBytes), 0, 0, sums.notSent, sums.noBuffer);
    }

    private Sums sums(RouteTable table) {
        Sums sums = gone.copy();
        for (Route route : table.routes()) {
            RouteCounters counters = registry.of(route.match());
            sums.addRoute(counters);
            for (Replication replication : route.replications()) {
                sums.addCopies(counters.of(replication.port()));
            }
            Long since = emptySince.get(route.match());
            sums.withoutMembers += since == null ? 0 : counters.packets() - since;
        }
        return sums;
    }
}
