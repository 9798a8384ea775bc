package io.nubicast.app.router.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import io.nubicast.dataplane.mroute.KernelRoutingPlane;
import io.nubicast.forwarding.routing.RoutingPort;
import io.nubicast.kernel.socket.RawSocket;
import io.nubicast.kernel.socket.ReceiveBatch;
import io.nubicast.kernel.socket.UdpSocket;
import io.nubicast.router.iface.InterfaceAddress;
import io.nubicast.router.iface.RouterInterface;
import io.nubicast.router.port.Packet;
import io.nubicast.wire.Address;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Control packets in namespaces.
class ControlPortTest {
    private static final int LAN = 7;
    private static final Address ROUTER = Address.ipv4("10.9.0.1");
    private static final Address NEIGHBOUR = Address.ipv4("10.9.0.2");
    private static final Address ALL_PIM_ROUTERS = Address.ipv4("224.0.0.13");
    private static final Address ALL_SYSTEMS = Address.ipv4("224.0.0.1");

    private record Arrived(int interfaceId, Packet packet) {}

    private final List<Arrived> arrived = new ArrayList<>();
    private TwoNodes net;
    private ControlPort port;
    private KernelRoutingPlane plane;

    @BeforeEach
    void build() throws Exception {
        net = new TwoNodes();
        int index = TwoNodes.index(net.router, "lan");
        port = net.in(net.router, () -> {
            ControlPort opened = ControlPort.open((id, packet) -> arrived.add(new Arrived(id, packet)));
            opened.onInterface(lan(), index);
            return opened;
        });
        plane = net.in(net.router, () -> {
            KernelRoutingPlane opened = KernelRoutingPlane.open(KernelRoutingPlane.DEFAULT_TABLE, port);
            opened.ports(List.of(new RoutingPort(LAN, "lan", 0)));
            return opened;
        });
    }

    private static RouterInterface lan() {
        return new RouterInterface(LAN, "GigabitEthernet1", "lan", true, false, false, 1500,
                List.of(new InterfaceAddress(ROUTER, 24)));
    }

    @AfterEach
    void tearDown() {
        net.close();
    }

    /// GEN-007, GEN-003: type of service, TTL and Router Alert are on the wire as the protocol said.
    @Test
    void whatTheProtocolSaysIsOnTheWire() throws Exception {
        RawSocket wire = net.in(net.neighbour, () -> {
            RawSocket socket = RawSocket.open(Packet.IGMP);
            socket.receiveTimeout(3_000);
            return socket;
        });
        byte[] query = {0x11, 100, (byte) 0xEE, (byte) 0x9B, 0, 0, 0, 0};

        port.send(LAN, new Packet(Address.ANY_IPV4, ALL_SYSTEMS, Packet.IGMP, 1, Packet.CONTROL, true,
                MemorySegment.ofArray(query)));

        byte[] datagram = next(wire, 0x11);
        assertThat(datagram[0]).as("24 bytes of header").isEqualTo((byte) 0x46);
        assertThat(datagram[1]).as("type of service").isEqualTo((byte) 0xC0);
        assertThat(datagram[6]).as("not DF").isZero();
        assertThat(datagram[8]).as("TTL").isEqualTo((byte) 1);
        assertThat(List.of(datagram[12], datagram[13], datagram[14], datagram[15])).as("source")
                .containsExactly((byte) 10, (byte) 9, (byte) 0, (byte) 1);
        assertThat(List.of(datagram[20], datagram[21], datagram[22], datagram[23])).as("Router Alert")
                .containsExactly((byte) 0x94, (byte) 4, (byte) 0, (byte) 0);
        assertThat(port.sendErrors()).isEmpty();
    }

    /// The next IGMP packet of that type: the neighbour's own kernel sends reports.
    private static byte[] next(RawSocket wire, int type) {
        ReceiveBatch batch = new ReceiveBatch(Arena.ofAuto(), 1, 2048, 0);
        while (batch.receive(wire) == 1) {
            byte[] datagram = batch.segment().asSlice(0, batch.length(0)).toArray(ValueLayout.JAVA_BYTE);
            if (datagram[(datagram[0] & 0xF) * 4] == type) {
                return datagram;
            }
        }
        throw new AssertionError("nothing arrived");
    }

    /// IGMP-040, A6 of the measurements.
    @Test
    void reportsAndLeavesArriveWhateverTheirVersion() throws Exception {
        UdpSocket host = net.in(net.neighbour, UdpSocket::open);
        int eth0 = TwoNodes.index(net.neighbour, "eth0");
        host.join(Address.ipv4("239.1.2.3").ipv4(), eth0);

        awaitIgmp(0x22, "224.0.0.22");

        net.neighbour.sysctl("net/ipv4/conf/eth0/force_igmp_version", "2");
        host.join(Address.ipv4("239.1.2.4").ipv4(), eth0);
        awaitIgmp(0x16, "239.1.2.4");
        host.leave(Address.ipv4("239.1.2.4").ipv4(), eth0);
        awaitIgmp(0x17, "224.0.0.2");
    }

    private void awaitIgmp(int type, String to) {
        TwoNodes.until("IGMP of type " + type, () -> {
            plane.poll(event -> {}, 64);
            return arrived.stream().anyMatch(each -> each.interfaceId() == LAN
                    && each.packet().protocol() == Packet.IGMP && each.packet().ttl() == 1
                    && each.packet().routerAlert() && each.packet().source().equals(NEIGHBOUR)
                    && each.packet().destination().equals(Address.ipv4(to))
                    && each.packet().payload().get(ValueLayout.JAVA_BYTE, 0) == type);
        });
    }

    /// GEN-006
    @Test
    void pimGoesBothWaysAndWhatTheRouterSentItselfIsDropped() throws Exception {
        byte[] hello = {0x20, 0, (byte) 0xDF, (byte) 0xFF};
        ControlPort other = net.in(net.neighbour, () -> {
            ControlPort opened = ControlPort.open((id, packet) -> {});
            opened.onInterface(new RouterInterface(LAN, "eth0", "eth0", true, false, false, 1500,
                    List.of(new InterfaceAddress(NEIGHBOUR, 24))), index(net, "eth0"));
            return opened;
        });

        other.send(LAN, new Packet(NEIGHBOUR, ALL_PIM_ROUTERS, Packet.PIM, 1, Packet.CONTROL, false,
                MemorySegment.ofArray(hello)));
        other.sendRouted(new Packet(Address.ANY_IPV4, ROUTER, Packet.PIM, 64, 0, false, MemorySegment.ofArray(hello)));

        TwoNodes.until("two packets", () -> {
            port.receive();
            return arrived.size() == 2;
        });
        assertThat(arrived).extracting(Arrived::interfaceId).containsOnly(LAN);
        assertThat(arrived).extracting(each -> each.packet().source()).containsOnly(NEIGHBOUR);
        assertThat(arrived).extracting(each -> each.packet().destination()).containsExactly(ALL_PIM_ROUTERS, ROUTER);
        assertThat(arrived).extracting(each -> each.packet().ttl()).containsExactly(1, 64);
        assertThat(arrived.getFirst().packet().payload().toArray(ValueLayout.JAVA_BYTE)).isEqualTo(hello);

        // Looped back with our own source, as some switches and bridges do.
        RouterInterface renumbered = new RouterInterface(LAN, "GigabitEthernet1", "lan", true, false, false, 1500,
                List.of(new InterfaceAddress(NEIGHBOUR, 24)));
        port.onInterface(renumbered, TwoNodes.index(net.router, "lan"));
        other.send(LAN, new Packet(NEIGHBOUR, ALL_PIM_ROUTERS, Packet.PIM, 1, Packet.CONTROL, false,
                MemorySegment.ofArray(hello)));
        TwoNodes.until("it is dropped", () -> {
            port.receive();
            return port.drops().getOrDefault(ControlDrop.OWN_SOURCE, 0L) == 1;
        });
        assertThat(arrived).hasSize(2);
    }

    private static int index(TwoNodes net, String device) throws Exception {
        return TwoNodes.index(net.neighbour, device);
    }

    @Test
    void malformedPacketsAreCounted() {
        port.onDatagram(1, MemorySegment.ofArray(new byte[19]));
        port.onDatagram(1, MemorySegment.ofArray(new byte[40]));

        assertThat(port.drops()).containsEntry(ControlDrop.MALFORMED, 2L);
        assertThat(arrived).isEmpty();
    }

    @Test
    void sendingByAnInterfaceThatIsGoneIsCountedAndNotTold() {
        port.onInterfaceGone(LAN);

        port.send(LAN,
                new Packet(ROUTER, ALL_PIM_ROUTERS, Packet.PIM, 1, 0, false, MemorySegment.ofArray(new byte[4])));

        assertThat(port.sendErrors()).containsEntry("the interface is not there", 1L);
    }
}
