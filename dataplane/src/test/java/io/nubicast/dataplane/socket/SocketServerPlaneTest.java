package io.nubicast.dataplane.socket;

import static io.nubicast.dataplane.socket.Lan.GROUP;
import static io.nubicast.dataplane.socket.Lan.GROUP_PORT;
import static io.nubicast.dataplane.socket.Lan.SERVER_PORT;
import static io.nubicast.dataplane.socket.Lan.match;
import static io.nubicast.dataplane.socket.Lan.receive;
import static io.nubicast.dataplane.socket.Lan.route;
import static io.nubicast.dataplane.socket.Lan.to;
import static org.assertj.core.api.Assertions.assertThat;

import io.nubicast.forwarding.CounterRegistry;
import io.nubicast.forwarding.Match;
import io.nubicast.forwarding.RouteTable;
import io.nubicast.kernel.socket.UdpSocket;
import io.nubicast.tools.lab.Node;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// The server side in network namespaces: what the contract of data planes does not reach.
class SocketServerPlaneTest {
    private final CounterRegistry counters = new CounterRegistry();
    private final Lan lan = new Lan();

    @AfterEach
    void tearDown() {
        lan.close();
    }

    /// T-PRX-01
    @Test
    void threeMembersGetACopyWithPayloadAndSourceUnchanged() throws Exception {
        List<DatagramSocket> members = List.of(lan.receiver(lan.member(1), SERVER_PORT),
                lan.receiver(lan.member(2), SERVER_PORT), lan.receiver(lan.member(3), SERVER_PORT));
        SocketServerPlane plane = lan.plane(counters);
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
}
