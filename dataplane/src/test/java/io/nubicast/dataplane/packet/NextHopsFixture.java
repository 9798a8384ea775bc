package io.nubicast.dataplane.packet;

import static org.assertj.core.api.Assertions.assertThat;

import io.nubicast.kernel.sys.Descriptor;
import io.nubicast.kernel.sys.NetworkNamespace;
import io.nubicast.tools.lab.NetworkLab;
import io.nubicast.tools.lab.Node;
import io.nubicast.wire.Address;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;

/// What the kernel does becomes the table:
///
///     host 10.66.0.1/24 eth0 ─── eth0 10.66.0.2/24 far
///          10.67.0.1/24 eth1 ─── eth1 10.67.0.2/24
///
/// Neighbours are permanent unless a test says otherwise. Only what a command changes moves; the next hops are asked from the
/// test's thread until they show it.
abstract class NextHopsFixture {
    static final long PATIENCE_NS = 10_000_000_000L;
    static final long FAR_MAC = 0x0200_0000_0002L;
    static final long GATEWAY_MAC = 0x0200_0000_00FEL;

    final List<String> notices = new ArrayList<>();
    NetworkLab lab;
    Node host;
    Node far;
    NextHops hops;

    @BeforeEach
    void wire() throws Exception {
        Optional<String> missing = NetworkLab.missing();
        Assumptions.assumeTrue(missing.isEmpty(), () -> missing.orElse(""));
        lab = NetworkLab.open("nbroutes");
        host = lab.node("host");
        far = lab.node("far");
        lab.cable(host, "eth0", far, "eth0");
        lab.cable(host, "eth1", far, "eth1");
        host.address("eth0", "10.66.0.1/24").address("eth1", "10.67.0.1/24");
        far.address("eth0", "10.66.0.2/24").address("eth1", "10.67.0.2/24");
        hops = inHost(() -> new NextHops(true, notices::add));
    }

    @AfterEach
    void unwire() {
        if (hops != null) {
            hops.close();
        }
        if (lab != null) {
            lab.close();
        }
        assertThat(Descriptor.stillOpen()).isEmpty();
    }

    <T> T inHost(Callable<T> code) throws Exception {
        FutureTask<T> task = new FutureTask<>(() -> {
            NetworkNamespace.enter(host.namespace());
            return code.call();
        });
        Thread.ofPlatform().daemon().start(task);
        return task.get();
    }

    void neighbour(String address, String mac, String device) {
        host.ip("neigh", "replace", address, "lladdr", mac, "dev", device);
    }

    void members(String... addresses) {
        hops.members(Arrays.stream(addresses).mapToInt(each -> Address.ipv4(each).ipv4()).sorted().toArray());
    }

    /// One among many, at the end: its turn to be asked for without a reason comes after minutes only.
    void memberInACrowd(String address) {
        hops.members(IntStream.concat(IntStream.range(0x01000000, 0x01000000 + 6_000),
                IntStream.of(Address.ipv4(address).ipv4())).toArray());
    }

    int slot(String address) {
        return hops.table().slot(Address.ipv4(address).ipv4());
    }

    Reason reason(String address) {
        return hops.table().reason(slot(address));
    }

    String why(String address) {
        return hops.table().why(slot(address));
    }

    int device(String name) {
        return Integer.parseInt(host.run("cat", "/sys/class/net/" + name + "/ifindex").strip());
    }

    static long mac(String text) {
        return Long.parseLong(text.strip().replace(":", ""), 16);
    }

    void until(String what, BooleanSupplier condition) {
        long deadlineNs = System.nanoTime() + PATIENCE_NS;
        while (true) {
            hops.work(System.nanoTime());
            if (condition.getAsBoolean()) {
                return;
            }
            assertThat(System.nanoTime()).as(what).isLessThan(deadlineNs);
            LockSupport.parkNanos(1_000_000);
        }
    }

    void settled() {
        until("look-ups end", () -> !hops.isBusy());
    }

    /// A member on eth0 whose frames leave there.
    void onLink(String member) {
        neighbour(member, "02:00:00:00:00:02", "eth0");
        members(member);
        until("framed", () -> reason(member) == Reason.FRAMED);
        settled();
    }

    void becomes(String member, Reason reason) {
        until(member + " is " + reason, () -> reason(member) == reason);
    }
}
