package io.nubicast.router.sim;

import io.nubicast.forwarding.routing.RoutingPort;
import io.nubicast.router.iface.InterfaceAddress;
import io.nubicast.router.iface.RouterInterface;
import io.nubicast.router.igmp.HostMembership;
import io.nubicast.router.igmp.IgmpConfig;
import io.nubicast.router.igmp.IgmpInstance;
import io.nubicast.router.mrib.Mrib;
import io.nubicast.router.pim.PimConfig;
import io.nubicast.router.pim.PimInstance;
import io.nubicast.router.port.Packet;
import io.nubicast.router.port.PacketPort;
import io.nubicast.router.rib.UnicastRoute;
import io.nubicast.router.rib.UnicastRoutes;
import io.nubicast.testkit.net.SimNode;
import io.nubicast.testkit.net.SimPorts;
import io.nubicast.wire.Address;
import io.nubicast.wire.pim.PimMessage;
import io.nubicast.wire.pim.PimParse;
import java.lang.foreign.ValueLayout;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;

/// A router: IGMP and PIM as they are, with a plane that forwards. Ports are interfaces of that id, `GigabitEthernet<id>`; port 0
/// is `Loopback0`.
public final class SimRouter implements SimNode {
    private static final int EVENTS_AT_ONCE = 100;

    private final SimPorts ports;
    private final UnicastRoutes routes;
    private final Map<Integer, Integer> prefixLengths;
    private final Map<Integer, RouterInterface> interfaces = new HashMap<>();
    private final SimPlane plane;
    private final Mrib mrib;
    private final IgmpInstance igmp;
    private final PimInstance pim;

    private final class Output implements PacketPort {
        @Override
        public void send(int interfaceId, Packet packet) {
            RouterInterface out = interfaces.get(interfaceId);
            if (out != null && out.up()) {
                Address source = packet.source().isUnspecified()
                        ? out.address().orElse(Address.ANY_IPV4)
                        : packet.source();
                ports.send(interfaceId, packet.destination(), Ipv4.packet(packet, source));
            }
        }

        @Override
        public void sendRouted(Packet packet) {
            Optional<UnicastRoute> route = routes.lookup(packet.destination());
            if (route.isPresent()) {
                RouterInterface out = interfaces.get(route.get().interfaceId());
                Address source = packet.source().isUnspecified() && out != null
                        ? out.address().orElse(Address.ANY_IPV4)
                        : packet.source();
                forward(Ipv4.packet(packet, source), packet.destination());
            }
        }
    }

    /// @param prefixLengths of the ports' addresses, by port
    /// @param routes of this router
    SimRouter(SimPorts ports, Map<Integer, Integer> prefixLengths, UnicastRoutes routes, PimConfig pimConfig,
            IgmpConfig igmpConfig, RandomGenerator random, long nowNs) {
        this.ports = ports;
        this.prefixLengths = prefixLengths;
        this.routes = routes;
        plane = new SimPlane(ports::send);
        mrib = new Mrib(plane);
        PacketPort output = new Output();
        igmp = new IgmpInstance(output, new HostMembership() {
            @Override
            public void join(int interfaceId, Address group, Optional<Address> source) {}

            @Override
            public void leave(int interfaceId, Address group, Optional<Address> source) {}
        });
        pim = new PimInstance(output, routes, igmp, mrib, random);
        igmp.addListener(pim);
        igmp.configure(igmpConfig, nowNs);
        pim.configure(pimConfig, nowNs);
    }

    public PimInstance pim() {
        return pim;
    }

    public IgmpInstance igmp() {
        return igmp;
    }

    public SimPlane plane() {
        return plane;
    }

    /// The name of the interface behind a port.
    public static String nameOf(int port) {
        return port == 0 ? "Loopback0" : "GigabitEthernet" + port;
    }

    @Override
    public void onPort(int port, boolean up, List<Address> addresses, long nowNs) {
        int prefixLength = prefixLengths.getOrDefault(port, 24);
        RouterInterface state = new RouterInterface(port, nameOf(port), "eth" + port, up, false, port == 0, 1500,
                addresses.stream().map(each -> new InterfaceAddress(each, prefixLength)).toList());
        interfaces.put(port, state);
        igmp.onInterface(state, nowNs);
        pim.onInterface(state, nowNs);
        drain(nowNs);
    }

    /// Unicast routes changed.
    public void onRoutesChanged(long nowNs) {
        pim.onRoutesChanged(nowNs);
        drain(nowNs);
    }

    @Override
    public void onPacket(int port, byte[] bytes, long nowNs) {
        Ipv4.parse(bytes).filter(packet -> !isOwn(packet.source()))
                .ifPresent(packet -> onPacket(port, bytes, packet, nowNs));
        drain(nowNs);
    }

    private void onPacket(int port, byte[] bytes, Packet packet, long nowNs) {
        if (packet.protocol() == Packet.IGMP) {
            igmp.onPacket(port, packet, nowNs);
        } else if (isOwn(packet.destination()) || packet.destination().isLinkLocalMulticast()) {
            if (packet.protocol() == Packet.PIM) {
                decapsulate(packet, nowNs);
                pim.onPacket(port, packet, nowNs);
            }
        } else if (packet.destination().isMulticast()) {
            plane.onPacket(port, bytes, nowNs);
        } else if (packet.ttl() > 1) {
            forward(Ipv4.hop(bytes), packet.destination());
        }
    }

    /// As the kernel does (MFC-018): what a Register carries arrives on the register port.
    private void decapsulate(Packet packet, long nowNs) {
        if (PimMessage.parse(packet.payload()) instanceof PimParse.Parsed parsed
                && parsed.message() instanceof PimMessage.Register register && !register.nullRegister()) {
            plane.onPacket(RoutingPort.REGISTER, register.packet().toArray(ValueLayout.JAVA_BYTE), nowNs);
        }
    }

    private void forward(byte[] bytes, Address destination) {
        routes.lookup(destination).ifPresent(route -> ports.send(route.interfaceId(),
                route.isConnected() ? destination : route.nextHop(), bytes));
    }

    private boolean isOwn(Address address) {
        return interfaces.values().stream().anyMatch(each -> each.has(address));
    }

    private void drain(long nowNs) {
        while (plane.hasEvents()) {
            plane.poll(event -> pim.onEvent(event, nowNs), EVENTS_AT_ONCE);
        }
    }

    @Override
    public long nextDeadlineNs() {
        return Math.min(igmp.nextDeadlineNs(), pim.nextDeadlineNs());
    }

    @Override
    public void run(long nowNs) {
        igmp.onDeadline(nowNs);
        pim.onDeadline(nowNs);
        drain(nowNs);
    }

    @Override
    public void stop(long nowNs) {
        igmp.stop(nowNs);
        pim.stop(nowNs);
    }
}
