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
import io.nubicast.forwarding.routing.GroupTraffic;
import io.nubicast.forwarding.routing.RoutingEvent;
import io.nubicast.forwarding.routing.RoutingPlane;
import io.nubicast.wire.Address;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What every plane of a router does, with real packets in namespaces (FWD-001, T-MFC-07).
abstract class RoutingPlaneContract {
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
                List.of(PORTS.get(0), PORTS.get(1), new io.nubicast.forwarding.routing.RoutingPort(OUT2, "out2", 10)));
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
}
