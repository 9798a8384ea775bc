package io.nubicast.forwarding;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// What a route took in. One writer (the worker that serves the route), any reader. Where several workers serve a route each
/// counts in a part of its own ([#forWorker(int)]); the readers give the sum.
public final class RouteCounters {
    private static final VarHandle PACKETS;
    private static final VarHandle BYTES;
    private static final VarHandle BURSTS;

    static {
        try {
            MethodHandles.Lookup lookup = MethodHandles.lookup();
            PACKETS = lookup.findVarHandle(RouteCounters.class, "packets", long.class);
            BYTES = lookup.findVarHandle(RouteCounters.class, "bytes", long.class);
            BURSTS = lookup.findVarHandle(RouteCounters.class, "bursts", long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private static final RouteCounters[] NO_PARTS = {};

    private final @Nullable RouteCounters whole;
    private final int worker;
    private long packets;
    private long bytes;
    private long bursts;
    private final DropCounters drops = new DropCounters();
    private final Map<OutputPort, ReplicationCounters> replications;
    /// Of workers 1, 2, … when there are any; the array is replaced, never changed.
    private volatile RouteCounters[] parts = NO_PARTS;
    /// What [#replications] was last cleared for.
    private @Nullable Route retained;

    public RouteCounters() {
        whole = null;
        worker = 0;
        replications = new ConcurrentHashMap<>();
    }

    private RouteCounters(RouteCounters whole, int worker) {
        this.whole = whole;
        this.worker = worker;
        replications = Map.of();
    }

    /// Worker only: one datagram that matched and was not dropped.
    public void received(int payloadBytes) {
        received(1, payloadBytes);
    }

    /// Worker only: datagrams that matched and were not dropped.
    ///
    /// @param payloadBytes of all of them together
    public void received(long datagrams, long payloadBytes) {
        PACKETS.setOpaque(this, packets + datagrams);
        BYTES.setOpaque(this, bytes + payloadBytes);
    }

    /// Worker only: one run of datagrams that left together, to every replication; a datagram that left alone is a run of one.
    public void burst() {
        bursts(1);
    }

    /// Worker only: as many runs.
    public void bursts(long runs) {
        BURSTS.setOpaque(this, bursts + runs);
    }

    public long packets() {
        long sum = (long) PACKETS.getOpaque(this);
        for (RouteCounters part : parts) {
            sum += part.packets();
        }
        return sum;
    }

    public long bytes() {
        long sum = (long) BYTES.getOpaque(this);
        for (RouteCounters part : parts) {
            sum += part.bytes();
        }
        return sum;
    }

    /// Runs of datagrams that left together: the mean burst is packets a run.
    public long bursts() {
        long sum = (long) BURSTS.getOpaque(this);
        for (RouteCounters part : parts) {
            sum += part.bursts();
        }
        return sum;
    }

    /// Datagrams that matched and were dropped, `RATE_LIMITED` for example.
    public DropCounters drops() {
        return drops;
    }

    /// What that worker counts in: of worker 0 these counters themselves. The same object each time; its readers see that
    /// worker's numbers only (of worker 0: the sum).
    public RouteCounters forWorker(int wanted) {
        if (wanted == 0) {
            return this;
        }
        RouteCounters[] made = parts;
        return wanted <= made.length ? made[wanted - 1] : morePartsFor(wanted);
    }

    private synchronized RouteCounters morePartsFor(int wanted) {
        RouteCounters[] made = parts;
        if (made.length < wanted) {
            RouteCounters[] more = Arrays.copyOf(made, wanted);
            for (int at = made.length; at < wanted; at++) {
                more[at] = new RouteCounters(this, at + 1);
                drops.include(more[at].drops);
            }
            parts = more;
            made = more;
        }
        return made[wanted - 1];
    }

    /// The counters of one replication; the same object for the same port for as long as the route keeps that port. Of a part,
    /// that worker's.
    public ReplicationCounters of(OutputPort port) {
        return whole == null
                ? replications.computeIfAbsent(port, p -> new ReplicationCounters())
                : whole.of(port).forWorker(worker);
    }

    synchronized void retain(Route route) {
        if (route.equals(retained)) {
            return;
        }
        retained = route;
        replications.keySet().retainAll(
                route.replications().stream().map(Replication::port).collect(java.util.stream.Collectors.toSet()));
    }
}
