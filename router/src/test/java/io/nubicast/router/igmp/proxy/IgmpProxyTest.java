package io.nubicast.router.igmp.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.nubicast.forwarding.routing.GroupRoute;
import io.nubicast.forwarding.routing.GroupTraffic;
import io.nubicast.forwarding.routing.PortTraffic;
import io.nubicast.forwarding.routing.RoutingPlane;
import io.nubicast.forwarding.routing.RoutingPort;
import io.nubicast.router.iface.InterfaceAddress;
import io.nubicast.router.iface.RouterInterface;
import io.nubicast.router.igmp.HostMembership;
import io.nubicast.router.igmp.IgmpConfig;
import io.nubicast.router.igmp.IgmpInstance;
import io.nubicast.router.igmp.IgmpInterfaceConfig;
import io.nubicast.router.mrib.Mrib;
import io.nubicast.router.port.Packet;
import io.nubicast.router.port.PacketPort;
import io.nubicast.wire.Address;
import io.nubicast.wire.igmp.GroupRecord;
import io.nubicast.wire.igmp.IgmpMessage;
import io.nubicast.wire.igmp.IgmpMessage.Leave;
import io.nubicast.wire.igmp.IgmpMessage.V1Query;
import io.nubicast.wire.igmp.IgmpMessage.V2Query;
import io.nubicast.wire.igmp.IgmpMessage.V2Report;
import io.nubicast.wire.igmp.IgmpMessage.V3Query;
import io.nubicast.wire.igmp.IgmpMessage.V3Report;
import io.nubicast.wire.igmp.RecordType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// A proxy with `Up` = 1 (10.0.0.2/24) towards the sources, `Down1` = 2 (10.0.1.2/24) and `Down2` = 3 (10.0.2.2/24): IGMP-050 to
/// IGMP-053, T-IGMP-16 without the packets.
class IgmpProxyTest {
    private static final int UP = 1;
    private static final int DOWN1 = 2;
    private static final int DOWN2 = 3;
    private static final Address GROUP = Address.ipv4("239.1.1.1");
    private static final Address SSM = Address.ipv4("232.1.1.1");
    private static final Address FAR = Address.ipv4("172.16.0.1");
    private static final Address QUERIER = Address.ipv4("10.0.0.1");
    private static final long SECOND_NS = 1_000_000_000L;

    private final List<String> reported = new ArrayList<>();
    private final Plane plane = new Plane();
    private final Port port = new Port();
    private final IgmpInstance igmp = new IgmpInstance(port, port);
    private final IgmpProxy proxy = new IgmpProxy(port, igmp, new Mrib(plane), new Random(1));
    private long nowNs;

    private final class Port implements PacketPort, HostMembership {
        @Override
        public void send(int interfaceId, Packet packet) {
            if (interfaceId == UP) {
                assertThat(packet.source()).hasToString("10.0.0.2");
                assertThat(packet.ttl()).isOne();
                assertThat(packet.routerAlert()).isTrue();
                reported.add(describe(packet));
            }
        }

        @Override
        public void sendRouted(Packet packet) {
            throw new AssertionError();
        }

        @Override
        public void join(int interfaceId, Address group, Optional<Address> source) {}

        @Override
        public void leave(int interfaceId, Address group, Optional<Address> source) {}
    }

    /// Remembers routes; its counters are set by hand.
    private static final class Plane implements RoutingPlane {
        final Map<List<Address>, GroupRoute> routes = new HashMap<>();
        long packets;

        String route(Address source) {
            GroupRoute route = routes.get(List.of(source, GROUP));
            return route == null
                    ? "none"
                    : route.incoming() + " " + route.outgoing().stream().sorted().map(String::valueOf)
                            .collect(Collectors.joining(","));
        }

        @Override
        public String name() {
            return "test";
        }

        @Override
        public void ports(Collection<RoutingPort> ports) {}

        @Override
        public void put(GroupRoute route) {
            routes.put(List.of(route.source(), route.group()), route);
        }

        @Override
        public void remove(Address source, Address group) {
            routes.remove(List.of(source, group));
        }

        @Override
        public Collection<GroupRoute> routes() {
            return routes.values();
        }

        @Override
        public GroupTraffic traffic(Address source, Address group) {
            return new GroupTraffic(packets, packets * 100, 0);
        }

        @Override
        public Map<Integer, PortTraffic> traffic() {
            return Map.of();
        }

        @Override
        public Collection<String> audit() {
            return List.of();
        }

        @Override
        public void poll(Listener listener, int most) {}

        @Override
        public int readable() {
            return -1;
        }

        @Override
        public long lostEvents() {
            return 0;
        }

        @Override
        public void close() {}
    }

    private static String describe(Packet packet) {
        String text = switch (IgmpMessage.parse(packet.payload())) {
            case V3Report report -> report.records().stream().map(each -> each.type() + " " + each.group()
                    + each.sources().stream().map(source -> " " + source).collect(Collectors.joining()))
                    .collect(Collectors.joining(", "));
            case V2Report report -> "report " + report.group();
            case IgmpMessage.V1Report report -> "report1 " + report.group();
            case Leave leave -> "leave " + leave.group();
            default -> "?";
        };
        return packet.destination() + " " + text;
    }

    private static RouterInterface link(int id, String name, boolean up) {
        return new RouterInterface(id, name, "eth" + id, up, false, false, 1500,
                List.of(new InterfaceAddress(Address.ofIpv4(0x0A000002 + (id - 1 << 8)), 24)));
    }

    private void interfaceIs(RouterInterface state) {
        igmp.onInterface(state, nowNs);
        proxy.onInterface(state, nowNs);
    }

    @BeforeEach
    void start() {
        igmp.configure(
                IgmpConfig.of(Map.of("Down1", IgmpInterfaceConfig.DEFAULT, "Down2", IgmpInterfaceConfig.DEFAULT)),
                0);
        proxy.configure(new IgmpProxyConfig(Optional.of("Up"), Set.of("Down1", "Down2"), false, 2), 0);
        interfaceIs(link(UP, "Up", true));
        interfaceIs(link(DOWN1, "Down1", true));
        interfaceIs(link(DOWN2, "Down2", true));
        advance(1);
    }

    private void advance(double seconds) {
        long untilNs = nowNs + Math.round(seconds * SECOND_NS);
        while (Math.min(igmp.nextDeadlineNs(), proxy.nextDeadlineNs()) <= untilNs) {
            nowNs = Math.min(igmp.nextDeadlineNs(), proxy.nextDeadlineNs());
            igmp.onDeadline(nowNs);
            proxy.onDeadline(nowNs);
        }
        nowNs = untilNs;
    }

    private void host(int link, RecordType type, Address group, String... sources) {
        igmp.onPacket(link,
                packet(Address.ofIpv4(0x0A000064 + (link - 1 << 8)), new V3Report(List.of(new GroupRecord(type,
                        group, Arrays.stream(sources).map(Address::ipv4).toList())))),
                nowNs);
    }

    private static Packet packet(Address from, IgmpMessage message) {
        return new Packet(from, IgmpMessage.ALL_V3_ROUTERS, Packet.IGMP, 1, Packet.CONTROL, true, message.bytes());
    }

    private void upstream(IgmpMessage message) {
        proxy.onPacket(UP, packet(QUERIER, message), nowNs);
    }

    private List<String> reported() {
        List<String> taken = List.copyOf(reported);
        reported.clear();
        return taken;
    }

    @Test
    void aFirstMemberIsReportedTwiceAndASecondNotAtAll() {
        host(DOWN1, RecordType.CHANGE_TO_EXCLUDE_MODE, GROUP);
        assertThat(reported).hasSize(1);
        advance(5);
        host(DOWN2, RecordType.CHANGE_TO_EXCLUDE_MODE, GROUP);
        host(DOWN1, RecordType.MODE_IS_EXCLUDE, GROUP);
        advance(5);

        assertThat(reported()).containsExactly("224.0.0.22 CHANGE_TO_EXCLUDE_MODE 239.1.1.1",
                "224.0.0.22 CHANGE_TO_EXCLUDE_MODE 239.1.1.1");

        host(DOWN1, RecordType.CHANGE_TO_INCLUDE_MODE, GROUP);
        advance(5);
        assertThat(reported()).isEmpty();
        host(DOWN2, RecordType.CHANGE_TO_INCLUDE_MODE, GROUP);
        advance(5);
        assertThat(reported()).containsExactly("224.0.0.22 CHANGE_TO_INCLUDE_MODE 239.1.1.1",
                "224.0.0.22 CHANGE_TO_INCLUDE_MODE 239.1.1.1");
        assertThat(proxy.reported()).isEmpty();
    }

    /// RFC 3376 section 3.2.
    @Test
    void whatTheLinksWantIsMerged() {
        host(DOWN1, RecordType.CHANGE_TO_EXCLUDE_MODE, GROUP, "10.9.0.1", "10.9.0.2", "10.9.0.3");
        advance(3);
        reported();
        host(DOWN2, RecordType.ALLOW_NEW_SOURCES, GROUP, "10.9.0.3", "10.9.0.4");
        advance(3);
        assertThat(reported()).containsExactly("224.0.0.22 ALLOW_NEW_SOURCES 239.1.1.1 10.9.0.3",
                "224.0.0.22 ALLOW_NEW_SOURCES 239.1.1.1 10.9.0.3");

        host(DOWN2, RecordType.CHANGE_TO_EXCLUDE_MODE, GROUP, "10.9.0.2", "10.9.0.5");
        advance(3);
        assertThat(reported()).allMatch(report -> report.endsWith("ALLOW_NEW_SOURCES 239.1.1.1 10.9.0.1")
                || report.endsWith("BLOCK_OLD_SOURCES 239.1.1.1 10.9.0.3")
                || report.contains("10.9.0.1") && report.contains("10.9.0.3")).isNotEmpty();
        assertThat(proxy.reported().get(GROUP)).hasToString("SourceFilter[exclude=true, sources=[10.9.0.2]]");
    }

    @Test
    void queriesAreAnsweredOnceWithinTheirTime() {
        host(DOWN1, RecordType.CHANGE_TO_EXCLUDE_MODE, GROUP);
        host(DOWN1, RecordType.ALLOW_NEW_SOURCES, SSM, "10.9.0.1", "10.9.0.2");
        advance(5);
        reported();

        upstream(new V3Query(Address.ANY_IPV4, 100, false, 2, 125, List.of()));
        upstream(new V3Query(Address.ANY_IPV4, 100, false, 2, 125, List.of()));
        advance(10);
        assertThat(reported()).containsExactly(
                "224.0.0.22 MODE_IS_INCLUDE 232.1.1.1 10.9.0.1 10.9.0.2, MODE_IS_EXCLUDE 239.1.1.1");

        upstream(new V3Query(GROUP, 10, false, 2, 125, List.of()));
        upstream(new V3Query(SSM, 10, false, 2, 125, List.of(Address.ipv4("10.9.0.2"), Address.ipv4("10.9.0.3"))));
        upstream(new V3Query(Address.ipv4("239.9.9.9"), 10, false, 2, 125, List.of()));
        advance(1);
        assertThat(reported()).containsExactlyInAnyOrder("224.0.0.22 MODE_IS_EXCLUDE 239.1.1.1",
                "224.0.0.22 MODE_IS_INCLUDE 232.1.1.1 10.9.0.2");
    }

    /// IGMP-051: "version on upstream follows upstream querier".
    @Test
    void theVersionOfTheUpstreamQuerierIsSpoken() {
        upstream(new V2Query(Address.ANY_IPV4, 100));
        assertThat(proxy.upstreamVersion(nowNs)).isEqualTo(2);
        host(DOWN1, RecordType.CHANGE_TO_EXCLUDE_MODE, GROUP);
        advance(20);
        assertThat(reported()).containsExactly("239.1.1.1 report 239.1.1.1", "239.1.1.1 report 239.1.1.1");

        upstream(new V2Query(Address.ANY_IPV4, 100));
        proxy.onPacket(UP, packet(Address.ipv4("10.0.0.50"), new V2Report(GROUP)), nowNs);
        advance(10);
        assertThat(reported()).isEmpty();

        upstream(new V2Query(GROUP, 10));
        advance(1);
        assertThat(reported()).containsExactly("239.1.1.1 report 239.1.1.1");
        host(DOWN1, RecordType.CHANGE_TO_INCLUDE_MODE, GROUP);
        advance(3);
        assertThat(reported()).containsExactly("224.0.0.2 leave 239.1.1.1");

        upstream(new V1Query());
        host(DOWN1, RecordType.CHANGE_TO_EXCLUDE_MODE, GROUP);
        advance(12);
        assertThat(reported()).contains("239.1.1.1 report1 239.1.1.1");
        advance(300);
        assertThat(proxy.upstreamVersion(nowNs)).isEqualTo(3);
        reported();
        upstream(new V3Query(Address.ANY_IPV4, 100, false, 2, 125, List.of()));
        advance(10);
        assertThat(reported()).isEmpty();
    }

    /// IGMP-052.
    @Test
    void upstreamTrafficGoesWhereItIsWantedAndFollowsMembers() {
        assertThat(proxy.onNoRoute(UP, FAR, GROUP, nowNs)).isTrue();
        assertThat(plane.route(FAR)).isEqualTo("1 ");

        host(DOWN1, RecordType.CHANGE_TO_EXCLUDE_MODE, GROUP);
        assertThat(plane.route(FAR)).isEqualTo("1 2");
        host(DOWN2, RecordType.ALLOW_NEW_SOURCES, GROUP, FAR.toString());
        assertThat(plane.route(FAR)).isEqualTo("1 2,3");
        host(DOWN1, RecordType.CHANGE_TO_INCLUDE_MODE, GROUP);
        advance(2);
        assertThat(plane.route(FAR)).isEqualTo("1 3");
    }

    /// IGMP-052, IGMP-053.
    @Test
    void downstreamTrafficAlwaysGoesUpAndIsNotTakenFromThere() {
        Address local = Address.ipv4("10.0.1.77");
        host(DOWN1, RecordType.CHANGE_TO_EXCLUDE_MODE, GROUP);
        host(DOWN2, RecordType.CHANGE_TO_EXCLUDE_MODE, GROUP);
        proxy.onNoRoute(DOWN1, local, GROUP, nowNs);
        assertThat(plane.route(local)).isEqualTo("2 1,3");

        Address other = Address.ipv4("10.0.1.78");
        proxy.onNoRoute(UP, other, GROUP, nowNs);
        assertThat(plane.route(other)).isEqualTo("2 1,3");
        proxy.onWrongPort(UP, other, GROUP, nowNs);
        proxy.onWrongPort(UP, other, GROUP, nowNs);
        assertThat(plane.route(other)).isEqualTo("2 1,3");
    }

    @Test
    void aFarSourceThatMovesIsFollowedOnceItsOldWayIsSilent() {
        host(DOWN1, RecordType.CHANGE_TO_EXCLUDE_MODE, GROUP);
        proxy.onNoRoute(UP, FAR, GROUP, nowNs);
        plane.packets = 10;
        proxy.onWrongPort(DOWN2, FAR, GROUP, nowNs);
        plane.packets = 20;
        proxy.onWrongPort(DOWN2, FAR, GROUP, nowNs);
        assertThat(plane.route(FAR)).isEqualTo("1 2");
        proxy.onWrongPort(DOWN2, FAR, GROUP, nowNs);
        assertThat(plane.route(FAR)).isEqualTo("3 1,2");
    }

    /// IGMP-052.
    @Test
    void aLinkWithAnotherQuerierIsNotServedUnlessConfigured() {
        host(DOWN1, RecordType.CHANGE_TO_EXCLUDE_MODE, GROUP);
        proxy.onNoRoute(UP, FAR, GROUP, nowNs);
        advance(3);
        reported();
        igmp.onPacket(DOWN1, packet(Address.ipv4("10.0.1.1"),
                new V3Query(Address.ANY_IPV4, 100, false, 2, 125, List.of())), nowNs);
        assertThat(plane.route(FAR)).isEqualTo("1 ");
        assertThat(reported()).containsExactly("224.0.0.22 CHANGE_TO_INCLUDE_MODE 239.1.1.1");

        proxy.configure(new IgmpProxyConfig(Optional.of("Up"), Set.of("Down1", "Down2"), true, 2), nowNs);
        proxy.onNoRoute(UP, FAR, GROUP, nowNs);
        assertThat(plane.route(FAR)).isEqualTo("1 2");
    }

    @Test
    void silentRoutesAreRemovedAndBusyOnesStay() {
        proxy.onNoRoute(UP, FAR, GROUP, nowNs);
        for (int i = 0; i < 20; i++) {
            plane.packets++;
            advance(30);
        }
        assertThat(plane.routes).hasSize(1);
        advance(300);
        assertThat(plane.routes).isEmpty();
        assertThat(proxy.onWrongPort(UP, FAR, GROUP, nowNs)).isFalse();
    }

    /// GEN-010.
    @Test
    void anUpstreamThatComesBackIsJoinedAnewAndStopLeavesEverything() {
        host(DOWN1, RecordType.CHANGE_TO_EXCLUDE_MODE, GROUP);
        proxy.onNoRoute(UP, FAR, GROUP, nowNs);
        advance(3);
        reported();
        interfaceIs(link(UP, "Up", false));
        assertThat(proxy.upstreamVersion(nowNs)).isZero();
        interfaceIs(link(UP, "Up", true));
        assertThat(reported()).containsExactly("224.0.0.22 CHANGE_TO_EXCLUDE_MODE 239.1.1.1");

        advance(3);
        reported();
        proxy.stop(nowNs);
        assertThat(reported()).containsExactly("224.0.0.22 CHANGE_TO_INCLUDE_MODE 239.1.1.1");
        assertThat(plane.routes).isEmpty();
        assertThat(proxy.nextDeadlineNs()).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void showIpIgmpProxy() {
        host(DOWN1, RecordType.CHANGE_TO_EXCLUDE_MODE, GROUP);
        host(DOWN2, RecordType.ALLOW_NEW_SOURCES, SSM, "10.9.0.2", "10.9.0.1");
        proxy.onNoRoute(UP, FAR, GROUP, nowNs);

        assertThat(IgmpProxyCommands.show(proxy, nowNs).text()).isEqualTo("""
                Upstream interface is Up, IGMP version 3
                Downstream interfaces are Down1, Down2
                Routes: 1, refused: 0

                Group Address    Mode     Sources
                232.1.1.1        INCLUDE  10.9.0.1 10.9.0.2
                239.1.1.1        EXCLUDE
                """);
        proxy.stop(nowNs);
        assertThat(IgmpProxyCommands.show(proxy, nowNs).text()).isEqualTo("IGMP proxy is not configured\n");
    }

    @Test
    void otherPortsAndLinkLocalGroupsAreNotTheProxys() {
        assertThat(proxy.onNoRoute(9, FAR, GROUP, nowNs)).isFalse();
        assertThat(proxy.onNoRoute(UP, FAR, Address.ipv4("224.0.0.9"), nowNs)).isFalse();
    }
}
