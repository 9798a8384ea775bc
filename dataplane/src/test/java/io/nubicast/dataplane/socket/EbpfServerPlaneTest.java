package io.nubicast.dataplane.socket;

import static io.nubicast.dataplane.socket.Lan.GROUP;
import static io.nubicast.dataplane.socket.Lan.GROUP_PORT;
import static io.nubicast.dataplane.socket.Lan.SERVER_PORT;
import static io.nubicast.dataplane.socket.Lan.match;
import static io.nubicast.dataplane.socket.Lan.receive;
import static io.nubicast.dataplane.socket.Lan.route;
import static io.nubicast.dataplane.socket.Lan.to;
import static org.assertj.core.api.Assertions.assertThat;

import io.nubicast.dataplane.PlaneOptions;
import io.nubicast.dataplane.ebpf.EbpfServerPlane;
import io.nubicast.forwarding.CounterRegistry;
import io.nubicast.forwarding.DataPlane;
import io.nubicast.forwarding.Match;
import io.nubicast.forwarding.PlaneEvent;
import io.nubicast.forwarding.Replication;
import io.nubicast.forwarding.Route;
import io.nubicast.forwarding.RouteTable;
import io.nubicast.kernel.socket.RawSocket;
import io.nubicast.kernel.socket.UdpSocket;
import io.nubicast.tools.lab.Node;
import io.nubicast.wire.Address;
import io.nubicast.wire.UdpChecksum;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.MulticastSocket;
import java.net.NetworkInterface;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EbpfServerPlaneTest extends LinuxServerPlaneTest {
    EbpfServerPlaneTest() {
        super(counters -> new EbpfServerPlane(counters, PlaneOptions.DEFAULT));
    }

    private void untilInKernel(DataPlane plane, Route route, String... members) {
        for (String member : members) {
            Lan.until(member + " is served in the kernel",
                    () -> plane.carrier(route.match(), to(member).port()).plane().equals("ebpf"));
        }
    }

    /// So that a member's next hop is known before the first datagram.
    private void introduce(Node member, int number) {
        String mac = member.run("cat", "/sys/class/net/eth0/address").strip();
        lan.proxy.ip("neigh", "replace", "10.0.0." + (10 + number), "lladdr", mac, "dev", "eth0");
    }

    /// T-PRX-07, pitfalls of checksums: unfinished as veth has them, and finished as a wire sees them.
    @ParameterizedTest
    @ValueSource(strings = {"on", "off"})
    void checksumsAreRightWithOffloadOnAndOff(String offload) throws Exception {
        Node node = lan.member(1);
        introduce(node, 1);
        lan.receiver(node, SERVER_PORT);
        RawSocket seen = lan.raw(node, RawSocket.IPPROTO_UDP);
        lan.proxy.run("ethtool", "-K", "eth0", "tx", offload);
        Route route = route(match(GROUP, Match.ANY_PORT), to("10.0.0.11"));
        DataPlane plane = lan.plane(counters);
        plane.apply(new RouteTable(List.of(route)));
        untilInKernel(plane, route, "10.0.0.11");
        UdpSocket sender = lan.sender(lan.proxy, 40_000);

        for (int length = 0; length < 64; length++) {
            byte[] payload = new byte[length];
            new java.util.Random(length).nextBytes(payload);
            sender.sendTo(payload, GROUP.ipv4(), GROUP_PORT);
            Packet copy = Packet.receive(seen, SERVER_PORT);
            assertThat(copy.payload()).isEqualTo(payload);
            assertThat(copy.ip.headerChecksumIsValid()).isTrue();
            if (offload.equals("off")) {
                assertThat(copy.checksumVerdict()).isEqualTo(UdpChecksum.Verdict.VALID);
            }
        }
        assertThat(node.run("nstat", "-az", "UdpInCsumErrors")).contains("UdpInCsumErrors                 0");
    }

    /// One frame of many datagrams is cloned as one; gso_segs may be 0, and is not counted on.
    @ParameterizedTest
    @ValueSource(strings = {"on", "off"})
    void anApplicationsOwnBurstIsClonedAsOne(String offload) throws Exception {
        Node node = lan.member(1);
        Node other = lan.member(2);
        introduce(node, 1);
        introduce(other, 2);
        List<DatagramSocket> members = List.of(lan.receiver(node, SERVER_PORT), lan.receiver(other, SERVER_PORT));
        lan.proxy.run("ethtool", "-K", "eth0", "tx-udp-segmentation", offload);
        Route route = route(match(GROUP, Match.ANY_PORT), to("10.0.0.11"), to("10.0.0.12"));
        DataPlane plane = lan.plane(counters);
        plane.apply(new RouteTable(List.of(route)));
        untilInKernel(plane, route, "10.0.0.11", "10.0.0.12");
        UdpSocket sender = lan.sender(lan.proxy, 40_000);
        sender.segmentBytes(100);
        byte[] burst = new byte[1_550];
        for (int i = 0; i < burst.length; i++) {
            burst[i] = (byte) (i / 100);
        }

        sender.sendTo(burst, GROUP.ipv4(), GROUP_PORT);

        for (DatagramSocket member : members) {
            for (int i = 0; i < 16; i++) {
                byte[] copy = receive(member);
                assertThat(copy).hasSize(i < 15 ? 100 : 50).containsOnly(i);
            }
        }
        Lan.until("counted", () -> Lan.counters(counters, "10.0.0.12").packets() == 16);
        assertThat(Lan.counters(counters, "10.0.0.12").frames()).isEqualTo(1);
        assertThat(Lan.counters(counters, "10.0.0.12").bytes()).isEqualTo(1_550);
        assertThat(Lan.counters(counters).packets()).isEqualTo(16);
    }

    @Test
    void membersBeyondTheCloneLimitAreServedByUserSpaceAndStatusSaysSo() throws Exception {
        Node node = lan.member(1);
        introduce(node, 1);
        node.ip("route", "add", "local", "10.64.0.0/10", "dev", "lo");
        lan.proxy.route("10.64.0.0/10 via 10.0.0.11");
        DatagramSocket members = lan.receiver(node, SERVER_PORT);
        Replication[] replications = new Replication[1_024];
        for (int member = 0; member < 1_024; member++) {
            replications[member] = to(Address.ofIpv4(0x0A400000 + member).toString());
        }
        Route route = route(match(GROUP, Match.ANY_PORT), replications);
        DataPlane plane = lan.plane(counters);
        plane.apply(new RouteTable(List.of(route)));
        untilInKernel(plane, route, "10.64.0.0", "10.64.1.0");
        UdpSocket sender = lan.sender(lan.proxy, 40_000);

        for (int round = 0; round < 20; round++) {
            sender.sendTo(new byte[]{(byte) round}, GROUP.ipv4(), GROUP_PORT);
            for (int member = 0; member < 1_024; member++) {
                assertThat(receive(members)).containsExactly(round);
            }
        }

        DataPlane.Carrier beyond = plane.carrier(route.match(), replications[1_023].port());
        assertThat(beyond.plane()).isEqualTo("packet");
        assertThat(beyond.why()).contains("beyond the 500 copies");
        for (Replication each : replications) {
            Lan.until("20 copies each", () -> counters.of(route.match()).of(each.port()).packets() == 20);
        }
        assertThat(Lan.counters(counters).packets()).isEqualTo(20);
        assertThat(Lan.drain(members, 100)).isZero();
    }

    /// Half of what the device's queue holds, whatever it is at the moment.
    @Test
    void theCloneLimitFollowsTheQueueOfTheDevice() throws Exception {
        Node node = lan.member(1);
        introduce(node, 1);
        lan.proxy.route("10.64.0.0/10 via 10.0.0.11");
        lan.proxy.ip("link", "set", "eth0", "txqueuelen", "20");
        Replication[] replications = new Replication[64];
        for (int member = 0; member < 64; member++) {
            replications[member] = to(Address.ofIpv4(0x0A400000 + member).toString());
        }
        Route route = route(match(GROUP, Match.ANY_PORT), replications);
        DataPlane plane = lan.plane(counters);
        plane.apply(new RouteTable(List.of(route)));

        untilInKernel(plane, route, "10.64.0.9");
        assertThat(plane.carrier(route.match(), replications[10].port()))
                .isEqualTo(
                        new DataPlane.Carrier("packet", "eth0, next hop 10.0.0.11; beyond the 10 copies that the kernel"
                                + " makes of one datagram"));
        lan.proxy.ip("link", "set", "eth0", "txqueuelen", "1000");
        untilInKernel(plane, route, "10.64.0.63");
    }

    /// Whoever asks for counters gets those of all copies until now.
    @Test
    void countersAreUpToDateWhenAskedFor() throws Exception {
        Node node = lan.member(1);
        introduce(node, 1);
        DatagramSocket member = lan.receiver(node, SERVER_PORT);
        Route route = route(match(GROUP, Match.ANY_PORT), to("10.0.0.11"));
        DataPlane plane = lan.plane(counters);
        plane.apply(new RouteTable(List.of(route)));
        untilInKernel(plane, route, "10.0.0.11");
        UdpSocket sender = lan.sender(lan.proxy, 40_000);

        for (int datagram = 1; datagram <= 20; datagram++) {
            sender.sendTo(new byte[]{1}, GROUP.ipv4(), GROUP_PORT);
            assertThat(receive(member)).containsExactly(1);
            plane.count();
            assertThat(Lan.counters(counters, "10.0.0.11").packets()).isEqualTo(datagram);
            assertThat(Lan.counters(counters).packets()).isEqualTo(datagram);
        }
    }

    /// A neighbour that moves to another hardware address is followed.
    @Test
    void aNeighbourThatChangesIsFollowed() throws Exception {
        Node node = lan.member(1);
        introduce(node, 1);
        DatagramSocket member = lan.receiver(node, SERVER_PORT);
        Route route = route(match(GROUP, Match.ANY_PORT), to("10.0.0.11"));
        DataPlane plane = lan.plane(counters);
        plane.apply(new RouteTable(List.of(route)));
        untilInKernel(plane, route, "10.0.0.11");
        UdpSocket sender = lan.sender(lan.proxy, 40_000);
        sender.sendTo(new byte[]{1}, GROUP.ipv4(), GROUP_PORT);
        assertThat(receive(member)).containsExactly(1);

        node.ip("link", "set", "eth0", "address", "02:00:00:00:0b:0b");
        lan.proxy.ip("neigh", "replace", "10.0.0.11", "lladdr", "02:00:00:00:0b:0b", "dev", "eth0");

        member.setSoTimeout(50);
        Lan.until("served at its new address", () -> {
            sender.sendTo(new byte[]{2}, GROUP.ipv4(), GROUP_PORT);
            try {
                return receive(member)[0] == 2;
            } catch (java.io.IOException e) {
                return false;
            }
        });
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void theOriginalLeavesOrDoesNot(boolean drops) throws Exception {
        Node node = lan.member(1);
        introduce(node, 1);
        DatagramSocket member = lan.receiver(node, SERVER_PORT);
        MulticastSocket joined = lan.keep(InNamespace.call(node, () -> {
            MulticastSocket socket = new MulticastSocket(GROUP_PORT);
            socket.joinGroup(new InetSocketAddress(InetAddress.getByName(GROUP.toString()), 0),
                    NetworkInterface.getByName("eth0"));
            return socket;
        }));
        Route route = route(match(GROUP, Match.ANY_PORT), to("10.0.0.11"));
        DataPlane plane = lan.keep(InNamespace.call(lan.proxy,
                () -> new EbpfServerPlane(counters, PlaneOptions.DEFAULT.withKernel(false, drops))));
        plane.apply(new RouteTable(List.of(route)));
        untilInKernel(plane, route, "10.0.0.11");
        UdpSocket sender = lan.sender(lan.proxy, 40_000);

        for (int length : new int[]{5, 4_000}) {
            sender.sendTo(new byte[length], GROUP.ipv4(), GROUP_PORT);
            assertThat(receive(member)).hasSize(length);
        }

        assertThat(Lan.drain(joined, 200)).isEqualTo(drops ? 0 : 2);
    }

    /// `kill -9`: nothing goes on to copy, and the next one works.
    @Test
    void aKilledServerLeavesNothingBehindThatCopies() throws Exception {
        Node node = lan.member(1);
        introduce(node, 1);
        DatagramSocket member = lan.receiver(node, SERVER_PORT);
        UdpSocket sender = lan.sender(lan.proxy, 40_000);
        Process server = ServerProcess.start(lan.proxy, "10.0.0.11");
        sender.sendTo(new byte[]{1}, GROUP.ipv4(), GROUP_PORT);
        assertThat(receive(member)).containsExactly(1);
        assertThat(lan.proxy.ip("link")).contains("nubicast0");

        server.destroyForcibly().waitFor();

        Lan.until("the device is gone", () -> !lan.proxy.ip("link").contains("nubicast"));
        sender.sendTo(new byte[]{2}, GROUP.ipv4(), GROUP_PORT);
        assertThat(Lan.drain(member, 200)).isZero();
        member.setSoTimeout(3_000);
        Route route = route(match(GROUP, Match.ANY_PORT), to("10.0.0.11"));
        DataPlane plane = lan.plane(counters);
        plane.apply(new RouteTable(List.of(route)));
        untilInKernel(plane, route, "10.0.0.11");
        sender.sendTo(new byte[]{3}, GROUP.ipv4(), GROUP_PORT);
        assertThat(receive(member)).containsExactly(3);
    }

    /// It is told, and copies nothing: members still have each datagram once.
    @Test
    void aSecondServerOnAnInterfaceIsToldAndStaysAway() throws Exception {
        Node node = lan.member(1);
        introduce(node, 1);
        DatagramSocket member = lan.receiver(node, SERVER_PORT);
        Route route = route(match(GROUP, Match.ANY_PORT), to("10.0.0.11"));
        DataPlane first = lan.plane(counters);
        first.apply(new RouteTable(List.of(route)));
        untilInKernel(first, route, "10.0.0.11");

        DataPlane second = lan.plane(new CounterRegistry());
        second.apply(new RouteTable(List.of(route)));

        PlaneEvent event = Lan.event(second, PlaneEvent.InterfaceHeld.class);
        assertThat(event.text()).contains("nubicast-server is at work on interface").contains("name another");
        lan.sender(lan.proxy, 40_000).sendTo(new byte[]{1}, GROUP.ipv4(), GROUP_PORT);
        assertThat(Lan.drain(member, 300)).isEqualTo(1);
    }

    /// More versions than there is room for at once: old ones make way.
    @Test
    @Tag("ci")
    void aThousandGroupsThatChangeTenTimesInARowAreServed() throws Exception {
        Node node = lan.member(1);
        introduce(node, 1);
        introduce(node, 2);
        DatagramSocket member = lan.receiver(node, SERVER_PORT);
        DataPlane plane = lan.plane(counters);
        for (int change = 0; change < 10; change++) {
            List<Route> routes = new ArrayList<>();
            for (int group = 0; group < 1_024; group++) {
                Match match = match(Address.ofIpv4(GROUP.ipv4() + group), Match.ANY_PORT);
                routes.add(change % 2 == 0
                        ? route(match, to("10.0.0.12"))
                        : route(match, to("10.0.0.11"), to("10.0.0.12")));
            }
            plane.apply(new RouteTable(routes));
        }
        UdpSocket sender = lan.sender(lan.proxy, 40_000);

        for (int group = 0; group < 1_024; group += 93) {
            sender.sendTo(new byte[]{(byte) group}, GROUP.ipv4() + group, GROUP_PORT);
            assertThat(receive(member)).containsExactly((byte) group);
        }
    }
}
