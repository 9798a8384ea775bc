package io.nubicast.dataplane.packet;

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
import io.nubicast.forwarding.RouteIndex;
import io.nubicast.forwarding.RouteTable;
import io.nubicast.kernel.netlink.RouteAnswer;
import io.nubicast.kernel.netlink.RouteEvent;
import io.nubicast.kernel.socket.FrameSocket;
import io.nubicast.wire.Address;
import io.nubicast.wire.InternetChecksum;
import io.nubicast.wire.UdpChecksum;
import io.nubicast.wire.UdpHeader;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/// All that the packet plane does with a batch of 64 datagrams but the system calls: checks, look-up, coalescing, and the headers of a
/// frame for each member. The output takes everything and sends nothing.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class PacketEngineBenchmark {
    private static final int DEVICE = 2;
    private static final int GROUP = 0xEF010101;
    private static final int PORT = 5000;
    private static final int PAYLOAD_BYTES = 200;
    private static final int SLOTS = 64;
    private static final int LINK = FrameSocket.VNET_HEADER_BYTES;
    private static final int IP = LINK + 14;
    private static final int FRAME_BYTES = IP + 28 + PAYLOAD_BYTES;
    /// As far apart as in a receive batch.
    private static final int STRIDE = 65_536 + 64;
    private static final ValueLayout.OfInt U32 = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

    @Param({"1", "64"})
    int burst;

    @Param({"3", "64"})
    int members;

    private final MemorySegment frames = Arena.ofAuto().allocate((long) SLOTS * STRIDE, 64);
    private PacketTable table = PacketTable.EMPTY;
    private PacketEngine engine = engine(1);

    private PacketEngine engine(int most) {
        CopyOutput nowhere = (batch, first, count) -> count;
        KernelPath rest = new KernelPath(new FanOut(Arena.ofAuto(), nowhere, nowhere, System::nanoTime));
        FrameFanOut fanOut = new FrameFanOut(Arena.ofAuto(), (batch, first, count) -> count, rest,
                new RefusedBursts((device, errno) -> {}), System::nanoTime, 1);
        return new PacketEngine(Arena.ofAuto(), frames, SLOTS, fanOut, rest, most, new PlaneEvents());
    }

    /// A table, next hops for all members, and a batch of captured frames with unfinished checksums.
    @Setup
    public void prepare() {
        engine = engine(burst);
        List<Replication> replications = new ArrayList<>();
        for (int i = 0; i < members; i++) {
            replications.add(new Replication(new OutputPort.UnicastMember(Address.ofIpv4(member(i))),
                    new Rewrite(9000, 64)));
        }
        RouteIndex index = RouteIndex.compile(new RouteTable(List.of(new Route("bench",
                new Match(InterfaceSelection.ALL,
                        Address.ANY_IPV4, new Match.Destination.Group(Address.ofIpv4(GROUP)), PORT),
                replications,
                RateLimit.NONE))), new CounterRegistry(), RouteIndex.EMPTY, 0);
        MemberPlaces places = MemberPlaces.of(index, MemberPlaces.NONE);
        Paths paths = paths(places.addresses());
        table = new PacketTable(index, paths.table(), places.forWorker(0), paths.used());
        if (!table.paths().isFramed(0)) {
            throw new IllegalStateException("members have no next hop: " + table.paths().why(0));
        }
        int udpLength = UdpHeader.LENGTH + PAYLOAD_BYTES;
        for (int i = 0; i < SLOTS; i++) {
            long at = (long) i * STRIDE;
            frames.set(ValueLayout.JAVA_BYTE, at, (byte) FrameSocket.VNET_NEEDS_CHECKSUM);
            frames.set(U32, at + LINK + 10, 0x0800);
            frames.set(U32, at + IP, 0x45 << 24 | 20 + udpLength);
            frames.set(U32, at + IP + 8, 1 << 24 | UdpChecksum.PROTOCOL << 16);
            frames.set(U32, at + IP + 12, 0x0A620001);
            frames.set(U32, at + IP + 16, GROUP);
            frames.set(U32, at + IP + 20, 40_000 << 16 | PORT);
            int unfinished = InternetChecksum.fold(UdpChecksum.pseudoHeaderSum(0x0A620001, GROUP, udpLength));
            frames.set(U32, at + IP + 24, udpLength << 16 | unfinished);
        }
    }

    private Paths paths(int[] addresses) {
        Paths paths = new Paths(false, notice -> {});
        paths.on(new RouteEvent.Link(DEVICE, "eth0", 0x1043, 1_500, 0x0200_0000_0002L, 1, 0), 0);
        for (int i = 0; i < members; i++) {
            paths.on(new RouteEvent.Neighbour(DEVICE, member(i), 0x80, 0x0200_00AA_0000L + i), 0);
        }
        paths.members(addresses, 0);
        int[] slots = new int[16];
        while (paths.wantsLookUps()) {
            int count = paths.takeLookUps(slots);
            for (int i = 0; i < count; i++) {
                paths.routed(slots[i], new RouteAnswer(0, 1, 254, DEVICE, 0, 0, false, false));
            }
        }
        paths.publish(1_000_000_000L);
        return paths;
    }

    private static int member(int number) {
        return 0x0A620101 + number;
    }

    /// Time and bytes a datagram, with all its copies.
    @Benchmark
    @OperationsPerInvocation(SLOTS)
    public void datagrams() {
        engine.begin(table, OwnAddresses.NONE, DeviceAddresses.NONE);
        for (int slot = 0; slot < SLOTS; slot++) {
            engine.add(slot, (long) slot * STRIDE, FRAME_BYTES, DEVICE, PacketEngine.ARPHRD_ETHER,
                    PacketEngine.PACKET_OUTGOING, 0);
        }
        engine.end();
    }

    /// What was dropped shows that the batch is not what it should be.
    public long dropped() {
        return engine.drops().total();
    }
}
