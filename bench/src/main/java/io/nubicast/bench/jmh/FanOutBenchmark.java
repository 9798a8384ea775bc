package io.nubicast.bench.jmh;

import io.nubicast.dataplane.socket.CopyOutput;
import io.nubicast.dataplane.socket.FanOut;
import io.nubicast.forwarding.CompiledRoute;
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
import io.nubicast.wire.Address;
import io.nubicast.wire.InternetChecksum;
import io.nubicast.wire.Ipv4Header;
import io.nubicast.wire.UdpChecksum;
import io.nubicast.wire.UdpHeader;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/// All that the socket plane does with a datagram but the system calls: checks, look-up, checksum, and a header for each member.
/// The output takes everything and sends nothing.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class FanOutBenchmark {
    private static final int GROUP = 0xEF010101;
    private static final int PORT = 5000;
    private static final int PAYLOAD_BYTES = 200;
    private static final int SLOTS = 64;
    /// As far apart as in a receive batch.
    private static final int STRIDE = 65_536 + 64;
    private static final ValueLayout.OfInt U32 = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

    @Param({"1", "3", "64", "256"})
    int members;

    private final Ipv4Header ip = new Ipv4Header();
    private final UdpHeader udp = new UdpHeader();
    private final MemorySegment datagrams = Arena.ofAuto().allocate((long) SLOTS * STRIDE, 64);
    private final FanOut fanOut;
    private RouteIndex index = RouteIndex.EMPTY;
    private int slot;

    public FanOutBenchmark() {
        CopyOutput nowhere = (batch, first, count) -> count;
        fanOut = new FanOut(Arena.ofAuto(), nowhere, nowhere, System::nanoTime);
    }

    @Setup
    public void prepare() {
        List<Replication> replications = new ArrayList<>();
        for (int i = 0; i < members; i++) {
            replications.add(new Replication(new OutputPort.UnicastMember(Address.ofIpv4(0x0A620001 + i)),
                    new Rewrite(9000, 64)));
        }
        index = RouteIndex.compile(new RouteTable(List.of(new Route("bench", new Match(InterfaceSelection.ALL,
                Address.ANY_IPV4, new Match.Destination.Group(Address.ofIpv4(GROUP)), PORT), replications,
                RateLimit.NONE))), new CounterRegistry(), RouteIndex.EMPTY, 0);
        int udpLength = UdpHeader.LENGTH + PAYLOAD_BYTES;
        for (int i = 0; i < SLOTS; i++) {
            long at = (long) i * STRIDE;
            datagrams.set(U32, at, 0x45 << 24 | 20 + udpLength);
            datagrams.set(U32, at + 8, 1 << 24 | UdpChecksum.PROTOCOL << 16);
            datagrams.set(U32, at + 12, 0x0A610001);
            datagrams.set(U32, at + 16, GROUP);
            datagrams.set(U32, at + 20, 40_000 << 16 | PORT);
            int unfinished = InternetChecksum.fold(UdpChecksum.pseudoHeaderSum(0x0A610001, GROUP, udpLength));
            datagrams.set(U32, at + 24, udpLength << 16 | unfinished);
        }
    }

    /// Time and bytes a datagram, with all its copies.
    @Benchmark
    public void datagram() {
        if (++slot == SLOTS) {
            slot = 0;
            fanOut.flush();
        }
        long at = (long) slot * STRIDE;
        if (ip.wrap(datagrams, at).check(PAYLOAD_BYTES + 28) != null
                || udp.wrap(datagrams, at + ip.headerLength()).check(ip.totalLength() - ip.headerLength()) != null) {
            throw new IllegalStateException("the datagram is wrong");
        }
        CompiledRoute route = Objects.requireNonNull(index.toGroup(ip.destination(), udp.destinationPort()));
        int payloadSum = InternetChecksum.sum(datagrams, udp.payloadOffset(), udp.payloadLength());
        UdpChecksum.Verdict checksum = UdpChecksum.judge(ip, udp, payloadSum);
        if (checksum != UdpChecksum.Verdict.UNFINISHED) {
            throw new IllegalStateException("its checksum is " + checksum);
        }
        route.counters().received(PAYLOAD_BYTES);
        fanOut.copy(route, ip, udp, datagrams, payloadSum, true);
    }
}
