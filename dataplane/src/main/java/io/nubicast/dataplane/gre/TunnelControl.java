package io.nubicast.dataplane.gre;

import io.nubicast.dataplane.gre.TunnelStatus.CarriedBy;
import io.nubicast.dataplane.gre.TunnelStatus.LineState;
import io.nubicast.dataplane.gre.TunnelStatus.Traffic;
import io.nubicast.kernel.sys.SystemCallException;
import io.nubicast.kernel.tun.TunDevice;
import io.nubicast.wire.Address;
import io.nubicast.wire.gre.GreKeepalive;
import java.util.Optional;
import java.util.function.IntUnaryOperator;
import org.jspecify.annotations.Nullable;

/// The slow side of one tunnel: its configuration, keepalives and line protocol. On the engine's control thread.
final class TunnelControl {
    private static final int DEFAULT_MTU = 1_500;
    /// The smallest path MTU that is believed (GRE-022).
    private static final int LEAST_PATH_MTU = 92;

    private final TunnelEngine engine;
    final Tunnel tunnel;
    private final LineProtocol line = new LineProtocol();
    private TunnelConfig config;
    private @Nullable Keepalive keepalive;
    private final Growth kernelIn = new Growth();
    private final Growth kernelOut = new Growth();
    private boolean trackUp = true;
    private int deviceMtu;
    private boolean carrier = true;
    private Optional<Underlay.Hop> hop = Optional.empty();
    private CarriedBy carriedBy = new CarriedBy(false, "the line protocol is down");

    TunnelControl(TunnelEngine engine, TunDevice device, TunnelConfig config) {
        this.engine = engine;
        this.config = config;
        tunnel = new Tunnel(engine, device, new TunnelPath(config, 0, DEFAULT_MTU, false));
    }

    TunnelConfig config() {
        return config;
    }

    LineState line() {
        return line.state();
    }

    boolean isHeld() {
        return line.isHeld();
    }

    long nextDeadlineNs() {
        return line.nextDeadlineNs();
    }

    /// Takes over another configuration.
    void configure(TunnelConfig newConfig, long nowNs) {
        boolean otherKeepalive = !newConfig.keepalive().equals(config.keepalive())
                || newConfig.shutdown() != config.shutdown();
        config = newConfig;
        if (otherKeepalive) {
            begin(nowNs);
        }
    }

    /// Begins with keepalives, where they are wanted.
    void begin(long nowNs) {
        end();
        if (!config.shutdown()) {
            config.keepalive().ifPresent(times -> {
                Keepalive started = new Keepalive(engine.timers(), times, this::sendKeepalive);
                keepalive = started;
                started.start(nowNs);
            });
        }
    }

    /// No more keepalives.
    void end() {
        if (keepalive != null) {
            keepalive.stop();
            keepalive = null;
        }
    }

    private void sendKeepalive() {
        TunnelPath path = tunnel.path();
        engine.send(tunnel, GreKeepalive.answer(path.source, path.destination, config.key()));
    }

    void takeAnswer(long nowNs) {
        if (tunnel.takeKeepaliveAnswer() && keepalive != null) {
            keepalive.onAnswer(nowNs);
        }
    }

    /// The tracked object that is bound to the tunnel.
    void track(boolean up) {
        trackUp = up;
    }

    /// The interface by which the route to the destination leaves, 0 for none.
    int routedBy(Underlay underlay) {
        try {
            return underlay.route(config.destination().ipv4()).map(Underlay.Hop::device).orElse(0);
        } catch (SystemCallException e) {
            return 0;
        }
    }

    /// Looks at everything anew.
    ///
    /// @return whether the worker has to know
    boolean evaluate(Underlay underlay, IntUnaryOperator routedBy, long nowNs) throws SystemCallException {
        int source = underlay.source(config.source());
        hop = underlay.route(config.destination().ipv4());
        boolean recursive = Recursion.isRecursive(tunnel.interfaceIndex(), routedBy);
        LineState state = line.on(new LineProtocol.Conditions(config.shutdown(), source != 0, hop.isPresent(),
                recursive, keepalive == null || keepalive.isAnswered(), trackUp), nowNs);
        int mtu = recursive ? DEFAULT_MTU : Math.max(LEAST_PATH_MTU, hop.map(Underlay.Hop::mtu).orElse(DEFAULT_MTU));
        TunnelPath before = tunnel.path();
        TunnelPath after = new TunnelPath(config, source, mtu, state.up());
        tunnel.path(after);
        if (after.up && !before.up) {
            engine.reset(tunnel);
        }
        carrier(state.up());
        deviceMtu(config.deviceMtu(mtu));
        carriedBy = engine.kernel().evaluate(tunnel, config, after, hop);
        return before.source != after.source || before.destination != after.destination
                || before.udpPort != after.udpPort;
    }

    private void carrier(boolean on) {
        if (on == carrier) {
            return;
        }
        try {
            tunnel.device.carrier(on);
            carrier = on;
        } catch (SystemCallException e) {
            // before Linux 5.0 there is none to set: the worker drops what it must not carry
            carrier = on;
        }
    }

    private void deviceMtu(int bytes) throws SystemCallException {
        if (bytes != deviceMtu) {
            tunnel.device.mtu(bytes);
            deviceMtu = bytes;
        }
    }

    /// Brings the interface up or down as configured.
    void administer() throws SystemCallException {
        if (config.shutdown()) {
            tunnel.device.down();
        } else {
            tunnel.device.up();
        }
    }

    TunnelStatus status(long nowNs) {
        TunnelPath path = tunnel.path();
        TunnelCounters user = tunnel.counters;
        KernelTunnels.Counts kernel = engine.kernel().counts(tunnel);
        Traffic traffic = new Traffic(user.of(TunnelCounters.PACKETS_IN) + kernel.packetsIn(),
                user.of(TunnelCounters.BYTES_IN) + kernel.bytesIn(),
                user.of(TunnelCounters.MULTICASTS_IN) + kernel.multicastsIn(),
                user.of(TunnelCounters.PACKETS_OUT) + kernel.packetsOut(),
                user.of(TunnelCounters.BYTES_OUT) + kernel.bytesOut(),
                user.of(TunnelCounters.MULTICASTS_OUT) + kernel.multicastsOut(), kernel.packetsIn(),
                kernel.packetsOut(), user.of(TunnelCounters.FRAGMENTED_OUTER),
                user.of(TunnelCounters.FRAGMENTED_INNER), user.of(TunnelCounters.KEEPALIVES_OUT),
                user.of(TunnelCounters.KEEPALIVES_IN), user.of(TunnelCounters.KEEPALIVES_REFLECTED), user.dropsIn(),
                user.dropsOut(), last(kernelIn, user.of(TunnelCounters.LAST_INPUT), kernel.packetsIn(), nowNs),
                last(kernelOut, user.of(TunnelCounters.LAST_OUTPUT), kernel.packetsOut(), nowNs));
        return new TunnelStatus(tunnel.name(), tunnel.interfaceIndex(), config, line.state(),
                path.source == 0 ? Optional.empty() : Optional.of(Address.ofIpv4(path.source)),
                hop.map(Underlay.Hop::name), path.ipMtu, deviceMtu,
                carriedBy, traffic, tunnel.learnedPort);
    }

    /// When the kernel's counter was last seen to have grown.
    private static final class Growth {
        long packets;
        long seenNs;
    }

    /// To be called now and then, since the kernel counts packets and not when they came.
    void watch(long nowNs) {
        KernelTunnels.Counts kernel = engine.kernel().counts(tunnel);
        watch(kernelIn, kernel.packetsIn(), nowNs);
        watch(kernelOut, kernel.packetsOut(), nowNs);
    }

    private static void watch(Growth growth, long packets, long nowNs) {
        if (packets != growth.packets) {
            growth.packets = packets;
            growth.seenNs = nowNs;
        }
    }

    private static Optional<Long> last(Growth growth, long userNs, long packets, long nowNs) {
        watch(growth, packets, nowNs);
        long thenNs = userNs == 0 || growth.seenNs != 0 && growth.seenNs - userNs > 0 ? growth.seenNs : userNs;
        return thenNs == 0 ? Optional.empty() : Optional.of(Math.max(0, nowNs - thenNs));
    }
}
