package io.nubicast.dataplane.mroute;

import io.nubicast.dataplane.linux.IgmpIntake;
import io.nubicast.dataplane.linux.UnfinishedChecksum;
import io.nubicast.dataplane.mroute.Vifs.Vif;
import io.nubicast.forwarding.PlaneUnavailable;
import io.nubicast.forwarding.routing.GroupRoute;
import io.nubicast.forwarding.routing.GroupTraffic;
import io.nubicast.forwarding.routing.PortTraffic;
import io.nubicast.forwarding.routing.RoutingEvent;
import io.nubicast.forwarding.routing.RoutingPlane;
import io.nubicast.forwarding.routing.RoutingPort;
import io.nubicast.kernel.mroute.CacheEntry;
import io.nubicast.kernel.mroute.MulticastRouting;
import io.nubicast.kernel.mroute.MulticastRouting.Upcall;
import io.nubicast.kernel.netlink.MulticastNetlink;
import io.nubicast.kernel.netlink.MulticastRoute;
import io.nubicast.kernel.netlink.RouteEvent;
import io.nubicast.kernel.netlink.RouteNetlink;
import io.nubicast.kernel.socket.DescriptorSet;
import io.nubicast.kernel.socket.InternetSocket;
import io.nubicast.kernel.sys.Errno;
import io.nubicast.kernel.sys.SystemCallException;
import io.nubicast.kernel.sys.WakeUp;
import io.nubicast.wire.Address;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.stream.Collectors;

/// Forwards by the kernel's multicast routing table, in the network namespace of the thread that opens it. One thread, the
/// router's; the plane has none of its own.
///
/// Up to [#MOST_PORTS] ports; more are refused with a notice. Devices that vanish and come back are followed: their ports' routes
/// are in force again with the next [#poll(Listener, int)].
public final class KernelRoutingPlane implements RoutingPlane {
    /// Ports that the kernel has room for, the register port not counted (MFC-002).
    public static final int MOST_PORTS = Vifs.MOST_PORTS;
    /// The table that multicast is routed by without further rules.
    public static final int DEFAULT_TABLE = MulticastRouting.DEFAULT_TABLE;

    private static final int LEAST_THRESHOLD = 1;
    private static final int NO_VIF = -1;

    private final MulticastRouting routing;
    private final RouteNetlink links;
    private final MulticastNetlink netlink;
    private final WakeUp bell;
    private final DescriptorSet readable;
    private final IgmpIntake igmp;
    private final Vifs vifs;
    private final Map<RouteKey, GroupRoute> routes = new LinkedHashMap<>();
    /// Routes that the kernel had no room for.
    private final Set<RouteKey> refused = new HashSet<>();
    private final CacheEntry entry = new CacheEntry();
    private final UnfinishedChecksum checksum = new UnfinishedChecksum();
    private final Queue<RoutingEvent> notices = new ArrayDeque<>();
    private final Set<String> told = new HashSet<>();

    private KernelRoutingPlane(MulticastRouting routing, RouteNetlink links, MulticastNetlink netlink,
            WakeUp bell, DescriptorSet readable, IgmpIntake igmp) {
        this.routing = routing;
        this.links = links;
        this.netlink = netlink;
        this.bell = bell;
        this.readable = readable;
        this.igmp = igmp;
        vifs = new Vifs(routing, this::tell);
    }

    /// Takes a table.
    ///
    /// @param table [#DEFAULT_TABLE] unless rules of `ip mrule` lead to another
    /// @param igmp is given the IGMP packets that arrive, during [#poll(Listener, int)]
    /// @throws PlaneUnavailable when another process has the table, the kernel has none, or privileges are missing
    public static KernelRoutingPlane open(int table, IgmpIntake igmp) throws PlaneUnavailable {
        Queue<AutoCloseable> opened = Collections.asLifoQueue(new ArrayDeque<>());
        try {
            MulticastRouting routing = MulticastRouting.open(table);
            opened.add(routing);
            RouteNetlink links = RouteNetlink.open(RouteNetlink.Topic.LINKS);
            opened.add(links);
            MulticastNetlink netlink = MulticastNetlink.open();
            opened.add(netlink);
            WakeUp bell = WakeUp.open();
            opened.add(bell);
            DescriptorSet readable = DescriptorSet.open();
            opened.add(readable);
            readable.add(routing);
            readable.add(links);
            readable.add(bell);
            routing.enablePim();
            KernelRoutingPlane plane = new KernelRoutingPlane(routing, links, netlink, bell, readable, igmp);
            plane.readDevices();
            HostSettings.ofHost().forEach(plane::tell);
            opened.clear();
            return plane;
        } catch (SystemCallException e) {
            throw new PlaneUnavailable(InternetSocket.isNotPermitted(e)
                    ? "multicast routing needs CAP_NET_ADMIN and CAP_NET_RAW"
                    : "multicast routing: " + e.getMessage(), e);
        } catch (IOException e) {
            throw new PlaneUnavailable(String.valueOf(e.getMessage()), e);
        } finally {
            opened.forEach(KernelRoutingPlane::close);
        }
    }

    private static void close(AutoCloseable resource) {
        try {
            resource.close();
        } catch (Exception e) {
            throw new IllegalStateException("closing a descriptor does not fail", e);
        }
    }

    @Override
    public String name() {
        return "mroute";
    }

    @Override
    public void ports(Collection<RoutingPort> ports) {
        vifs.ports(ports);
        Set<Integer> ids = vifs.ports().keySet();
        for (GroupRoute route : List.copyOf(routes.values())) {
            if (!ids.contains(route.incoming())) {
                remove(route.source(), route.group());
            } else if (!ids.containsAll(route.outgoing())) {
                Set<Integer> left = route.outgoing().stream().filter(ids::contains).collect(Collectors.toSet());
                routes.put(key(route),
                        new GroupRoute(route.owner(), route.source(), route.group(), route.incoming(), left,
                                route.wholePackets()));
            }
        }
        vifs.sync();
        putAllAgain();
        checkHost();
    }

    @Override
    public void put(GroupRoute route) {
        if (!route.equals(routes.put(key(route), route)) || refused.contains(key(route))) {
            force(route);
        }
    }

    @Override
    public void remove(Address source, Address group) {
        RouteKey key = new RouteKey(source, group);
        refused.remove(key);
        if (routes.remove(key) != null) {
            delete(source, group);
        }
    }

    @Override
    public Collection<GroupRoute> routes() {
        return Collections.unmodifiableCollection(routes.values());
    }

    @Override
    public GroupTraffic traffic(Address source, Address group) {
        // The kernel counts a packet before it looks where it came from.
        return routing.cacheTraffic(source.ipv4(), group.ipv4())
                .map(traffic -> new GroupTraffic(traffic.packets() - traffic.wrongInterface(), traffic.bytes(),
                        traffic.wrongInterface()))
                .orElse(GroupTraffic.NONE);
    }

    @Override
    public Map<Integer, PortTraffic> traffic() {
        Map<Integer, PortTraffic> traffic = new HashMap<>();
        for (Vif vif : vifs.all()) {
            routing.vifTraffic(vif.number()).ifPresent(counted -> traffic.put(vif.port().id(),
                    new PortTraffic(counted.packetsIn(), counted.bytesIn(), counted.packetsOut(), counted.bytesOut())));
        }
        return traffic;
    }

    @Override
    public Collection<String> audit() {
        followDevices();
        try {
            return Audit.run(netlink, routing.table(), new Audit.Table() {
                @Override
                public boolean isRight(MulticastRoute found) {
                    return KernelRoutingPlane.this.isRight(found);
                }

                @Override
                public void repair(Address source, Address group) {
                    GroupRoute route = routes.get(new RouteKey(source, group));
                    if (route == null) {
                        delete(source, group);
                    } else {
                        force(route);
                    }
                }

                @Override
                public Iterable<RouteKey> wanted() {
                    return routes.values().stream().filter(route -> incomingVif(route) != NO_VIF)
                            .map(KernelRoutingPlane::key).toList();
                }
            });
        } catch (SystemCallException e) {
            return List.of("cannot be read: " + e.getMessage());
        }
    }

    @Override
    public void poll(Listener listener, int most) {
        int left = most;
        while (left > 0 && !notices.isEmpty()) {
            listener.on(notices.remove());
            left--;
        }
        if (notices.isEmpty()) {
            bell.clear();
        }
        int received = left == 0 ? 0 : routing.receive(left, new MulticastRouting.Taker() {
            @Override
            public void upcall(Upcall upcall, int vif, int source, int group, MemorySegment packet) {
                event(upcall, vif, Address.ofIpv4(source), Address.ofIpv4(group), packet).ifPresent(listener::on);
            }

            @Override
            public void igmp(int interfaceIndex, MemorySegment datagram) {
                igmp.onDatagram(interfaceIndex, datagram);
            }
        });
        if (received < 0) {
            tell("multicast routing: cannot receive: " + Errno.name(-received));
        }
        followDevices();
    }

    private Optional<RoutingEvent> event(Upcall upcall, int number, Address source, Address group,
            MemorySegment packet) {
        Optional<Vif> vif = vifs.numbered(number);
        if (vif.isEmpty() || group.isLinkLocalMulticast()) {
            return Optional.empty();
        }
        int port = vif.get().port().id();
        return Optional.of(switch (upcall) {
            case NO_CACHE -> new RoutingEvent.NoRoute(port, source, group);
            case WRONG_VIF -> new RoutingEvent.WrongPort(port, source, group);
            case WHOLE_PACKET ->
                new RoutingEvent.WholePacket(incoming(source, group, port), source, group, copy(packet));
        });
    }

    private int incoming(Address source, Address group, int unknown) {
        GroupRoute route = routes.get(new RouteKey(source, group));
        if (route == null) {
            route = routes.get(new RouteKey(Address.ANY_IPV4, group));
        }
        return route == null ? unknown : route.incoming();
    }

    private MemorySegment copy(MemorySegment packet) {
        MemorySegment copy = MemorySegment.ofArray(packet.toArray(ValueLayout.JAVA_BYTE));
        checksum.finish(copy, 0, (int) copy.byteSize());
        return copy;
    }

    @Override
    public int readable() {
        return readable.fd();
    }

    @Override
    public long lostEvents() {
        return routing.lost();
    }

    /// For tests.
    MulticastRouting routing() {
        return routing;
    }

    /// Gives the table back; entries and vifs go with it.
    @Override
    public void close() {
        readable.close();
        bell.close();
        netlink.close();
        links.close();
        routing.close();
    }

    // ---- entries

    private static RouteKey key(GroupRoute route) {
        return new RouteKey(route.source(), route.group());
    }

    private void force(GroupRoute route) {
        int incoming = incomingVif(route);
        if (incoming == NO_VIF) {
            delete(route.source(), route.group());
            return;
        }
        entry.begin(route.source().ipv4(), route.group().ipv4(), incoming);
        outgoingVifs(route).forEach(entry::leaveBy);
        int result = routing.put(entry);
        if (result >= 0) {
            refused.remove(key(route));
        } else {
            refused.add(key(route));
            tell("the kernel refuses multicast routes: " + Errno.name(-result));
        }
    }

    /// Without the incoming port's device the entry still keeps its packets from being asked for: they arrive on a number that no
    /// vif has.
    private int incomingVif(GroupRoute route) {
        return vifs.of(route.incoming()).map(Vif::number).orElseGet(vifs::freeNumber);
    }

    /// Vif numbers and thresholds.
    private Map<Integer, Integer> outgoingVifs(GroupRoute route) {
        Map<Integer, Integer> outgoing = new HashMap<>();
        for (int port : route.outgoing()) {
            vifs.of(port)
                    .ifPresent(vif -> outgoing.put(vif.number(), Math.max(LEAST_THRESHOLD, vif.port().ttlThreshold())));
        }
        if (route.wholePackets()) {
            vifs.of(RoutingPort.REGISTER).ifPresent(vif -> outgoing.put(vif.number(), LEAST_THRESHOLD));
        }
        if (route.source().isUnspecified()) {
            // Of such an entry the kernel asks that the arriving interface is among its interfaces, and does not send back there.
            vifs.of(route.incoming()).ifPresent(vif -> outgoing.put(vif.number(), LEAST_THRESHOLD));
        }
        return outgoing;
    }

    private boolean isRight(MulticastRoute found) {
        GroupRoute route = routes.get(new RouteKey(Address.ofIpv4(found.source()), Address.ofIpv4(found.group())));
        if (route == null) {
            return false;
        }
        int incoming = vifs.of(route.incoming()).map(this::interfaceIndex).orElse(0);
        Map<Integer, Integer> outgoing = new HashMap<>();
        outgoingVifs(route).forEach((number, threshold) -> vifs.numbered(number)
                .ifPresent(vif -> outgoing.put(interfaceIndex(vif), threshold)));
        return found.incoming() == incoming && found.outgoing().equals(outgoing);
    }

    private int interfaceIndex(Vif vif) {
        return vif.port().id() == RoutingPort.REGISTER ? vifs.deviceIndex(registerDevice()) : vif.interfaceIndex();
    }

    private String registerDevice() {
        return routing.table() == DEFAULT_TABLE ? "pimreg" : "pimreg" + routing.table();
    }

    private void delete(Address source, Address group) {
        int result = routing.delete(entry.begin(source.ipv4(), group.ipv4(), 0));
        if (result < 0 && result != -Errno.ENOENT) {
            tell("the kernel does not remove multicast routes: " + Errno.name(-result));
        }
    }

    private void putAllAgain() {
        routes.values().forEach(this::force);
    }

    // ---- devices

    private void readDevices() throws SystemCallException {
        vifs.devices(links.links().stream()
                .collect(Collectors.toMap(RouteEvent.Link::name, RouteEvent.Link::index, (first, second) -> second)));
    }

    private void followDevices() {
        boolean[] overrun = {false};
        try {
            links.changes(event -> {
                switch (event) {
                    case RouteEvent.Link link -> vifs.deviceIs(link.name(), link.index());
                    case RouteEvent.LinkGone link -> vifs.deviceIsGone(link.index());
                    case RouteEvent.Overrun lost -> overrun[0] = true;
                    default -> {
                        // Not subscribed to.
                    }
                }
            });
            if (overrun[0]) {
                readDevices();
            }
        } catch (SystemCallException e) {
            tell("cannot follow the devices: " + e.getMessage());
        }
        if (vifs.sync()) {
            putAllAgain();
            checkHost();
        }
    }

    // ---- notices

    private void checkHost() {
        for (Vif vif : vifs.all()) {
            if (vif.port().id() != RoutingPort.REGISTER) {
                HostSettings.of(vif.port().device()).forEach(this::tell);
            }
        }
    }

    /// Once a text.
    private void tell(String text) {
        if (told.add(text)) {
            notices.add(new RoutingEvent.Notice(text));
            bell.ring();
        }
    }
}
