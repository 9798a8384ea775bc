package io.nubicast.dataplane.socket;

import static io.nubicast.dataplane.socket.Lan.GROUP;
import static io.nubicast.dataplane.socket.Lan.GROUP_PORT;
import static io.nubicast.dataplane.socket.Lan.SERVER_PORT;
import static io.nubicast.dataplane.socket.Lan.match;
import static io.nubicast.dataplane.socket.Lan.route;
import static io.nubicast.dataplane.socket.Lan.to;
import static org.assertj.core.api.Assertions.assertThat;

import io.nubicast.dataplane.PlaneOptions;
import io.nubicast.dataplane.ebpf.EbpfServerPlane;
import io.nubicast.dataplane.packet.PacketServerPlane;
import io.nubicast.forwarding.CounterRegistry;
import io.nubicast.forwarding.DataPlane;
import io.nubicast.forwarding.Match;
import io.nubicast.forwarding.PlaneUnavailable;
import io.nubicast.forwarding.ReplicationCounters;
import io.nubicast.forwarding.RouteTable;
import io.nubicast.kernel.socket.FrameBatch;
import io.nubicast.kernel.socket.FrameSocket;
import io.nubicast.kernel.socket.UdpSocket;
import io.nubicast.tools.lab.Node;
import io.nubicast.wire.InternetChecksum;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/// Bursts over every kind of device that a host may have towards its members: receivers with ordinary sockets see each datagram by
/// itself, unchanged, from the right source, and the kernel finds no wrong checksum.
@ParameterizedClass
@EnumSource
class UplinkTest {
    /// Who makes the copies.
    enum Plane {
        /// Frames of our own.
        PACKET {
            @Override
            DataPlane open(CounterRegistry registry) throws PlaneUnavailable {
                return new PacketServerPlane(registry, PlaneOptions.DEFAULT);
            }
        },
        /// The kernel, in the application's own call.
        EBPF {
            @Override
            DataPlane open(CounterRegistry registry) throws PlaneUnavailable {
                return new EbpfServerPlane(registry, PlaneOptions.DEFAULT);
            }
        };

        abstract DataPlane open(CounterRegistry registry) throws PlaneUnavailable;
    }

    private static final int BURST = 16;

    private final CounterRegistry counters = new CounterRegistry();
    private final Lan lan;

    UplinkTest(Plane kind) {
        lan = new Lan(kind::open);
    }

    @AfterEach
    void tearDown() {
        lan.close();
    }

    @Test
    void aVethThatSegments() throws Exception {
        burstsArrive(1_472, "eth0");
    }

    @Test
    void aVethWithoutSegmentationOffload() throws Exception {
        ethtool(lan.proxy, "eth0", "tx-udp-segmentation", "off");
        burstsArrive(lan.member(1), 1_472, "eth0", false);
    }

    @Test
    void aVethWithoutChecksumOffloadWhereTheReceiverReallyVerifies() throws Exception {
        ethtool(lan.proxy, "eth0", "tx", "off");
        Node member = lan.member(1);
        DatagramSocket receiver = burstsArrive(member, 1_472, "eth0", false);
        assertThat(spoiledBurst(member, receiver)).as("of a burst with a spoiled sum, found wrong").isEqualTo(BURST);
    }

    @Test
    void anMtuOf1400() throws Exception {
        lan.proxy.ip("link", "set", "eth0", "mtu", "1400");
        burstsArrive(1_372, "eth0");
    }

    @Test
    void anMtuOf9000() throws Exception {
        Node member = lan.member(1);
        for (Node node : List.of(lan.proxy, member)) {
            node.ip("link", "set", "eth0", "mtu", "9000");
        }
        lan.lan.node().ip("link", "set", "p1", "mtu", "9000");
        lan.lan.node().ip("link", "set", "p2", "mtu", "9000");
        burstsArrive(member, 8_972, "eth0");
    }

    @Test
    void aBridgeOfTheHostWithItsPort() throws Exception {
        lan.proxy.ip("link", "add", "br0", "type", "bridge");
        lan.proxy.ip("addr", "flush", "dev", "eth0");
        lan.proxy.ip("link", "set", "eth0", "master", "br0");
        lan.proxy.ip("link", "set", "br0", "up");
        lan.proxy.address("br0", "10.0.0.1/24");
        lan.proxy.ip("route", "replace", "224.0.0.0/4", "dev", "br0");
        burstsArrive(1_472, "br0");
    }

    @Test
    void aMacvlanOfTheHost() throws Exception {
        lan.proxy.ip("addr", "flush", "dev", "eth0");
        lan.proxy.ip("link", "add", "mv0", "link", "eth0", "type", "macvlan", "mode", "bridge");
        lan.proxy.ip("link", "set", "mv0", "up");
        lan.proxy.address("mv0", "10.0.0.1/24");
        lan.proxy.ip("route", "replace", "224.0.0.0/4", "dev", "mv0");
        burstsArrive(1_472, "mv0");
    }

    @Test
    @Tag("other-kernel")
    void aVlanOfTheHost() throws Exception {
        Node member = lan.member(1);
        for (Node node : List.of(lan.proxy, member)) {
            node.ip("addr", "flush", "dev", "eth0");
            node.ip("link", "add", "link", "eth0", "name", "eth0.7", "type", "vlan", "id", "7");
            node.ip("link", "set", "eth0.7", "up");
        }
        lan.proxy.address("eth0.7", "10.0.0.1/24");
        member.address("eth0.7", "10.0.0.11/24");
        lan.proxy.ip("route", "replace", "224.0.0.0/4", "dev", "eth0.7");
        burstsArrive(member, 1_472, "eth0.7");
    }

    /// The kernel's module bonding.
    @Test
    @Tag("other-kernel")
    void aBondOfTheHost() throws Exception {
        lan.proxy.ip("addr", "flush", "dev", "eth0");
        lan.proxy.ip("link", "set", "eth0", "down");
        lan.proxy.ip("link", "add", "bond0", "type", "bond", "mode", "active-backup");
        lan.proxy.ip("link", "set", "eth0", "master", "bond0");
        lan.proxy.ip("link", "set", "bond0", "up");
        lan.proxy.address("bond0", "10.0.0.1/24");
        lan.proxy.ip("route", "replace", "224.0.0.0/4", "dev", "bond0");
        burstsArrive(1_472, "bond0");
    }

    private static void ethtool(Node node, String device, String feature, String value) {
        Assumptions.assumeTrue(Files.exists(Path.of("/usr/sbin/ethtool")), "needs ethtool");
        node.run("ethtool", "-K", device, feature, value);
    }

    private DatagramSocket burstsArrive(int most, String device) throws Exception {
        return burstsArrive(lan.member(1), most, device);
    }

    /// Bursts of the largest size, of a small one, and one with a shorter last datagram, as an application sends them with
    /// UDP_SEGMENT; then single ones. Each must come once: a device below or above the one that is captured must not double them.
    private DatagramSocket burstsArrive(Node member, int most, String device) throws Exception {
        return burstsArrive(member, most, device, true);
    }

    private DatagramSocket burstsArrive(Node member, int most, String device, boolean cuts) throws Exception {
        DatagramSocket receiver = lan.receiver(member, SERVER_PORT);
        DataPlane plane = lan.plane(counters);
        plane.apply(new RouteTable(List.of(route(match(GROUP, Match.ANY_PORT), to("10.0.0.11")))));
        UdpSocket sender = lan.sender(lan.proxy, 40_000);
        Match key = match(GROUP, Match.ANY_PORT);
        // The first goes by the kernel, which resolves the neighbour.
        Lan.until("frames", () -> {
            sender.sendTo(new byte[]{1}, GROUP.ipv4(), GROUP_PORT);
            return plane.carrier(key, to("10.0.0.11").port()).plane().equals(plane.name());
        });
        assertThat(plane.carrier(key, to("10.0.0.11").port()).why()).contains(device);
        Lan.drain(receiver, 200);
        receiver.setSoTimeout(3_000);
        ReplicationCounters copies = Lan.counters(counters, "10.0.0.11");
        Lan.until("what the member got is counted", () -> copies.packets() == Lan.counters(counters).packets());
        long packetsBefore = copies.packets();
        long framesBefore = copies.frames();
        Random random = new Random(most);
        int datagrams = 0;

        for (int size : new int[]{200, most, 1}) {
            byte[] burst = new byte[Math.min(size * BURST, 65_000 / size * size) - (size > 1 ? size / 2 : 0)];
            random.nextBytes(burst);
            UdpSocket bursting = lan.sender(lan.proxy, 0);
            bursting.segmentBytes(size);
            assertThat(bursting.sendTo(burst, GROUP.ipv4(), GROUP_PORT)).isEqualTo(burst.length);
            for (int at = 0; at < burst.length; at += size) {
                receive(receiver, Arrays.copyOfRange(burst, at, Math.min(burst.length, at + size)),
                        bursting.localPort());
                datagrams++;
            }
        }
        int sent = datagrams;
        Lan.until("counted", () -> copies.packets() - packetsBefore == sent);
        // Where the device does not cut, the kernel does before anybody sees the burst; the worker may then be too fast to find all.
        long frames = copies.frames() - framesBefore;
        assertThat(frames).as("frames of %d datagrams", sent).isBetween(3L, cuts ? 3L : sent);
        for (int size : new int[]{0, 1, 999, most}) {
            byte[] payload = new byte[size];
            random.nextBytes(payload);
            sender.sendTo(payload, GROUP.ipv4(), GROUP_PORT);
            receive(receiver, payload, 40_000);
            datagrams++;
        }

        assertThat(Lan.drain(receiver, 200)).as("sent twice").isZero();
        int all = datagrams;
        Lan.until("counted", () -> copies.packets() - packetsBefore == all);
        assertThat(copies.errors()).isZero();
        assertThat(udp(member, "InCsumErrors")).isZero();
        assertThat(udp(member, "InErrors")).isZero();
        assertThat(copies.frames() - framesBefore).isEqualTo(frames + 4);
        return receiver;
    }

    private static void receive(DatagramSocket receiver, byte[] payload, int sourcePort) throws Exception {
        DatagramPacket packet = new DatagramPacket(new byte[65_536], 65_536);
        receiver.receive(packet);
        assertThat(Arrays.copyOf(packet.getData(), packet.getLength())).isEqualTo(payload);
        assertThat(packet.getAddress().getHostAddress()).isEqualTo("10.0.0.1");
        assertThat(packet.getPort()).isEqualTo(sourcePort);
    }

    /// A counter of the node's UDP.
    private static long udp(Node node, String name) {
        List<String> lines = node.run("cat", "/proc/net/snmp").lines().filter(line -> line.startsWith("Udp:")).toList();
        List<String> names = List.of(lines.get(0).split(" ", -1));
        return Long.parseLong(lines.get(1).split(" ", -1)[names.indexOf(name)]);
    }

    /// The negative control: sends a burst frame whose pseudo-header sum is wrong.
    ///
    /// @return how many wrong checksums the member found
    private long spoiledBurst(Node member, DatagramSocket receiver) throws Exception {
        String mac = member.run("cat", "/sys/class/net/eth0/address").strip().replace(":", "");
        int device = Integer.parseInt(lan.proxy.run("cat", "/sys/class/net/eth0/ifindex").strip());
        FrameSocket socket = lan.keep(InNamespace.call(lan.proxy, FrameSocket::open));
        int size = 100;
        ByteBuffer header = ByteBuffer.allocate(FrameBatch.HEADER_BYTES).order(ByteOrder.nativeOrder());
        header.put(0, (byte) 1).put(1, (byte) 5).putShort(2, (short) 42).putShort(4, (short) size)
                .putShort(6, (short) 34).putShort(8, (short) 6).order(ByteOrder.BIG_ENDIAN);
        header.putLong(10, Long.parseLong(mac, 16) << 16).putShort(16, (short) 0x0200).putInt(18, 1);
        header.putShort(22, (short) 0x0800).putShort(24, (short) 0x4500);
        header.putShort(26, (short) (28 + size * BURST)).putShort(32, (short) (64 << 8 | 17));
        header.putInt(36, 0x0A000001).putInt(40, 0x0A00000B);
        MemorySegment bytes = MemorySegment.ofArray(header.array());
        header.putShort(34, (short) InternetChecksum.finish(InternetChecksum.sum(bytes, 24, 20)));
        int udpLength = 8 + size * BURST;
        header.putShort(44, (short) 4_000).putShort(46, (short) SERVER_PORT).putShort(48, (short) udpLength);
        int pseudo = InternetChecksum.fold(InternetChecksum.sum(bytes, 36, 8) + 17 + udpLength);
        header.putShort(50, (short) (pseudo ^ 0x0101));
        try (Arena arena = Arena.ofConfined()) {
            FrameBatch batch = new FrameBatch(arena, 1);
            MemorySegment.copy(bytes, 0, batch.headers(), 0, FrameBatch.HEADER_BYTES);
            MemorySegment payload = arena.allocate((long) size * BURST);
            payload.fill((byte) 7);
            batch.payload(0, payload.address(), size * BURST);
            batch.device(0, device);
            assertThat(batch.send(socket, 0, 1)).isEqualTo(1);
        }
        // The kernel verifies what is read.
        assertThat(Lan.drain(receiver, 500)).isZero();
        return udp(member, "InCsumErrors");
    }
}
