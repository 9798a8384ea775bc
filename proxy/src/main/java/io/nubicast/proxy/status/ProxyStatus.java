package io.nubicast.proxy.status;

import io.nubicast.forwarding.CounterRegistry;
import io.nubicast.forwarding.DataPlane;
import io.nubicast.forwarding.DropCounters;
import io.nubicast.forwarding.Match;
import io.nubicast.forwarding.OutputPort;
import io.nubicast.forwarding.Replication;
import io.nubicast.forwarding.ReplicationCounters;
import io.nubicast.forwarding.Route;
import io.nubicast.forwarding.RouteCounters;
import io.nubicast.forwarding.RouteTable;
import io.nubicast.forwarding.SendError;
import io.nubicast.proxy.config.ClientConfig;
import io.nubicast.proxy.config.Fault;
import io.nubicast.proxy.config.ServerConfig;
import io.nubicast.wire.Address;
import io.nubicast.wire.DropReason;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A proxy at one moment. Immutable.
///
/// @param drops datagrams dropped before a route was found, by reason
/// @param rejectedSources who sent what a client refused, most first; [Address#ANY_IPV4] stands for all that had no place
/// @param routes in the file's order
/// @param unserved what the data plane refuses, a line each
/// @param events the last ones, oldest first
public record ProxyStatus(Daemon daemon, File file, long atEpochMillis, Totals.Counts totals,
        Map<DropReason, Long> drops, List<RejectedSource> rejectedSources, List<RouteStatus> routes,
        List<String> unserved, List<Event> events) {
    public ProxyStatus {
        rejectedSources = List.copyOf(rejectedSources);
        routes = List.copyOf(routes);
        unserved = List.copyOf(unserved);
        events = List.copyOf(events);
    }

    /// What does not change while a daemon runs.
    ///
    /// @param role `server` or `client`
    /// @param plane its name, `socket`
    /// @param planeLine which data plane and why, one line
    /// @param startedEpochMillis wall clock
    public record Daemon(String role, String version, String plane, String planeLine, long startedEpochMillis) {}

    /// Somebody who is not a configured server and sends to a client all the same.
    public record RejectedSource(Address source, long packets) {
        static List<RejectedSource> mostFirst(Map<Address, Long> bySource) {
            return bySource.entrySet().stream().map(entry -> new RejectedSource(entry.getKey(), entry.getValue()))
                    .sorted(Comparator.comparingLong(RejectedSource::packets).reversed()
                            .thenComparing(RejectedSource::source))
                    .toList();
        }
    }

    /// The configuration file.
    ///
    /// @param loadedEpochMillis wall clock of the reading that is in force
    /// @param triedEpochMillis wall clock of the last reading
    /// @param faults of the last reading; with an error among them, an earlier reading is in force
    public record File(String path, long loadedEpochMillis, long triedEpochMillis, List<Fault> faults) {
        public File {
            faults = List.copyOf(faults);
        }

        public boolean lastReadingFailed() {
            for (Fault fault : faults) {
                if (fault.isError()) {
                    return true;
                }
            }
            return false;
        }
    }

    /// What a route stands for.
    public sealed interface Subject {
        /// Unique within a role: `239.1.1.1:5000`, `10.0.0.1:7126`.
        String name();
    }

    /// A group of a server.
    public record OfGroup(ServerConfig.Group group) implements Subject {
        @Override
        public String name() {
            return group.name();
        }
    }

    /// An entry of a client.
    public record OfEntry(ClientConfig.Entry entry) implements Subject {
        @Override
        public String name() {
            return entry.name();
        }
    }

    /// One route's counters.
    ///
    /// @param packets that matched and were not dropped
    /// @param bytes of their UDP payload
    /// @param bursts runs of those packets that left together, to every member as one frame
    public record RouteStatus(Subject subject, long packets, long bytes, long bursts, Map<DropReason, Long> drops,
            List<CopyStatus> copies) {
        public RouteStatus {
            copies = List.copyOf(copies);
        }
    }

    /// The copies to one member, or back to the group.
    ///
    /// @param packets that the kernel took
    /// @param bytes of their UDP payload
    /// @param frames in which they left
    /// @param carrier which data plane sends them, and why that one
    public record CopyStatus(Address to, long packets, long bytes, long frames, Map<SendError, Long> errors,
            Optional<ReplicationCounters.LastError> lastError, DataPlane.Carrier carrier) {
        /// Its address, for people.
        public String name() {
            return to.toString();
        }

        public long failed() {
            long sum = 0;
            for (long count : errors.values()) {
                sum += count;
            }
            return sum;
        }
    }

    /// Something that the data plane told.
    ///
    /// @param atEpochMillis wall clock
    public record Event(long atEpochMillis, String text) {}

    /// Who carries what; the data plane knows.
    @FunctionalInterface
    public interface Carriers {
        /// As [DataPlane#carrier(Match, OutputPort)].
        DataPlane.Carrier of(Match match, OutputPort port);
    }

    /// Everything but routes and counters.
    ///
    /// @param unserved what the data plane refuses, a line each
    /// @param rejectedSources as the data plane counts them
    public record Surroundings(Daemon daemon, File file, long atEpochMillis, Map<Address, Long> rejectedSources,
            List<String> unserved, List<Event> events, Carriers carriers) {}

    /// A server's status: `table` is that of `config`, route by route.
    public static ProxyStatus ofServer(Surroundings around, ServerConfig config, RouteTable table,
            CounterRegistry counters, DropCounters drops, Totals totals) {
        List<RouteStatus> routes = new ArrayList<>(config.groups().size());
        for (int i = 0; i < config.groups().size(); i++) {
            routes.add(route(new OfGroup(config.groups().get(i)), table.routes().get(i), counters, around.carriers));
        }
        return of(around, table, routes, drops, totals);
    }

    /// A client's status: `table` is that of `config`, route by route.
    public static ProxyStatus ofClient(Surroundings around, ClientConfig config, RouteTable table,
            CounterRegistry counters, DropCounters drops, Totals totals) {
        List<RouteStatus> routes = new ArrayList<>(config.entries().size());
        for (int i = 0; i < config.entries().size(); i++) {
            routes.add(route(new OfEntry(config.entries().get(i)), table.routes().get(i), counters, around.carriers));
        }
        return of(around, table, routes, drops, totals);
    }

    private static ProxyStatus of(Surroundings around, RouteTable table, List<RouteStatus> routes, DropCounters drops,
            Totals totals) {
        return new ProxyStatus(around.daemon, around.file, around.atEpochMillis, totals.of(table, drops),
                drops.nonZero(), RejectedSource.mostFirst(around.rejectedSources), routes, around.unserved,
                around.events);
    }

    private static RouteStatus route(Subject subject, Route route, CounterRegistry registry, Carriers carriers) {
        RouteCounters counters = registry.of(route.match());
        List<CopyStatus> copies = new ArrayList<>(route.replications().size());
        for (Replication replication : route.replications()) {
            copies.add(copy(replication.port(), counters.of(replication.port()),
                    carriers.of(route.match(), replication.port())));
        }
        return new RouteStatus(subject, counters.packets(), counters.bytes(), counters.bursts(),
                counters.drops().nonZero(), copies);
    }

    private static CopyStatus copy(OutputPort port, ReplicationCounters counters, DataPlane.Carrier carrier) {
        Address to = switch (port) {
            case OutputPort.UnicastMember member -> member.address();
            case OutputPort.MulticastOut out -> out.group();
        };
        Map<SendError, Long> errors = Map.of();
        if (counters.errors() != 0) {
            errors = new EnumMap<>(SendError.class);
            for (SendError kind : SendError.values()) {
                if (counters.errors(kind) != 0) {
                    errors.put(kind, counters.errors(kind));
                }
            }
        }
        return new CopyStatus(to, counters.packets(), counters.bytes(), counters.frames(), errors,
                counters.lastError(), carrier);
    }
}
