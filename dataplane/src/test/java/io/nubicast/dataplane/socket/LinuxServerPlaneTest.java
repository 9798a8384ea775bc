package io.nubicast.dataplane.socket;

import static io.nubicast.dataplane.socket.Lan.GROUP;
import static io.nubicast.dataplane.socket.Lan.GROUP_PORT;
import static io.nubicast.dataplane.socket.Lan.SERVER_PORT;
import static io.nubicast.dataplane.socket.Lan.match;
import static io.nubicast.dataplane.socket.Lan.receive;
import static io.nubicast.dataplane.socket.Lan.route;
import static io.nubicast.dataplane.socket.Lan.to;
import static org.assertj.core.api.Assertions.assertThat;

import io.nubicast.dataplane.linux.CaptureScope;
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
import io.nubicast.forwarding.SendError;
import io.nubicast.kernel.socket.RawSocket;
import io.nubicast.kernel.socket.UdpSocket;
import io.nubicast.kernel.sys.Descriptor;
import io.nubicast.tools.lab.Node;
import io.nubicast.wire.Address;
import io.nubicast.wire.DropReason;
import io.nubicast.wire.UdpChecksum;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// The server side of a plane of Linux in network namespaces: what the contract of data planes does not reach.
abstract class LinuxServerPlaneTest {
    final CounterRegistry counters = new CounterRegistry();
    final Lan lan;

    LinuxServerPlaneTest(Lan.PlaneOpener opener) {
        lan = new Lan(opener);
    }

    @AfterEach
    void tearDown() {
        lan.close();
    }

    /// T-PRX-01
    @Test
    void threeMembersGetACopyWithPayloadAndSourceUnchanged() throws Exception {
        List<DatagramSocket> members = List.of(lan.receiver(lan.member(1), SERVER_PORT),
                lan.receiver(lan.member(2), SERVER_PORT), lan.receiver(lan.member(3), SERVER_PORT));
        DataPlane plane = lan.plane(counters);
        plane.apply(new RouteTable(List.of(route(match(GROUP, Match.ANY_PORT), to("10.0.0.11"), to("10.0.0.12"),
                to("10.0.0.13")))));
        UdpSocket sender = lan.sender(lan.proxy, 40_000);

        sender.sendTo("hello".getBytes(java.nio.charset.StandardCharsets.US_ASCII), GROUP.ipv4(), GROUP_PORT);

        for (DatagramSocket member : members) {
            DatagramPacket packet = new DatagramPacket(new byte[100], 100);
            member.receive(packet);
            assertThat(Arrays.copyOf(packet.getData(), packet.getLength())).asString().isEqualTo("hello");
            assertThat(packet.getAddress()).isEqualTo(InetAddress.getByName("10.0.0.1"));
            assertThat(packet.getPort()).isEqualTo(40_000);
        }
        Lan.until("counted", () -> Lan.counters(counters, "10.0.0.13").packets() == 1);
        assertThat(Lan.counters(counters).packets()).isEqualTo(1);
        assertThat(Lan.counters(counters).bytes()).isEqualTo(5);
        assertThat(plane.drops().total()).isZero();
    }

    /// T-PRX-06
    @Test
    void datagramsUpToTheLargestArriveIntact() throws Exception {
        Node node = lan.member(1);
        DatagramSocket member = lan.receiver(node, SERVER_PORT);
        lan.plane(counters).apply(new RouteTable(List.of(route(match(GROUP, Match.ANY_PORT), to("10.0.0.11")))));
        UdpSocket sender = lan.sender(lan.proxy, 40_000);

        for (int length : new int[]{0, 1, 1472, 1473, 9_000, 65_507, 100}) {
            byte[] payload = new byte[length];
            new java.util.Random(length).nextBytes(payload);
            assertThat(sender.sendTo(payload, GROUP.ipv4(), GROUP_PORT)).isEqualTo(length);

            assertThat(receive(member)).isEqualTo(payload);
        }
        assertThat(Lan.counters(counters, "10.0.0.11").errors()).isZero();
    }

    /// T-PRX-02, T-PRX-16: 10,000 datagrams while members come and go; the member that stays misses none.
    @Test
    void membersComeAndGoUnderLoadAndTheOthersLoseNothing() throws Exception {
        DatagramSocket stays = lan.receiver(lan.member(1), SERVER_PORT);
        DatagramSocket comesAndGoes = lan.receiver(lan.member(2), SERVER_PORT);
        DataPlane plane = lan.plane(counters);
        Match key = match(GROUP, Match.ANY_PORT);
        RouteTable one = new RouteTable(List.of(route(key, to("10.0.0.11"))));
        RouteTable two = new RouteTable(List.of(route(key, to("10.0.0.12"), to("10.0.0.11")),
                route(match(Address.ipv4("239.9.9.9"), 5), to("10.0.0.12"))));
        plane.apply(one);
        UdpSocket sender = lan.sender(lan.proxy, 40_000);
        int datagrams = 10_000;

        Thread load = Thread.ofPlatform().start(() -> {
            for (int i = 0; i < datagrams; i++) {
                sender.sendTo(new byte[]{(byte) (i >> 8), (byte) i}, GROUP.ipv4(), GROUP_PORT);
                LockSupport.parkNanos(20_000);
            }
        });
        int swaps = 0;
        while (load.isAlive()) {
            plane.apply(swaps++ % 2 == 0 ? two : one);
        }

        for (int i = 0; i < datagrams; i++) {
            assertThat(receive(stays)).containsExactly((byte) (i >> 8), (byte) i);
        }
        assertThat(Lan.drain(stays, 200)).isZero();
        assertThat(Lan.drain(comesAndGoes, 200)).isBetween(1, datagrams - 1);
        assertThat(swaps).isGreaterThan(10);
        assertThat(Lan.counters(counters).packets()).isEqualTo(datagrams);
        assertThat(plane.drops().total()).isZero();
    }

    /// T-PRX-07
    @Test
    void checksumNoneStaysNoneDscpIsKeptAndTtlIsOurs() throws Exception {
        Node member = lan.member(1);
        lan.receiver(member, SERVER_PORT);
        RawSocket seen = lan.raw(member, RawSocket.IPPROTO_UDP);
        lan.plane(counters).apply(new RouteTable(List.of(route(match(GROUP, Match.ANY_PORT), to("10.0.0.11")))));
        UdpSocket sender = lan.sender(lan.proxy, 40_000);
        sender.tos(0xB8);
        sender.multicastTtl(1);
        sender.noChecksum(true);

        sender.sendTo(new byte[]{1, 2, 3}, GROUP.ipv4(), GROUP_PORT);
        Packet without = Packet.receive(seen, SERVER_PORT);
        sender.noChecksum(false);
        sender.sendTo(new byte[]{1, 2, 3}, GROUP.ipv4(), GROUP_PORT);
        Packet with = Packet.receive(seen, SERVER_PORT);

        assertThat(without.udp.checksum()).isZero();
        assertThat(with.udp.checksum()).isNotZero();
        assertThat(with.checksumVerdict()).isEqualTo(UdpChecksum.Verdict.VALID);
        for (Packet copy : List.of(without, with)) {
            assertThat(copy.ip.typeOfService()).isEqualTo(0xB8);
            assertThat(copy.ip.timeToLive()).isEqualTo(64);
            assertThat(copy.ip.dontFragment()).isFalse();
            assertThat(Address.ofIpv4(copy.ip.source())).hasToString("10.0.0.1");
            assertThat(copy.udp.sourcePort()).isEqualTo(40_000);
        }
        assertThat(with.ip.identification()).isNotEqualTo(without.ip.identification());
    }

    @Test
    void whatIsSentToABroadcastAddressIsCopied() throws Exception {
        DatagramSocket member = lan.receiver(lan.member(1), SERVER_PORT);
        List<Address> groups = List.of(Address.ipv4("255.255.255.255"), Address.ipv4("10.0.0.255"));
        lan.plane(counters).apply(new RouteTable(
                groups.stream().map(each -> route(match(each, Match.ANY_PORT), to("10.0.0.11"))).toList()));
        UdpSocket sender = lan.sender(lan.proxy, 40_000);
        sender.broadcast(true);
        lan.proxy.route("255.255.255.255/32 dev eth0");

        for (Address group : groups) {
            for (int i = 0; i < 20; i++) {
                assertThat(sender.sendTo(new byte[]{(byte) i}, group.ipv4(), GROUP_PORT)).isEqualTo(1);
            }
            for (int i = 0; i < 20; i++) {
                assertThat(receive(member)).containsExactly(i);
            }
        }
        assertThat(Lan.drain(member, 200)).isZero();
    }

    /// T-PRX-12: ours into theirs.
    @Test
    void markedCopiesAreRestoredByTheOriginalsKernelClient() throws Exception {
        Node member = lan.member(1);
        RawSocket seen = lan.raw(member, RawSocket.IPPROTO_UDP);
        Replication marked = new Replication(to("10.0.0.11").port(),
                new Rewrite(Rewrite.KEEP_PORT, 64, KernelModule.MARKER));
        lan.plane(counters).apply(new RouteTable(List.of(route(match(GROUP, Match.ANY_PORT), marked))));
        UdpSocket sender = lan.sender(lan.proxy, 40_000);
        sender.tos(0xB8);

        for (int length : new int[]{0, 3, 1_000, 9_000}) {
            byte[] payload = new byte[length];
            new java.util.Random(length).nextBytes(payload);
            sender.sendTo(payload, GROUP.ipv4(), GROUP_PORT);

            byte[] copy = Packet.receive(seen, GROUP_PORT).array();
            Packet restored = Packet.of(KernelModule.restore(copy, Address.ipv4("10.0.0.1"), GROUP_PORT, GROUP)
                    .orElseThrow());
            assertThat(restored.ip.destination()).isEqualTo(GROUP.ipv4());
            assertThat(restored.ip.timeToLive()).isEqualTo(64);
            assertThat(restored.ip.headerChecksumIsValid()).isTrue();
            assertThat(restored.checksumVerdict()).isEqualTo(UdpChecksum.Verdict.VALID);
            assertThat(restored.udp.sourcePort()).isEqualTo(40_000);
            assertThat(restored.payload()).isEqualTo(payload);
        }
    }

    @Test
    void largeCopiesKeepSourceDscpAndTtlToo() throws Exception {
        Node member = lan.member(1);
        lan.receiver(member, SERVER_PORT);
        RawSocket seen = lan.raw(member, RawSocket.IPPROTO_UDP);
        Node elsewhere = lan.member(9);
        elsewhere.route("224.0.0.0/4 dev eth0");
        lan.plane(counters).apply(new RouteTable(List.of(route(match(GROUP, Match.ANY_PORT), to("10.0.0.11")))));
        UdpSocket sender = lan.sender(elsewhere, 40_000);
        sender.tos(0xB8);

        sender.sendTo(new byte[9_000], GROUP.ipv4(), GROUP_PORT);

        Packet copy = Packet.receive(seen, SERVER_PORT);
        assertThat(copy.udp.payloadLength()).isEqualTo(9_000);
        assertThat(Address.ofIpv4(copy.ip.source())).hasToString("10.0.0.19");
        assertThat(copy.ip.typeOfService()).isEqualTo(0xB8);
        assertThat(copy.ip.timeToLive()).isEqualTo(64);
        assertThat(copy.checksumVerdict()).isEqualTo(UdpChecksum.Verdict.VALID);
    }

    @Test
    void membersBehindAGatewayThatDoesNotAnswerAreChargedAndNoOthers() throws Exception {
        Node elsewhere = lan.member(2);
        elsewhere.route("224.0.0.0/4 dev eth0");
        DatagramSocket alive = lan.receiver(lan.member(1), SERVER_PORT);
        lan.proxy.route("172.16.0.0/24 via 10.0.0.99");
        lan.proxy.route("172.16.1.0/24 via 10.0.0.11");
        lan.plane(counters).apply(new RouteTable(List.of(route(match(GROUP, Match.ANY_PORT), to("172.16.0.1"),
                to("172.16.0.2"), to("172.16.1.1"), to("10.0.0.11")))));
        // Not this host's own, so that the kernel's ICMP error goes there.
        UdpSocket sender = lan.sender(elsewhere, 40_000);

        sender.sendTo(new byte[]{1}, GROUP.ipv4(), GROUP_PORT);
        assertThat(receive(alive)).containsExactly(1);

        for (String member : List.of("172.16.0.1", "172.16.0.2")) {
            Lan.until("the member behind the silent gateway is charged",
                    () -> Lan.counters(counters, member).errors(SendError.NO_NEIGHBOUR) > 0);
        }
        assertThat(Lan.counters(counters, "172.16.1.1").errors(SendError.NO_NEIGHBOUR)).isZero();
        assertThat(Lan.counters(counters, "10.0.0.11").errors()).isZero();
    }

    /// T-PRX-10
    @Test
    void aMemberThatDoesNotAnswerDelaysNobody() throws Exception {
        DatagramSocket alive = lan.receiver(lan.member(1), SERVER_PORT);
        lan.plane(counters).apply(new RouteTable(List.of(route(match(GROUP, Match.ANY_PORT), to("10.0.0.99"),
                to("192.168.77.1"), to("10.0.0.11")))));
        UdpSocket sender = lan.sender(lan.proxy, 40_000);

        for (int i = 0; i < 2_000; i++) {
            sender.sendTo(new byte[]{(byte) (i >> 8), (byte) i}, GROUP.ipv4(), GROUP_PORT);
            assertThat(receive(alive)).containsExactly((byte) (i >> 8), (byte) i);
        }

        Lan.until("the last one is counted", () -> Lan.counters(counters, "10.0.0.11").packets() == 2_000);
        assertThat(Lan.counters(counters, "10.0.0.11").errors()).isZero();
        assertThat(Lan.counters(counters, "192.168.77.1").errors(SendError.NO_ROUTE)).isEqualTo(2_000);
        Lan.until("the silent member is charged",
                () -> Lan.counters(counters, "10.0.0.99").errors(SendError.NO_NEIGHBOUR) > 0);
    }

    @Test
    void aMemberWhereNobodyListensIsChargedAsRefused() throws Exception {
        lan.member(1);
        lan.plane(counters).apply(new RouteTable(List.of(route(match(GROUP, Match.ANY_PORT), to("10.0.0.11")))));

        lan.sender(lan.proxy, 40_000).sendTo(new byte[10], GROUP.ipv4(), GROUP_PORT);

        Lan.until("refused", () -> Lan.counters(counters, "10.0.0.11").errors(SendError.REFUSED) == 1);
        assertThat(Lan.counters(counters, "10.0.0.11").lastError().orElseThrow().kind()).isEqualTo(SendError.REFUSED);
    }

    @Test
    void aThousandGroupsNeedNoSysctl() throws Exception {
        DatagramSocket member = lan.receiver(lan.member(1), SERVER_PORT);
        Node elsewhere = lan.member(2);
        elsewhere.route("224.0.0.0/4 dev eth0");
        List<Route> routes = new ArrayList<>();
        for (int i = 0; i < 1_024; i++) {
            routes.add(route(match(Address.ofIpv4(GROUP.ipv4() + i), Match.ANY_PORT), to("10.0.0.11")));
        }
        lan.plane(counters).apply(new RouteTable(routes));
        UdpSocket local = lan.sender(lan.proxy, 40_000);
        UdpSocket remote = lan.sender(elsewhere, 40_000);

        for (int i = 0; i < 1_024; i += 31) {
            local.sendTo(new byte[]{1}, GROUP.ipv4() + i, GROUP_PORT);
            assertThat(receive(member)).containsExactly(1);
            remote.sendTo(new byte[]{2}, GROUP.ipv4() + i, GROUP_PORT);
            assertThat(receive(member)).containsExactly(2);
        }
    }

    @Test
    void whatAClientOfThisHostRestoresIsNotCapturedAgain() throws Exception {
        DatagramSocket member = lan.receiver(lan.member(1), SERVER_PORT);
        DataPlane plane = lan.plane(counters);
        plane.apply(new RouteTable(List.of(route(match(GROUP, Match.ANY_PORT), to("10.0.0.11")))));
        UdpSocket restoring = lan.sender(lan.proxy, 40_000);
        restoring.mark(CaptureScope.RESTORE_MARK);

        restoring.sendTo(new byte[10], GROUP.ipv4(), GROUP_PORT);

        Lan.until("counted", () -> plane.drops().of(DropReason.RESTORED_HERE) == 1);
        assertThat(Lan.drain(member, 200)).isZero();
    }

    @Test
    void ourOwnMulticastThatComesBackFromTheWireIsNotCaptured() throws Exception {
        DatagramSocket member = lan.receiver(lan.member(1), SERVER_PORT);
        Node reflector = lan.member(2);
        reflector.route("224.0.0.0/4 dev eth0");
        DataPlane plane = lan.plane(counters);
        plane.apply(new RouteTable(List.of(route(match(GROUP, Match.ANY_PORT), to("10.0.0.11")))));
        RawSocket reflecting = lan.raw(reflector, RawSocket.IPPROTO_RAW);
        lan.proxy.sysctl("net/ipv4/conf/eth0/accept_local", "1");
        lan.proxy.sysctl("net/ipv4/conf/all/rp_filter", "0");
        lan.proxy.sysctl("net/ipv4/conf/eth0/rp_filter", "0");

        reflecting.sendDatagram(Packet.udp("10.0.0.1", 40_000, GROUP.toString(), GROUP_PORT, new byte[10]));

        Lan.until("counted", () -> plane.drops().of(DropReason.OWN_SOURCE) == 1);
        assertThat(Lan.drain(member, 200)).isZero();
    }

    /// T-PRX-08: both capture what c sends on their common LAN, and each has the other as member, whose client restores it there.
    @Test
    void twoProxiesThatFeedEachOtherOnOneLanMakeNoStorm() throws Exception {
        Node other = lan.member(1);
        Node c = lan.member(2);
        other.route("224.0.0.0/4 dev eth0");
        c.route("224.0.0.0/4 dev eth0");
        CounterRegistry otherCounters = new CounterRegistry();
        DataPlane a = lan.plane(counters);
        DataPlane b = lan.plane(other, otherCounters);
        a.apply(new RouteTable(List.of(route(match(GROUP, GROUP_PORT), to("10.0.0.11")))));
        b.apply(new RouteTable(List.of(route(match(GROUP, GROUP_PORT), to("10.0.0.1")))));
        Restorer.start(lan, lan.proxy);
        Restorer.start(lan, other);
        UdpSocket sender = lan.sender(c, 40_000);

        for (int i = 0; i < 500; i++) {
            sender.sendTo(new byte[]{(byte) (i >> 8), (byte) i}, GROUP.ipv4(), GROUP_PORT);
            LockSupport.parkNanos(2_000_000);
        }

        assertThat(Lan.event(a, PlaneEvent.LoopDetected.class).text()).contains("10.0.0.12").contains("239.1.2.3");
        long taken = Lan.counters(counters, GROUP_PORT).packets() + Lan.counters(otherCounters, GROUP_PORT).packets();
        assertThat(taken).as("datagrams copied by the two, of 500 sent").isLessThan(2 * 500 * 4);
        Lan.until("nothing circulates", () -> {
            long before = Lan.counters(counters, GROUP_PORT).packets();
            LockSupport.parkNanos(300_000_000);
            return Lan.counters(counters, GROUP_PORT).packets() == before;
        });
    }

    @Test
    void aRouteBeyondItsRateIsLimitedAndCounted() throws Exception {
        DatagramSocket member = lan.receiver(lan.member(1), SERVER_PORT);
        lan.plane(counters).apply(new RouteTable(List.of(new Route("test", match(GROUP, Match.ANY_PORT),
                List.of(to("10.0.0.11")), new RateLimit(10, 0)))));
        UdpSocket sender = lan.sender(lan.proxy, 40_000);

        long startNs = System.nanoTime();
        for (int i = 0; i < 300; i++) {
            sender.sendTo(new byte[10], GROUP.ipv4(), GROUP_PORT);
        }

        Lan.until("all counted", () -> Lan.counters(counters).packets()
                + Lan.counters(counters).drops().of(DropReason.RATE_LIMITED) == 300);
        assertThat(Lan.counters(counters).packets()).isBetween(64L,
                65 + 10 * (System.nanoTime() - startNs) / 1_000_000_000);
        assertThat(Lan.drain(member, 200)).isEqualTo((int) Lan.counters(counters).packets());
    }

    @Test
    void anInterfaceThatGoesAndComesBackIsCapturedAgain() throws Exception {
        DatagramSocket member = lan.receiver(lan.member(1), SERVER_PORT);
        Node far = lan.lab.node("far");
        lan.lab.cable(lan.proxy, "eth1", far, "eth0");
        far.address("eth0", "10.1.0.2/24");
        far.route("224.0.0.0/4 dev eth0");
        lan.proxy.address("eth1", "10.1.0.1/24");
        lan.plane(counters).apply(new RouteTable(List.of(route(match(GROUP, Match.ANY_PORT), to("10.0.0.11")))));
        lan.sender(far, 40_000).sendTo(new byte[]{1}, GROUP.ipv4(), GROUP_PORT);
        assertThat(receive(member)).containsExactly(1);

        lan.proxy.ip("link", "del", "eth1");
        lan.lab.cable(lan.proxy, "eth1", far, "eth0");
        lan.proxy.address("eth1", "10.1.0.1/24");
        far.address("eth0", "10.1.0.2/24");
        far.route("224.0.0.0/4 dev eth0");
        UdpSocket sender = lan.sender(far, 40_001);

        member.setSoTimeout(50);
        Lan.until("captured again", () -> {
            sender.sendTo(new byte[]{2}, GROUP.ipv4(), GROUP_PORT);
            try {
                return receive(member)[0] == 2;
            } catch (java.io.IOException e) {
                return false;
            }
        });
    }

    @Test
    void closingLeavesNoDescriptorBehind() throws Exception {
        Set<Descriptor> before = Descriptor.stillOpen();
        DataPlane plane = lan.plane(counters);
        plane.apply(new RouteTable(List.of(route(match(GROUP, Match.ANY_PORT), to("10.0.0.11")))));

        plane.close();
        plane.close();

        assertThat(Descriptor.stillOpen()).isEqualTo(before);
        assertThat(lan.proxy.ip("maddr", "show", "dev", "eth0")).doesNotContain("239.1.2.3");
    }

    /// T-PRX-11
    @Test
    void aSenderThatLeavesByAnotherInterfaceIsReportedAndTakenWhenThatIsNamed() throws Exception {
        DatagramSocket member = lan.receiver(lan.member(1), SERVER_PORT);
        Node far = lan.lab.node("far");
        lan.lab.cable(lan.proxy, "eth1", far, "eth0");
        lan.proxy.address("eth1", "10.1.0.1/24");
        lan.proxy.ip("route", "replace", "224.0.0.0/4", "dev", "eth1");
        DataPlane plane = lan.plane(counters);
        plane.apply(new RouteTable(List.of(on("eth0"))));
        UdpSocket sender = lan.sender(lan.proxy, 40_000);

        PlaneEvent event = sendUntilEvent(plane, sender);
        assertThat(event).isEqualTo(new PlaneEvent.WrongInterface(Address.ipv4("10.1.0.1"), GROUP, "eth1", "eth0"));
        assertThat(Lan.drain(member, 100)).isZero();

        plane.apply(new RouteTable(List.of(on("eth1"))));
        sender.sendTo(new byte[]{7}, GROUP.ipv4(), GROUP_PORT);
        member.setSoTimeout(3_000);
        assertThat(receive(member)).containsExactly(7);
    }

    private static Route on(String networkInterface) {
        return route(new Match(new InterfaceSelection.Named(List.of(networkInterface)), Address.ANY_IPV4,
                new Match.Destination.Group(GROUP), GROUP_PORT), to("10.0.0.11"));
    }

    static PlaneEvent sendUntilEvent(DataPlane plane, UdpSocket... senders) {
        AtomicReference<PlaneEvent> event = new AtomicReference<>();
        Lan.until("an event", () -> {
            for (UdpSocket sender : senders) {
                sender.sendTo(new byte[10], GROUP.ipv4(), GROUP_PORT);
            }
            plane.pollEvent().ifPresent(event::set);
            return event.get() != null;
        });
        return event.get();
    }

    /// PRX-002. The members are all addresses of one machine, behind a route, as far as the proxy can see.
    @Test
    @Tag("ci")
    void aThousandGroupsOfAThousandMembersAreServed() throws Exception {
        Node node = lan.member(1);
        node.ip("route", "add", "local", "10.64.0.0/10", "dev", "lo");
        lan.proxy.route("10.64.0.0/10 via 10.0.0.11");
        DatagramSocket members = lan.receiver(node, SERVER_PORT);
        List<Route> routes = new ArrayList<>();
        for (int group = 0; group < 1_024; group++) {
            Replication[] replications = new Replication[1_024];
            for (int member = 0; member < 1_024; member++) {
                replications[member] = to(Address.ofIpv4(0x0A400000 + group * 1_024 + member).toString());
            }
            routes.add(route(match(Address.ofIpv4(GROUP.ipv4() + group), Match.ANY_PORT), replications));
        }
        DataPlane plane = lan.plane(counters);
        plane.apply(new RouteTable(routes));
        UdpSocket sender = lan.sender(lan.proxy, 40_000);

        for (int group = 0; group < 1_024; group += 341) {
            sender.sendTo(new byte[]{1}, GROUP.ipv4() + group, GROUP_PORT);
            for (int member = 0; member < 1_024; member++) {
                assertThat(receive(members)).containsExactly(1);
            }
        }
        assertThat(Lan.drain(members, 100)).isZero();
        assertThat(plane.drops().total()).isZero();
    }

    @Test
    void aHundredSilentMembersStarveNobody() throws Exception {
        DatagramSocket alive = lan.receiver(lan.member(1), SERVER_PORT);
        Replication[] replications = new Replication[101];
        for (int member = 0; member < 100; member++) {
            replications[member] = to("10.0.0." + (100 + member));
        }
        replications[100] = to("10.0.0.11");
        lan.plane(counters).apply(new RouteTable(List.of(route(match(GROUP, Match.ANY_PORT), replications))));
        UdpSocket sender = lan.sender(lan.proxy, 40_000);

        for (int i = 0; i < 300; i++) {
            sender.sendTo(new byte[1_400], GROUP.ipv4(), GROUP_PORT);
            assertThat(receive(alive)).hasSize(1_400);
        }

        assertThat(Lan.counters(counters, "10.0.0.11").errors()).isZero();
    }
}
