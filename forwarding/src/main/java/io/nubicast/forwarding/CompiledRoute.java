package io.nubicast.forwarding;

import io.nubicast.engine.TokenBucket;
import org.jspecify.annotations.Nullable;

/// A route as a data plane's hot loop wants it: dense arrays, one index a replication, no object to follow but the counters.
/// Immutable but for counters and rate limit, which belong to the one worker that serves the route.
public final class CompiledRoute {
    private final Route route;
    private final RouteCounters counters;
    private final int[] addresses;
    private final int[] ports;
    private final byte[] timesToLive;
    private final ReplicationCounters[] replicationCounters;
    private final @Nullable TokenBucket packetLimit;
    private final @Nullable TokenBucket bitLimit;

    CompiledRoute(Route route, RouteCounters counters, @Nullable CompiledRoute previous, long nowNs) {
        this.route = route;
        this.counters = counters;
        int count = route.replications().size();
        addresses = new int[count];
        ports = new int[count];
        timesToLive = new byte[count];
        replicationCounters = new ReplicationCounters[count];
        int at = 0;
        for (Replication replication : route.replications()) {
            addresses[at] = switch (replication.port()) {
                case OutputPort.UnicastMember member -> member.address().ipv4();
                case OutputPort.MulticastOut out -> out.group().ipv4();
            };
            ports[at] = replication.rewrite().destinationPort();
            timesToLive[at] = (byte) replication.rewrite().ttl();
            replicationCounters[at] = counters.of(replication.port());
            at++;
        }
        if (previous != null && previous.route.limit().equals(route.limit())) {
            packetLimit = previous.packetLimit;
            bitLimit = previous.bitLimit;
        } else {
            packetLimit = packetLimit(route.limit().packetsPerSecond(), nowNs);
            bitLimit = bitLimit(route.limit().bitsPerSecond(), nowNs);
        }
    }

    /// A tenth of a second may come at once, at least 64 datagrams: what one receive call brings.
    private static @Nullable TokenBucket packetLimit(long perSecond, long nowNs) {
        return perSecond == 0 ? null : new TokenBucket(perSecond, Math.max(64, perSecond / 10), nowNs);
    }

    /// A tenth of a second may come at once, at least one datagram of the largest size.
    private static @Nullable TokenBucket bitLimit(long perSecond, long nowNs) {
        return perSecond == 0 ? null : new TokenBucket(perSecond, Math.max(8 * 65_536, perSecond / 10), nowNs);
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

    public ReplicationCounters replicationCounters(int index) {
        return replicationCounters[index];
    }

    /// Worker only: whether the rate limit lets a datagram in. The caller counts what it does not.
    ///
    /// @param payloadBytes of the UDP payload
    public boolean admit(int payloadBytes, long nowNs) {
        return (packetLimit == null || packetLimit.take(1, nowNs))
                && (bitLimit == null || bitLimit.take(8L * payloadBytes, nowNs));
    }

    /// Whether [#admit(int, long)] looks at the time, so that callers need not read the clock for the others.
    public boolean isLimited() {
        return packetLimit != null || bitLimit != null;
    }
}
