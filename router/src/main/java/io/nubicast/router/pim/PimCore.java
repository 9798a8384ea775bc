package io.nubicast.router.pim;

import io.nubicast.engine.Timers;
import io.nubicast.forwarding.routing.RoutingPort;
import io.nubicast.router.iface.RouterInterface;
import io.nubicast.router.mrib.LocalReceivers;
import io.nubicast.router.mrib.Mrib;
import io.nubicast.router.pim.hello.PimHello;
import io.nubicast.router.pim.hello.PimNeighbors;
import io.nubicast.router.port.Packet;
import io.nubicast.router.port.PacketPort;
import io.nubicast.router.rib.Rpf;
import io.nubicast.router.rib.UnicastRoutes;
import io.nubicast.router.rp.RpTable;
import io.nubicast.wire.Address;
import io.nubicast.wire.pim.PimMessage;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.random.RandomGenerator;

/// What the parts of an instance share.
final class PimCore {
    final Timers timers = new Timers();
    final PacketPort port;
    final LocalReceivers receivers;
    final Mrib mrib;
    final RandomGenerator random;
    final Rpf rpf;
    final RpTable rps = new RpTable();
    final PimHello hello;
    final PimNeighbors neighbors;
    final PimCounters counters = new PimCounters();
    final Macros macros = new Macros(this);
    final JoinPruneOutput output = new JoinPruneOutput(this);
    final Trees trees = new Trees(this);
    final RegisterTunnel tunnel = new RegisterTunnel(this);
    private final Map<Integer, PimInterface> interfaces = new TreeMap<>();
    private PimConfig config = PimConfig.NONE;

    PimCore(PacketPort port, UnicastRoutes routes, LocalReceivers receivers, Mrib mrib, RandomGenerator random,
            PimNeighbors.Listener listener) {
        this.port = port;
        this.receivers = receivers;
        this.mrib = mrib;
        this.random = random;
        this.rpf = new Rpf(routes);
        this.hello = new PimHello(port, timers, listener, random);
        this.neighbors = hello;
    }

    PimConfig config() {
        return config;
    }

    void configure(PimConfig newConfig) {
        config = newConfig;
        interfaces.values().forEach(each -> each.onConfig(configOf(each.name()), config.routing()));
    }

    void onInterface(RouterInterface state) {
        PimInterface known = interfaces.get(state.id());
        if (known == null) {
            interfaces.put(state.id(), new PimInterface(state, configOf(state.name()), config.routing()));
        } else {
            known.onState(state);
        }
    }

    void onInterfaceGone(int interfaceId) {
        interfaces.remove(interfaceId);
    }

    private PimConfig.Interface configOf(String name) {
        return config.interfaces().getOrDefault(name, PimConfig.Interface.OFF);
    }

    Collection<PimInterface> interfaces() {
        return interfaces.values();
    }

    Optional<PimInterface> of(int interfaceId) {
        return Optional.ofNullable(interfaces.get(interfaceId));
    }

    boolean isActive(int interfaceId) {
        PimInterface found = interfaces.get(interfaceId);
        return found != null && found.isActive();
    }

    /// Whether a boundary of the interface lets the group through. The register tunnel has none.
    boolean admits(int interfaceId, Address source, Address group) {
        PimInterface found = interfaces.get(interfaceId);
        return interfaceId == RoutingPort.REGISTER || found != null && found.admits(source, group);
    }

    /// Whether that is an address of this router that can be reached.
    boolean isOwn(Address address) {
        for (PimInterface each : interfaces.values()) {
            if (each.state().up() && each.state().has(address)) {
                return true;
            }
        }
        return false;
    }

    /// Whether that address is one of this router on that interface.
    boolean isOwn(int interfaceId, Address address) {
        PimInterface found = interfaces.get(interfaceId);
        return found != null && found.state().has(address);
    }

    /// Whether packets of that source to that group may be routed at all: no addresses of links, hosts or nobody (GEN-008).
    static boolean isRoutable(Address source, Address group) {
        int bits = source.ipv4();
        return group.isMulticast() && !group.isLinkLocalMulticast() && bits >>> 24 != 0 && bits >>> 28 < 0xE
                && !source.isLoopback();
    }

    Address addressOf(int interfaceId) {
        PimInterface found = interfaces.get(interfaceId);
        return found == null ? Address.ANY_IPV4 : found.address();
    }

    String nameOf(int interfaceId) {
        PimInterface found = interfaces.get(interfaceId);
        return found == null ? "Null" : found.name();
    }

    /// t_override on that interface (RFC 7761 section 4.11).
    long overrideNs(int interfaceId) {
        long mostNs = neighbors.effectiveOverrideIntervalNs(interfaceId);
        return mostNs <= 0 ? 0 : random.nextLong(mostNs);
    }

    /// t_suppressed on that interface.
    long suppressedNs(int interfaceId) {
        return neighbors.suppressionEnabled(interfaceId)
                ? (long) (periodNs() * random.nextDouble(1.1, 1.4))
                : 0;
    }

    /// t_periodic.
    long periodNs() {
        return PimTimes.seconds(config.joinPruneIntervalSeconds());
    }

    /// J/P_HoldTime, 3.5 times t_periodic.
    int joinPruneHoldtimeSeconds() {
        return (int) Math.min(0xFFFE, config.joinPruneIntervalSeconds() * 7L / 2);
    }

    /// Multicasts a message on a link, after the Hello that must come first (PIM-002, PIM-021).
    void sendOnLink(int interfaceId, PimMessage message, long nowNs) {
        PimInterface out = interfaces.get(interfaceId);
        if (out == null || !out.isActive() || out.config().mode() == PimConfig.Mode.PASSIVE) {
            return;
        }
        neighbors.helloBefore(interfaceId, nowNs);
        out.traffic.sent++;
        port.send(interfaceId, new Packet(out.address(), PimMessage.ALL_PIM_ROUTERS, Packet.PIM, 1, Packet.CONTROL,
                false, message.packed()));
    }
}
