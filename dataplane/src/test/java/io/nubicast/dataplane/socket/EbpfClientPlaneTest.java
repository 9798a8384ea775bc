package io.nubicast.dataplane.socket;

import static io.nubicast.dataplane.socket.Lan.GROUP;
import static io.nubicast.dataplane.socket.Lan.GROUP_PORT;
import static io.nubicast.dataplane.socket.Lan.SERVER_PORT;
import static io.nubicast.wire.Address.ANY_IPV4;
import static org.assertj.core.api.Assertions.assertThat;

import io.nubicast.dataplane.PlaneOptions;
import io.nubicast.dataplane.ebpf.EbpfClientPlane;
import io.nubicast.dataplane.packet.PacketServerPlane;
import io.nubicast.dataplane.socket.Application.Received;
import io.nubicast.forwarding.CounterRegistry;
import io.nubicast.forwarding.DataPlane;
import io.nubicast.forwarding.InterfaceSelection;
import io.nubicast.forwarding.Match;
import io.nubicast.forwarding.PlaneEvent;
import io.nubicast.forwarding.RateLimit;
import io.nubicast.forwarding.Replication;
import io.nubicast.forwarding.Rewrite;
import io.nubicast.forwarding.Route;
import io.nubicast.forwarding.RouteTable;
import io.nubicast.kernel.socket.RawSocket;
import io.nubicast.kernel.socket.UdpSocket;
import io.nubicast.tools.lab.Node;
import io.nubicast.wire.Address;
import io.nubicast.wire.DropReason;
import io.nubicast.wire.Ipv4Header;
import java.lang.foreign.MemorySegment;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/// What is restored in the kernel, and what is left to user space.
@ParameterizedClass
@EnumSource(value = ClientPlane.class, names = {"KERNEL", "KERNEL_BY_CLSACT"})
class EbpfClientPlaneTest extends SocketClientFixture {
    private final ClientPlane client;

    EbpfClientPlaneTest(ClientPlane client) {
        this.client = client;
    }

    @Override
    ClientPlane client() {
        return client;
    }

    @Test
    void aSecondOneOnTheSameInterfaceIsTold() throws Exception {
        plane.apply(new RouteTable(List.of(route(SERVER_PORT, GROUP_PORT))));
        DataPlane second = lan.keep(InNamespace.call(vm1, () -> client().open(new CounterRegistry())));

        second.apply(new RouteTable(List.of(route(SERVER_PORT, GROUP_PORT))));

        assertThat(Lan.event(second, PlaneEvent.Notice.class).text()).contains("nubicast-client")
                .contains("already").contains("restored in user space");
    }

    @Test
    void nothingIsLeftAtTheInterfacesWhenItIsClosed() throws Exception {
        plane.apply(new RouteTable(List.of(route(SERVER_PORT, GROUP_PORT))));

        plane.close();

        assertThat(vm1.run("tc", "qdisc", "show", "dev", "eth0")).doesNotContain("clsact");
        assertThat(vm1.run("tc", "qdisc", "show", "dev", "lo")).doesNotContain("clsact");
        Application unicast = application(vm1, ANY_IPV4, SERVER_PORT, false, ANY_IPV4);
        send(0, 5, SERVER_PORT);
        assertEachOnce(unicast.receive(5), 0, 5);
    }

    private void assertInKernel(long datagrams) {
        long counted = counters.of(match(SERVER_PORT)).packets();
        Lan.until(datagrams + " in the kernel", () -> ((EbpfClientPlane) plane).restoredInKernel() == datagrams);
        assertThat(counters.of(match(SERVER_PORT)).packets()).isGreaterThanOrEqualTo(counted);
    }

    @Test
    void ordinaryCopiesNeedNoUserSpaceAndFragmentsDo() throws Exception {
        Application here = application(vm1, ANY_IPV4, GROUP_PORT, true, GROUP);
        Application there = application(vm2, ANY_IPV4, GROUP_PORT, true, GROUP);
        plane.apply(new RouteTable(List.of(route(SERVER_PORT, GROUP_PORT))));

        send(0, 100, SERVER_PORT);
        assertEachOnce(here.receive(100), 0, 100);
        assertEachOnce(there.receive(100), 0, 100);
        assertInKernel(100);

        server.sendTo(new byte[3_000], VM1, SERVER_PORT);
        assertThat(here.receive(1)).hasSize(1);
        assertThat(there.receive(1)).hasSize(1);
        assertInKernel(100);
        Lan.until("counted", () -> counters.of(match(SERVER_PORT)).packets() == 101);
        assertThat(counters.of(match(SERVER_PORT)).of(out(InterfaceSelection.ARRIVAL)).packets()).isEqualTo(101);
    }

    /// A train of the sender, whole up to here, is single datagrams for an application that knows nothing of trains.
    @Test
    void trainsStayWhole() throws Exception {
        Application here = application(vm1, ANY_IPV4, GROUP_PORT, true, GROUP);
        Application alsoHere = application(vm1, GROUP, GROUP_PORT, true, GROUP);
        Application there = application(vm2, ANY_IPV4, GROUP_PORT, true, GROUP);
        plane.apply(new RouteTable(List.of(route(SERVER_PORT, GROUP_PORT))));
        server.segmentBytes(1_000);
        byte[] train = new byte[12_345];
        for (int i = 0; i < 13; i++) {
            train[i * 1_000 + 1] = (byte) i;
        }

        for (int i = 0; i < 10; i++) {
            assertThat(server.sendTo(train, VM1, SERVER_PORT)).isEqualTo(train.length);
        }

        for (Application application : List.of(here, alsoHere, there)) {
            List<Received> received = application.receive(130);
            assertEachOnce(received.subList(0, 13), 0, 13);
            assertThat(received).hasSize(130);
            assertThat(received.getLast().payload()).hasSize(345);
        }
        assertInKernel(130);
        assertThat(counters.of(match(SERVER_PORT)).bytes()).isEqualTo(123_450);
        assertThat(counters.of(match(SERVER_PORT)).bursts()).isEqualTo(10);
        assertThat(counters.of(match(SERVER_PORT)).of(out(InterfaceSelection.ARRIVAL)).frames()).isEqualTo(10);
    }

    /// A LAN of its own behind vm1:
    ///
    ///     server ── eth0 vm1 eth1 ── behind 192.168.7.2
    private Node behind() {
        Node behind = lan.lab.node("behind");
        lan.lab.cable(vm1, "eth1", behind, "eth0");
        vm1.address("eth1", "192.168.7.1/24");
        behind.address("eth0", "192.168.7.2/24").route("default via 192.168.7.1");
        return behind;
    }

    private static Route byEth1() {
        return new Route("test", match(SERVER_PORT), List.of(new Replication(
                out(new InterfaceSelection.Named(List.of("eth1"))), new Rewrite(GROUP_PORT, 3))), RateLimit.NONE);
    }

    @Test
    void anotherInterfaceThanThatOfArrivalGetsThemAndWhoJoinedThere() throws Exception {
        Node behind = behind();
        Application there = application(behind, ANY_IPV4, GROUP_PORT, true, GROUP);
        Application here = lan.keep(Application.open(vm1, ANY_IPV4, GROUP_PORT, true, GROUP, "eth1"));
        DataPlane server = lan.keep(InNamespace.call(vm1,
                () -> new PacketServerPlane(new CounterRegistry(), PlaneOptions.DEFAULT)));
        server.apply(new RouteTable(List.of(Lan.route(Lan.match(GROUP, Match.ANY_PORT), Lan.to("10.0.0.12")))));
        plane.apply(new RouteTable(List.of(byEth1())));

        send(0, 50, SERVER_PORT);

        assertEachOnce(there.receive(50), 0, 50);
        assertEachOnce(here.receive(50), 0, 50);
        assertInKernel(50);
        Lan.until("both ways are seen as restored", () -> server.drops().of(DropReason.RESTORED_HERE) == 100);
    }

    @Test
    void severalInterfacesEachGetThem() throws Exception {
        Node behind = behind();
        Application there = application(behind, ANY_IPV4, GROUP_PORT, true, GROUP);
        Application onLan = application(vm2, ANY_IPV4, GROUP_PORT, true, GROUP);
        Application here = application(vm1, ANY_IPV4, GROUP_PORT, true, GROUP);
        Application hereBehind = lan.keep(Application.open(vm1, GROUP, GROUP_PORT + 1, true, GROUP, "eth1"));
        plane.apply(new RouteTable(List.of(new Route("test", match(SERVER_PORT), List.of(new Replication(
                out(new InterfaceSelection.Named(List.of("eth1", "eth0"))), new Rewrite(GROUP_PORT, 3))),
                RateLimit.NONE))));

        send(0, 50, SERVER_PORT);

        assertEachOnce(there.receive(50), 0, 50);
        assertEachOnce(onLan.receive(50), 0, 50);
        // An application on 0.0.0.0 gets what comes by any interface on which somebody joined.
        assertThat(here.receive(100)).hasSize(100);
        assertThat(hereBehind.receive(0)).isEmpty();
        assertInKernel(50);
        assertThat(counters.of(match(SERVER_PORT))
                .of(out(new InterfaceSelection.Named(List.of("eth1", "eth0")))).packets()).isEqualTo(100);
    }

    @Test
    void whereSourcesAreCheckedStrictlyAnotherInterfaceIsLeftToUserSpace() throws Exception {
        behind();
        vm1.run("sysctl", "-qw", "net.ipv4.conf.eth1.rp_filter=1");
        Application here = lan.keep(Application.open(vm1, ANY_IPV4, GROUP_PORT, true, GROUP, "eth1"));
        plane.apply(new RouteTable(List.of(byEth1())));

        send(0, 50, SERVER_PORT);

        assertEachOnce(here.receive(50), 0, 50);
        assertInKernel(0);
        assertThat(plane.carrier(match(SERVER_PORT), byEth1().replications().getFirst().port()).why())
                .isEqualTo("rp_filter of eth1 is strict");
    }

    @Test
    void checksumsOfARealWireAreRight() throws Exception {
        lan.proxy.run("ethtool", "-K", "eth0", "tx", "off");
        vm1.run("ethtool", "-K", "eth0", "tx", "off");
        Application here = application(vm1, ANY_IPV4, GROUP_PORT, true, GROUP);
        Application there = application(vm2, ANY_IPV4, GROUP_PORT, true, GROUP);
        plane.apply(new RouteTable(List.of(route(SERVER_PORT, GROUP_PORT))));

        send(0, 100, SERVER_PORT);
        server.noChecksum(true);
        send(100, 100, SERVER_PORT);

        assertEachOnce(here.receive(200), 0, 200);
        assertEachOnce(there.receive(200), 0, 200);
        assertInKernel(200);
        for (Node node : List.of(vm1, vm2)) {
            assertThat(node.run("nstat", "-asz", "UdpInCsumErrors")).containsPattern("UdpInCsumErrors +0 ");
        }
    }

    @Test
    void whatIsRestoredMayBeFragmentedAndHasAnIdentificationOfItsOwn() throws Exception {
        RawSocket seen = lan.raw(vm2, RawSocket.IPPROTO_UDP);
        application(vm2, ANY_IPV4, GROUP_PORT, true, GROUP);
        plane.apply(new RouteTable(List.of(route(SERVER_PORT, GROUP_PORT))));

        Set<Integer> identifications = new HashSet<>();
        for (int i = 0; i < 5; i++) {
            send(i, 1, SERVER_PORT);
            Packet packet = Packet.receive(seen, GROUP_PORT);
            assertThat(packet.ip.dontFragment()).isFalse();
            assertThat(packet.ip.timeToLive()).isEqualTo(1);
            assertThat(packet.ip.headerChecksumIsValid()).isTrue();
            identifications.add(packet.ip.identification());
        }

        assertThat(identifications).hasSize(5).doesNotContain(0);
        assertInKernel(5);
    }

    /// IP options, a length that is not the packet's, and a header checksum that is wrong: what the kernel and user space make of
    /// them is not the program's affair.
    @Test
    void whatIsNotPlainGoesOnAsItIs() throws Exception {
        Application here = application(vm1, ANY_IPV4, GROUP_PORT, true, GROUP);
        plane.apply(new RouteTable(List.of(route(SERVER_PORT, GROUP_PORT))));
        RawSocket wire = lan.raw(lan.proxy, RawSocket.IPPROTO_RAW);
        byte[] plain = Packet.udp("10.0.0.1", SOURCE_PORT, "10.0.0.11", SERVER_PORT, numbered(1));
        byte[] options = new byte[plain.length + 4];
        System.arraycopy(plain, 0, options, 0, 20);
        System.arraycopy(plain, 20, options, 24, plain.length - 20);
        options[0] = 0x46;
        options[20] = 1;
        options[21] = 1;
        options[22] = 1;
        new Ipv4Header().wrap(MemorySegment.ofArray(options), 0).totalLength(options.length).finishHeaderChecksum();

        assertThat(wire.sendDatagram(options)).isEqualTo(options.length);

        assertEachOnce(here.receive(1), 1, 1);
        assertInKernel(0);
        assertThat(wire.sendDatagram(plain)).isEqualTo(plain.length);
        assertEachOnce(here.receive(1), 1, 1);
        assertInKernel(1);
    }

    /// The address is eth0's, so a copy that comes in by eth1 is not restored there in the kernel.
    @Test
    void aCopyByAnotherInterfaceThanItsAddressHasIsRestoredByThatOfTheAddress() throws Exception {
        Node behind = behind();
        Application here = application(vm1, ANY_IPV4, GROUP_PORT, true, GROUP);
        UdpSocket sender = lan.sender(behind, SOURCE_PORT);
        Match fromBehind = new Match(InterfaceSelection.ALL, Address.ipv4("192.168.7.2"),
                new Match.Destination.ThisHost(ANY_IPV4), SERVER_PORT);
        plane.apply(new RouteTable(List.of(new Route("test", fromBehind, List.of(
                new Replication(out(InterfaceSelection.ARRIVAL), new Rewrite(GROUP_PORT, 1))), RateLimit.NONE))));

        assertThat(sender.sendTo(numbered(7), VM1, SERVER_PORT)).isEqualTo(4);

        assertThat(here.receive(1)).extracting(Received::number).containsExactly(7);
        assertInKernel(0);
    }

    @Test
    void whatIsLimitedIsLeftToUserSpaceAlsoBesideAnyPort() throws Exception {
        Application here = application(vm1, ANY_IPV4, GROUP_PORT, true, GROUP);
        Route limited = new Route("test", match(SERVER_PORT), List.of(
                new Replication(out(InterfaceSelection.ARRIVAL), new Rewrite(GROUP_PORT, 1))),
                new RateLimit(1_000_000, 0));
        plane.apply(new RouteTable(List.of(limited, route(Match.ANY_PORT, GROUP_PORT))));

        send(0, 10, SERVER_PORT);
        assertEachOnce(here.receive(10), 0, 10);
        assertInKernel(0);
        assertThat(counters.of(match(SERVER_PORT)).packets()).isEqualTo(10);
        assertThat(plane.carrier(match(SERVER_PORT), out(InterfaceSelection.ARRIVAL)).plane()).isEqualTo("socket");
        assertThat(plane.carrier(match(SERVER_PORT), out(InterfaceSelection.ARRIVAL)).why())
                .isEqualTo("it has a rate limit");

        send(0, 10, SERVER_PORT + 1);
        assertEachOnce(here.receive(10), 0, 10);
        assertThat(counters.of(match(Match.ANY_PORT)).packets()).isEqualTo(10);
        assertThat(plane.carrier(match(Match.ANY_PORT), out(InterfaceSelection.ARRIVAL)).plane()).isEqualTo("ebpf");
    }
}
