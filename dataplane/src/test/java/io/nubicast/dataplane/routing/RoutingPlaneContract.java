package io.nubicast.dataplane.routing;

import static io.nubicast.dataplane.routing.RoutedNetwork.GROUP;
import static io.nubicast.dataplane.routing.RoutedNetwork.IN;
import static io.nubicast.dataplane.routing.RoutedNetwork.OUT1;
import static io.nubicast.dataplane.routing.RoutedNetwork.OUT2;
import static io.nubicast.dataplane.routing.RoutedNetwork.PORTS;
import static io.nubicast.dataplane.routing.RoutedNetwork.SOURCE;
import static io.nubicast.dataplane.routing.RoutedNetwork.event;
import static io.nubicast.dataplane.routing.RoutedNetwork.events;
import static io.nubicast.dataplane.routing.RoutedNetwork.route;
import static org.assertj.core.api.Assertions.assertThat;

import io.nubicast.dataplane.linux.IgmpIntake;
import io.nubicast.forwarding.routing.GroupRoute;
import io.nubicast.forwarding.routing.GroupTraffic;
import io.nubicast.forwarding.routing.PortTraffic;
import io.nubicast.forwarding.routing.RoutingEvent;
import io.nubicast.forwarding.routing.RoutingPlane;
import io.nubicast.forwarding.routing.RoutingPort;
import io.nubicast.kernel.socket.InternetSocket.PathMtuDiscovery;
import io.nubicast.kernel.tun.TunDevice;
import io.nubicast.wire.Address;
import io.nubicast.wire.UdpChecksum;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What every plane of a router does, with real packets in namespaces (FWD-001, T-MFC-07).
abstract class RoutingPlaneContract {
    private static final int TUNNEL = 14;
    static final IgmpIntake NO_IGMP = (interfaceIndex, datagram) -> {};

    RoutedNetwork net;
    RoutingPlane plane;

    /// Opens the plane that is tested, in the namespace of the calling thread.
    abstract RoutingPlane open(IgmpIntake igmp) throws Exception;

    /// Packets that wait for a route, out of twenty that come at once.
    abstract int waiting();

    @BeforeEach
    void build() throws Exception {
        net = new RoutedNetwork();
        plane = net.in(net.router, () -> {
            RoutingPlane opened = open(NO_IGMP);
            opened.ports(PORTS);
            return opened;
        });
    }

    @AfterEach
    void tearDown() {
        net.close();
    }

    /// MFC-004, T-MFC-01
    @Test
    void packetsWithoutARouteAreAskedForOnceAndLeaveWhenItComes() throws Exception {
        RoutedNetwork.Member member = net.member1();
        net.send(net.source, 20, 8);

        assertThat(event(plane, RoutingEvent.NoRoute.class)).isEqualTo(new RoutingEvent.NoRoute(IN, SOURCE, GROUP));
        assertThat(events(plane)).isEmpty();
        plane.put(route(SOURCE, IN, OUT1));

        List<RoutedNetwork.Arrived> arrived = member.take(waiting());
        assertThat(arrived).extracting(RoutedNetwork.Arrived::number).startsWith(0, 1, 2, 3);
        assertThat(arrived).extracting(RoutedNetwork.Arrived::from).containsOnly(SOURCE);
        assertThat(member.drain()).isEmpty();
    }

    /// MFC-006
    @Test
    void aRouteWithoutOutgoingPortsDropsAndDoesNotAsk() throws Exception {
        RoutedNetwork.Member member = net.member1();
        plane.put(route(SOURCE, IN));
        net.send(net.source, 5, 8);

        assertThat(events(plane)).isEmpty();
        assertThat(member.drain()).isEmpty();
        assertThat(plane.traffic(SOURCE, GROUP).packets()).isEqualTo(5);
    }

    /// MFC-007, T-MFC-04
    @Test
    void theTtlIsLessByOneAndMustBeAboveTheThreshold() throws Exception {
        plane.ports(
                List.of(PORTS.get(0), PORTS.get(1), new RoutingPort(OUT2, "out2", 10)));
        RoutedNetwork.Member plain = net.member1();
        RoutedNetwork.Member threshold = net.member2();
        plane.put(route(SOURCE, IN, OUT1, OUT2));
        for (int ttl : new int[]{1, 2, 10, 11}) {
            net.send(net.source, GROUP, ttl, 1, ttl);
        }

        assertThat(plain.drain()).extracting(RoutedNetwork.Arrived::ttl).containsExactly(1, 9, 10);
        assertThat(threshold.drain()).extracting(RoutedNetwork.Arrived::ttl).containsExactly(10);
    }

    /// MFC-008, T-MFC-03
    @Test
    void packetsOnAWrongPortAreDroppedAndToldOnce() throws Exception {
        RoutedNetwork.Member member = net.member2();
        plane.put(route(SOURCE, OUT1, OUT2));
        net.send(net.source, 20, 8);

        assertThat(events(plane)).containsExactly(new RoutingEvent.WrongPort(IN, SOURCE, GROUP));
        assertThat(member.drain()).isEmpty();
        assertThat(plane.traffic(SOURCE, GROUP)).extracting(GroupTraffic::packets, GroupTraffic::wrongPort)
                .containsExactly(0L, 20L);
    }

    @Test
    void aRouteForEverySourceForwardsWhoeverSends() throws Exception {
        RoutedNetwork.Member member = net.member1();
        RoutedNetwork.Member other = net.member2();
        plane.put(route(Address.ANY_IPV4, IN, OUT1));
        net.send(net.source, 3, 8);

        assertThat(member.take(3)).extracting(RoutedNetwork.Arrived::number).containsExactly(0, 1, 2);
        assertThat(events(plane)).isEmpty();

        plane.put(route(SOURCE, IN, OUT2));
        net.send(net.source, GROUP, 3, 1, 8);

        assertThat(other.take(1)).extracting(RoutedNetwork.Arrived::number).containsExactly(3);
        assertThat(member.drain()).isEmpty();
    }

    @Test
    void aRemovedRouteIsAskedForAgain() throws Exception {
        plane.put(route(SOURCE, IN, OUT1));
        net.send(net.source, 1, 8);
        assertThat(events(plane)).isEmpty();

        plane.remove(SOURCE, GROUP);
        net.send(net.source, 1, 8);

        assertThat(event(plane, RoutingEvent.NoRoute.class)).isEqualTo(new RoutingEvent.NoRoute(IN, SOURCE, GROUP));
        assertThat(plane.routes()).isEmpty();
        assertThat(plane.traffic(SOURCE, GROUP)).isEqualTo(GroupTraffic.NONE);
    }

    /// T-MFC-02, MFC-014
    @Test
    void whatChangesForOnePortCostsTheOthersNothing() throws Exception {
        RoutedNetwork.Member member = net.member1();
        plane.put(route(SOURCE, IN, OUT1));
        AtomicBoolean sent = new AtomicBoolean();
        Thread sender = new Thread(() -> {
            try {
                for (int burst = 0; burst < 200; burst++) {
                    net.send(net.source, GROUP, 10 * burst, 10, 8);
                }
            } catch (Exception e) {
                throw new AssertionError(e);
            } finally {
                sent.set(true);
            }
        });

        sender.start();
        while (!sent.get()) {
            plane.put(route(SOURCE, IN, OUT1, OUT2));
            plane.put(route(SOURCE, IN, OUT1));
            // A hundred thousand changes a second would lose one packet in a thousand: see the package of the plane mroute.
            LockSupport.parkNanos(1_000_000);
        }
        sender.join();

        List<Integer> missing = new ArrayList<>(IntStream.range(0, 2000).boxed().toList());
        List<Integer> arrived = member.drain().stream().map(RoutedNetwork.Arrived::number).toList();
        missing.removeAll(arrived);
        assertThat(missing).isEmpty();
        assertThat(arrived).hasSize(2000).isSorted();
        assertThat(plane.traffic(SOURCE, GROUP).packets()).isEqualTo(2000);
    }

    /// PIM-061: whole packets are told as they arrived, and their checksums are finished.
    @Test
    void wholePacketsAreToldAsTheyArrived() throws Exception {
        plane.put(new GroupRoute("test", SOURCE, GROUP, IN, Set.of(), true));
        net.send(net.source, GROUP, 7, 1, 8);

        RoutingEvent.WholePacket whole = event(plane, RoutingEvent.WholePacket.class);

        byte[] datagram = whole.packet().toArray(ValueLayout.JAVA_BYTE);
        assertThat(whole.port()).isEqualTo(IN);
        assertThat(whole.source()).isEqualTo(SOURCE);
        assertThat(whole.group()).isEqualTo(GROUP);
        assertThat(datagram).hasSize(30);
        assertThat(datagram[8]).as("TTL").isEqualTo((byte) 8);
        assertThat(datagram[29]).isEqualTo((byte) 7);
        assertThat(Packets.checksum(datagram)).isEqualTo(UdpChecksum.Verdict.VALID);
    }

    /// MFC-018, PIM-004, T-MFC-05
    @Test
    void whatARegisterCarriesArrivesOnTheRegisterPort() throws Exception {
        Address source = Address.ipv4("10.99.0.9");
        RoutedNetwork.Member member = net.member1();
        byte[] inner = Registers.datagram(source, GROUP, 3);
        Address router = Address.ipv4("10.3.0.1");
        net.sendPim(net.member2, router, Registers.register(inner, false, Registers.HEADER_ONLY));

        assertThat(event(plane, RoutingEvent.NoRoute.class))
                .isEqualTo(new RoutingEvent.NoRoute(RoutingPort.REGISTER, source, GROUP));
        plane.put(route(source, RoutingPort.REGISTER, OUT1));
        List<RoutedNetwork.Arrived> arrived = new ArrayList<>(member.take(1));
        net.sendPim(net.member2, router, Registers.register(inner, false, Registers.WHOLE));
        arrived.addAll(member.take(1));
        net.sendPim(net.member2, router, Registers.register(inner, false, Registers.WRONG));
        net.sendPim(net.member2, router, Registers.register(inner, true, Registers.HEADER_ONLY));

        assertThat(arrived).containsOnly(new RoutedNetwork.Arrived(3, Registers.TTL - 1, source));
        assertThat(member.drain()).isEmpty();
        assertThat(events(plane)).isEmpty();
        assertThat(plane.traffic(source, GROUP).packets()).isEqualTo(2);
    }

    /// What a cloud delivers.
    @Test
    void framesToTheRoutersOwnAddressAreForwardedToo() throws Exception {
        RoutedNetwork.Member member = net.member1();
        net.addressFramesToTheRouter(net.source, "in");
        net.send(net.source, 3, 8);

        assertThat(event(plane, RoutingEvent.NoRoute.class)).isEqualTo(new RoutingEvent.NoRoute(IN, SOURCE, GROUP));
        plane.put(route(SOURCE, IN, OUT1));
        assertThat(member.take(3)).extracting(RoutedNetwork.Arrived::number).containsExactly(0, 1, 2);
        net.send(net.source, GROUP, 3, 2, 8);

        assertThat(member.take(2)).extracting(RoutedNetwork.Arrived::ttl).containsOnly(7);
    }

    /// A packet on an outgoing port of a route for every source concerns Assert; on any other port it is a source that nobody
    /// knows of yet.
    @Test
    void packetsOnOtherPortsOfARouteForEverySourceAreTold() throws Exception {
        plane.put(route(Address.ANY_IPV4, OUT1, OUT2));
        net.send(net.source, 2, 8);
        assertThat(events(plane)).containsExactly(new RoutingEvent.NoRoute(IN, SOURCE, GROUP));
        plane.remove(Address.ANY_IPV4, GROUP);

        plane.put(route(Address.ANY_IPV4, OUT2, OUT1));
        net.send(net.member1, 2, 8);

        assertThat(events(plane))
                .containsExactly(new RoutingEvent.WrongPort(OUT1, Address.ipv4("10.2.0.2"), GROUP));
    }

    @Test
    void aDeviceThatVanishesAndComesBackIsServedAgain() throws Exception {
        plane.put(route(SOURCE, IN, OUT1, OUT2));
        net.unplug("out1");
        RoutedNetwork.Member stays = net.member2();
        RoutedNetwork.events(plane);
        net.send(net.source, 1, 8);
        assertThat(stays.take(1)).hasSize(1);

        net.plugAgain(net.member1, "out1", 2);
        RoutedNetwork.events(plane);
        RoutedNetwork.Member back = net.member1();
        net.send(net.source, GROUP, 5, 1, 8);

        assertThat(back.take(1)).extracting(RoutedNetwork.Arrived::number).containsExactly(5);
        assertThat(stays.take(1)).extracting(RoutedNetwork.Arrived::number).containsExactly(5);
        assertThat(plane.audit()).isEmpty();
    }

    /// The source's own device.
    @Test
    void aRouteIsInForceAgainWhenItsIncomingDeviceComesBack() throws Exception {
        plane.put(route(SOURCE, IN, OUT1));
        net.unplug("in");
        RoutedNetwork.events(plane);
        assertThat(plane.audit()).isEmpty();

        net.plugAgain(net.source, "in", 1);
        RoutedNetwork.events(plane);
        RoutedNetwork.Member member = net.member1();
        net.send(net.source, 1, 8);

        assertThat(member.take(1)).hasSize(1);
        assertThat(events(plane)).isEmpty();
    }

    /// GEN-010
    @Test
    void routesOfAPortThatIsGoneAreGone() throws Exception {
        plane.put(route(SOURCE, IN, OUT1, OUT2));
        plane.put(route(Address.ipv4("10.2.0.2"), OUT1, OUT2));

        plane.ports(List.of(PORTS.get(0), PORTS.get(2)));

        assertThat(plane.routes()).containsExactly(route(SOURCE, IN, OUT2));
        assertThat(plane.audit()).isEmpty();
        RoutedNetwork.Member member = net.member2();
        net.send(net.source, 1, 8);
        assertThat(member.take(1)).hasSize(1);
    }

    @Test
    void whatPassesIsCounted() throws Exception {
        RoutedNetwork.Member member = net.member1();
        plane.put(route(SOURCE, IN, OUT1));
        net.send(net.source, 5, 8);
        member.take(5);

        assertThat(plane.traffic(SOURCE, GROUP)).isEqualTo(new GroupTraffic(5, 150, 0));
        assertThat(plane.traffic().get(IN)).extracting(PortTraffic::packetsIn, PortTraffic::bytesIn)
                .containsExactly(5L, 150L);
        assertThat(plane.traffic().get(OUT1)).extracting(PortTraffic::packetsOut, PortTraffic::bytesOut)
                .containsExactly(5L, 150L);
        assertThat(plane.traffic().get(OUT2).packetsOut()).isZero();
    }

    /// GEN-008
    @Test
    void linkLocalGroupsAreNeitherForwardedNorAskedFor() throws Exception {
        net.send(net.source, Address.ipv4("224.0.0.99"), 0, 3, 8);

        assertThat(events(plane)).isEmpty();
    }

    /// IGMP-040: the plane sees what no other socket does.
    @Test
    void igmpIsHandedOver() throws Exception {
        Set<Integer> types = new HashSet<>();
        plane.close();
        plane = net.in(net.router, () -> {
            RoutingPlane opened = open((interfaceIndex, datagram) -> types
                    .add((int) datagram.get(ValueLayout.JAVA_BYTE,
                            (datagram.get(ValueLayout.JAVA_BYTE, 0) & 0xF) * 4L)));
            opened.ports(PORTS);
            return opened;
        });
        net.member1.sysctl("net/ipv4/conf/eth0/force_igmp_version", "2");
        net.member1();

        RoutedNetwork.until("a report of version 2", () -> {
            plane.poll(event -> {}, 16);
            return types.contains(0x16);
        });
    }

    /// MFC-013
    @Test
    void whatIsLargerThanTheMtuIsFragmentedUnlessItMustNotBe() throws Exception {
        net.router.ip("link", "set", "out1", "mtu", "1000");
        events(plane);
        plane.put(route(SOURCE, IN, OUT1));

        List<Integer> lengths = net.receiveLengths(net.member1, 2, () -> {
            net.sendLarge(net.source, 1400, PathMtuDiscovery.DO);
            net.sendLarge(net.source, 1400, PathMtuDiscovery.DONT);
            net.sendLarge(net.source, 3000, PathMtuDiscovery.DONT);
        });

        assertThat(lengths).containsExactly(1400, 3000);
    }

    /// FWD-003: bursts of local, veth and virtio senders.
    @Test
    void burstsArriveAsTheDatagramsTheyAreCutInto() throws Exception {
        plane.put(route(SOURCE, IN, OUT1));

        assertThat(net.receiveLengths(net.member1, 10, () -> net.sendBurst(net.source, 10, 1000)))
                .hasSize(10).containsOnly(1000);
    }

    /// FWD-010, T-MFC-12: a tunnel is a port both ways, and what enters it is as on a wire: single datagrams, checksums finished.
    @Test
    void aTunDeviceIsAPortBothWays() throws Exception {
        TunDevice tunnel = net.in(net.router, () -> {
            TunDevice opened = TunDevice.open("Tunnel1", 100);
            net.router.ip("link", "set", "Tunnel1", "up");
            return opened;
        });
        List<RoutingPort> ports = new ArrayList<>(PORTS);
        ports.add(new RoutingPort(TUNNEL, "Tunnel1", 0));
        events(plane);
        plane.ports(ports);
        plane.put(route(SOURCE, IN, TUNNEL));
        net.sendBurst(net.source, 3, 1000);
        net.send(net.source, 1, 8);

        MemorySegment buffer = Arena.ofAuto().allocate(65_536);
        List<Integer> lengths = new ArrayList<>();
        RoutedNetwork.until("four datagrams", () -> {
            int read = tunnel.read(buffer, 0, 65_536);
            if (read > 0) {
                byte[] datagram = buffer.asSlice(0, read).toArray(ValueLayout.JAVA_BYTE);
                Packets.assertWellFormed(datagram);
                assertThat(Packets.checksum(datagram)).isEqualTo(UdpChecksum.Verdict.VALID);
                assertThat(datagram[8]).as("TTL").isEqualTo((byte) 7);
                lengths.add(read);
            }
            return lengths.size() == 4;
        });
        assertThat(lengths).containsExactly(1028, 1028, 1028, 30);

        Address far = Address.ipv4("10.50.0.1");
        RoutedNetwork.Member member = net.member1();
        plane.put(route(far, TUNNEL, OUT1));
        byte[] datagram = Registers.datagram(far, GROUP, 9);
        MemorySegment.copy(datagram, 0, buffer, ValueLayout.JAVA_BYTE, 0, datagram.length);
        assertThat(tunnel.write(buffer, 0, datagram.length)).isEqualTo(datagram.length);

        assertThat(member.take(1)).containsExactly(new RoutedNetwork.Arrived(9, Registers.TTL - 1, far));
    }
}
