package io.nubicast.dataplane.gre;

import io.nubicast.kernel.socket.Poller;
import io.nubicast.kernel.socket.UdpSocket;
import io.nubicast.kernel.sys.SystemCallException;
import io.nubicast.kernel.sys.WakeUp;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;

/// The thread that carries packets of all tunnels in user space, both ways. What it has (tunnels, sockets, buffers) only it touches;
/// others give it something to do.
final class TunnelWorker implements AutoCloseable {
    private static final int MOST_DESCRIPTORS = 4096;

    private final Arena arena = Arena.ofShared();
    private final WakeUp wakeUp;
    private final Encapsulator out;
    private final Decapsulator in;
    private final Poller poller;
    private final Queue<Runnable> commands = new ConcurrentLinkedQueue<>();
    private final Thread thread;
    private final List<Tunnel> tunnels = new ArrayList<>();
    private final Map<Integer, UdpSocket> ports = new TreeMap<>();
    private final List<UdpSocket> sockets = new ArrayList<>();
    private final List<Integer> numbers = new ArrayList<>();
    private TunnelTable table = TunnelTable.EMPTY;
    private boolean ended;

    TunnelWorker() throws SystemCallException {
        boolean complete = false;
        WakeUp bell = null;
        Encapsulator encapsulator = null;
        try {
            bell = WakeUp.open();
            encapsulator = new Encapsulator(arena);
            in = new Decapsulator(arena, encapsulator);
            complete = true;
        } finally {
            if (!complete) {
                if (encapsulator != null) {
                    encapsulator.close();
                }
                if (bell != null) {
                    bell.close();
                }
                arena.close();
            }
        }
        wakeUp = bell;
        out = encapsulator;
        poller = new Poller(arena, MOST_DESCRIPTORS);
        thread = Thread.ofPlatform().name("nubicast-gre").daemon().unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    /// Does something on the worker's thread, and waits for it.
    void call(Runnable command) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        post(() -> {
            try {
                command.run();
                done.complete(null);
            } catch (RuntimeException e) {
                done.completeExceptionally(e);
            }
        });
        done.join();
    }

    /// Does something on the worker's thread, soon.
    void post(Runnable command) {
        commands.add(command);
        wakeUp.ring();
    }

    /// For commands: from now on these are the tunnels.
    void tunnels(List<Tunnel> all) {
        tunnels.clear();
        tunnels.addAll(all);
        retable();
        watch();
    }

    /// For commands: paths have changed.
    void retable() {
        table = new TunnelTable(tunnels);
    }

    /// For commands: these UDP ports, already open, are the ones to serve; others are closed.
    void ports(Map<Integer, UdpSocket> wanted) {
        ports.forEach((port, socket) -> {
            if (wanted.get(port) != socket) {
                socket.close();
            }
        });
        ports.clear();
        ports.putAll(wanted);
        sockets.clear();
        sockets.addAll(ports.values());
        numbers.clear();
        numbers.addAll(ports.keySet());
        watch();
    }

    /// A socket for a UDP port; in the caller's namespace, on any thread.
    static UdpSocket open(int port) throws IOException {
        return Decapsulator.open(port);
    }

    private void watch() {
        poller.clear();
        poller.add(wakeUp);
        poller.add(in.socket);
        sockets.forEach(poller::add);
        tunnels.forEach(tunnel -> poller.add(tunnel.device));
    }

    Encapsulator encapsulator() {
        return out;
    }

    /// What belongs to no tunnel.
    TunnelCounters strangers() {
        return in.strangers;
    }

    /// For commands.
    void countLost() {
        in.countLost();
    }

    private void run() {
        watch();
        while (!ended) {
            int ready = poller.poll(-1);
            if (ready < 0) {
                // a descriptor that is gone is taken from the list by a command that is on its way
                watch();
            }
            if (poller.isReady(0)) {
                obey();
                continue;
            }
            carry();
        }
        in.close();
        out.close();
        ports.values().forEach(UdpSocket::close);
        wakeUp.close();
    }

    private void obey() {
        wakeUp.clear();
        for (Runnable command = commands.poll(); command != null; command = commands.poll()) {
            command.run();
        }
    }

    private void carry() {
        long nowNs = System.nanoTime();
        int place = 1;
        if (poller.isReady(place++)) {
            in.drain(table, nowNs);
        }
        for (int i = 0; i < sockets.size(); i++) {
            if (poller.isReady(place++)) {
                in.drain(sockets.get(i), numbers.get(i), table, nowNs);
            }
        }
        boolean any = false;
        for (int i = 0; i < tunnels.size(); i++) {
            if (poller.isReady(place++)) {
                out.drain(tunnels.get(i), nowNs);
                any = true;
            }
        }
        if (any) {
            out.flush();
        }
    }

    /// Ends the thread and closes its sockets.
    @Override
    public void close() {
        post(() -> ended = true);
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        arena.close();
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
