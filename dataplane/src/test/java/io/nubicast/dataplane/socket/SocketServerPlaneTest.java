package io.nubicast.dataplane.socket;

import static io.nubicast.dataplane.socket.Lan.GROUP;
import static io.nubicast.dataplane.socket.Lan.GROUP_PORT;
import static io.nubicast.dataplane.socket.Lan.match;
import static io.nubicast.dataplane.socket.Lan.route;
import static io.nubicast.dataplane.socket.Lan.to;
import static org.assertj.core.api.Assertions.assertThat;

import io.nubicast.forwarding.DataPlane;
import io.nubicast.forwarding.Match;
import io.nubicast.forwarding.PlaneEvent;
import io.nubicast.forwarding.RouteTable;
import io.nubicast.kernel.socket.UdpSocket;
import io.nubicast.wire.Address;
import java.util.List;
import org.junit.jupiter.api.Test;

class SocketServerPlaneTest extends LinuxServerPlaneTest {
    SocketServerPlaneTest() {
        super(SocketServerPlane::new);
    }

    /// T-PRX-15
    @Test
    void aSenderThatSwitchedMulticastLoopOffIsReported() throws Exception {
        lan.member(1);
        DataPlane plane = lan.plane(counters);
        plane.apply(new RouteTable(List.of(route(match(GROUP, Match.ANY_PORT), to("10.0.0.11")))));
        UdpSocket heard = lan.sender(lan.proxy, 40_000);
        UdpSocket unheard = lan.sender(lan.proxy, 40_001);
        unheard.multicastLoop(false);

        PlaneEvent event = sendUntilEvent(plane, heard, unheard);

        assertThat(event).isEqualTo(new PlaneEvent.SenderWithoutLoop(Address.ipv4("10.0.0.1"), 40_001, GROUP,
                GROUP_PORT));
    }
}
