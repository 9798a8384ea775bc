package io.nubicast.dataplane.socket;

import io.nubicast.dataplane.linux.PlaneEvents;
import io.nubicast.engine.NanoClock;
import io.nubicast.forwarding.CounterRegistry;
import io.nubicast.forwarding.PlaneEvent;
import io.nubicast.forwarding.Route;
import io.nubicast.forwarding.RouteIndex;
import io.nubicast.forwarding.RouteTable;
import io.nubicast.kernel.socket.Poller;
import io.nubicast.kernel.socket.UdpSocket;
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
    private static final long RETRY_NS = 1_000_000_000L;
    private static final long APPLY_SECONDS = 10;
    private static final int INTERFACES = 0;
    private static final int CAPTURE = 1;
    private static final int FIRST_PORT = 2;

    private final Arena arena = Arena.ofShared();
    private final CounterRegistry counters;
    private final PlaneEvents events;
    private final NanoClock clock;
    private final ClientInterfaces interfaces;
    private final ClientCapture capture;
    private final RestoreOutputs outputs;
    private final ClientPorts ports;
    private final ClientFlows flows;
    private final ClientReceiver receiver;
    private final Queue<FutureTask<?>> orders = new ConcurrentLinkedQueue<>();
    private RouteTable routes = RouteTable.EMPTY;
    private RouteIndex index = RouteIndex.EMPTY;
    private ClientHost host = ClientHost.NOTHING;
    private ClientTable table = ClientTable.EMPTY;
    private Poller poller;
    private long retryNs;
    private volatile boolean stopping;

    /// Opens what it needs at once.
    ///
    /// @throws SystemCallException without CAP_NET_RAW
    ClientWorker(CounterRegistry counters, PlaneEvents events, NanoClock clock) throws SystemCallException {
        this.counters = counters;
        this.events = events;
        this.clock = clock;
        capture = new ClientCapture(events);
        try {
            interfaces = new ClientInterfaces();
        } catch (SystemCallException e) {
            capture.close();
            throw e;
        }
        outputs = new RestoreOutputs(events);
        ports = new ClientPorts(events);
        flows = new ClientFlows(events, new ClientListeners(), clock.nowNs());
        receiver = new ClientReceiver(arena, outputs, ports, flows, events, clock);
        poller = new Poller(Arena.ofAuto(), FIRST_PORT);
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
                keep(clock.nowNs());
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

    /// What is due now and then.
    private void keep(long nowNs) {
        flows.sweep(nowNs);
        if (nowNs - retryNs < 0 || !ports.isIncomplete()) {
            return;
        }
        retryNs = nowNs + RETRY_NS;
        // What was captured while an application held the port is restored first: then nothing is lost or doubled.
        receiver.receive(capture.socket());
        if (ports.openAll()) {
            capture.serve(table.routes(), ports);
            watch();
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
        ports.serve(host, table.routes());
        flows.serve(host, table);
        receiver.serve(host, table);
        capture.serve(table.routes(), ports);
        retryNs = clock.nowNs() + RETRY_NS;
        watch();
    }

    /// Tells the poller which descriptors there are.
    private void watch() {
        int wanted = FIRST_PORT + ports.count();
        poller = new Poller(Arena.ofAuto(), wanted);
        poller.add(interfaces.descriptor());
        poller.add(capture.socket());
        for (int i = 0; i < ports.count(); i++) {
            UdpSocket socket = ports.at(i).socket();
            // Without a socket of its own the place is taken all the same: poll(2) skips a negative descriptor.
            if (socket == null) {
                poller.addNone();
            } else {
                poller.add(socket);
            }
        }
    }

    private void take() {
        if (poller.isReady(CAPTURE)) {
            receiver.receive(capture.socket());
        }
        for (int i = 0; i < ports.count(); i++) {
            if (poller.isReady(FIRST_PORT + i)) {
                receiver.receive(ports.at(i));
            }
        }
        // Last, because it may replace the poller.
        if (poller.isReady(INTERFACES)) {
            follow();
        }
    }

    private void closeAll() {
        stopping = true;
        flows.close();
        ports.close();
        outputs.close();
        capture.close();
        interfaces.close();
        for (FutureTask<?> order = orders.poll(); order != null; order = orders.poll()) {
            boolean ignored = order.cancel(false);
        }
        arena.close();
    }
}
