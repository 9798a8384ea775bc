package io.nubicast.dataplane;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import com.sun.management.ThreadMXBean;
import com.sun.management.UnixOperatingSystemMXBean;
import io.nubicast.forwarding.Capability;
import io.nubicast.forwarding.CounterRegistry;
import io.nubicast.forwarding.DataPlane;
import io.nubicast.forwarding.InterfaceSelection;
import io.nubicast.forwarding.Route;
import io.nubicast.forwarding.RouteTable;
import io.nubicast.forwarding.Verdict;
import io.nubicast.wire.Address;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;

/// What every data plane promises, written per capability: a plane passes the tests of all that it declares, and for what it
/// does not declare the documented fallback is tested instead. Subclasses say which plane, and on which network.
///
/// Tests of loss are closed loops: the sender waits for what it sent before it sends more, so that no receive buffer of the
/// machine decides. That something is *not* forwarded is seen by a datagram behind it that is.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(300)
abstract class DataPlaneContract {
    private static final long PATIENCE_NS = 30_000_000_000L;
    private static final int WINDOW = 32;

    private final List<AutoCloseable> opened = new ArrayList<>();
    private final Set<Thread> threadsBefore = new HashSet<>();
    private ContractNetwork network;
    private int groups;
    CounterRegistry counters;
    DataPlane plane;

    /// The network of all tests of the class.
    abstract ContractNetwork openNetwork() throws Exception;

    /// The plane under test, called on the network's host.
    abstract DataPlane openPlane(CounterRegistry registry) throws Exception;

    @BeforeAll
    void build() throws Exception {
        network = openNetwork();
    }

    @AfterAll
    void tearDown() {
        if (network != null) {
            network.close();
        }
    }

    @BeforeEach
    void open() throws Exception {
        threadsBefore.addAll(Thread.getAllStackTraces().keySet());
        counters = new CounterRegistry();
        plane = network.onHost(() -> openPlane(counters));
    }

    @AfterEach
    void closeAll() throws Exception {
        if (plane != null) {
            plane.close();
        }
        for (AutoCloseable closeable : opened.reversed()) {
            closeable.close();
        }
        opened.clear();
        threadsBefore.clear();
    }

    final ContractNetwork network() {
        return network;
    }

    final <T extends AutoCloseable> T closing(T closeable) {
        opened.add(closeable);
        return closeable;
    }

    /// A group that no other test of this run uses.
    final Address freshGroup() {
        groups++;
        return Address.ofIpv4(0xEF4D0000 | (int) (ProcessHandle.current().pid() & 0xFF) << 8 | groups & 0xFF);
    }

    /// A UDP port that is free now, on the host and on every peer.
    final int freshPort() throws Exception {
        for (int tries = 0; tries < 100; tries++) {
            try (Application holder = network.onHost(() -> Application.receiver(Address.ANY_IPV4, 0))) {
                return holder.port();
            }
        }
        return fail("no free port");
    }

    final InterfaceSelection onHostInterface() {
        return new InterfaceSelection.Named(List.of(network.hostInterface()));
    }

    final boolean can(Capability capability) {
        return plane.capabilities().contains(capability);
    }

    final void apply(Route... routes) throws Exception {
        RouteTable table = new RouteTable(List.of(routes));
        network.onHost(() -> {
            plane.apply(table);
            return table;
        });
    }

    static void assertRefused(Verdict verdict) {
        assertThat(verdict).isInstanceOf(Verdict.Refused.class);
        assertThat(((Verdict.Refused) verdict).why()).isNotBlank();
    }

    static void eventually(String what, BooleanSupplier condition) {
        long deadlineNs = System.nanoTime() + PATIENCE_NS;
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - deadlineNs > 0) {
                fail("still not after half a minute: " + what);
            }
            LockSupport.parkNanos(1_000_000);
        }
    }

    /// Sizes of payload worth trying: all small ones, around the multiples of what a fragment of an Ethernet frame takes, the
    /// largest, and some at random.
    final int[] sizes() {
        IntStream small = IntStream.rangeClosed(0, 40);
        IntStream middle = IntStream.of(512, 1316, 1399, 1400, 1471, 1472);
        if (!can(Capability.LARGE_DATAGRAMS)) {
            return IntStream.concat(small, middle).toArray();
        }
        IntStream edges = IntStream.rangeClosed(1, 44).map(n -> n * 1480 - 8)
                .flatMap(full -> IntStream.of(full, full + 1)).filter(size -> size <= 65_507);
        IntStream large = IntStream.concat(IntStream.of(9_000, 32_768, 65_506, 65_507),
                new Random(1).ints(30, 1_473, 65_507));
        return IntStream.concat(IntStream.concat(small, middle), IntStream.concat(edges, large)).toArray();
    }

    static byte[] random(int size) {
        byte[] payload = new byte[size];
        new Random(size).nextBytes(payload);
        return payload;
    }

    /// A payload that begins with its number.
    static byte[] numbered(long number, int size) {
        return ByteBuffer.allocate(size).putLong(number).array();
    }

    /// What a sender does with a datagram's payload.
    @FunctionalInterface
    interface Sending {
        void send(byte[] payload) throws Exception;
    }

    /// Sends `count` numbered datagrams and requires each of them once, in order, at each receiver. `between` runs with the
    /// number of the datagram that comes next, after every window.
    static void stream(int first, int count, Sending sending, List<Application> receivers, Sending between)
            throws Exception {
        for (int sent = first; sent < first + count; sent += WINDOW) {
            int end = Math.min(first + count, sent + WINDOW);
            for (int number = sent; number < end; number++) {
                sending.send(numbered(number, 200));
            }
            for (Application receiver : receivers) {
                for (int number = sent; number < end; number++) {
                    assertThat(receiver.next().number()).isEqualTo(number);
                }
            }
            between.send(numbered(end, 8));
        }
    }

    static void stream(int first, int count, Sending sending, List<Application> receivers) throws Exception {
        stream(first, count, sending, receivers, next -> {});
    }

    /// Bytes that the plane's busiest thread has allocated so far: the one that handles packets. Others look at interfaces and
    /// neighbours now and then, which may allocate.
    private long allocatedByPlane() {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> !threadsBefore.contains(thread) && thread != Thread.currentThread())
                .max(Comparator.comparingLong(thread -> threads.getThreadCpuTime(thread.threadId())))
                .map(thread -> threads.getThreadAllocatedBytes(thread.threadId())).orElseThrow();
    }

    /// Requires that there comes a round of 20,000 datagrams without an object a datagram. Until the code is compiled it may
    /// allocate, and a look at the interfaces now and then too.
    final void assertAllocatesNothing(Sending sending, Application receiver) throws Exception {
        long allocated = Long.MAX_VALUE;
        for (int round = 0; round < 100 && allocated > 20_000L * 4; round++) {
            long before = allocatedByPlane();
            stream(0, 20_000, sending, List.of(receiver));
            allocated = allocatedByPlane() - before;
        }
        assertThat(allocated).as("bytes for 20,000 datagrams").isLessThanOrEqualTo(20_000L * 4);
    }

    /// Requires that another plane, opened, used and closed, leaves no descriptor and no thread.
    final void assertReleasesEverything(RouteTable table) throws Exception {
        UnixOperatingSystemMXBean system =
                (UnixOperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        openUseClose(table);
        long descriptors = system.getOpenFileDescriptorCount();
        Set<Thread> threads = Thread.getAllStackTraces().keySet();

        openUseClose(table);

        assertThat(system.getOpenFileDescriptorCount()).isEqualTo(descriptors);
        assertThat(Thread.getAllStackTraces().keySet()).isSubsetOf(threads);
    }

    private void openUseClose(RouteTable table) throws Exception {
        network.onHost(() -> {
            DataPlane other = openPlane(new CounterRegistry());
            other.apply(table);
            other.close();
            other.close();
            return other;
        });
    }
}
