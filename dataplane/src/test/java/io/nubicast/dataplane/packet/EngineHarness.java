package io.nubicast.dataplane.packet;

import static org.assertj.core.api.Assertions.assertThat;

import io.nubicast.dataplane.linux.OwnAddresses;
import io.nubicast.dataplane.linux.PlaneEvents;
import io.nubicast.dataplane.socket.CopyOutput;
import io.nubicast.dataplane.socket.FanOut;
import io.nubicast.forwarding.CounterRegistry;
import io.nubicast.forwarding.InterfaceSelection;
import io.nubicast.forwarding.Match;
import io.nubicast.forwarding.OutputPort;
import io.nubicast.forwarding.RateLimit;
import io.nubicast.forwarding.Replication;
import io.nubicast.forwarding.Rewrite;
import io.nubicast.forwarding.Route;
import io.nubicast.forwarding.RouteCounters;
import io.nubicast.forwarding.RouteIndex;
import io.nubicast.forwarding.RouteTable;
import io.nubicast.kernel.netlink.RouteAnswer;
import io.nubicast.kernel.netlink.RouteEvent;
import io.nubicast.kernel.socket.FrameBatch;
import io.nubicast.wire.Address;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// A [PacketEngine] between a made-up capture and made-up devices. What leaves is taken apart as the wire would see it: frames are
/// cut into datagrams, every header and checksum is looked at, and each member's datagrams are kept in the order in which they left.
///
///     eth0 (index 2, MTU 1500)   10.0.2.x
///     eth1 (index 3, MTU 9000)   10.0.3.x
///     tun0 (index 4)             10.0.4.x   frames cannot leave there
final class EngineHarness {
    static final int SLOTS = 64;
    static final int STRIDE = 66_048;
    static final int GROUP_PORT = 5_000;
    static final int MEMBER_PORT = 7_126;
    static final int TTL = 64;

    /// A datagram as a member gets it.
    record Seen(int source, int sourcePort, int destinationPort, int tos, boolean checksummed, String payload) {}

    final Map<Integer, List<Seen>> byMember = new HashMap<>();
    /// Interfaces that refuse segmentation-offloaded frames, with this errno.
    final Map<Integer, Integer> refusing = new HashMap<>();
    /// What the next single frames fail with, first to last; 0 lets one pass.
    final List<Integer> singleErrors = new ArrayList<>();
    final Set<Integer> identifications = new HashSet<>();
    final CounterRegistry registry = new CounterRegistry();
    int frames;
    int byKernel;
    long nowNs;

    private final MemorySegment segment = Arena.ofAuto().allocate((long) SLOTS * STRIDE, 64);
    private final Paths paths = new Paths(true, notice -> {});
    private final RefusedBursts refused;
    private final PacketEngine engine;
    private RouteIndex index = RouteIndex.EMPTY;
    private MemberPlaces places = MemberPlaces.NONE;
    private PacketTable table = PacketTable.EMPTY;
    private int slot;
    int refusals;

    EngineHarness(int burst) {
        refused = new RefusedBursts((device, errno) -> refusals++);
        CopyOutput copies = (batch, first, count) -> {
            for (int i = first; i < first + count; i++) {
                onCopy(batch.toArray(i));
            }
            return count;
        };
        KernelPath rest = new KernelPath(new FanOut(Arena.ofAuto(), copies, copies, () -> nowNs));
        FrameFanOut fanOut = new FrameFanOut(Arena.ofAuto(), this::onFrames, rest, refused, () -> nowNs, 1);
        engine = new PacketEngine(Arena.ofAuto(), segment, SLOTS, fanOut, rest, burst, new PlaneEvents());
        paths.on(new RouteEvent.Link(2, "eth0", 0x1043, 1_500, 0x0200_0000_0002L, 1, 0), 0);
        paths.on(new RouteEvent.Link(3, "eth1", 0x1043, 9_000, 0x0200_0000_0003L, 1, 0), 0);
        paths.on(new RouteEvent.Link(4, "tun0", 0x10D1, 1_500, -1, 65_534, 0), 0);
        for (int number = 1; number < 100; number++) {
            neighbour(2, number);
            neighbour(3, number);
        }
        begin();
    }

    private void neighbour(int device, int number) {
        paths.on(new RouteEvent.Neighbour(device, member(device, number), 0x02, mac(device, number)), 0);
    }

    static int member(int device, int number) {
        return 0x0A00_0000 | device << 8 | number;
    }

    private static long mac(int device, int number) {
        return 0x0200_00AA_0000L | device << 8 | number;
    }

    static Match match(int group) {
        return new Match(InterfaceSelection.ALL, Address.ANY_IPV4, new Match.Destination.Group(Address.ofIpv4(group)),
                GROUP_PORT);
    }

    static Route route(int group, RateLimit limit, int... members) {
        List<Replication> replications = new ArrayList<>();
        for (int each : members) {
            replications.add(new Replication(new OutputPort.UnicastMember(Address.ofIpv4(each)),
                    new Rewrite(MEMBER_PORT, TTL)));
        }
        return new Route("test", match(group), replications, limit);
    }

    /// A new table: in force from the next batch on.
    void apply(Route... routes) {
        index = RouteIndex.compile(new RouteTable(List.of(routes)), registry, index, nowNs);
        places = MemberPlaces.of(index, places);
        paths.members(places.addresses(), nowNs);
        int[] slots = new int[16];
        while (paths.wantsLookUps()) {
            int count = paths.takeLookUps(slots);
            for (int i = 0; i < count; i++) {
                int device = paths.address(slots[i]) >>> 8 & 0xFF;
                paths.routed(slots[i], new RouteAnswer(0, 1, 254, device, 0, 0, false, false));
            }
        }
        publish();
    }

    private void publish() {
        nowNs += 100_000_000;
        paths.publish(nowNs);
        table = new PacketTable(index, paths.table(), places.forWorker(0), paths.used());
        begin();
    }

    /// What the kernel tells, in force from the next batch on.
    void on(RouteEvent event) {
        paths.on(event, nowNs);
        publish();
    }

    RouteCounters counters(int group) {
        return registry.of(match(group));
    }

    long errors(int group, int member) {
        return counters(group).of(new OutputPort.UnicastMember(Address.ofIpv4(member))).errors();
    }

    private void begin() {
        slot = 0;
        engine.begin(table, new OwnAddresses(new int[]{0x0A00_0201}), DeviceAddresses.NONE);
    }

    /// A captured frame, as the kernel hands it over.
    void capture(byte[] frame) {
        long at = (long) slot * STRIDE;
        MemorySegment.copy(frame, 0, segment, ValueLayout.JAVA_BYTE, at, frame.length);
        engine.add(slot++, at, frame.length, 2, 1, PacketEngine.PACKET_OUTGOING, nowNs);
    }

    boolean isFull() {
        return slot == SLOTS;
    }

    /// Ends the batch: all that was captured is sent.
    void send() {
        engine.end();
        begin();
    }

    long dropped() {
        return engine.drops().total();
    }

    private int onFrames(FrameBatch batch, int first, int count) {
        for (int i = first; i < first + count; i++) {
            byte[] frame = batch.toArray(i);
            int device = batch.device(i);
            boolean isBurst = frame[1] != 0;
            int errno = isBurst
                    ? refusing.getOrDefault(device, 0)
                    : singleErrors.isEmpty() ? 0 : singleErrors.removeFirst();
            if (errno != 0) {
                if (i == first) {
                    return -errno;
                }
                if (!isBurst) {
                    singleErrors.addFirst(errno);
                }
                return i - first;
            }
            onFrame(device, frame);
        }
        return count;
    }

    /// Cuts the frame as a device would (net/ipv4/udp_offload.c's result): lengths, identification and checksum of each.
    private void onFrame(int device, byte[] frame) {
        frames++;
        ByteBuffer virtio = ByteBuffer.wrap(frame).order(ByteOrder.nativeOrder());
        ByteBuffer bytes = ByteBuffer.wrap(frame);
        int flags = frame[0];
        int gsoType = frame[1];
        int gsoBytes = virtio.getShort(4) & 0xFFFF;
        int destination = bytes.getInt(40);
        int payloadBytes = frame.length - FrameBatch.HEADER_BYTES;
        long destinationMac = bytes.getLong(8) & 0xFFFF_FFFF_FFFFL;
        assertThat(destinationMac).isEqualTo(mac(device, destination & 0xFF));
        assertThat(bytes.getLong(16) >>> 16).isEqualTo(0x0200_0000_0000L | device);
        assertThat(bytes.getShort(22)).isEqualTo((short) 0x0800);
        assertThat(bytes.getShort(26) & 0xFFFF).as("IP total length").isEqualTo(payloadBytes + 28);
        assertThat(sum(frame, 24, 20, 0)).as("IP checksum").isEqualTo(0xFFFF);
        assertThat(bytes.getShort(30)).as("flags and offset").isZero();
        assertThat(frame[32]).isEqualTo((byte) TTL);
        assertThat(frame[33]).isEqualTo((byte) 17);
        assertThat(bytes.getShort(48) & 0xFFFF).as("UDP length").isEqualTo(payloadBytes + 8);
        int udpChecksum = bytes.getShort(50) & 0xFFFF;
        if (flags == 1) {
            assertThat(virtio.getShort(6)).as("csum_start").isEqualTo((short) 34);
            assertThat(virtio.getShort(8)).as("csum_offset").isEqualTo((short) 6);
            assertThat(udpChecksum).as("sum of the pseudo-header")
                    .isEqualTo(sum(frame, 36, 8, 17 + payloadBytes + 8));
        } else {
            assertThat(flags).isZero();
            assertThat(udpChecksum).as("no checksum").isZero();
        }
        assertThat(virtio.getShort(2)).as("hdr_len").isEqualTo((short) 42);
        if (gsoType == 0) {
            assertThat(gsoBytes).isZero();
            gsoBytes = payloadBytes;
        } else {
            assertThat(gsoType).isEqualTo(5);
            assertThat(flags).as("bursts have checksums").isEqualTo(1);
            assertThat((payloadBytes + gsoBytes - 1) / gsoBytes).as("segments").isBetween(2, 64);
        }
        int mtu = device == 2 ? 1_500 : 9_000;
        assertThat(gsoBytes + 28).as("a datagram within the MTU").isLessThanOrEqualTo(mtu);
        int identification = bytes.getShort(28) & 0xFFFF;
        for (int at = 0; at < payloadBytes || at == 0; at += gsoBytes) {
            identifications.add(identification++ & 0xFFFF);
            byte[] payload = java.util.Arrays.copyOfRange(frame, FrameBatch.HEADER_BYTES + at,
                    FrameBatch.HEADER_BYTES + Math.min(payloadBytes, at + gsoBytes));
            see(destination, bytes.getInt(36), bytes.getShort(44) & 0xFFFF, bytes.getShort(46) & 0xFFFF,
                    frame[25] & 0xFF, flags == 1, payload);
            if (gsoBytes == 0) {
                return;
            }
        }
    }

    private void onCopy(byte[] packet) {
        byKernel++;
        ByteBuffer bytes = ByteBuffer.wrap(packet);
        boolean checksummed = bytes.getShort(26) != 0;
        if (checksummed) {
            assertThat(sum(packet, 12, packet.length - 12, 17 + packet.length - 20)).as("UDP checksum")
                    .isEqualTo(0xFFFF);
        }
        see(bytes.getInt(16), bytes.getInt(12), bytes.getShort(20) & 0xFFFF, bytes.getShort(22) & 0xFFFF,
                packet[1] & 0xFF, checksummed, java.util.Arrays.copyOfRange(packet, 28, packet.length));
    }

    private void see(int member, int source, int sourcePort, int destinationPort, int tos, boolean checksummed,
            byte[] payload) {
        byMember.computeIfAbsent(member, m -> new ArrayList<>())
                .add(new Seen(source, sourcePort, destinationPort, tos, checksummed, text(payload)));
    }

    static String text(byte[] payload) {
        return payload.length + ":" + java.util.HexFormat.of().formatHex(payload, 0, Math.min(8, payload.length))
                + ":" + java.util.Arrays.hashCode(payload);
    }

    static int sum(byte[] bytes, int from, int length, int start) {
        long sum = start;
        for (int i = 0; i < length; i++) {
            sum += (bytes[from + i] & 0xFFL) << ((i & 1) == 0 ? 8 : 0);
        }
        while (sum >>> 16 != 0) {
            sum = (sum & 0xFFFF) + (sum >>> 16);
        }
        return (int) sum;
    }

    /// How the UDP checksum of a captured frame stands.
    enum Checksum {
        /// Left to the device: the sum of the pseudo-header.
        UNFINISHED, FULL, WRONG, NONE
    }

    /// A frame as captured.
    ///
    /// @param gsoBytes size of each datagram in it, 0 for one
    static byte[] frame(int source, int sourcePort, int group, int tos, int ttl, Checksum checksum, int gsoBytes,
            byte[] payload) {
        ByteBuffer bytes = ByteBuffer.allocate(FrameBatch.HEADER_BYTES + payload.length);
        bytes.order(ByteOrder.nativeOrder()).put(0, (byte) (checksum == Checksum.UNFINISHED ? 1 : 0));
        bytes.put(1, (byte) (gsoBytes == 0 ? 0 : 5)).putShort(4, (short) gsoBytes).order(ByteOrder.BIG_ENDIAN);
        bytes.putShort(22, (short) 0x0800);
        bytes.put(24, (byte) 0x45).put(25, (byte) tos).putShort(26, (short) (28 + payload.length));
        bytes.put(32, (byte) ttl).put(33, (byte) 17).putInt(36, source).putInt(40, group);
        bytes.putShort(34, (short) ~sum(bytes.array(), 24, 20, 0));
        bytes.putShort(44, (short) sourcePort).putShort(46, (short) GROUP_PORT);
        bytes.putShort(48, (short) (8 + payload.length)).put(FrameBatch.HEADER_BYTES, payload);
        byte[] frame = bytes.array();
        int pseudo = 17 + payload.length + 8;
        switch (checksum) {
            case UNFINISHED -> bytes.putShort(50, (short) sum(frame, 36, 8, pseudo));
            case FULL -> bytes.putShort(50, (short) full(frame, pseudo));
            case WRONG -> bytes.putShort(50, (short) (full(frame, pseudo) ^ 0x0101));
            case NONE -> {}
        }
        return frame;
    }

    private static int full(byte[] frame, int pseudo) {
        int checksum = ~sum(frame, 36, frame.length - 36, pseudo) & 0xFFFF;
        return checksum == 0 ? 0xFFFF : checksum;
    }

}
