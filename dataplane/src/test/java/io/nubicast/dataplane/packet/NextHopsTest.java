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
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What the kernel does becomes the table:
///
///     host 10.66.0.1/24 eth0 ─── eth0 10.66.0.2/24 far
///          10.67.0.1/24 eth1 ─── eth1 10.67.0.2/24
///
/// Neighbours are permanent unless a test says otherwise. Only what a command changes moves; the next hops are asked from the
/// test's thread until they show it.
class NextHopsTest {
    private static final long PATIENCE_NS = 10_000_000_000L;
    private static final long FAR_MAC = 0x0200_0000_0002L;
    private static final long GATEWAY_MAC = 0x0200_0000_00FEL;

    private final List<String> notices = new ArrayList<>();
    private NetworkLab lab;
    private Node host;
    private NextHops hops;

    @BeforeEach
    void wire() throws Exception {
        Optional<String> missing = NetworkLab.missing();
        Assumptions.assumeTrue(missing.isEmpty(), () -> missing.orElse(""));
        lab = NetworkLab.open("nbroutes");
        host = lab.node("host");
        Node far = lab.node("far");
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

    private <T> T inHost(Callable<T> code) throws Exception {
        FutureTask<T> task = new FutureTask<>(() -> {
            NetworkNamespace.enter(host.namespace());
            return code.call();
        });
        Thread.ofPlatform().daemon().start(task);
        return task.get();
    }

    private void neighbour(String address, String mac, String device) {
        host.ip("neigh", "replace", address, "lladdr", mac, "dev", device);
    }

    private void members(String... addresses) {
        hops.members(Arrays.stream(addresses).mapToInt(each -> Address.ipv4(each).ipv4()).sorted().toArray());
    }

    private int slot(String address) {
        return hops.table().slot(Address.ipv4(address).ipv4());
    }

    private Reason reason(String address) {
        return hops.table().reason(slot(address));
    }

    private String why(String address) {
        return hops.table().why(slot(address));
    }

    private int device(String name) {
        return Integer.parseInt(host.run("cat", "/sys/class/net/" + name + "/ifindex").strip());
    }

    private static long mac(String text) {
        return Long.parseLong(text.strip().replace(":", ""), 16);
    }

    private void until(String what, BooleanSupplier condition) {
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

    private void settled() {
        until("look-ups end", () -> !hops.isBusy());
    }

    @Test
    void aMemberOnTheLinkGetsItsOwnAddressAndTheDevices() {
        neighbour("10.66.0.9", "02:00:00:00:00:02", "eth0");
        members("10.66.0.9");
        assertThat(reason("10.66.0.9")).isEqualTo(Reason.NOT_YET);
        assertThat(hops.isBusy()).isTrue();

        settled();

        PathTable table = hops.table();
        assertThat(table.size()).isOne();
        assertThat(table.isFramed(0)).isTrue();
        assertThat(table.device(0)).isEqualTo(device("eth0"));
        assertThat(table.destination(0)).isEqualTo(FAR_MAC);
        assertThat(table.source(0)).isEqualTo(mac(host.run("cat", "/sys/class/net/eth0/address")));
        assertThat(table.mtu(0)).isEqualTo(1500);
        assertThat(table.why(0)).isEqualTo("eth0, on link");
        assertThat(notices).isEmpty();
    }

    @Test
    void membersBehindAGatewayGetTheGatewaysAddress() {
        neighbour("10.66.0.254", "02:00:00:00:00:fe", "eth0");
        host.route("10.99.0.0/16 via 10.66.0.254");
        members("10.99.0.1", "10.99.200.1");

        settled();

        assertThat(hops.table().destination(slot("10.99.0.1"))).isEqualTo(GATEWAY_MAC);
        assertThat(hops.table().destination(slot("10.99.200.1"))).isEqualTo(GATEWAY_MAC);
        assertThat(why("10.99.0.1")).isEqualTo("eth0, next hop 10.66.0.254");
    }
}
