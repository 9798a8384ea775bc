package io.nubicast.forwarding;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A [RouteTable] compiled for lookup: immutable, published whole through a volatile field, looked up without allocation.
///
/// Two questions are answered, each by one open-addressing table over (address, port):
/// * *to a group*: destination group and port, the exact port before [Match#ANY_PORT] (the proxy server);
/// * *from a source*: source address and destination port of a datagram to this host, again exact before any (the client).
///
/// Routes that a reload leaves as they were keep their [CompiledRoute], so a swap costs what changed; rate limits go on where they
/// were when only members changed. How it grows: a match on source *and* group, (S,G) before (*,G), becomes a third table asked
/// first; the incoming interface becomes part of the compiled route; IPv6 becomes an index of its own over pairs of longs.
public final class RouteIndex {
    // Before EMPTY, which needs it.
    private static final RouteIndex[] NO_VIEWS = {};

    /// Holds nothing.
    public static final RouteIndex EMPTY = new RouteIndex(List.of(), List.of(), List.of(), Map.of());

    private final List<CompiledRoute> routes;
    private final List<Route> shadowed;
    private final Map<Match, CompiledRoute> byMatch;
    private final Table groups;
    private final Table sources;
    /// Of workers 1, 2, … when there are any; the array is replaced, never changed.
    private volatile RouteIndex[] views = NO_VIEWS;

    private RouteIndex(List<CompiledRoute> toGroups, List<CompiledRoute> fromSources, List<Route> shadowed,
            Map<Match, CompiledRoute> byMatch) {
        this.groups = new Table(toGroups.size());
        this.sources = new Table(fromSources.size());
        List<CompiledRoute> all = new ArrayList<>(toGroups.size() + fromSources.size());
        List<Route> left = new ArrayList<>(shadowed);
        fill(groups, toGroups, all, left);
        fill(sources, fromSources, all, left);
        this.routes = List.copyOf(all);
        this.shadowed = List.copyOf(left);
        this.byMatch = byMatch;
    }

    private RouteIndex(RouteIndex whole, int worker) {
        routes = whole.routes.stream().map(route -> route.forWorker(worker)).toList();
        shadowed = whole.shadowed;
        byMatch = whole.byMatch;
        groups = whole.groups.forWorker(worker);
        sources = whole.sources.forWorker(worker);
    }

    private static void fill(Table table, List<CompiledRoute> from, List<CompiledRoute> all, List<Route> left) {
        for (CompiledRoute compiled : from) {
            if (table.put(key(compiled.route().match()), compiled.route().match().destinationPort(), compiled)) {
                all.add(compiled);
            } else {
                left.add(compiled.route());
            }
        }
    }

    private static int key(Match match) {
        return match.destination() instanceof Match.Destination.Group group
                ? group.address().ipv4()
                : match.source().ipv4();
    }

    /// Compiles the table. Any thread; takes the time of one pass over the changed routes' replications.
    ///
    /// @param counters where counters come from; unchanged matches keep theirs
    /// @param previous the index in force, for what is unchanged, or [#EMPTY]
    /// @param nowNs when new rate limits start
    public static RouteIndex compile(RouteTable table, CounterRegistry counters, RouteIndex previous, long nowNs) {
        List<CompiledRoute> toGroups = new ArrayList<>();
        List<CompiledRoute> fromSources = new ArrayList<>();
        List<Route> shadowed = new ArrayList<>();
        Map<Match, CompiledRoute> byMatch = new HashMap<>();
        for (Route route : table.routes()) {
            Match match = route.match();
            CompiledRoute before = previous.byMatch.get(match);
            RouteCounters routeCounters = counters.of(match);
            CompiledRoute compiled =
                    before != null && before.counters() == routeCounters && before.route().equals(route)
                            ? before
                            : new CompiledRoute(route, routeCounters, before, nowNs);
            byMatch.put(match, compiled);
            if (!(match.destination() instanceof Match.Destination.Group)) {
                fromSources.add(compiled);
            } else if (match.source().isUnspecified()) {
                toGroups.add(compiled);
            } else {
                shadowed.add(route);
            }
        }
        return new RouteIndex(toGroups, fromSources, shadowed, byMatch);
    }

    /// The index that this worker looks up: its routes are [CompiledRoute#forWorker(int)]. Of worker 0 this index itself, of the others
    /// built when first asked for. Ask the index that was compiled, not another worker's.
    public RouteIndex forWorker(int worker) {
        if (worker == 0) {
            return this;
        }
        RouteIndex[] made = views;
        return worker <= made.length ? made[worker - 1] : moreViewsFor(worker);
    }

    private synchronized RouteIndex moreViewsFor(int worker) {
        RouteIndex[] made = views;
        if (made.length < worker) {
            RouteIndex[] more = Arrays.copyOf(made, worker);
            for (int at = made.length; at < worker; at++) {
                more[at] = new RouteIndex(this, at + 1);
            }
            views = more;
            made = more;
        }
        return made[worker - 1];
    }

    /// The route of a datagram to that group and port, or null.
    public @Nullable CompiledRoute toGroup(int group, int destinationPort) {
        return groups.get(group, destinationPort);
    }

    /// The route of a datagram to this host from that source to that port, or null. A route for any source
    /// ([Address#ANY_IPV4]) is not found here.
    public @Nullable CompiledRoute fromSource(int source, int destinationPort) {
        return sources.get(source, destinationPort);
    }

    /// Every route that a lookup can find.
    public List<CompiledRoute> routes() {
        return routes;
    }

    /// Routes that no lookup finds: a second one for the same (group, port) or (source, port), such as with other interfaces,
    /// and those that name both a source and a group.
    public List<Route> shadowed() {
        return shadowed;
    }

    /// Open addressing with linear probing, at most half full.
    private static final class Table {
        private final int[] addresses;
        private final int[] ports;
        private final @Nullable CompiledRoute[] values;
        private final int mask;
        private boolean anyPort;

        Table(int entries) {
            int capacity = Integer.highestOneBit(Math.max(1, entries)) * 4;
            addresses = new int[capacity];
            ports = new int[capacity];
            values = new CompiledRoute[capacity];
            mask = capacity - 1;
        }

        private Table(Table whole, int worker) {
            addresses = whole.addresses;
            ports = whole.ports;
            mask = whole.mask;
            anyPort = whole.anyPort;
            values = new CompiledRoute[whole.values.length];
            for (int at = 0; at < values.length; at++) {
                CompiledRoute route = whole.values[at];
                values[at] = route == null ? null : route.forWorker(worker);
            }
        }

        Table forWorker(int worker) {
            return new Table(this, worker);
        }

        /// False, and no change, when the key is taken.
        boolean put(int address, int port, CompiledRoute value) {
            int at = slot(address, port);
            if (values[at] != null) {
                return false;
            }
            addresses[at] = address;
            ports[at] = port;
            values[at] = value;
            anyPort |= port == Match.ANY_PORT;
            return true;
        }

        @Nullable
        CompiledRoute get(int address, int port) {
            CompiledRoute exact = values[slot(address, port)];
            return exact != null || !anyPort ? exact : values[slot(address, Match.ANY_PORT)];
        }

        /// Where the key is, or the empty slot where it would be.
        private int slot(int address, int port) {
            int hash = (address ^ port * 0x9E3779B1) * 0x85EBCA6B;
            int at = (hash ^ hash >>> 15) & mask;
            while (values[at] != null && (addresses[at] != address || ports[at] != port)) {
                at = at + 1 & mask;
            }
            return at;
        }
    }
}
