package io.nubicast.dataplane.socket;

import static org.assertj.core.api.Assertions.assertThat;

import io.nubicast.forwarding.CounterRegistry;
import io.nubicast.forwarding.DataPlane;
import io.nubicast.forwarding.InterfaceSelection;
import io.nubicast.forwarding.Match;
import io.nubicast.forwarding.OutputPort;
import io.nubicast.forwarding.PlaneEvent;
import io.nubicast.forwarding.RateLimit;
import io.nubicast.forwarding.Replication;
import io.nubicast.forwarding.ReplicationCounters;
import io.nubicast.forwarding.Rewrite;
import io.nubicast.forwarding.Route;
import io.nubicast.forwarding.RouteCounters;
import io.nubicast.kernel.socket.RawSocket;
import io.nubicast.kernel.socket.UdpSocket;
import io.nubicast.tools.lab.NetworkLab;
import io.nubicast.tools.lab.Node;
import io.nubicast.tools.lab.Switch;
import io.nubicast.wire.Address;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Assumptions;

/// A proxy host and members on a switch:
///
///     proxy 10.0.0.1 ──┬── m1 10.0.0.11
///                      ├── m2 10.0.0.12
///                      └── m3 10.0.0.13
///
/// Sockets are opened in a node's namespace and used from the test's thread.
final class Lan implements AutoCloseable {
    static final Address GROUP = Address.ipv4("239.1.2.3");
    static final int GROUP_PORT = 5001;
    static final int SERVER_PORT = 7126;
    /// Longer than a busy machine keeps anything waiting.
    private static final long PATIENCE_NS = 30_000_000_000L;

    final NetworkLab lab;
    final Switch lan;
    final Node proxy;
    private final List<AutoCloseable> opened = new ArrayList<>();

    private final PlaneOpener opener;

    /// Opens the plane that is tested, in the caller's namespace.
    @FunctionalInterface
    interface PlaneOpener {
        DataPlane open(CounterRegistry counters) throws Exception;
    }

    Lan() {
        this(SocketServerPlane::new);
    }

    Lan(PlaneOpener opener) {
        this.opener = opener;
        Optional<String> missing = NetworkLab.missing();
        Assumptions.assumeTrue(missing.isEmpty(), () -> missing.orElse(""));
        lab = NetworkLab.open("nbplane");
        lan = lab.bridge("lan");
        proxy = lab.node("proxy");
        lan.attach(proxy, "eth0", "10.0.0.1/24");
        proxy.route("224.0.0.0/4 dev eth0");
    }

    Node member(int number) {
        Node node = lab.node("m" + number);
        lan.attach(node, "eth0", "10.0.0." + (10 + number) + "/24");
        return node;
    }

    <T extends AutoCloseable> T keep(T resource) {
        opened.add(resource);
        return resource;
    }

    DataPlane plane(CounterRegistry counters) throws Exception {
        return plane(proxy, counters);
    }

    DataPlane plane(Node node, CounterRegistry counters) throws Exception {
        return keep(InNamespace.call(node, () -> opener.open(counters)));
    }

    /// A receiver of copies as applications are: bound to 0.0.0.0:port.
    DatagramSocket receiver(Node node, int port) throws Exception {
        DatagramSocket socket = keep(InNamespace.call(node, () -> new DatagramSocket(port)));
        socket.setSoTimeout(10_000);
        socket.setReceiveBufferSize(8 << 20);
        return socket;
    }

    /// An application that sends.
    UdpSocket sender(Node node, int port) throws Exception {
        return keep(InNamespace.call(node, () -> {
            UdpSocket socket = UdpSocket.open();
            socket.bind(0, port);
            return socket;
        }));
    }

    /// Sees and sends whole IP datagrams.
    RawSocket raw(Node node, int protocol) throws Exception {
        return keep(InNamespace.call(node, () -> {
            RawSocket socket = RawSocket.open(protocol);
            socket.receiveTimeout(10_000);
            return socket;
        }));
    }

    static Replication to(String member) {
        return new Replication(new OutputPort.UnicastMember(Address.ipv4(member)), new Rewrite(SERVER_PORT, 64));
    }

    static Match match(Address group, int port) {
        return new Match(InterfaceSelection.ALL, Address.ANY_IPV4, new Match.Destination.Group(group), port);
    }

    static Route route(Match match, Replication... members) {
        return new Route("test", match, List.of(members), RateLimit.NONE);
    }

    static RouteCounters counters(CounterRegistry registry) {
        return counters(registry, Match.ANY_PORT);
    }

    static RouteCounters counters(CounterRegistry registry, int port) {
        return registry.of(match(GROUP, port));
    }

    static ReplicationCounters counters(CounterRegistry registry, String member) {
        return counters(registry).of(to(member).port());
    }

    static byte[] receive(DatagramSocket socket) throws IOException {
        DatagramPacket packet = new DatagramPacket(new byte[65_536], 65_536);
        socket.receive(packet);
        return Arrays.copyOf(packet.getData(), packet.getLength());
    }

    /// How many more come until none comes for the given time.
    static int drain(DatagramSocket socket, int quietMs) throws Exception {
        socket.setSoTimeout(quietMs);
        DatagramPacket packet = new DatagramPacket(new byte[65_536], 65_536);
        int count = 0;
        while (true) {
            try {
                socket.receive(packet);
                count++;
            } catch (SocketTimeoutException e) {
                return count;
            }
        }
    }

    /// Waits for a state, at most [#PATIENCE_NS].
    static void until(String what, BooleanSupplier state) {
        long deadlineNs = System.nanoTime() + PATIENCE_NS;
        while (!state.getAsBoolean()) {
            assertThat(System.nanoTime()).as("waiting until " + what).isLessThan(deadlineNs);
            LockSupport.parkNanos(1_000_000);
        }
    }

    static PlaneEvent event(DataPlane plane, Class<? extends PlaneEvent> kind) {
        List<PlaneEvent> seen = new ArrayList<>();
        long deadlineNs = System.nanoTime() + PATIENCE_NS;
        while (System.nanoTime() - deadlineNs < 0) {
            Optional<PlaneEvent> event = plane.pollEvent();
            if (event.isPresent() && kind.isInstance(event.get())) {
                return event.get();
            }
            event.ifPresent(seen::add);
            LockSupport.parkNanos(1_000_000);
        }
        throw new AssertionError("no " + kind.getSimpleName() + ", only " + seen);
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
