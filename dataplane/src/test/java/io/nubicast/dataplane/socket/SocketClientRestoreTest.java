package io.nubicast.dataplane.socket;

import static io.nubicast.dataplane.socket.Lan.GROUP;
import static io.nubicast.dataplane.socket.Lan.GROUP_PORT;
import static io.nubicast.dataplane.socket.Lan.SERVER_PORT;
import static io.nubicast.wire.Address.ANY_IPV4;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import io.nubicast.dataplane.socket.Application.Received;
import io.nubicast.forwarding.InterfaceSelection;
import io.nubicast.forwarding.Match;
import io.nubicast.forwarding.OutputPort;
import io.nubicast.forwarding.RateLimit;
import io.nubicast.forwarding.Replication;
import io.nubicast.forwarding.Rewrite;
import io.nubicast.forwarding.Route;
import io.nubicast.forwarding.RouteTable;
import io.nubicast.kernel.socket.RawSocket;
import io.nubicast.kernel.socket.ReceiveBatch;
import io.nubicast.kernel.socket.SocketFilter;
import io.nubicast.kernel.socket.UdpSocket;
import io.nubicast.tools.lab.Node;
import io.nubicast.wire.Address;
import io.nubicast.wire.DropReason;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/// What becomes of a copy, however it comes in.
@ParameterizedClass
@EnumSource(value = ClientPlane.class, names = {"KERNEL", "STEERED", "BOUND"})
class SocketClientRestoreTest extends SocketClientFixture {
    private final ClientPlane client;

    SocketClientRestoreTest(ClientPlane client) {
        this.client = client;
    }

    @Override
    ClientPlane client() {
        return client;
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

    private static Route marked(int port) {
        Match match = new Match(InterfaceSelection.ALL, SERVER, new Match.Destination.ThisHost(ANY_IPV4), port,
                KernelModule.MARKER);
        return new Route("test", match, List.of(
                new Replication(out(InterfaceSelection.ARRIVAL), new Rewrite(Rewrite.KEEP_PORT, 1))), RateLimit.NONE);
    }

    /// T-PRX-12: theirs into ours.
    @Test
    void copiesOfTheOriginalsKernelServerAreRestoredWithTheirMarker() throws Exception {
        Application here = application(vm1, ANY_IPV4, GROUP_PORT, true, GROUP);
        Application there = application(vm2, ANY_IPV4, GROUP_PORT, true, GROUP);
        RawSocket wire = lan.raw(lan.proxy, RawSocket.IPPROTO_RAW);
        plane.apply(new RouteTable(List.of(marked(GROUP_PORT))));

        for (int number = 0; number < 20; number++) {
            byte[] sent = Packet.udp("10.0.0.1", SOURCE_PORT, GROUP.toString(), GROUP_PORT, numbered(number));
            byte[] copy = KernelModule.copy(sent, Address.ofIpv4(VM1));
            assertThat(wire.sendDatagram(copy)).isEqualTo(copy.length);
        }

        for (Application application : List.of(here, there)) {
            List<Received> received = application.receive(20);
            assertEachOnce(received, 0, 20);
            assertThat(received).extracting(Received::tos).containsOnly(KernelModule.MARKER);
        }
    }

    @Test
    void withAMarkerCopiesWithoutItAreCountedAndNotRestored() throws Exception {
        Application here = application(vm1, ANY_IPV4, GROUP_PORT, true, GROUP);
        plane.apply(new RouteTable(List.of(marked(GROUP_PORT))));
        RawSocket wire = lan.raw(lan.proxy, RawSocket.IPPROTO_RAW);
        byte[] copy = KernelModule.copy(
                Packet.udp("10.0.0.1", SOURCE_PORT, GROUP.toString(), GROUP_PORT, numbered(9)), Address.ofIpv4(VM1));

        for (int tos : new int[]{0, 0xB8, 0xE1, 0xC0}) {
            server.tos(tos);
            for (boolean none : new boolean[]{false, true}) {
                server.noChecksum(none);
                send(tos, 1, GROUP_PORT);
            }
        }
        assertThat(wire.sendDatagram(copy)).isEqualTo(copy.length);

        assertEachOnce(here.receive(1), 9, 1);
        Lan.until("counted", () -> counters.of(marked(GROUP_PORT).match()).drops().of(DropReason.NOT_MARKED) == 8);
        assertThat(counters.of(marked(GROUP_PORT).match()).packets()).isEqualTo(1);
        assertThat(plane.drops().of(DropReason.UNKNOWN_SERVER)).isZero();
    }

    @Test
    void aBroadcastAddressReachesEverybodyOnTheNetwork() throws Exception {
        Application here = application(vm1, ANY_IPV4, GROUP_PORT, true, ANY_IPV4);
        Application there = application(vm2, ANY_IPV4, GROUP_PORT, true, ANY_IPV4);
        for (String address : new String[]{"255.255.255.255", "10.0.0.255"}) {
            plane.apply(new RouteTable(List.of(new Route("test", match(SERVER_PORT), List.of(
                    new Replication(new OutputPort.MulticastOut(Address.ipv4(address), InterfaceSelection.ARRIVAL),
                            new Rewrite(GROUP_PORT, 1))),
                    RateLimit.NONE))));

            send(0, 20, SERVER_PORT);
            assertEachOnce(here.receive(20), 0, 20);
            assertEachOnce(there.receive(20), 0, 20);

            assertThat(server.sendTo(new byte[5_000], VM1, SERVER_PORT)).isEqualTo(5_000);
            assertThat(here.receive(1)).hasSize(1);
            assertThat(there.receive(1)).hasSize(1);
        }
        assertThat(plane.drops().total()).isZero();
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
}
