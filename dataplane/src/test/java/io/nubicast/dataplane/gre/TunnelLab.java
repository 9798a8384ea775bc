package io.nubicast.dataplane.gre;

import static org.assertj.core.api.Assertions.assertThat;

import io.nubicast.kernel.sys.NetworkNamespace;
import io.nubicast.tools.lab.NetworkLab;
import io.nubicast.tools.lab.Node;
import io.nubicast.wire.Address;
import io.nubicast.wire.gre.GreDropReason;
import java.net.DatagramSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.FutureTask;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Assumptions;

/// Two routers with a network between them:
///
///     left 192.0.2.1 (eth0) ── underlay ── (eth0) 192.0.2.2 right
///       Tunnel1 10.0.0.1/30 ══════════════ Tunnel1 10.0.0.2/30
///
/// Engines work in their routers' namespaces and are called from the test's thread.
final class TunnelLab implements AutoCloseable {
    static final Address LEFT = Address.ipv4("192.0.2.1");
    static final Address RIGHT = Address.ipv4("192.0.2.2");

    final NetworkLab lab;
    final Node left;
    final Node right;
    final ConcurrentLinkedQueue<String> notices = new ConcurrentLinkedQueue<>();
    private final List<AutoCloseable> opened = new ArrayList<>();

    TunnelLab() {
        this(true);
    }

    /// @param direct false: the test connects the routers itself
    TunnelLab(boolean direct) {
        Optional<String> missing = NetworkLab.missing();
        Assumptions.assumeTrue(missing.isEmpty(), () -> missing.orElse(""));
        Assumptions.assumeTrue(java.nio.file.Files.exists(java.nio.file.Path.of("/dev/net/tun")), "no /dev/net/tun");
        lab = NetworkLab.open("nbgre");
        left = lab.node("left");
        right = lab.node("right");
        if (direct) {
            lab.cable(left, "eth0", right, "eth0");
            left.address("eth0", LEFT + "/24");
            right.address("eth0", RIGHT + "/24");
        }
    }

    static <T> T inside(Node node, Callable<T> code) throws Exception {
        FutureTask<T> task = new FutureTask<>(() -> {
            NetworkNamespace.enter(node.namespace());
            return code.call();
        });
        Thread.ofPlatform().daemon().start(task);
        return task.get();
    }

    <T extends AutoCloseable> T keep(T resource) {
        opened.add(resource);
        return resource;
    }

    TunnelEngine engine(Node node) throws Exception {
        return keep(inside(node, () -> TunnelEngine.open(line -> notices.add(node.name() + " " + line))));
    }

    static TunnelConfig leftToRight() {
        return TunnelConfig.to(new TunnelConfig.Source.OfInterface("eth0"), RIGHT);
    }

    static TunnelConfig rightToLeft() {
        return TunnelConfig.to(new TunnelConfig.Source.OfAddress(RIGHT), LEFT);
    }

    /// A tunnel whose interface has an address.
    static Tunnel tunnel(Node node, TunnelEngine engine, String name, TunnelConfig config, String address)
            throws Exception {
        Tunnel tunnel = inside(node, () -> engine.open(name, config));
        node.address(name, address);
        node.sysctl("net/ipv4/conf/" + name + "/rp_filter", "0");
        return tunnel;
    }

    static long dropsIn(Tunnel tunnel, GreDropReason reason) {
        return tunnel.status().traffic().dropsIn().getOrDefault(reason, 0L);
    }

    static long dropsOut(Tunnel tunnel, GreDropReason reason) {
        return tunnel.status().traffic().dropsOut().getOrDefault(reason, 0L);
    }

    DatagramSocket socket(Node node, int port) throws Exception {
        return keep(inside(node, () -> new DatagramSocket(port)));
    }

    /// Waits for a state, at most 10 s.
    static void until(String what, BooleanSupplier state) {
        long deadlineNs = System.nanoTime() + 10_000_000_000L;
        while (!state.getAsBoolean()) {
            assertThat(System.nanoTime()).as("waiting until " + what).isLessThan(deadlineNs);
            LockSupport.parkNanos(1_000_000);
        }
    }

    @Override
    public void close() {
        for (AutoCloseable each : opened.reversed()) {
            try {
                each.close();
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        }
        lab.close();
    }
}
