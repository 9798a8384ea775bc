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
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nubicast.dataplane.linux.IgmpIntake;
import io.nubicast.dataplane.mroute.KernelRoutingPlane;
import io.nubicast.dataplane.mroute.Meddler;
import io.nubicast.dataplane.socket.InNamespace;
import io.nubicast.forwarding.PlaneUnavailable;
import io.nubicast.forwarding.routing.GroupTraffic;
import io.nubicast.forwarding.routing.RoutingEvent;
import io.nubicast.forwarding.routing.RoutingPlane;
import io.nubicast.forwarding.routing.RoutingPort;
import io.nubicast.kernel.mroute.CacheEntry;
import io.nubicast.kernel.mroute.MulticastRouting;
import io.nubicast.kernel.socket.Poller;
import io.nubicast.wire.Address;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// The contract, and what only the kernel's table has.
class KernelRoutingPlaneTest extends RoutingPlaneContract {
    @Override
    RoutingPlane open(IgmpIntake igmp) throws Exception {
        return KernelRoutingPlane.open(KernelRoutingPlane.DEFAULT_TABLE, igmp);
    }

    /// A4 of the measurements: the kernel's queue.
    @Override
    int waiting() {
        return 4;
    }

    /// MFC-001, T-MFC-06
    @Test
    void aTableThatAnotherProcessHasIsNamedWithItsOwner() throws Exception {
        plane.close();
        ProcessBuilder holder = new ProcessBuilder(ProcessHandle.current().info().command().orElse("java"),
                "--enable-native-access=ALL-UNNAMED", "-cp", System.getProperty("java.class.path"),
                TableHolder.class.getName());
        holder.redirectError(ProcessBuilder.Redirect.DISCARD);
        Process process = net.router.start(holder);
        assertThat(process.getInputStream().read()).isEqualTo('!');

        assertThatThrownBy(() -> InNamespace.call(net.router, () -> open(NO_IGMP)))
                .hasCauseInstanceOf(PlaneUnavailable.class)
                .hasMessageContaining("multicast routing table 253 belongs to java (process " + process.pid() + ")");

        process.destroyForcibly().waitFor();
        plane = net.in(net.router, () -> open(NO_IGMP));
    }

    /// MFC-017
    @Test
    void anotherTableIsAnotherPlane() throws Exception {
        RoutingPlane second = net.in(net.router, () -> KernelRoutingPlane.open(1234, NO_IGMP));
        second.ports(PORTS);
        second.put(route(SOURCE, IN, OUT2));
        net.router.ip("mrule", "add", "iif", "in", "table", "1234");
        RoutedNetwork.Member member = net.member2();

        net.send(net.source, 1, 8);

        assertThat(member.take(1)).hasSize(1);
        assertThat(second.audit()).isEmpty();
        assertThat(plane.traffic(SOURCE, GROUP)).isEqualTo(GroupTraffic.NONE);
    }

    /// MFC-011, T-MFC-09
    @Test
    void strictReversePathFiltersAreFound() throws Exception {
        plane.close();
        net.router.sysctl("net/ipv4/conf/in/rp_filter", "1");
        net.router.sysctl("net/ipv4/ip_forward", "0");
        plane = net.in(net.router, () -> open(NO_IGMP));
        plane.ports(PORTS);

        List<RoutingEvent> told = new ArrayList<>();
        InNamespace.call(net.router, () -> {
            plane.ports(PORTS);
            plane.poll(told::add, 64);
            return 0;
        });

        assertThat(told).extracting(Object::toString).anyMatch(text -> text.contains("net.ipv4.conf.in.rp_filter is 1"))
                .anyMatch(text -> text.contains("ip_forward is 0")).noneMatch(text -> text.contains("out1.rp_filter"));
    }

    /// MFC-002
    @Test
    void beyondThirtyOneDevicesPortsAreRefusedWithANotice() throws Exception {
        List<RoutingPort> ports = new ArrayList<>(PORTS);
        for (int i = 0; i < 15; i++) {
            net.router.ip("link", "add", "a" + i, "type", "veth", "peer", "name", "b" + i);
            ports.add(new RoutingPort(100 + i, "a" + i, 0));
            ports.add(new RoutingPort(200 + i, "b" + i, 0));
        }

        plane.poll(event -> {}, 64);
        plane.ports(ports);
        List<RoutingEvent> told = new ArrayList<>();
        plane.poll(told::add, 64);

        assertThat(told).extracting(Object::toString)
                .filteredOn(text -> text.contains("room for 31 interfaces")).hasSize(2);
        assertThat(plane.traffic()).hasSize(32);
        plane.put(route(SOURCE, IN, OUT1));
        RoutedNetwork.Member member = net.member1();
        net.send(net.source, 1, 8);
        assertThat(member.take(1)).hasSize(1);
    }

    /// MFC-015
    @Test
    void whatAnotherProgramDoesToTheTableIsFoundAndRepaired() throws Exception {
        Address removed = Address.ipv4("10.1.0.7");
        Address changed = Address.ipv4("10.1.0.8");
        Address added = Address.ipv4("10.1.0.9");
        plane.put(route(SOURCE, IN, OUT1));
        plane.put(route(Address.ANY_IPV4, IN, OUT1));
        plane.put(route(removed, IN, OUT1));
        plane.put(route(changed, IN, OUT1));
        assertThat(plane.audit()).isEmpty();
        MulticastRouting routing = Meddler.routing((KernelRoutingPlane) plane);
        CacheEntry entry = new CacheEntry();
        assertThat(routing.delete(entry.begin(removed.ipv4(), GROUP.ipv4(), 0))).isZero();
        assertThat(routing.put(entry.begin(changed.ipv4(), GROUP.ipv4(), 0))).isZero();
        assertThat(routing.put(entry.begin(added.ipv4(), GROUP.ipv4(), 0))).isZero();

        assertThat(plane.audit()).containsExactlyInAnyOrder("(10.1.0.7, 239.1.2.3) was missing",
                "(10.1.0.8, 239.1.2.3) was not as it had been put", "(10.1.0.9, 239.1.2.3) had not been put");
        assertThat(plane.audit()).isEmpty();
    }

    /// What is readable when something waits.
    @Test
    void theDescriptorIsReadableWhenThereIsSomethingToPoll() throws Exception {
        events(plane);
        Poller poller = new Poller(Arena.ofAuto(), 1);
        poller.add(plane.readable());
        assertThat(poller.poll(0)).isZero();

        net.send(net.source, 1, 8);
        poller.clear();
        poller.add(plane.readable());

        assertThat(poller.poll(3_000)).isOne();
        events(plane);
        assertThat(poller.poll(0)).isZero();
    }
}
