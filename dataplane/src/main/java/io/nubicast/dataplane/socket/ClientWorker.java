package io.nubicast.dataplane.socket;

import io.nubicast.dataplane.linux.PlaneEvents;
import io.nubicast.engine.NanoClock;
import io.nubicast.forwarding.CounterRegistry;
import io.nubicast.forwarding.PlaneEvent;
import io.nubicast.forwarding.Route;
import io.nubicast.forwarding.RouteIndex;
import io.nubicast.forwarding.RouteTable;
import io.nubicast.kernel.socket.Poller;
import io.nubicast.kernel.sys.SystemCallException;
import java.lang.foreign.Arena;
import java.util.Queue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// The client's one thread: waits for datagrams, new tables and changes of interfaces, and owns every socket.
final class ClientWorker implements Runnable {
    /// An order waits at most this long.
    private static final int POLL_MS = 20;
    private static final long APPLY_SECONDS = 10;
    private static final int INTERFACES = 0;
    private static final int INTAKE = 1;

    private final Arena arena = Arena.ofShared();
    private final CounterRegistry counters;
    private final PlaneEvents events;
    private final NanoClock clock;
    private final ClientInterfaces interfaces;
    private final ClientIntake intake;
    private final ClientShortcut shortcut;
    private final RestoreOutputs outputs;
    private final ClientReceiver receiver;
    private final Queue<FutureTask<?>> orders = new ConcurrentLinkedQueue<>();
    private RouteTable routes = RouteTable.EMPTY;
    private RouteIndex index = RouteIndex.EMPTY;
    private ClientHost host = ClientHost.NOTHING;
    private ClientTable table = ClientTable.EMPTY;
    private Poller poller;
    private volatile boolean stopping;

    /// Opens what it needs at once.
    ///
    /// @param shortcut owned from now on, unless this fails
    /// @throws SystemCallException without CAP_NET_RAW
    /// @throws CopySteering.Unavailable when copies shall be steered and cannot
    ClientWorker(CounterRegistry counters, PlaneEvents events, NanoClock clock, SocketClientPlane.Intake wanted,
            ClientShortcut shortcut)
            throws SystemCallException, CopySteering.Unavailable {
        this.counters = counters;
        this.events = events;
        this.clock = clock;
        this.shortcut = shortcut;
        interfaces = new ClientInterfaces();
        try {
            intake = open(wanted);
        } catch (SystemCallException | CopySteering.Unavailable e) {
            interfaces.close();
            arena.close();
            throw e;
        }
        outputs = new RestoreOutputs(events);
        receiver = new ClientReceiver(arena, outputs, events, clock);
        poller = new Poller(Arena.ofAuto(), INTAKE);
    }

    private ClientIntake open(SocketClientPlane.Intake wanted) throws SystemCallException, CopySteering.Unavailable {
        ClientCapture capture = new ClientCapture(events);
        String reason = "that was asked for";
        if (wanted != SocketClientPlane.Intake.BOUND) {
            try {
                return new SteeredIntake(capture, new ClientListeners(), events, clock);
            } catch (CopySteering.Unavailable e) {
                if (wanted == SocketClientPlane.Intake.STEERED) {
                    capture.close();
                    throw e;
                }
                reason = String.valueOf(e.getMessage());
            }
        }
        return new BoundIntake(capture, reason, events, clock.nowNs());
    }

    ClientIntake intake() {
        return intake;
    }

    ClientReceiver receiver() {
        return receiver;
    }

    /// Any thread. Returns when the table is served.
    void apply(RouteTable newRoutes) {
        FutureTask<?> order = new FutureTask<>(() -> {
            routes = newRoutes;
            serve();
        }, null);
        orders.add(order);
        try {
            order.get(APPLY_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (TimeoutException e) {
            events.add(
                    new PlaneEvent.Notice("the client has not taken its new entries within " + APPLY_SECONDS + " s"));
        } catch (ExecutionException e) {
            throw new IllegalStateException("the entries cannot be served", e.getCause());
        } catch (CancellationException e) {
            // Closed meanwhile.
        }
    }

    /// Any thread.
    void stop() {
        stopping = true;
    }

    @Override
    public void run() {
        try {
            follow();
            while (!stopping) {
                obey();
                if (poller.poll(POLL_MS) > 0) {
                    take();
                }
                shortcut.keep(clock.nowNs());
                if (intake.keep(clock.nowNs(), receiver)) {
                    watch();
                }
            }
        } finally {
            closeAll();
        }
    }

    private void obey() {
        for (FutureTask<?> order = orders.poll(); order != null; order = orders.poll()) {
            order.run();
        }
    }

    private void follow() {
        try {
            if (interfaces.update()) {
                host = interfaces.host();
                serve();
            }
        } catch (SystemCallException e) {
            events.add(new PlaneEvent.Notice("changes of interfaces cannot be followed: " + e.getMessage()));
        }
    }

    /// Brings sockets, filter and outputs in line with routes and interfaces.
    private void serve() {
        index = RouteIndex.compile(routes, counters, index, clock.nowNs());
        for (Route twice : index.shadowed()) {
            events.add(new PlaneEvent.Notice("server " + twice.match().source() + " with port "
                    + twice.match().destinationPort() + " stands in two entries; only the first is served"));
        }
        outputs.retain(host.interfaces());
        table = new ClientTable(index, host, outputs);
        receiver.serve(host, table);
        intake.serve(host, table);
        shortcut.serve(host, table.routes());
        watch();
    }

    /// Tells the poller which descriptors there are.
    private void watch() {
        poller = new Poller(Arena.ofAuto(), INTAKE + intake.descriptors());
        poller.add(interfaces.descriptor());
        intake.watch(poller);
    }

    private void take() {
        intake.receive(poller, INTAKE, receiver);
        // Last, because it may replace the poller.
        if (poller.isReady(INTERFACES)) {
            follow();
        }
    }

    private void closeAll() {
        stopping = true;
        shortcut.close();
        intake.close();
        outputs.close();
        interfaces.close();
        for (FutureTask<?> order = orders.poll(); order != null; order = orders.poll()) {
            boolean ignored = order.cancel(false);
        }
        arena.close();
    }
}
