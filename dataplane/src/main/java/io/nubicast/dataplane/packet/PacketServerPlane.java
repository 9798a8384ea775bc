package io.nubicast.dataplane.packet;

import io.nubicast.dataplane.PlaneOptions;
import io.nubicast.dataplane.linux.Admission;
import io.nubicast.dataplane.linux.CaptureScope;
import io.nubicast.dataplane.linux.CaptureSide;
import io.nubicast.dataplane.linux.HostInterfaces;
import io.nubicast.dataplane.linux.IcmpErrors;
import io.nubicast.dataplane.linux.MemberRoutes;
import io.nubicast.dataplane.linux.OwnAddresses;
import io.nubicast.dataplane.linux.PlaneEvents;
import io.nubicast.dataplane.linux.RestoredFlows;
import io.nubicast.dataplane.linux.ServerControl;
import io.nubicast.dataplane.linux.WorkerPlace;
import io.nubicast.dataplane.socket.CopySockets;
import io.nubicast.engine.NanoClock;
import io.nubicast.forwarding.Capability;
import io.nubicast.forwarding.CounterRegistry;
import io.nubicast.forwarding.DataPlane;
import io.nubicast.forwarding.DropCounters;
import io.nubicast.forwarding.Match;
import io.nubicast.forwarding.OutputPort;
import io.nubicast.forwarding.PlaneEvent;
import io.nubicast.forwarding.PlaneUnavailable;
import io.nubicast.forwarding.Route;
import io.nubicast.forwarding.RouteIndex;
import io.nubicast.forwarding.RouteTable;
import io.nubicast.forwarding.Verdict;
import io.nubicast.kernel.socket.FrameSocket;
import io.nubicast.kernel.socket.InternetSocket;
import io.nubicast.kernel.socket.SocketFilter;
import io.nubicast.kernel.sys.Descriptor;
import io.nubicast.kernel.sys.Errno;
import io.nubicast.kernel.sys.SystemCallException;
import java.lang.foreign.Arena;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The proxy server's side of the plane `packet`: takes routes from groups to unicast members. See the package for the parts.
///
/// It lives in the network namespace of the thread that constructs it, whichever threads call it later.
public final class PacketServerPlane implements DataPlane {
    private static final long CLOSE_MS = 2_000;
    /// A limit, not memory in use. 64 MiB hold about 80,000 small datagrams: a second of them while the worker is kept waiting.
    private static final int RECEIVE_BUFFER_BYTES = 64 << 20;
    private static final int SEND_BUFFER_BYTES = 256 << 20;
    /// How long a receive waits: within this a worker notices that it should end.
    private static final int RECEIVE_TIMEOUT_MS = 200;

    /// Not a shared one: each system call would lock it against closing, once a segment it is given.
    private final Arena arena = Arena.ofAuto();
    private final NanoClock clock = NanoClock.SYSTEM;
    private final PlaneEvents events;
    private final MemberRoutes routes = new MemberRoutes();
    private final RestoredFlows restored = new RestoredFlows();
    private final Deque<AutoCloseable> opened = new ArrayDeque<>();
    private final List<WorkerSocket> sockets = new ArrayList<>();
    private final List<PacketWorker> workers = new ArrayList<>();
    private final List<RefusedBursts> refused = new ArrayList<>();
    private final List<Thread> threads = new ArrayList<>();
    private final NextHops nextHops;
    private final ServerControl control;
    /// The sockets for what these leave.
    private List<FrameSocket> handing = List.of();
    /// What makes copies inside the kernel, or null.
    private final @Nullable KernelCopies kernel;
    private volatile PathTable paths = PathTable.EMPTY;
    private boolean closed;

    /// Opens the sockets and starts the threads.
    ///
    /// @throws PlaneUnavailable without CAP_NET_RAW
    public PacketServerPlane(CounterRegistry counters, PlaneOptions options) throws PlaneUnavailable {
        this(counters, options, null, new PlaneEvents());
    }

    /// The same behind copies that are made inside the kernel: each worker has a second one beside it for what these leave.
    ///
    /// @param copies closed with this, also when this throws
    /// @param events where both tell
    /// @throws PlaneUnavailable without CAP_NET_RAW
    public PacketServerPlane(CounterRegistry counters, PlaneOptions options, @Nullable KernelCopies copies,
            PlaneEvents events) throws PlaneUnavailable {
        this.events = events;
        kernel = copies;
        if (copies != null) {
            opened.push(copies);
        }
        boolean complete = false;
        try {
            if (!System.getProperty("os.name", "").equals("Linux")) {
                throw new PlaneUnavailable("is for Linux only");
            }
            HostInterfaces interfaces = opening(new HostInterfaces());
            nextHops = opening(new NextHops(options.mindsFirewall(), this::tell));
            for (int worker = 0; worker < options.workers(); worker++) {
                open(worker, worker, options);
            }
            for (int worker = 0; copies != null && worker < options.workers(); worker++) {
                open(options.workers() + worker, worker, options);
            }
            // What the first table will need is tried now, so that another plane can be taken instead.
            listen(1, 0, false, SocketFilter.DROP_ALL).forEach(FrameSocket::close);
            if (copies != null) {
                handing = handovers();
                replace(options.workers(), handing);
            }
            IcmpErrors icmp = opening(new IcmpErrors(arena));
            control = new ServerControl(new Side(), icmp, interfaces, counters, events, clock);
            complete = true;
        } catch (SystemCallException e) {
            throw new PlaneUnavailable(InternetSocket.isNotPermitted(e)
                    ? "needs root or CAP_NET_RAW for packet sockets"
                    : "cannot open its sockets: " + e.getMessage(), e);
        } finally {
            if (!complete) {
                closeAll();
            }
        }
        for (PacketWorker worker : workers) {
            start(worker, "packet-server-" + threads.size());
        }
        start(control, "packet-server-control");
    }

    private <T extends AutoCloseable> T opening(T resource) {
        opened.push(resource);
        return resource;
    }

    /// @param place of the worker among those that share a capture
    private void open(int number, int place, PlaneOptions options) throws SystemCallException {
        WorkerSocket socket = opening(new WorkerSocket());
        KernelPath rest = new KernelPath(opening(new CopySockets(arena)).fanOut(arena, clock));
        RefusedBursts refusing = new RefusedBursts((device, errno) -> tell("interface " + paths.deviceName(device)
                + " takes no segmentation-offloaded bursts (" + Errno.name(errno)
                + "): copies leave there one by one"));
        FrameFanOut frames = new FrameFanOut(arena, socket, rest, refusing, clock, (int) clock.nowNs() + number);
        sockets.add(socket);
        refused.add(refusing);
        workers.add(new PacketWorker(arena, socket, frames, rest, options.burst(), clock, events,
                new Admission(events, restored), kernel, number,
                () -> new WorkerPlace(options, events).take(place)));
    }

    /// Sockets for what the kernel's copies leave to user space, one for each worker.
    private List<FrameSocket> handovers() throws SystemCallException {
        return kernel == null
                ? List.of()
                : listen(sockets.size() / 2, kernel.device(), true, CaptureScope.handoverFilter());
    }

    /// Gives workers, from the first on, another socket each.
    private void replace(int first, List<FrameSocket> next) {
        for (int worker = 0; worker < next.size(); worker++) {
            sockets.get(first + worker).replace(next.get(worker));
        }
    }

    /// One socket a worker, in a fan-out group of their own.
    ///
    /// @param interfaceIndex of the only interface that is captured, or 0 for several
    /// @param incomingOnly whether they see what comes in, and not what leaves
    private static List<FrameSocket> listen(int count, int interfaceIndex, boolean incomingOnly, SocketFilter filter)
            throws SystemCallException {
        List<FrameSocket> opened = new ArrayList<>();
        try {
            int group = 0;
            for (int number = 0; number < count; number++) {
                FrameSocket socket = FrameSocket.open();
                opened.add(socket);
                socket.receiveBuffer(RECEIVE_BUFFER_BYTES);
                socket.sendBuffer(SEND_BUFFER_BYTES);
                socket.receiveTimeout(RECEIVE_TIMEOUT_MS);
                socket.listen(interfaceIndex);
                if (number == 0) {
                    group = socket.foundGroup(incomingOnly);
                    socket.spread(CaptureScope.spread());
                } else {
                    socket.joinGroup(group, incomingOnly);
                }
            }
            for (FrameSocket socket : opened) {
                socket.attach(filter);
            }
            return opened;
        } catch (SystemCallException e) {
            opened.forEach(FrameSocket::close);
            throw e;
        }
    }

    private void tell(String notice) {
        events.add(new PlaneEvent.Notice(notice));
    }

    private void start(Runnable work, String name) {
        threads.add(Thread.ofPlatform().daemon().name(name).start(work));
    }

    @Override
    public String name() {
        return "packet";
    }

    @Override
    public Set<Capability> capabilities() {
        return EnumSet.complementOf(EnumSet.of(Capability.OUTLIVES_PROCESS));
    }

    @Override
    public Verdict judge(Route route) {
        return routes.judge(route);
    }

    @Override
    public void apply(RouteTable table) {
        control.apply(routes.taken(table));
    }

    @Override
    public void count() {
        KernelCopies copies = kernel;
        if (copies != null) {
            control.soon(copies::count);
        }
    }

    @Override
    public DropCounters drops() {
        return DropCounters.sumOf(workers.stream().map(PacketWorker::drops).toList());
    }

    @Override
    public Carrier carrier(Match match, OutputPort port) {
        Optional<Carrier> inside = kernel == null ? Optional.empty() : kernel.carrier(match, port);
        if (inside.isPresent()) {
            return inside.get();
        }
        PathTable now = paths;
        if (!(port instanceof OutputPort.UnicastMember member)) {
            return new Carrier(name(), "");
        }
        int place = now.slot(member.address().ipv4());
        if (place < 0) {
            return new Carrier(name(), "");
        }
        if (!now.isFramed(place)) {
            return new Carrier("socket", now.why(place));
        }
        boolean refuses = refused.stream().anyMatch(each -> each.isRefused(now.device(place)));
        return new Carrier(name(), now.why(place) + (refuses ? ", which takes no bursts" : ""));
    }

    @Override
    public Optional<PlaneEvent> pollEvent() {
        return events.poll();
    }

    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        workers.forEach(PacketWorker::stop);
        control.stop();
        try {
            for (Thread thread : threads) {
                thread.join(CLOSE_MS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        closeAll();
    }

    private void closeAll() {
        while (!opened.isEmpty()) {
            try {
                opened.pop().close();
            } catch (Exception e) {
                throw new IllegalStateException(e); // none of ours throws
            }
        }
    }

    /// What the control thread tells the workers and their sockets.
    private final class Side implements CaptureSide {
        private RouteIndex index = RouteIndex.EMPTY;
        private List<FrameSocket> capturing = List.of();
        /// The only interface that is captured; 0 for any, -1 for none yet. It changes once at most: from one to any.
        private int bound = -1;
        /// Whether what leaves is captured, too.
        private boolean outgoing;
        private MemberPlaces places = MemberPlaces.NONE;

        @Override
        public void publish(RouteIndex newIndex) {
            index = newIndex;
            places = MemberPlaces.of(newIndex, places);
            nextHops.members(places.addresses());
            nextHops.work(clock.nowNs());
            publish(true);
        }

        private void publish(boolean urgent) {
            PathTable now = nextHops.table();
            if (kernel != null) {
                kernel.prepare(index, places, now, workers.size(), nextHops.used());
            }
            for (int worker = 0; worker < workers.size(); worker++) {
                workers.get(worker).publish(new PacketTable(index.forWorker(worker), now, places.forWorker(worker),
                        nextHops.used()));
            }
            paths = now;
            if (kernel != null) {
                kernel.commit(urgent);
            }
        }

        @Override
        public void publish(OwnAddresses own, Map<Integer, Long> hardwareAddresses) {
            if (kernel != null) {
                kernel.publish(own, hardwareAddresses);
            }
            DeviceAddresses devices = new DeviceAddresses(hardwareAddresses);
            for (PacketWorker worker : workers) {
                worker.publish(devices);
                worker.publish(own);
            }
        }

        @Override
        public void capture(CaptureScope scope, OwnAddresses own, boolean exact) throws SystemCallException {
            Set<Integer> interfaces = scope.groups().keySet();
            boolean first = bound < 0;
            boolean taps = kernel == null || !kernel.capture(scope);
            boolean same = first || taps == outgoing;
            boolean any = bound == 0 || (first ? interfaces.size() != 1 : !interfaces.equals(Set.of(bound)) || !same);
            SocketFilter filter =
                    scope.frameFilter(own.toArray(), exact, kernel != null && any ? kernel.device() : 0);
            if (interfaces.isEmpty() || same && (bound == 0 || !first && interfaces.equals(Set.of(bound)))) {
                for (FrameSocket socket : capturing) {
                    socket.attach(filter);
                }
                return;
            }
            int only = first && interfaces.size() == 1 ? interfaces.iterator().next() : 0;
            List<FrameSocket> next =
                    listen(kernel == null ? sockets.size() : sockets.size() / 2, only, !taps, filter);
            for (FrameSocket socket : capturing) {
                socket.attach(SocketFilter.DROP_ALL);
            }
            if (kernel != null && only == 0 && bound != 0) {
                // Who listens to all devices hears that one, too, and fragments must not become whole in two places.
                for (FrameSocket socket : handing) {
                    socket.attach(SocketFilter.DROP_ALL);
                }
                handing = silence(sockets.size() / 2);
                replace(sockets.size() / 2, handing);
            }
            replace(0, next);
            capturing = next;
            bound = only;
            outgoing = taps;
        }

        private List<FrameSocket> silence(int count) throws SystemCallException {
            List<FrameSocket> silent = new ArrayList<>();
            for (int number = 0; number < count; number++) {
                FrameSocket socket = FrameSocket.open();
                socket.receiveTimeout(RECEIVE_TIMEOUT_MS);
                silent.add(socket);
            }
            return silent;
        }

        @Override
        public void tick(long nowNs) {
            sockets.forEach(WorkerSocket::closeRetired);
            if (kernel != null) {
                kernel.tick(nowNs);
            }
            if (nextHops.work(nowNs)) {
                publish(false);
            }
        }

        @Override
        public int tickMs() {
            return kernel == null ? nextHops.tickMs() : Math.min(nextHops.tickMs(), kernel.tickMs());
        }

        @Override
        public List<Descriptor> wakers() {
            return nextHops.wakers();
        }

        @Override
        public boolean seesSendersWithoutLoop() {
            return true;
        }
    }
}
