package io.nubicast.forwarding;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// What a route took in. One writer (the worker that serves the route), any reader.
public final class RouteCounters {
    private static final VarHandle PACKETS;
    private static final VarHandle BYTES;

    static {
        try {
            MethodHandles.Lookup lookup = MethodHandles.lookup();
            PACKETS = lookup.findVarHandle(RouteCounters.class, "packets", long.class);
            BYTES = lookup.findVarHandle(RouteCounters.class, "bytes", long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private long packets;
    private long bytes;
    private final DropCounters drops = new DropCounters();
    private final Map<OutputPort, ReplicationCounters> replications = new ConcurrentHashMap<>();

    /// Worker only: one datagram that matched and was not dropped.
    public void received(int payloadBytes) {
        PACKETS.setOpaque(this, packets + 1);
        BYTES.setOpaque(this, bytes + payloadBytes);
    }

    public long packets() {
        return (long) PACKETS.getOpaque(this);
    }

    public long bytes() {
        return (long) BYTES.getOpaque(this);
    }

    /// Datagrams that matched and were dropped, `RATE_LIMITED` for example.
    public DropCounters drops() {
        return drops;
    }

    /// The counters of one replication; the same object for the same port for as long as the route keeps that port.
    public ReplicationCounters of(OutputPort port) {
        return replications.computeIfAbsent(port, p -> new ReplicationCounters());
    }

    void retain(Route route) {
        replications.keySet().retainAll(
                route.replications().stream().map(Replication::port).collect(java.util.stream.Collectors.toSet()));
    }
}
