package io.nubicast.dataplane.socket;

import static io.nubicast.dataplane.socket.Lan.GROUP;
import static io.nubicast.dataplane.socket.Lan.GROUP_PORT;
import static io.nubicast.dataplane.socket.Lan.SERVER_PORT;
import static io.nubicast.wire.Address.ANY_IPV4;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import io.nubicast.dataplane.socket.Application.Received;
import io.nubicast.forwarding.CounterRegistry;
import io.nubicast.forwarding.InterfaceSelection;
import io.nubicast.forwarding.Match;
import io.nubicast.forwarding.OutputPort;
import io.nubicast.forwarding.PlaneEvent;
import io.nubicast.forwarding.RateLimit;
import io.nubicast.forwarding.Replication;
import io.nubicast.forwarding.Rewrite;
import io.nubicast.forwarding.Route;
import io.nubicast.forwarding.RouteTable;
import io.nubicast.forwarding.Verdict;
import io.nubicast.kernel.socket.RawSocket;
import io.nubicast.kernel.socket.ReceiveBatch;
import io.nubicast.kernel.socket.SocketFilter;
import io.nubicast.kernel.socket.UdpSocket;
import io.nubicast.kernel.sys.Descriptor;
import io.nubicast.tools.lab.Node;
import io.nubicast.wire.Address;
import io.nubicast.wire.DropReason;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// The client in network namespaces. The manual's IDC case:
///
///     server 10.0.0.1 ──┬── vm1 10.0.0.11, the client
///                       ├── vm2 10.0.0.12
///                       └── vm3 10.0.0.13
class SocketClientPlaneTest {
    private static final Address SERVER = Address.ipv4("10.0.0.1");
    private static final int VM1 = Address.ipv4("10.0.0.11").ipv4();
    private static final int SOURCE_PORT = 40_000;

    private final CounterRegistry counters = new CounterRegistry();
    private final Lan lan = new Lan();
    private Node vm1;
    private Node vm2;
    private SocketClientPlane plane;
    private UdpSocket server;

    @BeforeEach
    void build() throws Exception {
        vm1 = lan.member(1);
        vm2 = lan.member(2);
        plane = lan.keep(InNamespace.call(vm1, () -> new SocketClientPlane(counters)));
        server = lan.sender(lan.proxy, SOURCE_PORT);
    }

    @AfterEach
    void tearDown() {
        lan.close();
        assertThat(Descriptor.stillOpen()).isEmpty();
    }

    private static Match match(int serverPort) {
        return new Match(InterfaceSelection.ALL, SERVER, new Match.Destination.ThisHost(ANY_IPV4), serverPort);
    }

    private static OutputPort.MulticastOut out(InterfaceSelection selection) {
        return new OutputPort.MulticastOut(GROUP, selection);
    }

    private static Route route(int serverPort, int groupPort) {
        return new Route("test", match(serverPort),
                List.of(new Replication(out(InterfaceSelection.ARRIVAL), new Rewrite(groupPort, 1))), RateLimit.NONE);
    }

    private Application application(Node node, Address bound, int port, boolean shared, Address joined)
            throws Exception {
        return lan.keep(Application.open(node, bound, port, shared, joined));
    }

    private static byte[] numbered(int number) {
        return new byte[]{(byte) (number >>> 8), (byte) number, 7, 7};
    }

    private void send(int from, int count, int port) {
        for (int i = from; i < from + count; i++) {
            assertThat(server.sendTo(numbered(i), VM1, port)).isEqualTo(4);
        }
    }

    private static void assertEachOnce(List<Received> received, int from, int count) {
        assertThat(received).extracting(Received::number)
                .containsExactlyElementsOf(IntStream.range(from, from + count).boxed().toList());
        assertThat(received).allSatisfy(each -> {
            assertThat(each.source()).isEqualTo("10.0.0.1");
            assertThat(each.sourcePort()).isEqualTo(SOURCE_PORT);
        });
    }

    private String awaitNotice(String part) {
        StringBuilder seen = new StringBuilder();
        boolean[] found = new boolean[1];
        Lan.until("a notice with '" + part + "'", () -> {
            Optional<PlaneEvent> event = plane.pollEvent();
            event.ifPresent(each -> {
                seen.append(each.text()).append('\n');
                found[0] |= each.text().contains(part);
            });
            return found[0];
        });
        return seen.toString();
    }

    /// T-PRX-03, T-PRX-04
    @Test
    void theLanAndApplicationsHereEachGetEachDatagramOnceWithItsSource() throws Exception {
        List<Application> applications = List.of(application(vm2, ANY_IPV4, GROUP_PORT, false, GROUP),
                application(lan.member(3), GROUP, GROUP_PORT, false, GROUP),
                application(vm1, ANY_IPV4, GROUP_PORT, true, GROUP),
                application(vm1, GROUP, GROUP_PORT, true, GROUP));
        plane.apply(new RouteTable(List.of(route(SERVER_PORT, GROUP_PORT))));

        send(0, 200, SERVER_PORT);

        for (Application application : applications) {
            assertEachOnce(application.receive(200), 0, 200);
        }
        assertThat(counters.of(match(SERVER_PORT)).packets()).isEqualTo(200);
        assertThat(counters.of(match(SERVER_PORT)).of(out(InterfaceSelection.ARRIVAL)).packets()).isEqualTo(200);
        assertThat(plane.drops().total()).isZero();
    }

    @Test
    void anApplicationOnThePortOfTheCopiesGetsEachDatagramOnce() throws Exception {
        Application before = application(vm1, ANY_IPV4, SERVER_PORT, true, GROUP);
        plane.apply(new RouteTable(List.of(route(SERVER_PORT, Rewrite.KEEP_PORT))));
        Application after = application(vm1, ANY_IPV4, SERVER_PORT, true, GROUP);

        send(0, 100, SERVER_PORT);

        assertEachOnce(before.receive(100), 0, 100);
        assertEachOnce(after.receive(100), 0, 100);
    }

    @Test
    void anApplicationThatHoldsThePortGetsTheCopyAndTheLanTheDatagram() throws Exception {
        Application holder = application(vm1, ANY_IPV4, SERVER_PORT, false, GROUP);
        Application outside = application(vm2, ANY_IPV4, SERVER_PORT, false, GROUP);
        plane.apply(new RouteTable(List.of(route(SERVER_PORT, Rewrite.KEEP_PORT))));

        send(0, 100, SERVER_PORT);

        assertEachOnce(holder.receive(100), 0, 100);
        assertEachOnce(outside.receive(100), 0, 100);
        assertThat(awaitNotice("holds port 10.0.0.11:" + SERVER_PORT)).contains("SO_REUSEADDR");

        holder.close();
        Application next = application(vm1, ANY_IPV4, SERVER_PORT, true, GROUP);
        Lan.until("the port is bound", () -> {
            server.sendTo(numbered(500), VM1, SERVER_PORT);
            return lists(vm1, "10.0.0.11:" + SERVER_PORT);
        });
        next.receive(0);
        outside.receive(0);
        send(600, 50, SERVER_PORT);

        assertEachOnce(next.receive(50), 600, 50);
        assertEachOnce(outside.receive(50), 600, 50);
    }

    private static boolean lists(Node node, String address) {
        return node.run("ss", "-Huln").contains(address);
    }

    /// T-PRX-06
    @Test
    void datagramsUpToTheLargestArriveIntact() throws Exception {
        Application here = application(vm1, ANY_IPV4, GROUP_PORT, true, GROUP);
        Application there = application(vm2, ANY_IPV4, GROUP_PORT, true, GROUP);
        plane.apply(new RouteTable(List.of(route(SERVER_PORT, GROUP_PORT))));

        for (int length : new int[]{0, 1, 1_472, 1_473, 9_000, 65_507, 100}) {
            byte[] payload = new byte[length];
            new Random(length).nextBytes(payload);
            assertThat(server.sendTo(payload, VM1, SERVER_PORT)).isEqualTo(length);

            for (Application application : List.of(here, there)) {
                assertThat(application.receive(1)).singleElement().satisfies(received -> {
                    assertThat(received.payload()).isEqualTo(payload);
                    assertThat(received.source()).isEqualTo("10.0.0.1");
                    assertThat(received.sourcePort()).isEqualTo(SOURCE_PORT);
                });
            }
        }
        assertThat(counters.of(match(SERVER_PORT)).of(out(InterfaceSelection.ARRIVAL)).errors()).isZero();
    }

    /// T-PRX-07
    @Test
    void aMissingChecksumStaysMissingDscpIsCopiedAndTheTtlIsOne() throws Exception {
        RawSocket wire = lan.raw(vm2, RawSocket.IPPROTO_UDP);
        SocketFilter.Assembler assembler = new SocketFilter.Assembler();
        int drop = assembler.label();
        wire.attach(assembler.loadWord(16).ifNotEqual(GROUP.ipv4(), drop).accept().place(drop).drop().assemble());
        Application there = application(vm2, ANY_IPV4, GROUP_PORT, true, GROUP);
        Application here = application(vm1, ANY_IPV4, GROUP_PORT, true, GROUP);
        plane.apply(new RouteTable(List.of(route(SERVER_PORT, GROUP_PORT))));
        server.tos(0xB8);
        server.ttl(1);
        try (Arena arena = Arena.ofConfined()) {
            ReceiveBatch batch = new ReceiveBatch(arena, 1, 65_536, 0);
            for (boolean none : new boolean[]{true, false}) {
                for (int length : new int[]{4, 3_000}) {
                    server.noChecksum(none);
                    assertThat(server.sendTo(new byte[length], VM1, SERVER_PORT)).isEqualTo(length);

                    assertThat(batch.receive(wire)).isEqualTo(1);
                    assertThat(batch.length(0)).isEqualTo(28 + length);
                    assertThat(batch.segment().get(ValueLayout.JAVA_BYTE, 1)).isEqualTo((byte) 0xB8);
                    assertThat(batch.segment().get(ValueLayout.JAVA_BYTE, 8)).isEqualTo((byte) 1);
                    assertThat(batch.segment().get(ValueLayout.JAVA_SHORT, 26) == 0).isEqualTo(none);
                    assertThat(there.receive(1)).singleElement()
                            .satisfies(received -> assertThat(received.payload()).hasSize(length));
                    assertThat(here.receive(1)).hasSize(1);
                }
            }
        }
    }

    /// T-PRX-09
    @Test
    void aSenderThatIsNoServerIsCountedByItsAddressAndNotRestored() throws Exception {
        Application here = application(vm1, ANY_IPV4, GROUP_PORT, true, GROUP);
        plane.apply(new RouteTable(List.of(route(SERVER_PORT, GROUP_PORT))));
        UdpSocket stranger = lan.sender(vm2, SOURCE_PORT);

        for (int i = 0; i < 10; i++) {
            stranger.sendTo(numbered(i), VM1, SERVER_PORT);
        }
        send(100, 1, SERVER_PORT);

        assertEachOnce(here.receive(1), 100, 1);
        assertThat(plane.drops().of(DropReason.UNKNOWN_SERVER)).isEqualTo(10);
        assertThat(plane.rejectedSources()).containsExactly(entry(Address.ipv4("10.0.0.12"), 10L));
        awaitNotice("10.0.0.12");
    }

    /// T-PRX-12: the original's kernel module keeps ports, marks its packets with TOS 0xE0, and one entry serves every port.
    @Test
    void anEntryForAnyPortRestoresEveryPortAndApplicationsThereGetEachDatagramOnce() throws Exception {
        Application first = application(vm1, ANY_IPV4, 5_301, true, GROUP);
        Application second = application(vm1, ANY_IPV4, 5_302, true, GROUP);
        Application holder = application(vm1, ANY_IPV4, 5_303, false, GROUP);
        Application outside = application(vm2, ANY_IPV4, 5_301, true, GROUP);
        plane.apply(new RouteTable(List.of(route(Match.ANY_PORT, Rewrite.KEEP_PORT))));
        server.tos(0xE0);

        for (int i = 0; i < 50; i++) {
            send(i, 1, 5_301);
            send(i, 1, 5_302);
            send(i, 1, 5_303);
            // Each flow's first datagram has been handled before the next comes.
            int expected = 3 * (i + 1);
            Lan.until("restored", () -> counters.of(match(Match.ANY_PORT)).packets() == expected);
        }

        List<Received> all = first.receive(50);
        assertEachOnce(all, 0, 50);
        assertThat(all).extracting(Received::tos).containsOnly(0xE0);
        assertEachOnce(second.receive(50), 0, 50);
        assertEachOnce(holder.receive(50), 0, 50);
        assertEachOnce(outside.receive(50), 0, 50);

        lan.sender(vm2, 9).sendTo(numbered(1), VM1, 5_301);
        assertThat(first.receive(1)).extracting(Received::source).containsExactly("10.0.0.12");
        assertThat(plane.drops().total()).isZero();
    }

    @Test
    void portUnreachableIsNotSentForPortsOfAnyPortEntries() throws Exception {
        plane.apply(new RouteTable(List.of(route(Match.ANY_PORT, Rewrite.KEEP_PORT))));
        RawSocket icmp = lan.raw(lan.proxy, RawSocket.IPPROTO_ICMP);
        Application outside = application(vm2, ANY_IPV4, 5_400, true, GROUP);
        send(0, 1, 5_400);
        outside.receive(1);

        send(1, 20, 5_400);

        assertThat(outside.receive(20)).hasSize(20);
        try (Arena arena = Arena.ofConfined()) {
            // The first one only: it came before the port was known.
            assertThat(new ReceiveBatch(arena, 8, 100, 0).receiveNow(icmp)).isLessThanOrEqualTo(1);
        }
    }

    @Test
    void gluedDatagramsAreRestoredOneByOneInOrder() throws Exception {
        Application there = application(vm2, ANY_IPV4, GROUP_PORT, true, GROUP);
        plane.apply(new RouteTable(List.of(route(SERVER_PORT, GROUP_PORT))));
        server.segmentBytes(1_000);
        byte[] train = new byte[12_345];
        for (int i = 0; i < 13; i++) {
            train[i * 1_000 + 1] = (byte) i;
        }

        assertThat(server.sendTo(train, VM1, SERVER_PORT)).isEqualTo(train.length);

        List<Received> received = there.receive(13);
        assertEachOnce(received, 0, 13);
        assertThat(received.getLast().payload()).hasSize(345);
        assertThat(counters.of(match(SERVER_PORT)).packets()).isEqualTo(13);
        assertThat(counters.of(match(SERVER_PORT)).bytes()).isEqualTo(12_345);
    }

    @Test
    void addressesThatComeAndGoAreFollowed() throws Exception {
        Application there = application(vm2, ANY_IPV4, GROUP_PORT, true, GROUP);
        plane.apply(new RouteTable(List.of(route(SERVER_PORT, GROUP_PORT))));
        int added = Address.ipv4("10.0.0.99").ipv4();

        vm1.address("eth0", "10.0.0.99/24");
        Lan.until("the new address is served", () -> lists(vm1, "10.0.0.99:" + SERVER_PORT));
        server.sendTo(numbered(1), added, SERVER_PORT);
        assertEachOnce(there.receive(1), 1, 1);

        vm1.ip("addr", "del", "10.0.0.99/24", "dev", "eth0");
        Lan.until("the address is gone", () -> !lists(vm1, "10.0.0.99:" + SERVER_PORT));
        vm1.ip("link", "set", "eth0", "down");
        Lan.until("the interface is gone", () -> !lists(vm1, "10.0.0.11:" + SERVER_PORT));
        vm1.ip("link", "set", "eth0", "up");
        Lan.until("the interface is back", () -> lists(vm1, "10.0.0.11:" + SERVER_PORT));
        send(2, 1, SERVER_PORT);
        assertEachOnce(there.receive(1), 2, 1);
    }

    @Test
    void aReloadUnderLoadLosesNothing() throws Exception {
        Application there = application(vm2, ANY_IPV4, GROUP_PORT, true, GROUP);
        Route kept = route(SERVER_PORT, GROUP_PORT);
        plane.apply(new RouteTable(List.of(kept)));

        for (int i = 0; i < 2_000; i++) {
            send(i, 1, SERVER_PORT);
            if (i % 100 == 50) {
                plane.apply(new RouteTable(List.of(kept, route(6_000 + i, Rewrite.KEEP_PORT))));
            }
        }

        assertEachOnce(there.receive(2_000), 0, 2_000);
    }

    @Test
    void aNamedInterfaceGetsTheDatagramsInsteadOfTheOneOfArrival() throws Exception {
        Node behind = lan.lab.node("behind");
        lan.lab.cable(vm1, "eth1", behind, "eth0");
        vm1.address("eth1", "192.168.7.1/24");
        behind.address("eth0", "192.168.7.2/24").route("default via 192.168.7.1");
        Application there = application(behind, ANY_IPV4, GROUP_PORT, true, GROUP);
        Application not = application(vm2, ANY_IPV4, GROUP_PORT, true, GROUP);
        plane.apply(new RouteTable(List.of(new Route("test", match(SERVER_PORT),
                List.of(new Replication(out(new InterfaceSelection.Named(List.of("eth1"))),
                        new Rewrite(GROUP_PORT, 3))),
                RateLimit.NONE))));

        send(0, 10, SERVER_PORT);

        assertEachOnce(there.receive(10), 0, 10);
        assertThat(not.receive(0)).isEmpty();
    }

    @Test
    void whatIsRestoredIsMarkedSoThatNoServerTakesItAgain() throws Exception {
        RawSocket looped = lan.raw(vm1, RawSocket.IPPROTO_UDP);
        SocketFilter.Assembler assembler = new SocketFilter.Assembler();
        int drop = assembler.label();
        looped.attach(assembler.loadWord(16).ifNotEqual(GROUP.ipv4(), drop).load(SocketFilter.Ancillary.MARK)
                .ifNotEqual(0x6e756269, drop).accept().place(drop).drop().assemble());
        Application here = application(vm1, ANY_IPV4, GROUP_PORT, true, GROUP);
        plane.apply(new RouteTable(List.of(route(SERVER_PORT, GROUP_PORT))));

        send(0, 3, SERVER_PORT);
        assertThat(server.sendTo(new byte[5_000], VM1, SERVER_PORT)).isEqualTo(5_000);

        assertThat(here.receive(4)).hasSize(4);
        try (Arena arena = Arena.ofConfined()) {
            assertThat(new ReceiveBatch(arena, 16, 8_000, 0).receiveNow(looped)).isEqualTo(4);
        }
    }

    @Test
    void aRateLimitDropsWhatIsBeyond() throws Exception {
        Application there = application(vm2, ANY_IPV4, GROUP_PORT, true, GROUP);
        Route route = route(SERVER_PORT, GROUP_PORT);
        plane.apply(
                new RouteTable(List.of(new Route("test", route.match(), route.replications(), new RateLimit(1, 0)))));

        send(0, 200, SERVER_PORT);

        Lan.until("all counted", () -> counters.of(match(SERVER_PORT)).packets()
                + counters.of(match(SERVER_PORT)).drops().of(DropReason.RATE_LIMITED) == 200);
        assertThat(there.receive(64).size()).isBetween(64, 70);
    }

    @Test
    void routesThatAreNotTheClientsAreRefusedWithTheReason() {
        assertThat(plane.judge(route(SERVER_PORT, 0))).isEqualTo(Verdict.TAKEN);
        assertThat(plane.judge(Lan.route(Lan.match(GROUP, 0), Lan.to("10.0.0.9"))))
                .isInstanceOf(Verdict.Refused.class);
        assertThat(plane.judge(new Route("test",
                new Match(InterfaceSelection.ALL, ANY_IPV4, new Match.Destination.ThisHost(ANY_IPV4), 1),
                List.of(), RateLimit.NONE))).isInstanceOf(Verdict.Refused.class);
    }

    @Test
    void noDatagramAllocates() throws Exception {
        plane.apply(new RouteTable(List.of(route(SERVER_PORT, GROUP_PORT))));
        com.sun.management.ThreadMXBean threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        long worker =
                Thread.getAllStackTraces().keySet().stream().filter(each -> each.getName().equals("socket-client"))
                        .findFirst().orElseThrow().threadId();
        double least = Double.MAX_VALUE;
        for (int round = 0; round < 20 && least >= 4; round++) {
            long before = threads.getThreadAllocatedBytes(worker);
            send(0, 5_000, SERVER_PORT);
            int sent = 5_000 * (round + 1);
            Lan.until("restored", () -> counters.of(match(SERVER_PORT)).packets() == sent);
            least = Math.min(least, (threads.getThreadAllocatedBytes(worker) - before) / 5_000.0);
        }
        // The smallest object has 16 bytes. A system call may cost a slice of 40 until the compiler has removed it, and there are
        // three for a batch of up to 64 datagrams.
        assertThat(least).isLessThan(4);
    }

    @Test
    void tenThousandRandomDatagramsDoNoHarm() throws Exception {
        throwRandomDatagrams(10_000);
    }

    @Test
    @Tag("ci")
    void aMillionRandomDatagramsDoNoHarm() throws Exception {
        throwRandomDatagrams(1_000_000);
    }

    /// Headers of any kind: port 0, wrong lengths and checksums, options, forged sources, the server's own among them.
    private void throwRandomDatagrams(int count) throws Exception {
        Application here = application(vm1, ANY_IPV4, GROUP_PORT, true, GROUP);
        plane.apply(new RouteTable(List.of(route(SERVER_PORT, GROUP_PORT), route(Match.ANY_PORT, Rewrite.KEEP_PORT))));
        RawSocket raw = lan.raw(lan.proxy, RawSocket.IPPROTO_RAW);
        raw.headerIncluded(true);
        Random random = new Random(11);
        for (int i = 0; i < count; i++) {
            raw.sendDatagram(junk(random));
        }

        Lan.until("a good one comes through", () -> {
            send(4_711, 1, SERVER_PORT);
            try {
                return here.receive(1).stream().anyMatch(each -> each.payload().length == 4 && each.number() == 4_711);
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        });
        assertThat(plane.rejectedSources().size()).isLessThanOrEqualTo(1_000);
        assertThat(plane.drops().total()).isPositive();
    }

    private static byte[] junk(Random random) {
        int options = random.nextInt(8) == 0 ? 4 * (1 + random.nextInt(10)) : 0;
        byte[] datagram = new byte[20 + options + random.nextInt(random.nextInt(50) == 0 ? 1_400 : 60)];
        random.nextBytes(datagram);
        datagram[0] = (byte) (0x40 | 5 + options / 4);
        datagram[6] = 0;
        datagram[7] = 0;
        datagram[8] = 64;
        datagram[9] = 17;
        Arrays.fill(datagram, 20, 20 + options, (byte) 1);
        ByteBuffer header = ByteBuffer.wrap(datagram);
        if (random.nextInt(3) != 0) {
            header.putInt(12, SERVER.ipv4());
        }
        header.putInt(16, VM1);
        int udp = 20 + options;
        if (datagram.length >= udp + 8) {
            if (random.nextBoolean()) {
                header.putShort(udp + 2, (short) SERVER_PORT);
            } else if (random.nextInt(4) == 0) {
                header.putShort(udp + 2, (short) 0);
            }
            if (random.nextInt(4) != 0) {
                header.putShort(udp + 4, (short) (datagram.length - udp));
            }
            if (random.nextBoolean()) {
                header.putShort(udp + 6, (short) 0);
            }
        }
        return datagram;
    }
}
