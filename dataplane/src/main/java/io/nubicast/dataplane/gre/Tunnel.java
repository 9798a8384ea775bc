package io.nubicast.dataplane.gre;

import io.nubicast.kernel.tun.TunDevice;
import java.util.concurrent.atomic.AtomicBoolean;

/// A tunnel: an interface of the kernel, `TunnelN`, whose packets travel to another router inside of GRE. Opened by
/// [TunnelEngine#open(String, TunnelConfig)]; any thread may call the public methods.
///
/// The interface is up and without an address; addresses, routes and memberships are the router's. Its carrier is the line protocol.
public final class Tunnel implements AutoCloseable {
    private final TunnelEngine engine;
    final TunDevice device;
    final TunnelCounters counters = new TunnelCounters();
    /// The worker's.
    final SequenceGuard sequenceGuard = new SequenceGuard();
    private final AtomicBoolean keepaliveAnswered = new AtomicBoolean();
    private volatile TunnelPath path;
    /// Written by the worker.
    volatile int learnedPort;
    private int sequence;
    private int identification;

    Tunnel(TunnelEngine engine, TunDevice device, TunnelPath path) {
        this.engine = engine;
        this.device = device;
        this.path = path;
    }

    /// Name of the interface.
    public String name() {
        return device.name();
    }

    /// The kernel's number of the interface.
    public int interfaceIndex() {
        return device.index();
    }

    /// Another configuration, in force when this returns. Interface, routes, counters and sequence numbers stay.
    ///
    /// @throws IllegalArgumentException when another tunnel has the same source, destination, transport and key: nothing changes
    /// @throws java.io.IOException when the kernel does not allow it, for example because the UDP port is taken: nothing changes
    public void apply(TunnelConfig config) throws java.io.IOException {
        engine.apply(this, config);
    }

    /// The tracked object that is bound to this tunnel goes up or down; a tunnel without one is as if it were up.
    public void track(boolean up) {
        engine.track(this, up);
    }

    /// All there is to show.
    public TunnelStatus status() {
        return engine.status(this);
    }

    /// Removes the interface, and with it its routes. Idempotent.
    @Override
    public void close() {
        engine.close(this);
    }

    TunnelPath path() {
        return path;
    }

    void path(TunnelPath newPath) {
        path = newPath;
    }

    /// The worker's.
    int nextSequence() {
        return sequence++;
    }

    /// The worker's.
    int nextIdentification() {
        // never 0, which would ask the kernel for one
        identification = identification % 0xFFFF + 1;
        return identification;
    }

    /// The worker's.
    void onKeepaliveAnswer() {
        keepaliveAnswered.setRelease(true);
        engine.wakeControl();
    }

    /// Whether an answer came since the last call.
    boolean takeKeepaliveAnswer() {
        return keepaliveAnswered.getAndSet(false);
    }

    @Override
    public String toString() {
        return name();
    }
}
