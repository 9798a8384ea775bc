package io.nubicast.dataplane.routing;

import static io.nubicast.dataplane.routing.RoutedNetwork.GROUP;
import static io.nubicast.dataplane.routing.RoutedNetwork.IN;
import static io.nubicast.dataplane.routing.RoutedNetwork.OUT1;
import static io.nubicast.dataplane.routing.RoutedNetwork.OUT2;
import static io.nubicast.dataplane.routing.RoutedNetwork.PORTS;
import static io.nubicast.dataplane.routing.RoutedNetwork.SOURCE;
import static io.nubicast.dataplane.routing.RoutedNetwork.events;
import static io.nubicast.dataplane.routing.RoutedNetwork.route;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.nubicast.dataplane.forwarder.UserSpaceRoutingPlane;
import io.nubicast.dataplane.linux.IgmpIntake;
import io.nubicast.dataplane.socket.InNamespace;
import io.nubicast.engine.NanoClock;
import io.nubicast.forwarding.routing.RoutingPlane;
import io.nubicast.forwarding.routing.RoutingPort;
import io.nubicast.kernel.socket.UdpSocket;
import io.nubicast.wire.Address;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/// The contract, and what only user space has.
class UserSpaceRoutingPlaneTest extends RoutingPlaneContract {
    @Override
    RoutingPlane open(IgmpIntake igmp) throws Exception {
        return UserSpaceRoutingPlane.open(igmp, NanoClock.SYSTEM);
    }

    /// FWD-001: at least 64.
    @Override
    int waiting() {
        return 20;
    }

    /// MFC-002, FWD-001
    @Test
    void thereIsRoomForAnyNumberOfPorts() throws Exception {
        List<RoutingPort> ports = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            net.router.ip("link", "add", "a" + i, "type", "veth", "peer", "name", "b" + i);
            ports.add(new RoutingPort(100 + i, "a" + i, 0));
            ports.add(new RoutingPort(200 + i, "b" + i, 0));
        }
        ports.addAll(PORTS);
        events(plane);
        plane.ports(ports);
        plane.put(route(SOURCE, IN, OUT1));
        RoutedNetwork.Member member = net.member1();

        net.send(net.source, 1, 8);

        assertThat(member.take(1)).hasSize(1);
        assertThat(plane.traffic()).hasSize(44);
    }

    /// FWD-006
    @Test
    void forwardingAllocatesNothingPerPacket() throws Exception {
        plane.put(route(SOURCE, IN, OUT1, OUT2));
        // Warm, so that what is loaded and compiled once is not counted.
        net.send(net.source, 20_000, 8);
        RoutedNetwork.until("all forwarded", () -> plane.traffic(SOURCE, GROUP).packets() == 20_000);
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long worker = Arrays.stream(threads.getAllThreadIds()).filter(id -> {
            ThreadInfo thread = threads.getThreadInfo(id);
            return thread != null && thread.getThreadName().equals("forwarder");
        }).findFirst().orElseThrow();
        long before = threads.getThreadAllocatedBytes(worker);

        net.send(net.source, 20_000, 8);
        RoutedNetwork.until("all forwarded", () -> plane.traffic(SOURCE, GROUP).packets() == 40_000);

        // A fair lock costs an object when somebody waits for it, as this test does.
        assertThat(threads.getThreadAllocatedBytes(worker) - before).isLessThan(20_000 * 8);
    }

    /// FWD-005, MFC-012: what this host sends itself is routed too, and what the plane has sent does not come back to it.
    @Test
    void whatThisHostSendsIsRoutedAndNothingGoesRound() throws Exception {
        Address own = Address.ipv4("10.1.0.1");
        RoutedNetwork.Member member = net.member1();
        RoutedNetwork.Member source = net.new Member(net.source);
        plane.put(route(own, IN, OUT1));

        InNamespace.call(net.router, () -> {
            try (UdpSocket socket = UdpSocket.open()) {
                socket.multicastTtl(8);
                socket.multicastInterface(RoutedNetwork.index("in"));
                assertThat(socket.sendTo(new byte[2], GROUP.ipv4(), 5001)).isEqualTo(2);
            }
            return 0;
        });

        assertThat(member.take(1)).extracting(RoutedNetwork.Arrived::ttl).containsExactly(7);
        assertThat(source.take(1)).extracting(RoutedNetwork.Arrived::ttl).containsExactly(8);
        assertThat(events(plane)).isEmpty();
        assertThat(member.drain()).isEmpty();
        assertThat(plane.traffic(own, GROUP).packets()).isEqualTo(1);
    }
}
