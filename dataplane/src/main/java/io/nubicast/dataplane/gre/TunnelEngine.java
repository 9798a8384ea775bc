package io.nubicast.dataplane.gre;

import io.nubicast.dataplane.gre.TunnelConfig.Mode;
import io.nubicast.dataplane.gre.TunnelStatus.LineState;
import io.nubicast.engine.Timers;
import io.nubicast.kernel.socket.Poller;
import io.nubicast.kernel.socket.UdpSocket;
import io.nubicast.kernel.sys.SystemCallException;
import io.nubicast.kernel.sys.WakeUp;
import io.nubicast.kernel.tun.TunDevice;
import io.nubicast.wire.gre.GreDropReason;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The tunnels of a router, in the network namespace of the thread that opens it.
///
///     try (TunnelEngine engine = TunnelEngine.open(log::info)) {
///         Tunnel tunnel = engine.open("Tunnel1", TunnelConfig.to(new Source.OfInterface("eth0"), destination));
///         ... tunnel.interfaceIndex() gets addresses and routes ...
///         tunnel.apply(config.withKey(OptionalInt.of(5)));
///
/// Two threads: one carries packets ([TunnelWorker]); one follows the kernel's routes, interfaces and addresses, sends keepalives and
/// decides on the line protocols. Methods may be called by any thread, in whatever namespace it is.
public final class TunnelEngine implements AutoCloseable {
    /// Packets that the kernel keeps for us.
    private static final int DEVICE_QUEUE = 4_096;
    private static final long LOOK_NS = 1_000_000_000L;

    private final Consumer<String> notices;
    private final TunnelWorker worker;
    private final Underlay underlay;
    private final WakeUp wakeUp;
    private final Timers timers = new Timers();
    private final Map<Tunnel, TunnelControl> controls = new LinkedHashMap<>();
    private Map<Integer, UdpSocket> ports = new TreeMap<>();
    private final Thread thread;
    private final Queue<FutureTask<?>> commands = new ConcurrentLinkedQueue<>();
    private final KernelCarrier kernel;
    /// Guarded by this.
    private boolean closed;
    private volatile boolean ended;

    private TunnelEngine(Consumer<String> notices, TunnelWorker worker, Underlay underlay, WakeUp wakeUp) {
        this.notices = notices;
        this.worker = worker;
        this.underlay = underlay;
        this.wakeUp = wakeUp;
        kernel = new KernelCarrier(notices);
        thread = Thread.ofPlatform().name("nubicast-gre-control").daemon().unstarted(this::run);
    }

    /// Starts, without a tunnel.
    ///
    /// @param notices takes lines for the log, as IOS words them; called on the engine's thread; must not wait for the engine's other callers
    /// @throws SystemCallException EPERM without CAP_NET_RAW and CAP_NET_ADMIN
    public static TunnelEngine open(Consumer<String> notices) throws SystemCallException {
        Underlay underlay = new Underlay();
        WakeUp wakeUp = null;
        TunnelEngine engine = null;
        try {
            underlay.read();
            wakeUp = WakeUp.open();
            engine = new TunnelEngine(notices, new TunnelWorker(), underlay, wakeUp);
        } finally {
            if (engine == null) {
                underlay.close();
                if (wakeUp != null) {
                    wakeUp.close();
                }
            }
        }
        engine.worker.start();
        engine.thread.start();
        return engine;
    }

    /// Makes a tunnel with its interface.
    ///
    /// @param name of the interface, `Tunnel1`
    /// @throws IllegalArgumentException when another tunnel has the same source, destination, transport and key
    /// @throws IOException when the name is taken, /dev/net/tun is missing, a privilege is missing, or the UDP port is taken
    public Tunnel open(String name, TunnelConfig config) throws IOException {
        return onControl(() -> openHere(name, config));
    }

    private Tunnel openHere(String name, TunnelConfig config) throws IOException {
        checkUnique(null, name, config);
        Map<Integer, UdpSocket> wanted = ports(null, config);
        TunDevice device = null;
        Tunnel tunnel = null;
        try {
            device = TunDevice.open(name, DEVICE_QUEUE);
            TunnelControl control = new TunnelControl(this, device, config);
            tunnel = control.tunnel;
            underlay.read();
            controls.put(tunnel, control);
            control.begin(System.nanoTime());
            evaluate(control, System.nanoTime());
            control.administer();
        } catch (IOException e) {
            if (tunnel != null) {
                kernel.forget(tunnel);
                controls.remove(tunnel);
            }
            if (device != null) {
                device.close();
            }
            dropPorts(wanted);
            throw e;
        }
        ports = wanted;
        publish();
        return tunnel;
    }

    void apply(Tunnel tunnel, TunnelConfig config) throws IOException {
        Boolean ignored = onControl(() -> applyHere(tunnel, config));
    }

    private boolean applyHere(Tunnel tunnel, TunnelConfig config) throws IOException {
        TunnelControl control = control(tunnel);
        checkUnique(tunnel, tunnel.name(), config);
        Map<Integer, UdpSocket> wanted = ports(tunnel, config);
        ports = wanted;
        control.configure(config, System.nanoTime());
        evaluate(control, System.nanoTime());
        control.administer();
        publish();
        return true;
    }

    private TunnelControl control(Tunnel tunnel) {
        TunnelControl control = controls.get(tunnel);
        if (control == null) {
            throw new IllegalStateException(tunnel + " is closed");
        }
        return control;
    }

    /// GRE-002
    private void checkUnique(@Nullable Tunnel self, String name, TunnelConfig config) {
        for (TunnelControl each : controls.values()) {
            TunnelConfig other = each.config();
            if (each.tunnel != self && other.source().equals(config.source())
                    && other.destination().equals(config.destination()) && other.key().equals(config.key())
                    && port(other) == port(config)) {
                throw new IllegalArgumentException(
                        name + " has the source, destination and key of " + each.tunnel.name()
                                + ": give one of them another 'tunnel key'");
            }
        }
    }

    private static int port(TunnelConfig config) {
        return config.mode() instanceof Mode.Udp udp ? udp.port() : 0;
    }

    /// The sockets for what is configured with this change; those that are new are opened.
    private Map<Integer, UdpSocket> ports(@Nullable Tunnel changed, TunnelConfig config)
            throws IOException {
        Map<Integer, UdpSocket> wanted = new TreeMap<>();
        for (TunnelControl each : controls.values()) {
            if (each.tunnel != changed && port(each.config()) != 0) {
                int port = port(each.config());
                UdpSocket open = ports.get(port);
                if (open != null) {
                    wanted.put(port, open);
                }
            }
        }
        int port = port(config);
        if (port != 0 && !wanted.containsKey(port)) {
            UdpSocket open = ports.get(port);
            wanted.put(port, open != null ? open : TunnelWorker.open(port));
        }
        return wanted;
    }

    private void dropPorts(Map<Integer, UdpSocket> wanted) {
        wanted.forEach((port, socket) -> {
            if (ports.get(port) != socket) {
                socket.close();
            }
        });
    }

    void close(Tunnel tunnel) {
        try {
            Boolean ignored = onControl(() -> closeHere(tunnel));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private boolean closeHere(Tunnel tunnel) {
        TunnelControl control = controls.remove(tunnel);
        if (control == null) {
            return false;
        }
        control.end();
        kernel.forget(tunnel);
        Map<Integer, UdpSocket> left = new TreeMap<>();
        for (TunnelControl each : controls.values()) {
            UdpSocket open = ports.get(port(each.config()));
            if (open != null) {
                left.put(port(each.config()), open);
            }
        }
        ports = left;
        publish();
        tunnel.device.close();
        return true;
    }

    /// Hands tunnels and ports to the worker; when this returns, it has let go of what is not among them.
    private void publish() {
        List<Tunnel> tunnels = List.copyOf(controls.keySet());
        Map<Integer, UdpSocket> sockets = ports;
        worker.call(() -> {
            worker.tunnels(tunnels);
            worker.ports(sockets);
        });
    }

    TunnelStatus status(Tunnel tunnel) {
        try {
            return onControl(() -> control(tunnel).status(System.nanoTime()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    KernelCarrier kernel() {
        return kernel;
    }

    /// Something that the control thread does for another one.
    @FunctionalInterface
    private interface Work<T> {
        T run() throws IOException;
    }

    /// Does it on the control thread, which alone touches what is here and is in the engine's namespace, and waits for it.
    private <T> T onControl(Work<T> work) throws IOException {
        if (Thread.currentThread() == thread) {
            return work.run();
        }
        FutureTask<T> task = new FutureTask<>(work::run);
        synchronized (this) {
            if (closed) {
                throw new IllegalStateException("the engine is closed");
            }
            commands.add(task);
        }
        wakeUp.ring();
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return task.get();
                } catch (InterruptedException e) {
                    interrupted = true;
                } catch (ExecutionException e) {
                    throw rethrown(e.getCause());
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static IOException rethrown(@Nullable Throwable cause) {
        return switch (cause) {
            case IOException e -> e;
            case RuntimeException e -> throw e;
            case Error e -> throw e;
            case null, default -> new IOException(cause);
        };
    }

    /// Packets that belong to no tunnel, by reason, since the engine was opened.
    public Map<GreDropReason, Long> strangers() {
        return worker.strangers().dropsIn();
    }

    /// Routes, addresses or interfaces have changed: the line protocols are evaluated at once. The engine hears of the kernel's
    /// changes by itself.
    public void onRoutesChanged() {
        wakeControl();
    }

    void wakeControl() {
        wakeUp.ring();
    }

    void send(Tunnel tunnel, byte[] keepalive) {
        worker.post(() -> worker.encapsulator().sendKeepalive(tunnel, keepalive));
    }

    /// After a time down, numbers of the far end may begin anew.
    void reset(Tunnel tunnel) {
        worker.post(tunnel.sequenceGuard::reset);
    }

    void track(Tunnel tunnel, boolean up) {
        commands.add(new FutureTask<>(() -> {
            control(tunnel).track(up);
            return true;
        }));
        wakeControl();
    }

    Timers timers() {
        return timers;
    }

    private void run() {
        try (Arena arena = Arena.ofConfined()) {
            Poller poller = new Poller(arena, 2);
            poller.add(wakeUp);
            poller.add(underlay.events);
            while (!ended) {
                poller.poll(waitMs());
                wakeUp.clear();
                obey();
                look();
            }
            obey();
            List.copyOf(controls.keySet()).forEach(this::closeHere);
            kernel.close();
        }
    }

    private void obey() {
        for (FutureTask<?> command = commands.poll(); command != null; command = commands.poll()) {
            command.run();
        }
    }

    private int waitMs() {
        long nowNs = System.nanoTime();
        long waitNs = LOOK_NS;
        if (timers.running() > 0) {
            waitNs = Math.min(waitNs, timers.nextDeadlineNs() - nowNs);
        }
        for (TunnelControl control : controls.values()) {
            long deadlineNs = control.nextDeadlineNs();
            if (deadlineNs != Long.MAX_VALUE) {
                waitNs = Math.min(waitNs, deadlineNs - nowNs);
            }
        }
        return (int) Math.max(0, (waitNs + 999_999) / 1_000_000);
    }

    private void look() {
        try {
            if (underlay.changed()) {
                underlay.read();
            }
            long nowNs = System.nanoTime();
            controls.values().forEach(control -> control.takeAnswer(nowNs));
            timers.run(nowNs);
            boolean changed = false;
            for (TunnelControl control : controls.values()) {
                changed |= evaluate(control, nowNs);
            }
            if (changed) {
                worker.call(worker::retable);
            }
            controls.values().forEach(control -> control.watch(nowNs));
            worker.post(worker::countLost);
        } catch (SystemCallException e) {
            notices.accept("tunnels: " + e.getMessage() + "; trying again");
        }
    }

    private boolean evaluate(TunnelControl control, long nowNs) throws SystemCallException {
        LineState before = control.line();
        boolean heldBefore = control.isHeld();
        boolean changed = control.evaluate(underlay, index -> underlayOf(index), nowNs);
        LineState after = control.line();
        if (control.isHeld() && !heldBefore) {
            notices.accept("%TUN-5-RECURDOWN: " + control.tunnel.name()
                    + " temporarily disabled due to recursive routing");
        }
        if (after.up() != before.up()) {
            notices.accept("%LINEPROTO-5-UPDOWN: Line protocol on Interface " + control.tunnel.name()
                    + ", changed state to " + (after.up() ? "up" : "down"));
        }
        return changed;
    }

    private int underlayOf(int interfaceIndex) {
        for (TunnelControl each : controls.values()) {
            if (each.tunnel.interfaceIndex() == interfaceIndex) {
                return each.routedBy(underlay);
            }
        }
        return 0;
    }

    /// Removes all tunnels and ends the threads. Idempotent.
    @Override
    public void close() {
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
        }
        ended = true;
        wakeUp.ring();
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        worker.close();
        underlay.close();
        wakeUp.close();
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
