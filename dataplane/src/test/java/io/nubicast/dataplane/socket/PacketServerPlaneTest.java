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
import io.nubicast.forwarding.DataPlane;
import io.nubicast.forwarding.InterfaceSelection;
import io.nubicast.forwarding.Match;
import io.nubicast.forwarding.Route;
import io.nubicast.forwarding.RouteCounters;
import io.nubicast.forwarding.RouteTable;
import io.nubicast.kernel.socket.FrameBatch;
import io.nubicast.kernel.socket.FrameSocket;
import io.nubicast.kernel.socket.UdpSocket;
import io.nubicast.kernel.sys.Descriptor;
import io.nubicast.tools.lab.Node;
import io.nubicast.wire.Address;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.DatagramSocket;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
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

    /// As some clouds deliver them, and a proxy's upstream that knows no multicast addresses.
    @Test
    void aGroupInAFrameToOurOwnHardwareAddressIsCaught() throws Exception {
        Node source = lan.member(2);
        DatagramSocket member = lan.receiver(lan.member(1), SERVER_PORT);
        lan.plane(counters).apply(new RouteTable(List.of(route(match(GROUP, Match.ANY_PORT), to("10.0.0.11")))));
        String mac = lan.proxy.run("cat", "/sys/class/net/eth0/address").strip();
        source.route("239.0.0.0/8 via 10.0.0.1");
        source.ip("neigh", "replace", "10.0.0.1", "lladdr", mac, "dev", "eth0");
        FrameSocket socket = lan.keep(InNamespace.call(source, FrameSocket::open));
        byte[] packet = Packet.udp("10.0.0.12", 4_000, GROUP.toString(), GROUP_PORT, new byte[]{1, 2, 3});

        try (Arena arena = Arena.ofConfined()) {
            FrameBatch batch = new FrameBatch(arena, 1);
            ByteBuffer header = ByteBuffer.allocate(FrameBatch.HEADER_BYTES);
            header.putLong(10, Long.parseLong(mac.replace(":", ""), 16) << 16).putShort(16, (short) 0x0200);
            header.putInt(18, 7).putShort(22, (short) 0x0800).put(24, packet, 0, 28);
            MemorySegment.copy(header.array(), 0, batch.headers(), ValueLayout.JAVA_BYTE, 0, FrameBatch.HEADER_BYTES);
            MemorySegment payload = arena.allocateFrom(ValueLayout.JAVA_BYTE, packet);
            batch.payload(0, payload.address() + 28, packet.length - 28);
            batch.device(0, Integer.parseInt(source.run("cat", "/sys/class/net/eth0/ifindex").strip()));
            assertThat(batch.send(socket, 0, 1)).isEqualTo(1);
        }

        assertThat(receive(member)).containsExactly(1, 2, 3);
    }

    /// Flows of 24 groups over four workers, each group's datagrams in order; more than one worker has had work.
    @Test
    void flowsAreSpreadOverWorkersAndKeepTheirOrder() throws Exception {
        DatagramSocket member = lan.receiver(lan.member(1), SERVER_PORT);
        DataPlane plane = lan.keep(InNamespace.call(lan.proxy,
                () -> new PacketServerPlane(counters, new PlaneOptions(64, 4, false, 0, true))));
        int groups = 24;
        List<Route> routes = new ArrayList<>();
        for (int i = 0; i < groups; i++) {
            routes.add(route(match(Address.ofIpv4(GROUP.ipv4() + i), Match.ANY_PORT), to("10.0.0.11")));
        }
        plane.apply(new RouteTable(routes));
        UdpSocket sender = lan.sender(lan.proxy, 40_000);

        int[] next = new int[groups];
        for (int round = 0; round < 100; round++) {
            for (int group = 0; group < groups; group++) {
                sender.sendTo(new byte[]{(byte) group, (byte) round}, GROUP.ipv4() + group, GROUP_PORT);
            }
            for (int i = 0; i < groups; i++) {
                byte[] copy = receive(member);
                assertThat(copy[1]).as("of group %d", copy[0]).isEqualTo((byte) next[copy[0]]++);
            }
        }

        assertThat(Lan.drain(member, 200)).isZero();
        Set<Integer> busy = new HashSet<>();
        for (Route route : routes) {
            RouteCounters of = counters.of(route.match());
            Lan.until("counted", () -> of.packets() == 100);
            for (int worker = 1; worker < 4; worker++) {
                if (of.forWorker(worker).packets() > 0) {
                    busy.add(worker);
                }
            }
        }
        assertThat(busy).as("workers beside the first").isNotEmpty();
    }

    /// A capture on one interface has other sockets than one on two: what changes hands meanwhile is neither lost nor left open.
    @Test
    void anotherInterfaceIsCapturedUnderLoadAndNothingIsLost() throws Exception {
        Set<Descriptor> before = Descriptor.stillOpen();
        DatagramSocket member = lan.receiver(lan.member(1), SERVER_PORT);
        lan.lab.cable(lan.proxy, "eth1", lan.lab.node("far"), "eth0");
        lan.proxy.address("eth1", "10.1.0.1/24");
        DataPlane plane = lan.plane(counters);
        Route one = route(new Match(new InterfaceSelection.Named(List.of("eth0")), Address.ANY_IPV4,
                new Match.Destination.Group(GROUP), GROUP_PORT), to("10.0.0.11"));
        Route other = route(new Match(new InterfaceSelection.Named(List.of("eth1")), Address.ANY_IPV4,
                new Match.Destination.Group(Address.ipv4("239.9.9.9")), GROUP_PORT), to("10.0.0.11"));
        plane.apply(new RouteTable(List.of(one)));
        UdpSocket sender = lan.sender(lan.proxy, 40_000);
        int datagrams = 4_000;

        Thread load = Thread.ofPlatform().start(() -> {
            for (int i = 0; i < datagrams; i++) {
                sender.sendTo(new byte[]{(byte) (i >> 8), (byte) i}, GROUP.ipv4(), GROUP_PORT);
                LockSupport.parkNanos(50_000);
            }
        });
        Lan.until("half of it is copied", () -> counters.of(one.match()).packets() > datagrams / 2);
        plane.apply(new RouteTable(List.of(one, other)));
        load.join();

        int next = 0;
        int twice = 0;
        while (next < datagrams) {
            byte[] copy = receive(member);
            int number = (copy[0] & 0xFF) << 8 | copy[1] & 0xFF;
            assertThat(number).as("behind %d", next).isLessThanOrEqualTo(next);
            if (number == next) {
                next++;
            } else {
                twice++;
            }
        }
        assertThat(twice).as("seen by both sockets while they changed").isLessThan(datagrams / 10);
        plane.close();
        Set<Descriptor> left = new HashSet<>(Descriptor.stillOpen());
        left.removeAll(before);
        assertThat(left).isNotEmpty().allMatch(each -> each instanceof UdpSocket);
    }
}
