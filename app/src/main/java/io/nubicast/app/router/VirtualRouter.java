package io.nubicast.app.router;

import io.nubicast.app.router.kernel.ControlPort;
import io.nubicast.app.router.kernel.KernelInterfaces;
import io.nubicast.app.router.kernel.KernelUnicastRoutes;
import io.nubicast.dataplane.RoutingPlanes;
import io.nubicast.dataplane.mroute.KernelRoutingPlane;
import io.nubicast.forwarding.PlaneUnavailable;
import io.nubicast.forwarding.routing.RoutingEvent;
import io.nubicast.forwarding.routing.RoutingPlane;
import io.nubicast.forwarding.routing.RoutingPort;
import io.nubicast.kernel.sys.SystemCallException;
import io.nubicast.router.config.InterfaceConfig;
import io.nubicast.router.config.InterfaceName;
import io.nubicast.router.config.RouterConfig;
import io.nubicast.router.iface.RouterInterface;
import io.nubicast.router.igmp.IgmpInstance;
import io.nubicast.router.igmp.proxy.IgmpProxy;
import io.nubicast.router.mrib.Mrib;
import io.nubicast.router.pim.PimConfig;
import io.nubicast.router.pim.PimInstance;
import io.nubicast.router.port.Packet;
import io.nubicast.router.port.Protocol;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The router put together: protocol cores, the kernel's tables, tunnels, and the way of a configuration to all of them. Everything
/// happens on the router's thread, in the network namespace where this was made.
public final class VirtualRouter implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(VirtualRouter.class);
    /// Events of the plane that are taken at once: control packets wait no longer than these take.
    private static final int MOST_EVENTS = 256;
    /// How often what is in force is compared with what was decided (MFC-015).
    private static final long AUDIT_NS = 60_000_000_000L;

    private final RouterLoop loop;
    private final Deque<AutoCloseable> opened = new ArrayDeque<>();
    private final ControlPort control;
    private final RoutingPlane plane;
    private final KernelInterfaces interfaces;
    private final KernelUnicastRoutes unicast;
    private final HostMemberships host;
    private final Tunnels tunnels;
    private final Loopbacks loopbacks;
    private final Links links;
    private final StaticRoutes staticRoutes;
    private final Mrib mrib;
    private final IgmpInstance igmp;
    private final PimInstance pim;
    private final IgmpProxy igmpProxy;
    private final Map<Integer, Integer> indexes = new LinkedHashMap<>();
    private RouterConfig config = RouterConfig.EMPTY;
    private boolean applying;

    /// Opens everything; nothing is configured yet.
    ///
    /// @param ports how many interfaces with PIM there will be: beyond 31 user space forwards instead of the kernel's table
    /// @throws PlaneUnavailable when multicast cannot be routed here: who has the table, or what is missing
    /// @throws SystemCallException EPERM without CAP_NET_ADMIN and CAP_NET_RAW
    public VirtualRouter(RouterLoop loop, RandomGenerator random, int ports)
            throws SystemCallException, PlaneUnavailable {
        this.loop = loop;
        boolean complete = false;
        try {
            control = keep(ControlPort.open(this::onPacket));
            plane = keep(RoutingPlanes.open(ports, KernelRoutingPlane.DEFAULT_TABLE, control, loop::nowNs, LOG::warn));
            interfaces = keep(KernelInterfaces.open(new Watcher()));
            unicast = keep(KernelUnicastRoutes.open(interfaces::idOf, this::onRoutesChanged));
            host = keep(new HostMemberships(indexes));
            tunnels = keep(new Tunnels());
            loopbacks = keep(new Loopbacks());
            links = keep(new Links());
            staticRoutes = keep(new StaticRoutes());
            mrib = new Mrib(plane);
            igmp = new IgmpInstance(control, host);
            pim = new PimInstance(control, unicast, igmp, mrib, random);
            igmp.addListener(pim);
            igmpProxy = new IgmpProxy(control, igmp, mrib, random);
            complete = true;
        } finally {
            if (!complete) {
                closeAll();
            }
        }
    }

    private <T extends AutoCloseable> T keep(T resource) {
        opened.push(resource);
        return resource;
    }

    /// Begins to listen.
    public void start() {
        loop.add(control.pim(), nowNs -> control.receive());
        loop.add(plane.readable(), nowNs -> takeEvents());
        loop.add(interfaces.descriptor(), nowNs -> attempt("interfaces", interfaces::receive));
        loop.add(unicast.descriptor(), nowNs -> attempt("routes", () -> unicast.receive(nowNs)));
        loop.add(igmp);
        loop.add(pim);
        loop.add(igmpProxy);
        loop.add(new Upkeep());
    }

    // ---- what happens

    private void onPacket(int interfaceId, Packet packet) {
        long nowNs = loop.nowNs();
        if (packet.protocol() == Packet.PIM) {
            pim.onPacket(interfaceId, packet, nowNs);
        } else {
            igmp.onPacket(interfaceId, packet, nowNs);
            igmpProxy.onPacket(interfaceId, packet, nowNs);
        }
    }

    private void takeEvents() {
        plane.poll(this::onEvent, MOST_EVENTS);
    }

    /// A link is the IGMP proxy's or PIM's, never both's (IGMP-050).
    private void onEvent(RoutingEvent event) {
        long nowNs = loop.nowNs();
        boolean proxys = switch (event) {
            case RoutingEvent.NoRoute none -> igmpProxy.onNoRoute(none.port(), none.source(), none.group(), nowNs);
            case RoutingEvent.WrongPort wrong ->
                igmpProxy.onWrongPort(wrong.port(), wrong.source(), wrong.group(), nowNs);
            case RoutingEvent.WholePacket whole -> false;
            case RoutingEvent.Notice notice -> {
                LOG.warn("{}", notice.text());
                yield true;
            }
        };
        if (!proxys) {
            pim.onEvent(event, nowNs);
        }
    }

    private void onRoutesChanged(long nowNs) {
        pim.onRoutesChanged(nowNs);
        staticRoutes.sync(this::index);
    }

    /// Interfaces as the kernel tells them; a loopback is a device of ours.
    private final class Watcher implements KernelInterfaces.Listener {
        @Override
        public void onInterface(RouterInterface told, int interfaceIndex) {
            RouterInterface state = loopbacks.owns(told.name()) ? loopback(told) : told;
            boolean isNew = indexes.put(state.id(), interfaceIndex) == null;
            attempt(state.name(), () -> control.onInterface(state, interfaceIndex));
            unicast.forget();
            igmp.onInterface(state, loop.nowNs());
            pim.onInterface(state, loop.nowNs());
            igmpProxy.onInterface(state, loop.nowNs());
            InterfaceConfig configured = config.interfaces().get(state.name());
            if (!applying && configured != null) {
                links.apply(configured, interfaceIndex, new HashSet<>(state.addresses()));
                if (isNew) {
                    plane.ports(ports());
                }
            }
        }

        @Override
        public void onInterfaceGone(RouterInterface last) {
            Integer index = indexes.remove(last.id());
            control.onInterfaceGone(last.id());
            unicast.forget();
            igmp.onInterfaceGone(last.id(), loop.nowNs());
            pim.onInterfaceGone(last.id(), loop.nowNs());
            igmpProxy.onInterfaceGone(last.id(), loop.nowNs());
            if (index != null) {
                links.forget(index, false);
            }
        }

        private static RouterInterface loopback(RouterInterface told) {
            return new RouterInterface(told.id(), told.name(), told.device(), told.up(), false, true, told.mtu(),
                    told.addresses());
        }
    }

    /// What has a time of its own besides the protocols: routes that are told of late, and the audit.
    private final class Upkeep implements Protocol {
        private long auditNs = loop.nowNs() + AUDIT_NS;

        @Override
        public long nextDeadlineNs() {
            long routesNs = unicast.nextDeadlineNs();
            return routesNs == Long.MAX_VALUE || auditNs - routesNs < 0 ? auditNs : routesNs;
        }

        @Override
        public void onDeadline(long nowNs) {
            unicast.onDeadline(nowNs);
            if (nowNs - auditNs >= 0) {
                auditNs = nowNs + AUDIT_NS;
                mrib.audit().forEach(line -> LOG.warn("multicast routes: {}; repaired", line));
            }
        }

        @Override
        public void onInterface(RouterInterface state, long nowNs) {}

        @Override
        public void onInterfaceGone(int interfaceId, long nowNs) {}

        @Override
        public void onPacket(int interfaceId, Packet packet, long nowNs) {}

        @Override
        public void stop(long nowNs) {}
    }

    // ---- configuration

    /// How many interfaces of a configuration route multicast.
    static int ports(RouterConfig config) {
        return (int) config.pim().interfaces().values().stream()
                .filter(each -> each.mode() != PimConfig.Mode.OFF).count();
    }

    /// Puts a configuration in force: it is valid as a whole.
    public void apply(RouterConfig newConfig) {
        long nowNs = loop.nowNs();
        applying = true;
        try {
            RouterConfig before = config;
            config = newConfig;
            Map<String, String> devices = Devices.of(newConfig, deviceNames());
            tunnels.apply(newConfig, name -> devices.getOrDefault(name.toString(), ""));
            loopbacks.apply(newConfig);
            attempt("interfaces", () -> interfaces.configure(devices));
            for (RouterInterface each : interfaces.all()) {
                InterfaceConfig configured = newConfig.interfaces().get(each.name());
                Integer index = indexes.get(each.id());
                if (configured != null && index != null) {
                    links.apply(configured, index, new HashSet<>(each.addresses()));
                }
            }
            attempt("interfaces", interfaces::receive);
            staticRoutes.apply(newConfig.routes(), this::index);
            plane.ports(ports());
            igmp.configure(newConfig.igmp(), nowNs);
            pim.configure(newConfig.pim(), nowNs);
            igmpProxy.configure(newConfig.igmpProxy(), nowNs);
            if (!newConfig.ospf().equals(before.ospf())) {
                newConfig.ospf().forEach(process -> LOG.warn(
                        "router ospf {}: no OSPF process yet; its lines are kept, and routes must be static until there is one",
                        process.number()));
            }
        } finally {
            applying = false;
        }
    }

    private List<String> deviceNames() {
        try {
            return interfaces.devices();
        } catch (SystemCallException e) {
            LOG.error("devices: {}", e.getMessage());
            return List.of();
        }
    }

    /// The interfaces that multicast is routed by, and the register port; behind them, where there is room, the interfaces without
    /// PIM: what arrives there is told, so that the line that is missing can be named (E2E-001).
    private List<RoutingPort> ports() {
        List<RoutingPort> ports = new ArrayList<>();
        List<RoutingPort> others = new ArrayList<>();
        if (config.pim().routing()) {
            for (RouterInterface each : interfaces.all()) {
                PimConfig.Interface lines =
                        config.pim().interfaces().getOrDefault(each.name(), PimConfig.Interface.OFF);
                (lines.mode() == PimConfig.Mode.OFF ? others : ports)
                        .add(new RoutingPort(each.id(), each.device(), lines.ttlThreshold()));
            }
            ports.addAll(others.subList(0,
                    Math.clamp(KernelRoutingPlane.MOST_PORTS - ports.size(), 0, others.size())));
            ports.add(new RoutingPort(RoutingPort.REGISTER, "", 0));
        }
        return ports;
    }

    private int index(String name) {
        return interfaces.named(name).map(RouterInterface::id).map(indexes::get).orElse(0);
    }

    @FunctionalInterface
    private interface Attempt {
        void make() throws SystemCallException;
    }

    private static void attempt(String what, Attempt attempt) {
        try {
            attempt.make();
        } catch (SystemCallException e) {
            LOG.error("{}: {}", what, e.getMessage());
        }
    }

    // ---- what shows read

    public RouterConfig config() {
        return config;
    }

    public KernelInterfaces interfaces() {
        return interfaces;
    }

    public KernelUnicastRoutes unicastRoutes() {
        return unicast;
    }

    public IgmpInstance igmp() {
        return igmp;
    }

    public IgmpProxy igmpProxy() {
        return igmpProxy;
    }

    public PimInstance pim() {
        return pim;
    }

    public Mrib mrib() {
        return mrib;
    }

    ControlPort control() {
        return control;
    }

    RoutingPlane plane() {
        return plane;
    }

    Tunnels tunnels() {
        return tunnels;
    }

    /// The router's interface of that name, as configured and as it is.
    Optional<RouterInterface> state(InterfaceName name) {
        return interfaces.named(name.toString());
    }

    /// Says goodbye to neighbours, takes everything back and ends the loop. On the router's thread.
    @Override
    public void close() {
        long nowNs = loop.nowNs();
        igmpProxy.stop(nowNs);
        pim.stop(nowNs);
        igmp.stop(nowNs);
        closeAll();
        loop.stop();
    }

    private void closeAll() {
        while (!opened.isEmpty()) {
            AutoCloseable resource = opened.pop();
            try {
                resource.close();
            } catch (Exception e) {
                LOG.warn("closing: {}", e.toString());
            }
        }
    }
}
