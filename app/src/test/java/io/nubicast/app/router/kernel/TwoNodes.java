package io.nubicast.app.router.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import io.nubicast.kernel.netlink.RouteNetlink;
import io.nubicast.kernel.sys.NetworkNamespace;
import io.nubicast.tools.lab.NetworkLab;
import io.nubicast.tools.lab.Node;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Assumptions;

/// A router and its neighbour:
///
///     router 10.9.0.1 ──lan──eth0── neighbour 10.9.0.2
final class TwoNodes implements AutoCloseable {
    final NetworkLab lab;
    final Node router;
    final Node neighbour;
    private final List<AutoCloseable> opened = new ArrayList<>();

    TwoNodes() {
        Optional<String> missing = NetworkLab.missing();
        Assumptions.assumeTrue(missing.isEmpty(), () -> missing.orElse(""));
        lab = NetworkLab.open("nbtwo");
        router = lab.node("router");
        neighbour = lab.node("neighbour");
        router.sysctl("net/ipv6/conf/default/disable_ipv6", "1");
        neighbour.sysctl("net/ipv6/conf/default/disable_ipv6", "1");
        lab.cable(router, "lan", neighbour, "eth0");
        router.address("lan", "10.9.0.1/24");
        neighbour.address("eth0", "10.9.0.2/24");
    }

    <T extends AutoCloseable> T in(Node node, Callable<T> code) throws Exception {
        T resource = call(node, code);
        opened.add(resource);
        return resource;
    }

    static <T> T call(Node node, Callable<T> code) throws Exception {
        FutureTask<T> task = new FutureTask<>(() -> {
            NetworkNamespace.enter(node.namespace());
            return code.call();
        });
        Thread.ofPlatform().daemon().start(task);
        return task.get();
    }

    static int index(Node node, String device) throws Exception {
        return call(node, () -> {
            try (RouteNetlink netlink = RouteNetlink.open()) {
                return netlink.links().stream().filter(link -> link.name().equals(device)).findFirst().orElseThrow()
                        .index();
            }
        });
    }

    static void until(String what, BooleanSupplier state) {
        long deadlineNs = System.nanoTime() + 5_000_000_000L;
        while (!state.getAsBoolean()) {
            assertThat(System.nanoTime() - deadlineNs).as("waiting for %s", what).isNegative();
            LockSupport.parkNanos(500_000);
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
