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
import io.nubicast.dataplane.packet.PacketServerPlane;
import io.nubicast.forwarding.Match;
import io.nubicast.forwarding.RouteTable;
import io.nubicast.kernel.socket.UdpSocket;
import java.net.DatagramSocket;
import java.util.List;
import org.junit.jupiter.api.Test;

class PacketServerPlaneTest extends LinuxServerPlaneTest {
    PacketServerPlaneTest() {
        super(counters -> new PacketServerPlane(counters, PlaneOptions.DEFAULT));
    }

    /// T-PRX-15
    @Test
    void aSenderThatSwitchedMulticastLoopOffIsCaptured() throws Exception {
        DatagramSocket member = lan.receiver(lan.member(1), SERVER_PORT);
        lan.plane(counters).apply(new RouteTable(List.of(route(match(GROUP, Match.ANY_PORT), to("10.0.0.11")))));
        UdpSocket sender = lan.sender(lan.proxy, 40_001);
        sender.multicastLoop(false);

        for (int length : new int[]{1, 1_472, 9_000, 65_507}) {
            sender.sendTo(new byte[length], GROUP.ipv4(), GROUP_PORT);
            assertThat(receive(member)).hasSize(length);
        }
    }
}
