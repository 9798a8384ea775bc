package io.nubicast.dataplane.forwarder;

import io.nubicast.dataplane.linux.IgmpIntake;
import io.nubicast.engine.NanoClock;
import io.nubicast.forwarding.PlaneUnavailable;
import io.nubicast.forwarding.routing.GroupRoute;
import io.nubicast.forwarding.routing.GroupTraffic;
import io.nubicast.forwarding.routing.PortTraffic;
import io.nubicast.forwarding.routing.RoutingEvent;
import io.nubicast.forwarding.routing.RoutingPlane;
import io.nubicast.forwarding.routing.RoutingPort;
import io.nubicast.kernel.netlink.RouteEvent;
import io.nubicast.kernel.netlink.RouteNetlink;
import io.nubicast.kernel.socket.DescriptorSet;
import io.nubicast.kernel.socket.FrameSocket;
import io.nubicast.kernel.socket.InternetSocket;
import io.nubicast.kernel.socket.Poller;
import io.nubicast.kernel.sys.SystemCallException;
import io.nubicast.kernel.sys.WakeUp;
import io.nubicast.wire.Address;
import java.lang.foreign.Arena;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Collectors;

/// Forwards in user space, in the network namespace of the thread that opens it: any number of ports, no multicast routing of the
/// kernel's needed, CAP_NET_RAW only. One worker of its own; the methods are for the router's thread.
///
/// The same interface must not be served by the kernel's table too (FWD-005).
public final class UserSpaceRoutingPlane implements RoutingPlane {
    private static final int RECEIVE_BUFFER_BYTES = 16 << 20;
    private static final int SEND_BUFFER_BYTES = 8 << 20;
    private static final int TICK_MS = 100;
    private static final int MOST_ROUNDS = 16;

    private final Arena arena = Arena.ofShared();
    /// Fair, so that a change waits for one batch at most.
    private final ReentrantLock lock = new ReentrantLock(true);
    private final NanoClock clock;
    private final IgmpIntake igmp;
    private final FrameSocket socket;
    private final RegisterIntake registers;
    private final RouteNetlink netlink;
    private final WakeUp bell;
    private final WakeUp end;
    private final DescriptorSet readable;
    private final Outbox outbox;
    private final Ports ports;
    private final RouteIndex routes = new RouteIndex();
    private final Forwarder forwarder;
    private final Set<String> told = new HashSet<>();
    private final Queue<Outbox.Item> taken = new ArrayDeque<>();
    private final Thread worker;
    private volatile boolean closed;

    private UserSpaceRoutingPlane(Queue<AutoCloseable> opened, IgmpIntake igmp, NanoClock clock)
            throws SystemCallException {
        this.igmp = igmp;
        this.clock = clock;
        opened.add(arena);
        socket = FrameSocket.open();
        opened.add(socket);
        registers = new RegisterIntake(arena);
        opened.add(registers);
        netlink = RouteNetlink.open(RouteNetlink.Topic.LINKS);
        opened.add(netlink);
        bell = WakeUp.open();
        opened.add(bell);
        end = WakeUp.open();
        opened.add(end);
        readable = DescriptorSet.open();
        opened.add(readable);
        socket.receiveBuffer(RECEIVE_BUFFER_BYTES);
        socket.sendBuffer(SEND_BUFFER_BYTES);
        socket.listen(0);
        readable.add(netlink);
        readable.add(bell);
        outbox = new Outbox(bell);
        ports = new Ports(socket, this::tell);
        forwarder = new Forwarder(socket, arena, ports, routes, outbox, new Port(new RoutingPort(0, "", 0)));
        ports.links(netlink.links());
        worker = Thread.ofPlatform().name("forwarder").daemon().unstarted(this::work);
    }

    /// Opens the plane and starts its worker.
    ///
    /// @param igmp is given the IGMP packets that arrive, during [#poll(Listener, int)]
    /// @throws PlaneUnavailable when privileges are missing
    public static UserSpaceRoutingPlane open(IgmpIntake igmp, NanoClock clock) throws PlaneUnavailable {
        Queue<AutoCloseable> opened = Collections.asLifoQueue(new ArrayDeque<>());
        try {
            UserSpaceRoutingPlane plane = new UserSpaceRoutingPlane(opened, igmp, clock);
            opened.clear();
            plane.worker.start();
            return plane;
        } catch (SystemCallException e) {
            throw new PlaneUnavailable(InternetSocket.isNotPermitted(e)
                    ? "forwarding in user space needs CAP_NET_RAW"
                    : "forwarding in user space: " + e.getMessage(), e);
        } finally {
            opened.forEach(UserSpaceRoutingPlane::close);
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
        return "forwarder";
    }

    // ---- the worker

    private void work() {
        try (Arena own = Arena.ofConfined()) {
            Poller poller = new Poller(own, 3);
            while (!closed) {
                poller.clear();
                poller.add(socket);
                poller.add(registers.socket());
                poller.add(end);
                poller.poll(TICK_MS);
                boolean more = true;
                for (int round = 0; round < MOST_ROUNDS && more && !closed; round++) {
                    lock.lock();
                    try {
                        more = forwarder.receive(clock.nowNs());
                        more |= forwarder.receive(registers, clock.nowNs());
                    } finally {
                        lock.unlock();
                    }
                }
                lock.lock();
                try {
                    forwarder.expire(clock.nowNs());
                } finally {
                    lock.unlock();
                }
            }
        }
    }

    // ---- the router's thread

    @Override
    public void ports(Collection<RoutingPort> wanted) {
        lock.lock();
        try {
            ports.are(wanted);
            Set<Integer> ids = ports.all().keySet();
            for (GroupRoute route : routes.all()) {
                if (!ids.contains(route.incoming())) {
                    routes.remove(route.source(), route.group());
                } else if (!ids.containsAll(route.outgoing())) {
                    Set<Integer> left = route.outgoing().stream().filter(ids::contains).collect(Collectors.toSet());
                    routes.put(new GroupRoute(route.owner(), route.source(), route.group(), route.incoming(), left,
                            route.wholePackets()), ports::of);
                }
            }
            routes.reconnect(ports::of);
            sync();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void put(GroupRoute route) {
        lock.lock();
        try {
            forwarder.release(routes.put(route, ports::of), clock.nowNs());
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void remove(Address source, Address group) {
        lock.lock();
        try {
            routes.remove(source, group);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public Collection<GroupRoute> routes() {
        lock.lock();
        try {
            return List.copyOf(routes.all());
        } finally {
            lock.unlock();
        }
    }

    @Override
    public GroupTraffic traffic(Address source, Address group) {
        lock.lock();
        try {
            Route route = routes.exact(source.ipv4(), group.ipv4());
            return route == null ? GroupTraffic.NONE : new GroupTraffic(route.packets, route.bytes, route.wrongPort);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public Map<Integer, PortTraffic> traffic() {
        lock.lock();
        try {
            Map<Integer, PortTraffic> traffic = new HashMap<>();
            ports.all().forEach((id, port) -> traffic.put(id,
                    new PortTraffic(port.packetsIn, port.bytesIn, port.packetsOut, port.bytesOut)));
            return traffic;
        } finally {
            lock.unlock();
        }
    }

    /// What was put is what is in force: there is no second table.
    @Override
    public Collection<String> audit() {
        return List.of();
    }

    /// Packets that were dropped, by reason, for people.
    public Map<String, Long> drops() {
        lock.lock();
        try {
            Map<String, Long> drops = new TreeMap<>();
            drops.put("malformed", forwarder.malformed());
            drops.put("TTL expired", forwarder.ttlExpired());
            drops.put("larger than the MTU", forwarder.tooBig());
            drops.put("could not be sent", forwarder.failed());
            drops.put("no route in time", forwarder.unrouted());
            drops.put("receive buffer full", Math.max(0, socket.receiveOverflow()));
            return drops;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void poll(Listener listener, int most) {
        lock.lock();
        try {
            followDevices();
            outbox.take(most, taken);
        } finally {
            lock.unlock();
        }
        // Not under the lock: who is told may put routes, and the worker need not wait.
        for (Outbox.Item item = taken.poll(); item != null; item = taken.poll()) {
            switch (item) {
                case Outbox.Event event -> listener.on(event.event());
                case Outbox.Igmp packet ->
                    igmp.onDatagram(packet.interfaceIndex(), packet.datagram());
            }
        }
    }

    private void followDevices() {
        boolean[] changed = {false, false};
        try {
            netlink.changes(event -> {
                changed[0] = true;
                switch (event) {
                    case RouteEvent.Link link -> ports.linkIs(link);
                    case RouteEvent.LinkGone link -> ports.linkIsGone(link.index());
                    case RouteEvent.Overrun lost -> changed[1] = true;
                    default -> {
                        // Not subscribed to.
                    }
                }
            });
            if (changed[1]) {
                ports.links(netlink.links());
            }
        } catch (SystemCallException e) {
            tell("cannot follow the devices: " + e.getMessage());
        }
        if (changed[0]) {
            sync();
        }
    }

    private void sync() {
        try {
            ports.sync();
        } catch (SystemCallException e) {
            tell("cannot tell the packet socket its devices: " + e.getMessage());
        }
    }

    /// Once a text.
    private void tell(String text) {
        if (told.add(text)) {
            outbox.add(new Outbox.Event(new RoutingEvent.Notice(text)));
        }
    }

    @Override
    public int readable() {
        return readable.fd();
    }

    @Override
    public long lostEvents() {
        lock.lock();
        try {
            return outbox.lost();
        } finally {
            lock.unlock();
        }
    }

    /// Ends the worker; devices leave the state of taking in every group.
    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        end.ring();
        boolean interrupted = false;
        while (worker.isAlive()) {
            try {
                worker.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        readable.close();
        end.close();
        bell.close();
        netlink.close();
        registers.close();
        socket.close();
        arena.close();
    }
}
