package io.nubicast.app.router;

import io.nubicast.dataplane.gre.Tunnel;
import io.nubicast.dataplane.gre.TunnelConfig;
import io.nubicast.dataplane.gre.TunnelConfig.Carrier;
import io.nubicast.dataplane.gre.TunnelConfig.DfPolicy;
import io.nubicast.dataplane.gre.TunnelConfig.KeepaliveTimes;
import io.nubicast.dataplane.gre.TunnelConfig.Mode;
import io.nubicast.dataplane.gre.TunnelConfig.Source;
import io.nubicast.dataplane.gre.TunnelEngine;
import io.nubicast.dataplane.gre.TunnelStatus;
import io.nubicast.kernel.sys.SystemCallException;
import io.nubicast.router.config.InterfaceConfig;
import io.nubicast.router.config.InterfaceName;
import io.nubicast.router.config.RouterConfig;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The router's tunnels: keeps the engine in line with the configuration. On the router's thread.
final class Tunnels implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Tunnels.class);

    private final TunnelEngine engine;
    private final Map<String, Tunnel> open = new LinkedHashMap<>();
    private final Map<String, TunnelConfig> applied = new LinkedHashMap<>();

    /// Starts the engine, without a tunnel.
    ///
    /// @throws SystemCallException EPERM without CAP_NET_RAW and CAP_NET_ADMIN
    Tunnels() throws SystemCallException {
        engine = TunnelEngine.open(LOG::info);
    }

    /// Opens, changes and closes tunnels. One that the kernel refuses is logged, and tried again with the next change.
    ///
    /// @param device the kernel's name of an interface; empty while there is none
    void apply(RouterConfig config, Function<InterfaceName, String> device) {
        Map<String, TunnelConfig> wanted = new LinkedHashMap<>();
        config.interfaces().forEach((name, each) -> wanted(each, device).ifPresent(tunnel -> wanted.put(name, tunnel)));
        open.entrySet().removeIf(each -> {
            boolean gone = !wanted.containsKey(each.getKey());
            if (gone) {
                each.getValue().close();
                applied.remove(each.getKey());
            }
            return gone;
        });
        wanted.forEach(this::apply);
    }

    private void apply(String name, TunnelConfig config) {
        if (config.equals(applied.get(name))) {
            return;
        }
        try {
            Tunnel tunnel = open.get(name);
            if (tunnel == null) {
                open.put(name, engine.open(name, config));
            } else {
                tunnel.apply(config);
            }
            applied.put(name, config);
        } catch (IOException | IllegalArgumentException e) {
            LOG.error("{}: {}", name, e.getMessage());
        }
    }

    /// The tunnel of an interface that has both ends; one without is down, and has no device.
    private static Optional<TunnelConfig> wanted(InterfaceConfig config, Function<InterfaceName, String> device) {
        if (config.tunnel().isEmpty() || config.tunnel().get().source().isEmpty()
                || config.tunnel().get().destination().isEmpty()) {
            return Optional.empty();
        }
        io.nubicast.router.config.TunnelConfig tunnel = config.tunnel().get();
        Source source = switch (tunnel.source().get()) {
            case io.nubicast.router.config.TunnelConfig.Source.OfAddress each -> new Source.OfAddress(each.address());
            case io.nubicast.router.config.TunnelConfig.Source.OfInterface each ->
                new Source.OfInterface(device.apply(each.name()));
        };
        if (source instanceof Source.OfInterface through && through.name().isEmpty()) {
            return Optional.empty();
        }
        TunnelConfig made = TunnelConfig.to(source, tunnel.destination().get())
                .withKey(
                        tunnel.key().isPresent() ? OptionalInt.of((int) tunnel.key().getAsLong()) : OptionalInt.empty())
                .withOptions(tunnel.checksum(), tunnel.sequenceDatagrams()).withOuter(tunnel.ttl(), tunnel.tos())
                .withSizes(config.ipMtu(), DfPolicy.valueOf(tunnel.dfPolicy().name()), tunnel.pathMtuDiscovery())
                .withKeepalive(tunnel.keepalive().map(times -> new KeepaliveTimes(times.seconds(), times.retries())))
                .withShutdown(config.shutdown());
        return Optional.of(switch (tunnel.mode()) {
            case io.nubicast.router.config.TunnelConfig.TunnelMode.GreIp gre ->
                made.withCarrier(gre.carrier() == io.nubicast.router.config.TunnelConfig.Carrier.USER_SPACE
                        ? Carrier.USER_SPACE
                        : Carrier.AUTOMATIC);
            case io.nubicast.router.config.TunnelConfig.TunnelMode.GreUdp udp -> made
                    .withMode(new Mode.Udp(udp.port(), udp.checksum(), udp.fixedSourcePort(), udp.learnPeer()));
        });
    }

    /// How a tunnel is; empty for one that is not open.
    Optional<TunnelStatus> status(String name) {
        return Optional.ofNullable(open.get(name)).map(Tunnel::status);
    }

    @Override
    public void close() {
        engine.close();
    }
}
