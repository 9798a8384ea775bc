package io.nubicast.bench.jmh;

import com.sun.management.ThreadMXBean;
import io.nubicast.dataplane.PlaneOptions;
import io.nubicast.dataplane.Planes;
import io.nubicast.dataplane.Planes.Role;
import io.nubicast.forwarding.CounterRegistry;
import io.nubicast.forwarding.DataPlane;
import io.nubicast.forwarding.InterfaceSelection;
import io.nubicast.forwarding.Match;
import io.nubicast.forwarding.OutputPort;
import io.nubicast.forwarding.RateLimit;
import io.nubicast.forwarding.Replication;
import io.nubicast.forwarding.Rewrite;
import io.nubicast.forwarding.Route;
import io.nubicast.forwarding.RouteCounters;
import io.nubicast.forwarding.RouteTable;
import io.nubicast.kernel.sys.NetworkNamespace;
import io.nubicast.wire.Address;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/// A whole plane with its threads and system calls, in a network namespace of its own: a datagram sent and received, and what the
/// plane makes of it. For bytes allocated; for time there is `bench/fanout`. Needs root.
///
/// `gc.alloc.rate.norm` is of all threads, with those that look at interfaces and neighbours now and then; `workerBytes` is
/// what the thread that handles the packets has allocated in all measured iterations together. It has nothing to do with the number
/// of packets: about 50 times a second a server asks its socket for what was lost, and such a rare call runs interpreted, which
/// allocates 80 bytes, for a long time.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(1)
public class PlaneBenchmark {
    private static final int DATAGRAMS = 64;
    private static final int MEMBERS = 8;
    private static final int PAYLOAD_BYTES = 200;
    private static final Address HOST = Address.ipv4("10.99.0.1");
    private static final Address GROUP = Address.ipv4("239.1.1.1");
    private static final int PORT = 5000;
    private static final long PATIENCE_NS = 2_000_000_000;
    private static final String NETWORK = """
            set -e
            ip link set lo up
            ip link add v0 type veth peer name v1
            ip addr add 10.99.0.1/24 dev v0
            ip link set v1 up
            ip link set v0 up
            mac=$(cat /sys/class/net/v1/address 2>/dev/null || ip -br link show v1 | awk '{print $3}')
            for i in $(seq 1 8); do ip neigh add 10.99.0.$((100 + i)) lladdr $mac nud permanent dev v0; done
            echo ready
            exec sleep 1000000
            """;

    /// Role, name and burst of the plane.
    @Param({"client socket 1", "server socket 1", "server packet 1", "server packet 64"})
    String plane = "";

    private final ByteBuffer payload = ByteBuffer.allocateDirect(PAYLOAD_BYTES);
    private @Nullable Process namespace;
    private @Nullable DataPlane open;
    private @Nullable DatagramChannel channel;
    private RouteCounters counters = new RouteCounters();
    private long sent;

    /// Beside the time.
    @State(Scope.Thread)
    @AuxCounters(AuxCounters.Type.EVENTS)
    public static class Allocated {
        /// By the plane's busiest thread.
        public long workerBytes;

        private long before;

        /// Starts to count.
        @Setup(Level.Iteration)
        public void start() {
            before = byBusiest();
            workerBytes = 0;
        }

        /// What it comes to.
        @TearDown(Level.Iteration)
        public void stop() {
            workerBytes = byBusiest() - before;
        }

        private static long byBusiest() {
            ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
            long self = Thread.currentThread().threadId();
            long busiest = Arrays.stream(threads.getAllThreadIds()).filter(id -> id != self).boxed()
                    .max(Comparator.comparingLong(threads::getThreadCpuTime)).orElse(self);
            return threads.getThreadAllocatedBytes(busiest);
        }
    }

    /// Makes the namespace, moves this thread into it and starts the plane there.
    @Setup
    public void start() throws Exception {
        Process process = new ProcessBuilder("unshare", "-n", "sh", "-c", NETWORK)
                .redirectError(ProcessBuilder.Redirect.INHERIT).start();
        namespace = process;
        if (!"ready".equals(process.inputReader().readLine())) {
            throw new IOException("cannot make a network namespace: this benchmark needs root and iproute2");
        }
        NetworkNamespace.enter(Path.of("/proc/" + process.pid() + "/ns/net"));

        String[] part = plane.split(" ", -1);
        boolean client = part[0].equals("client");
        Route route = client ? restoring() : copying();
        CounterRegistry registry = new CounterRegistry();
        PlaneOptions options = new PlaneOptions(Integer.parseInt(part[2]), 1, false, 0, false);
        DataPlane opened =
                Planes.open(client ? Role.CLIENT : Role.SERVER, part[1], registry, options).plane();
        open = opened;
        opened.apply(new RouteTable(List.of(route)));
        counters = registry.of(route.match());

        DatagramChannel source = DatagramChannel.open(StandardProtocolFamily.INET);
        channel = source;
        source.setOption(StandardSocketOptions.IP_MULTICAST_IF, NetworkInterface.getByName("v0"));
        source.connect(new InetSocketAddress(InetAddress.getByAddress((client ? HOST : GROUP).bytes()), PORT));
        awaitService(source);
    }

    /// The plane serves some time after it took the table: until then datagrams are lost.
    private void awaitService(DatagramChannel source) throws IOException {
        for (long end = System.nanoTime() + PATIENCE_NS; counters.packets() == 0;) {
            source.write(payload.clear());
            long next = System.nanoTime() + 10_000_000;
            while (counters.packets() == 0 && System.nanoTime() < next) {
                Thread.onSpinWait();
            }
            if (System.nanoTime() > end) {
                throw new IOException("nothing comes through " + plane);
            }
        }
        sent = counters.packets();
    }

    private static Route restoring() {
        return new Route("bench", new Match(InterfaceSelection.ALL, HOST, new Match.Destination.ThisHost(HOST), PORT),
                List.of(new Replication(new OutputPort.MulticastOut(GROUP, new InterfaceSelection.Named(List.of("v0"))),
                        new Rewrite(6000, 1))),
                RateLimit.NONE);
    }

    private static Route copying() {
        List<Replication> members = new ArrayList<>();
        for (int i = 1; i <= MEMBERS; i++) {
            members.add(new Replication(new OutputPort.UnicastMember(Address.ofIpv4(HOST.ipv4() + 99 + i)),
                    new Rewrite(9000, 64)));
        }
        return new Route("bench", new Match(new InterfaceSelection.Named(List.of("v0")), Address.ANY_IPV4,
                new Match.Destination.Group(GROUP), PORT), members, RateLimit.NONE);
    }

    /// Time and bytes a datagram.
    @Benchmark
    @OperationsPerInvocation(DATAGRAMS)
    public void datagrams(Allocated allocated) throws IOException {
        DatagramChannel source = Objects.requireNonNull(channel);
        for (int i = 0; i < DATAGRAMS; i++) {
            source.write(payload.clear());
        }
        sent += DATAGRAMS;
        long end = System.nanoTime() + PATIENCE_NS;
        while (counters.packets() < sent) {
            if (System.nanoTime() > end) {
                throw new IOException(sent - counters.packets() + " datagrams did not come through");
            }
            Thread.onSpinWait();
        }
    }

    /// Closes the plane; the namespace ends with its process.
    @TearDown
    public void stop() throws IOException {
        if (channel != null) {
            channel.close();
        }
        if (open != null) {
            open.close();
        }
        if (namespace != null) {
            namespace.destroy();
        }
    }
}
