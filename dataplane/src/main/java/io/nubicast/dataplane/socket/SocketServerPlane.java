package io.nubicast.dataplane.socket;

import io.nubicast.dataplane.PlaneOptions;
import io.nubicast.dataplane.linux.CaptureScope;
import io.nubicast.dataplane.linux.CaptureSide;
import io.nubicast.dataplane.linux.HostInterfaces;
import io.nubicast.dataplane.linux.MemberRoutes;
import io.nubicast.dataplane.linux.OwnAddresses;
import io.nubicast.dataplane.linux.PlaneEvents;
import io.nubicast.dataplane.linux.ServerControl;
import io.nubicast.dataplane.linux.WorkerPlace;
import io.nubicast.engine.NanoClock;
import io.nubicast.forwarding.Capability;
import io.nubicast.forwarding.CounterRegistry;
import io.nubicast.forwarding.DataPlane;
import io.nubicast.forwarding.DropCounters;
import io.nubicast.forwarding.PlaneEvent;
import io.nubicast.forwarding.PlaneUnavailable;
import io.nubicast.forwarding.Route;
import io.nubicast.forwarding.RouteIndex;
import io.nubicast.forwarding.RouteTable;
import io.nubicast.forwarding.Verdict;
import io.nubicast.kernel.sys.SystemCallException;
import java.lang.foreign.Arena;
import java.util.EnumSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// The proxy server's side of the plane `socket`: takes routes from groups to unicast members. See the package for the parts.
///
/// It lives in the network namespace of the thread that constructs it, whichever threads call it later.
public final class SocketServerPlane implements DataPlane {
    private static final long CLOSE_MS = 2_000;

    /// Not a shared one: each system call would lock it against closing, once a segment it is given.
    private final Arena arena = Arena.ofAuto();
    private final PlaneEvents events = new PlaneEvents();
    private final MemberRoutes routes = new MemberRoutes();
    private final ServerSockets sockets;
    private final ServerWorker worker;
    private final ServerControl control;
    private final Thread workerThread;
    private final Thread controlThread;
    private boolean closed;

    /// Opens the sockets and starts the threads.
    ///
    /// @throws PlaneUnavailable without CAP_NET_RAW
    public SocketServerPlane(CounterRegistry counters) throws PlaneUnavailable {
        this(counters, PlaneOptions.DEFAULT);
    }

    /// As with the defaults, but for where the worker runs.
    ///
    /// @throws PlaneUnavailable without CAP_NET_RAW
    public SocketServerPlane(CounterRegistry counters, PlaneOptions options) throws PlaneUnavailable {
        NanoClock clock = NanoClock.SYSTEM;
        if (!System.getProperty("os.name", "").equals("Linux")) {
            throw new PlaneUnavailable("is for Linux only");
        }
        HostInterfaces interfaces = new HostInterfaces();
        ServerSockets opened = null;
        try {
            opened = new ServerSockets(arena);
            control = new ServerControl(new Side(), opened.icmp, interfaces, counters, events, clock);
        } catch (PlaneUnavailable | SystemCallException e) {
            interfaces.close();
            if (opened != null) {
                opened.close();
            }
            throw e instanceof PlaneUnavailable known
                    ? known
                    : new PlaneUnavailable("cannot open its sockets: " + e.getMessage(), e);
        }
        sockets = opened;
        worker = new ServerWorker(arena, sockets.capture, sockets.copies.fanOut(arena, clock), clock, events);
        WorkerPlace place = new WorkerPlace(options, events);
        workerThread = start(() -> {
            place.take(0);
            worker.run();
        }, "socket-server");
        controlThread = start(control, "socket-server-control");
    }

    private static Thread start(Runnable work, String name) {
        return Thread.ofPlatform().daemon().name(name).start(work);
    }

    @Override
    public String name() {
        return "socket";
    }

    @Override
    public Set<Capability> capabilities() {
        return EnumSet.complementOf(EnumSet.of(Capability.COALESCES, Capability.SPREADS_FLOWS,
                Capability.OUTLIVES_PROCESS));
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
    public DropCounters drops() {
        return worker.drops();
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
        worker.stop();
        control.stop();
        try {
            workerThread.join(CLOSE_MS);
            controlThread.join(CLOSE_MS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        sockets.close();
    }

    /// What the control thread tells the worker and the capturing socket.
    private final class Side implements CaptureSide {
        @Override
        public void publish(RouteIndex index) {
            worker.publish(index);
        }

        @Override
        public void publish(OwnAddresses own, Map<Integer, Long> hardwareAddresses) {
            worker.publish(own);
        }

        @Override
        public void capture(CaptureScope scope, OwnAddresses own, boolean exact) throws SystemCallException {
            sockets.capture.attach(scope.captureFilter(own.toArray(), exact));
        }

        @Override
        public boolean seesSendersWithoutLoop() {
            return false;
        }
    }
}
