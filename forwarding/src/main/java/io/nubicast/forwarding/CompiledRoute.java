package io.nubicast.forwarding;

import io.nubicast.engine.TokenBucket;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// A route as a data plane's hot loop wants it: dense arrays, one index a replication, no object to follow but the counters.
/// Immutable but for the counters, which have one writer, and the rate limit, which is safe. Where several workers serve the route
/// (flows spread by their source) each works on its own view, [#forWorker(int)]: counters of its own, one rate limit for all.
public final class CompiledRoute {
    private static final CompiledRoute[] NO_VIEWS = {};

    private final Route route;
    private final RouteCounters counters;
    private final int[] addresses;
    private final int[] ports;
    private final byte[] timesToLive;
    private final int typeOfService;
    /// Of a worker's view each is made when it is asked for first: of a million members few workers serve more than a part.
    private final @Nullable ReplicationCounters[] replicationCounters;
    private final @Nullable CompiledRoute whole;
    private final int worker;
    private final @Nullable Limiter limiter;
    /// Of workers 1, 2, … when there are any; the array is replaced, never changed.
    private volatile CompiledRoute[] views = NO_VIEWS;

    CompiledRoute(Route route, RouteCounters counters, @Nullable CompiledRoute previous, long nowNs) {
        this.route = route;
        this.counters = counters;
        whole = null;
        worker = 0;
        int count = route.replications().size();
        addresses = new int[count];
        ports = new int[count];
        timesToLive = new byte[count];
        replicationCounters = new ReplicationCounters[count];
        typeOfService = count == 0
                ? Rewrite.KEEP_TYPE_OF_SERVICE
                : route.replications().getFirst().rewrite().typeOfService();
        int at = 0;
        for (Replication replication : route.replications()) {
            addresses[at] = switch (replication.port()) {
                case OutputPort.UnicastMember member -> member.address().ipv4();
                case OutputPort.MulticastOut out -> out.group().ipv4();
            };
            ports[at] = replication.rewrite().destinationPort();
            timesToLive[at] = (byte) replication.rewrite().ttl();
            if (replication.rewrite().typeOfService() != typeOfService) {
                throw new IllegalArgumentException("members of one route with different types of service: " + route);
            }
            replicationCounters[at] = counters.of(replication.port());
            at++;
        }
        limiter = previous != null && previous.route.limit().equals(route.limit())
                ? previous.limiter
                : Limiter.of(route.limit(), nowNs);
    }

    private CompiledRoute(CompiledRoute whole, int worker) {
        route = whole.route;
        counters = whole.counters.forWorker(worker);
        addresses = whole.addresses;
        ports = whole.ports;
        timesToLive = whole.timesToLive;
        typeOfService = whole.typeOfService;
        limiter = whole.limiter;
        replicationCounters = new ReplicationCounters[whole.replicationCounters.length];
        this.whole = whole;
        this.worker = worker;
    }

    /// The same route as that worker sees it: what it counts goes to counters of its own. Of worker 0 this route itself, of the others
    /// the same object each time. Ask the route itself, not another worker's view.
    public CompiledRoute forWorker(int worker) {
        if (worker == 0) {
            return this;
        }
        CompiledRoute[] made = views;
        return worker <= made.length ? made[worker - 1] : moreViewsFor(worker);
    }

    private synchronized CompiledRoute moreViewsFor(int worker) {
        CompiledRoute[] made = views;
        if (made.length < worker) {
            CompiledRoute[] more = Arrays.copyOf(made, worker);
            for (int at = made.length; at < worker; at++) {
                more[at] = new CompiledRoute(this, at + 1);
            }
            views = more;
            made = more;
        }
        return made[worker - 1];
    }

    public Route route() {
        return route;
    }

    public RouteCounters counters() {
        return counters;
    }

    /// How many replications it has; the other accessors take an index below this.
    public int size() {
        return addresses.length;
    }

    /// The member, or the group of a [OutputPort.MulticastOut], as 32 bits.
    public int address(int index) {
        return addresses[index];
    }

    /// The copy's destination port, or [Rewrite#KEEP_PORT].
    public int port(int index) {
        return ports[index];
    }

    /// 1..255
    public int ttl(int index) {
        return timesToLive[index] & 0xFF;
    }

    /// The octet that the copies carry.
    ///
    /// @param original the datagram's
    public int typeOfService(int original) {
        return typeOfService == Rewrite.KEEP_TYPE_OF_SERVICE ? original : typeOfService;
    }

    /// The counters of one replication; of a worker's view, that worker's: then only the worker may ask.
    public ReplicationCounters replicationCounters(int index) {
        ReplicationCounters known = replicationCounters[index];
        return known == null ? firstCounters(index) : known;
    }

    private ReplicationCounters firstCounters(int index) {
        if (whole == null) {
            throw new IllegalStateException("not a worker's view");
        }
        ReplicationCounters made = whole.replicationCounters(index).forWorker(worker);
        replicationCounters[index] = made;
        return made;
    }

    /// Whether the rate limit lets a datagram in. The caller counts what it does not.
    ///
    /// @param payloadBytes of the UDP payload
    public boolean admit(int payloadBytes, long nowNs) {
        return limiter == null || limiter.admit(payloadBytes, nowNs);
    }

    /// Whether [#admit(int, long)] looks at the time, so that callers need not read the clock for the others.
    public boolean isLimited() {
        return limiter != null;
    }

    /// Both limits of a route, for all workers that serve it.
    private static final class Limiter {
        private final @Nullable TokenBucket packets;
        private final @Nullable TokenBucket bits;

        private Limiter(RateLimit limit, long nowNs) {
            packets = packets(limit.packetsPerSecond(), nowNs);
            bits = bits(limit.bitsPerSecond(), nowNs);
        }

        static @Nullable Limiter of(RateLimit limit, long nowNs) {
            return limit.isNone() ? null : new Limiter(limit, nowNs);
        }

        /// A tenth of a second may come at once, at least 64 datagrams: what one receive call brings.
        private static @Nullable TokenBucket packets(long perSecond, long nowNs) {
            return perSecond == 0 ? null : new TokenBucket(perSecond, Math.max(64, perSecond / 10), nowNs);
        }

        /// A tenth of a second may come at once, at least one datagram of the largest size.
        private static @Nullable TokenBucket bits(long perSecond, long nowNs) {
            return perSecond == 0 ? null : new TokenBucket(perSecond, Math.max(8 * 65_536, perSecond / 10), nowNs);
        }

        /// Locked, as workers share it, and as a swap hands it on while they still use it.
        synchronized boolean admit(int payloadBytes, long nowNs) {
            return (packets == null || packets.take(1, nowNs)) && (bits == null || bits.take(8L * payloadBytes, nowNs));
        }
    }
}
