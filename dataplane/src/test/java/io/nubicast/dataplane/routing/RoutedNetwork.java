package io.nubicast.dataplane.routing;

import static org.assertj.core.api.Assertions.assertThat;

import io.nubicast.dataplane.socket.InNamespace;
import io.nubicast.forwarding.routing.GroupRoute;
import io.nubicast.forwarding.routing.RoutingEvent;
import io.nubicast.forwarding.routing.RoutingPlane;
import io.nubicast.forwarding.routing.RoutingPort;
import io.nubicast.kernel.netlink.RouteNetlink;
import io.nubicast.kernel.socket.InternetSocket.PathMtuDiscovery;
import io.nubicast.kernel.socket.RawSocket;
import io.nubicast.kernel.socket.ReceiveBatch;
import io.nubicast.kernel.socket.UdpSocket;
import io.nubicast.tools.lab.NetworkLab;
import io.nubicast.tools.lab.Node;
import io.nubicast.wire.Address;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Assumptions;

/// A router between a source and two members:
///
///     source 10.1.0.2 ──in── router ──out1── 10.2.0.2 member1
///                              └────out2── 10.3.0.2 member2
final class RoutedNetwork implements AutoCloseable {
    static final Address GROUP = Address.ipv4("239.1.2.3");
    static final Address SOURCE = Address.ipv4("10.1.0.2");
    static final int IN = 11;
    static final int OUT1 = 12;
    static final int OUT2 = 13;
    static final List<RoutingPort> PORTS = List.of(new RoutingPort(IN, "in", 0), new RoutingPort(OUT1, "out1", 0),
            new RoutingPort(OUT2, "out2", 0), new RoutingPort(RoutingPort.REGISTER, "", 0));

    private static final int PORT = 5001;
    private static final int QUIET_MS = 300;

    final NetworkLab lab;
    final Node router;
    final Node source;
    final Node member1;
    final Node member2;
    private final List<AutoCloseable> opened = new ArrayList<>();

    RoutedNetwork() {
        Optional<String> missing = NetworkLab.missing();
        Assumptions.assumeTrue(missing.isEmpty(), () -> missing.orElse(""));
        lab = NetworkLab.open("nbrouted");
        router = lab.node("router");
        source = host("source", "in", 1);
        member1 = host("member1", "out1", 2);
        member2 = host("member2", "out2", 3);
        router.sysctl("net/ipv4/conf/all/rp_filter", "0");
        router.sysctl("net/ipv4/ip_forward", "1");
    }

    /// Takes the link of a host away, both ends.
    void unplug(String device) {
        router.ip("link", "del", device);
    }

    /// Connects a host again that was unplugged; the device has another index then.
    void plugAgain(Node host, String device, int subnet) {
        // So that the index is not the one it had.
        router.ip("link", "add", "spare", "type", "veth", "peer", "name", "spare1");
        cable(host, device);
        router.ip("link", "del", "spare");
        address(host, device, subnet);
    }

    private Node host(String name, String device, int subnet) {
        Node host = lab.node(name);
        cable(host, device);
        address(host, device, subnet);
        host.sysctl("net/ipv4/conf/all/rp_filter", "0");
        return host;
    }

    private void address(Node host, String device, int subnet) {
        router.address(device, "10." + subnet + ".0.1/24");
        host.address("eth0", "10." + subnet + ".0.2/24");
        host.route("default via 10." + subnet + ".0.1");
    }

    /// From now on the host's frames to the group are addressed to the router's own MAC address, as a cloud delivers them.
    void addressFramesToTheRouter(Node host, String device) {
        String link = router.ip("-o", "link", "show", device);
        String mac = link.substring(link.indexOf("link/ether ") + 11).substring(0, 17);
        host.ip("neigh", "replace", GROUP.toString(), "lladdr", mac, "nud", "permanent", "dev", "eth0");
    }

    /// Connects a device of the router with `eth0` of a host, addresses and IPv6 apart.
    void cable(Node host, String device) {
        router.sysctl("net/ipv6/conf/default/disable_ipv6", "1");
        host.sysctl("net/ipv6/conf/default/disable_ipv6", "1");
        lab.cable(router, device, host, "eth0");
        router.sysctl("net/ipv4/conf/" + device + "/rp_filter", "0");
    }

    <T extends AutoCloseable> T keep(T resource) {
        opened.add(resource);
        return resource;
    }

    <T extends AutoCloseable> T in(Node node, Callable<T> code) throws Exception {
        return keep(InNamespace.call(node, code));
    }

    static GroupRoute route(Address from, int incoming, Integer... outgoing) {
        return new GroupRoute("test", from, GROUP, incoming, Set.of(outgoing), false);
    }

    // ---- traffic

    /// Sends datagrams to the group whose payload is their number, from 0 on, one behind the other.
    void send(Node from, int count, int ttl) throws Exception {
        send(from, GROUP, 0, count, ttl);
    }

    void send(Node from, Address to, int first, int count, int ttl) throws Exception {
        InNamespace.call(from, () -> {
            try (UdpSocket socket = UdpSocket.open()) {
                socket.multicastTtl(ttl);
                socket.multicastInterface(index("eth0"));
                for (int i = first; i < first + count; i++) {
                    assertThat(socket.sendTo(new byte[]{(byte) (i >>> 8), (byte) i}, to.ipv4(), PORT)).isEqualTo(2);
                }
            }
            return 0;
        });
    }

    /// Sends one datagram of so many bytes to the group.
    void sendLarge(Node from, int bytes, PathMtuDiscovery mode) throws Exception {
        InNamespace.call(from, () -> {
            try (UdpSocket socket = UdpSocket.open()) {
                socket.multicastTtl(8);
                socket.multicastInterface(index("eth0"));
                socket.pathMtuDiscovery(mode);
                assertThat(socket.sendTo(new byte[bytes], GROUP.ipv4(), PORT)).isEqualTo(bytes);
            }
            return 0;
        });
    }

    /// Sends a burst that the device or the kernel is to cut into datagrams.
    void sendBurst(Node from, int datagrams, int bytes) throws Exception {
        InNamespace.call(from, () -> {
            try (UdpSocket socket = UdpSocket.open()) {
                socket.multicastTtl(8);
                socket.multicastInterface(index("eth0"));
                socket.segmentBytes(bytes);
                assertThat(socket.sendTo(new byte[datagrams * bytes], GROUP.ipv4(), PORT))
                        .isEqualTo(datagrams * bytes);
            }
            return 0;
        });
    }

    /// Lengths of the datagrams that an application of that node receives from the group.
    List<Integer> receiveLengths(Node node, int count, Traffic traffic) throws Exception {
        UdpSocket socket = in(node, () -> {
            UdpSocket opened = UdpSocket.open();
            opened.bind(0, PORT);
            opened.join(GROUP.ipv4(), index("eth0"));
            opened.receiveTimeout(3_000);
            return opened;
        });
        traffic.send();
        ReceiveBatch batch = new ReceiveBatch(Arena.ofAuto(), 64, 65_536, 0);
        List<Integer> lengths = new ArrayList<>();
        while (lengths.size() < count) {
            int received = batch.receive(socket);
            assertThat(received).as("after %s", lengths).isPositive();
            for (int slot = 0; slot < received; slot++) {
                lengths.add(batch.length(slot));
            }
        }
        return lengths;
    }

    /// Something that is sent while a receiver waits.
    interface Traffic {
        void send() throws Exception;
    }

    /// Sends a PIM packet, without its IP header.
    void sendPim(Node from, Address to, byte[] packet) throws Exception {
        InNamespace.call(from, () -> {
            try (RawSocket socket = RawSocket.open(103)) {
                assertThat(socket.sendTo(packet, to.ipv4(), 0)).isEqualTo(packet.length);
            }
            return 0;
        });
    }

    static int index(String device) throws Exception {
        try (RouteNetlink netlink = RouteNetlink.open()) {
            return netlink.links().stream().filter(link -> link.name().equals(device)).findFirst().orElseThrow()
                    .index();
        }
    }

    /// A datagram as it arrived.
    record Arrived(int number, int ttl, Address from) {}

    /// A host that has joined the group, and sees IP headers.
    final class Member {
        private final RawSocket socket;
        private final ReceiveBatch batch = new ReceiveBatch(Arena.ofAuto(), 64, 2048, 0);

        Member(Node node) throws Exception {
            socket = in(node, () -> {
                RawSocket raw = RawSocket.open(RawSocket.IPPROTO_UDP);
                raw.receiveBuffer(4 << 20);
                raw.join(GROUP.ipv4(), index("eth0"));
                return raw;
            });
        }

        /// Waits until that many have arrived, at most 3 s.
        List<Arrived> take(int count) throws Exception {
            List<Arrived> arrived = new ArrayList<>();
            socket.receiveTimeout(3_000);
            while (arrived.size() < count) {
                int before = arrived.size();
                receive(arrived);
                assertThat(arrived).as("%d datagrams expected", count).hasSizeGreaterThan(before);
            }
            return arrived;
        }

        /// What arrives until nothing does for a moment.
        List<Arrived> drain() throws Exception {
            List<Arrived> arrived = new ArrayList<>();
            socket.receiveTimeout(QUIET_MS);
            int before;
            do {
                before = arrived.size();
                receive(arrived);
            } while (arrived.size() > before);
            return arrived;
        }

        private void receive(List<Arrived> into) {
            int received = batch.receive(socket);
            assertThat(received).isNotNegative();
            for (int slot = 0; slot < received; slot++) {
                long at = batch.offset(slot);
                byte[] bytes = batch.segment().asSlice(at, batch.length(slot))
                        .toArray(java.lang.foreign.ValueLayout.JAVA_BYTE);
                Packets.assertWellFormed(bytes);
                into.add(new Arrived((bytes[28] & 0xFF) << 8 | bytes[29] & 0xFF, bytes[8] & 0xFF,
                        Address.ofIpv4(batch.sourceAddress(slot))));
            }
        }
    }

    Member member1() throws Exception {
        return new Member(member1);
    }

    Member member2() throws Exception {
        return new Member(member2);
    }

    // ---- events

    /// Polls until an event of that kind comes, at most 3 s; notices are left out unless asked for.
    static <T extends RoutingEvent> T event(RoutingPlane plane, Class<T> kind) {
        List<RoutingEvent> seen = new ArrayList<>();
        until("an event " + kind.getSimpleName(), () -> {
            plane.poll(seen::add, 1);
            return seen.stream().anyMatch(kind::isInstance);
        });
        return seen.stream().filter(kind::isInstance).map(kind::cast).findFirst().orElseThrow();
    }

    /// All events but notices that come within a moment.
    static List<RoutingEvent> events(RoutingPlane plane) {
        List<RoutingEvent> seen = new ArrayList<>();
        long deadlineNs = System.nanoTime() + QUIET_MS * 1_000_000L;
        while (System.nanoTime() - deadlineNs < 0) {
            plane.poll(seen::add, 64);
            LockSupport.parkNanos(1_000_000);
        }
        return seen.stream().filter(event -> !(event instanceof RoutingEvent.Notice)).toList();
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
