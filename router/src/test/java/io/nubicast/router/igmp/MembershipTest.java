package io.nubicast.router.igmp;

import static io.nubicast.router.igmp.Router.GROUP;
import static io.nubicast.router.igmp.Router.HOST;
import static io.nubicast.router.igmp.Router.addresses;
import static io.nubicast.wire.igmp.RecordType.ALLOW_NEW_SOURCES;
import static io.nubicast.wire.igmp.RecordType.BLOCK_OLD_SOURCES;
import static io.nubicast.wire.igmp.RecordType.CHANGE_TO_EXCLUDE_MODE;
import static io.nubicast.wire.igmp.RecordType.CHANGE_TO_INCLUDE_MODE;
import static io.nubicast.wire.igmp.RecordType.MODE_IS_EXCLUDE;
import static io.nubicast.wire.igmp.RecordType.MODE_IS_INCLUDE;
import static org.assertj.core.api.Assertions.assertThat;

import io.nubicast.router.policy.AccessList;
import io.nubicast.wire.Address;
import io.nubicast.wire.igmp.GroupRecord;
import io.nubicast.wire.igmp.IgmpDrop;
import io.nubicast.wire.igmp.IgmpMessage;
import io.nubicast.wire.igmp.IgmpMessage.Leave;
import io.nubicast.wire.igmp.IgmpMessage.V1Report;
import io.nubicast.wire.igmp.IgmpMessage.V2Query;
import io.nubicast.wire.igmp.IgmpMessage.V2Report;
import io.nubicast.wire.igmp.IgmpMessage.V3Query;
import io.nubicast.wire.igmp.IgmpMessage.V3Report;
import io.nubicast.wire.igmp.RecordType;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What hosts say on one link, and what becomes of it in time.
class MembershipTest {
    private static final Address SSM = Address.ipv4("232.1.1.1");
    private static final Address SOURCE = Address.ipv4("10.1.0.1");
    private static final Address ALL = Address.ipv4("255.255.255.255");
    private static final int MUTATIONS = Boolean.getBoolean("nubicast.ci") ? 1_000_000 : 10_000;

    private final Router router = new Router(IgmpInterfaceConfig.DEFAULT);

    @BeforeEach
    void startUpIsOver() {
        router.advanceTo(10);
        router.sent();
    }

    private static AccessList.Entry entry(boolean permit, String source, String group) {
        return new AccessList.Entry(permit, Address.ipv4(source), source.equals("0.0.0.0") ? ALL : Address.ANY_IPV4,
                Address.ipv4(group), Address.ANY_IPV4);
    }

    private static AccessList groups(String... permitted) {
        List<AccessList.Entry> entries = new ArrayList<>();
        for (String group : permitted) {
            entries.add(new AccessList.Entry(true, Address.ipv4(group), Address.ANY_IPV4, Address.ANY_IPV4, ALL));
        }
        return new AccessList("GROUPS", entries);
    }

    /// IGMP-034: told in the same call.
    @Test
    void aJoinIsToldAtOnceAndOnlyOnce() {
        router.report(CHANGE_TO_EXCLUDE_MODE, GROUP);
        router.report(CHANGE_TO_EXCLUDE_MODE, GROUP);
        router.advanceTo(11);
        router.report(MODE_IS_EXCLUDE, GROUP);

        assertThat(router.told).containsExactly("10 239.1.1.1");
        assertThat(router.igmp.includesAny(Router.LINK, GROUP)).isTrue();
        assertThat(router.igmp.includes(Router.LINK, SOURCE, GROUP)).isFalse();
        assertThat(router.igmp.excludes(Router.LINK, SOURCE, GROUP)).isFalse();
    }

    /// T-IGMP-05, IGMP-031.
    @Test
    void aLeaveIsAskedAboutTwiceAndInForceAfterTwoSeconds() {
        router.report(CHANGE_TO_EXCLUDE_MODE, GROUP);
        router.told.clear();
        router.report(CHANGE_TO_INCLUDE_MODE, GROUP);
        router.advanceTo(11.999);
        assertThat(router.wanted(GROUP)).isEqualTo(SourceFilter.EVERYTHING);
        router.advanceTo(12);

        assertThat(router.sent()).containsExactly("10 Q3(239.1.1.1)", "11 Q3(239.1.1.1)");
        assertThat(router.wanted(GROUP)).isEqualTo(SourceFilter.NOTHING);
        assertThat(router.told).containsExactly("12 239.1.1.1");
        assertThat(router.packets.getLast().destination()).isEqualTo(GROUP);
        assertThat(IgmpMessage.parse(router.packets.getLast().payload()))
                .isEqualTo(new V3Query(GROUP, 10, false, 2, 125, List.of()));
        assertThat(router.igmp.counters().joins()).isOne();
        assertThat(router.igmp.counters().leaves()).isOne();
    }

    /// T-IGMP-06. The retransmission says that routers need not hurry: S is set, as the group timer is above LMQT.
    @Test
    void aReportWhileCheckingKeepsTheGroup() {
        router.report(CHANGE_TO_EXCLUDE_MODE, GROUP);
        router.report(CHANGE_TO_INCLUDE_MODE, GROUP);
        router.advanceTo(10.5);
        router.receive(Address.ipv4("10.0.0.101"), new V3Report(List.of(
                new GroupRecord(MODE_IS_EXCLUDE, GROUP, List.of()))));
        router.advanceTo(15);

        assertThat(router.sent()).containsExactly("10 Q3(239.1.1.1)", "11 Q3(239.1.1.1) S");
        assertThat(router.group(GROUP).groupTimer().dueNs()).isEqualTo(270_500_000_000L);
        assertThat(router.group(GROUP).lastReporter()).hasToString("10.0.0.101");
    }

    /// IGMP-032.
    @Test
    void sourcesThatAreStillWantedAreAskedAboutWithTheSFlag() {
        router.report(ALLOW_NEW_SOURCES, SSM, "10.1.0.1", "10.1.0.2", "10.1.0.3");
        router.report(BLOCK_OLD_SOURCES, SSM, "10.1.0.1", "10.1.0.2");
        router.advanceTo(10.3);
        router.report(MODE_IS_INCLUDE, SSM, "10.1.0.2");
        router.advanceTo(15);

        assertThat(router.sent()).containsExactly("10 Q3(232.1.1.1, 10.1.0.1 10.1.0.2)",
                "11 Q3(232.1.1.1, 10.1.0.2) S", "11 Q3(232.1.1.1, 10.1.0.1)");
        assertThat(router.wanted(SSM)).isEqualTo(SourceFilter.include(addresses("10.1.0.2", "10.1.0.3")));
        assertThat(router.told).containsExactly("10 232.1.1.1", "12 232.1.1.1");
    }

    /// IGMP-010.
    @Test
    void manySourcesAreAskedAboutInSeveralQueries() {
        String[] many = new String[800];
        for (int i = 0; i < many.length; i++) {
            many[i] = "10.2." + i / 256 + "." + i % 256;
        }
        router.report(ALLOW_NEW_SOURCES, SSM, many);
        router.packets.clear();
        router.report(BLOCK_OLD_SOURCES, SSM, many);

        assertThat(router.packets).extracting(packet -> packet.payload().byteSize())
                .containsExactly(12 + 4 * 366L, 12 + 4 * 366L, 12 + 4 * 68L);
    }

    /// IGMP-031: a flood of leaves does not become a flood of queries.
    @Test
    void furtherLeavesWhileCheckingAskNothing() {
        router.report(CHANGE_TO_EXCLUDE_MODE, GROUP);
        for (int i = 0; i < 10; i++) {
            router.advanceTo(10 + i / 10.0);
            router.report(CHANGE_TO_INCLUDE_MODE, GROUP);
        }
        router.advanceTo(12);

        assertThat(router.sent()).containsExactly("10 Q3(239.1.1.1)", "11 Q3(239.1.1.1)");
        assertThat(router.wanted(GROUP)).isEqualTo(SourceFilter.NOTHING);
    }

    @Test
    void leavesOfMoreGroupsThanMayBeAskedAboutWaitForTheirTime() {
        for (int i = 0; i < 3_000; i++) {
            router.report(CHANGE_TO_EXCLUDE_MODE, Address.ofIpv4(0xEF020000 + i));
        }
        for (int i = 0; i < 3_000; i++) {
            router.report(CHANGE_TO_INCLUDE_MODE, Address.ofIpv4(0xEF020000 + i));
        }

        assertThat(router.sent()).hasSize(2_000);
        assertThat(router.ignored(IgmpIgnored.QUERY_RATE)).isEqualTo(1_000);
        router.advanceTo(300);
        assertThat(router.igmp.groups(Router.LINK)).isEmpty();
    }

    /// IGMP-033.
    @Test
    void whoIsNotTheQuerierFollowsItsQueries() {
        Address querier = Address.ipv4("10.0.0.1");
        router.receive(querier, new V3Query(Address.ANY_IPV4, 100, false, 2, 125, List.of()));
        router.report(CHANGE_TO_EXCLUDE_MODE, GROUP);
        router.report(ALLOW_NEW_SOURCES, SSM, "10.1.0.1", "10.1.0.2");

        router.receive(querier, new V3Query(GROUP, 10, true, 2, 125, List.of()));
        assertThat(router.group(GROUP).groupTimer().dueNs()).isEqualTo(270_000_000_000L);

        router.receive(querier, new V3Query(GROUP, 15, false, 2, 125, List.of()));
        router.receive(querier, new V3Query(SSM, 10, false, 2, 125, addresses("10.1.0.1", "10.1.0.9")));
        assertThat(router.group(GROUP).groupTimer().dueNs()).isEqualTo(13_000_000_000L);
        router.advanceTo(12);
        assertThat(router.wanted(SSM)).isEqualTo(SourceFilter.include(addresses("10.1.0.2")));

        router.report(CHANGE_TO_EXCLUDE_MODE, GROUP);
        router.receive(querier, new V2Query(GROUP, 20));
        assertThat(router.group(GROUP).groupTimer().dueNs()).isEqualTo(16_000_000_000L);
        assertThat(router.sent()).isEmpty();
    }

    @Test
    void theQuerierDoesNotForgetWhatAnotherAsksAbout() {
        router.report(CHANGE_TO_EXCLUDE_MODE, GROUP);
        router.receive(Address.ipv4("10.0.0.3"), new V3Query(GROUP, 10, false, 2, 125, List.of()));

        assertThat(router.group(GROUP).groupTimer().dueNs()).isEqualTo(270_000_000_000L);
    }

    /// T-IGMP-07, IGMP-035.
    @Test
    void aBlockIsIgnoredWhileAVersion2HostIsThere() {
        router.receive(HOST, new V2Report(GROUP));
        router.advanceTo(200);
        router.report(MODE_IS_EXCLUDE, GROUP);
        router.sent();

        router.advanceTo(269.9);
        router.report(BLOCK_OLD_SOURCES, GROUP, "10.1.0.1");
        router.report(CHANGE_TO_EXCLUDE_MODE, GROUP, "10.1.0.1");
        assertThat(router.sent()).isEmpty();
        assertThat(router.ignored(IgmpIgnored.OLDER_HOST)).isOne();
        assertThat(router.group(GROUP).sources()).isEmpty();

        router.advanceTo(270);
        router.report(BLOCK_OLD_SOURCES, GROUP, "10.1.0.1");
        assertThat(router.sent()).containsExactly("270 Q3(239.1.1.1, 10.1.0.1)");
        router.advanceTo(272);
        assertThat(router.igmp.excludes(Router.LINK, SOURCE, GROUP)).isTrue();
        assertThat(router.wanted(GROUP)).isEqualTo(SourceFilter.exclude(addresses("10.1.0.1")));
    }

    /// IGMP-035.
    @Test
    void leavesAreIgnoredWhileAVersion1HostIsThere() {
        router.receive(HOST, new V1Report(GROUP));
        router.advanceTo(20);
        router.receive(HOST, new Leave(GROUP));
        router.report(CHANGE_TO_INCLUDE_MODE, GROUP);
        router.receive(HOST, new V2Report(GROUP));
        router.receive(HOST, new Leave(GROUP));

        assertThat(router.sent()).isEmpty();
        assertThat(router.ignored(IgmpIgnored.OLDER_HOST)).isEqualTo(3);
        router.advanceTo(279.9);
        assertThat(router.wanted(GROUP)).isEqualTo(SourceFilter.EVERYTHING);
        router.advanceTo(280);
        assertThat(router.wanted(GROUP)).isEqualTo(SourceFilter.NOTHING);
    }

    @Test
    void aVersion2HostJoinsAndLeaves() {
        Router version2 = new Router(IgmpInterfaceConfig.DEFAULT.but().version(2).build());
        version2.receive(HOST, new V2Report(GROUP));
        version2.advanceTo(5);
        version2.sent();
        version2.receive(HOST, new Leave(GROUP));
        version2.advanceTo(7);

        assertThat(version2.sent()).containsExactly("5 Q2(239.1.1.1)", "6 Q2(239.1.1.1)");
        assertThat(version2.told).containsExactly("0 239.1.1.1", "7 239.1.1.1");
    }

    @Test
    void anInterfaceOfAnOlderVersionDoesNotKnowNewerReports() {
        Router version2 = new Router(IgmpInterfaceConfig.DEFAULT.but().version(2).build());
        version2.report(MODE_IS_EXCLUDE, GROUP);
        Router version1 = new Router(IgmpInterfaceConfig.DEFAULT.but().version(1).build());
        version1.receive(HOST, new V2Report(GROUP));
        version1.receive(HOST, new Leave(GROUP));

        assertThat(version2.ignored(IgmpIgnored.OTHER_VERSION)).isOne();
        assertThat(version1.ignored(IgmpIgnored.OTHER_VERSION)).isEqualTo(2);
        assertThat(version2.told).isEmpty();
        version1.receive(HOST, new V1Report(GROUP));
        assertThat(version1.wanted(GROUP)).isEqualTo(SourceFilter.EVERYTHING);
    }

    /// T-IGMP-08, IGMP-036.
    @Test
    void aSourceSpecificGroupHasSourceSpecificMembersOnly() {
        router.receive(HOST, new V1Report(SSM));
        router.receive(HOST, new V2Report(SSM));
        router.receive(HOST, new Leave(SSM));
        router.report(MODE_IS_EXCLUDE, SSM);
        router.report(CHANGE_TO_EXCLUDE_MODE, SSM, "10.1.0.1");
        assertThat(router.told).isEmpty();
        assertThat(router.ignored(IgmpIgnored.SSM_RANGE)).isEqualTo(5);

        router.report(ALLOW_NEW_SOURCES, SSM, "10.1.0.1");
        assertThat(router.igmp.includes(Router.LINK, SOURCE, SSM)).isTrue();
        assertThat(router.igmp.includesAny(Router.LINK, SSM)).isFalse();
        assertThat(router.wanted(SSM)).isEqualTo(SourceFilter.include(Set.of(SOURCE)));

        router.receive(HOST, new V2Report(SSM));
        router.report(BLOCK_OLD_SOURCES, SSM, "10.1.0.1");
        router.advanceTo(12);
        assertThat(router.wanted(SSM)).isEqualTo(SourceFilter.NOTHING);
    }

    @Test
    void theSsmRangeIsAskedForEachTimeAndAChangeForgetsWhatMayNoLongerBe() {
        router.report(MODE_IS_EXCLUDE, GROUP);
        IgmpConfig config = router.igmp.config();

        router.igmp.configure(new IgmpConfig(config.interfaces(), Optional.of(groups("239.1.1.1")), List.of(),
                OptionalInt.empty()), router.nowNs);

        assertThat(router.wanted(GROUP)).isEqualTo(SourceFilter.NOTHING);
        assertThat(router.told).hasSize(2);
        router.report(MODE_IS_EXCLUDE, SSM);
        assertThat(router.wanted(SSM)).isEqualTo(SourceFilter.EVERYTHING);
    }

    @Test
    void mappedGroupsGiveMembersOfVersion2TheirSources() {
        Router version2 = new Router(IgmpInterfaceConfig.DEFAULT.but().version(2).build());
        IgmpConfig config = version2.igmp.config();
        version2.igmp.configure(new IgmpConfig(config.interfaces(), config.ssmRange(),
                List.of(new IgmpConfig.SsmMapping(groups("232.1.1.1"), SOURCE)), OptionalInt.empty()), 0);
        version2.sent();

        version2.receive(HOST, new V2Report(SSM));
        assertThat(version2.wanted(SSM)).isEqualTo(SourceFilter.include(Set.of(SOURCE)));
        version2.receive(HOST, new Leave(SSM));
        version2.advanceTo(2);
        assertThat(version2.wanted(SSM)).isEqualTo(SourceFilter.NOTHING);
        assertThat(version2.sent()).containsExactly("0 Q2(232.1.1.1)", "1 Q2(232.1.1.1)");
    }

    /// IGMP-037.
    @Test
    void aStaticGroupIsThereWithoutAMemberAndSurvivesAFlap() {
        router.configure(IgmpInterfaceConfig.DEFAULT.but().staticGroup(Membership.of(GROUP))
                .staticGroup(Membership.of(SSM, SOURCE)).build());
        router.igmp.onInterface(Router.link(Router.OWN, false), router.nowNs);
        router.igmp.onInterface(Router.link(Router.OWN, true), router.nowNs);
        router.report(CHANGE_TO_INCLUDE_MODE, GROUP);
        router.report(BLOCK_OLD_SOURCES, SSM, "10.1.0.1");
        router.advanceTo(1_000);

        assertThat(router.igmp.includesAny(Router.LINK, GROUP)).isTrue();
        assertThat(router.igmp.includes(Router.LINK, SOURCE, SSM)).isTrue();
        assertThat(router.igmp.expiresNs(Router.LINK, GROUP)).isEqualTo(Long.MAX_VALUE);
        assertThat(router.sent()).noneMatch(query -> query.contains("239.1.1.1"));

        router.configure(IgmpInterfaceConfig.DEFAULT);
        assertThat(router.igmp.groups(Router.LINK)).isEmpty();
    }

    @Test
    void whatIsStaticIsAddedToWhatMembersWant() {
        router.configure(
                IgmpInterfaceConfig.DEFAULT.but().staticGroup(Membership.of(GROUP, SOURCE)).build());
        router.report(MODE_IS_EXCLUDE, GROUP, "10.1.0.1", "10.1.0.2");

        assertThat(router.wanted(GROUP)).isEqualTo(SourceFilter.exclude(addresses("10.1.0.2")));
        assertThat(router.igmp.sources(Router.LINK, GROUP)).containsExactlyInAnyOrderElementsOf(
                addresses("10.1.0.1", "10.1.0.2"));
    }

    /// IGMP-038.
    @Test
    void aJoinedGroupIsTheKernelsToo() {
        router.memberships.clear();
        router.configure(IgmpInterfaceConfig.DEFAULT.but().joinGroup(Membership.of(GROUP))
                .joinGroup(Membership.of(SSM, SOURCE)).build());
        assertThat(router.memberships).containsExactlyInAnyOrder("join 239.1.1.1", "join 232.1.1.1 10.1.0.1");
        assertThat(router.igmp.joinedByRouter(GROUP)).isTrue();
        assertThat(router.igmp.includesAny(Router.LINK, GROUP)).isTrue();

        router.memberships.clear();
        router.configure(IgmpInterfaceConfig.DEFAULT.but().joinGroup(Membership.of(GROUP)).build());
        assertThat(router.memberships).containsExactly("leave 232.1.1.1 10.1.0.1");
        assertThat(router.igmp.includes(Router.LINK, SOURCE, SSM)).isFalse();

        router.igmp.onInterfaceGone(Router.LINK, router.nowNs);
        assertThat(router.memberships).contains("leave 239.1.1.1");
        assertThat(router.igmp.includesAny(Router.LINK, GROUP)).isFalse();
    }

    /// IGMP-039.
    @Test
    void aStandardAccessGroupLooksAtGroups() {
        router.configure(IgmpInterfaceConfig.DEFAULT.but().accessGroup(groups("239.1.1.1")).build());
        router.report(MODE_IS_EXCLUDE, GROUP);
        router.report(MODE_IS_EXCLUDE, Address.ipv4("239.1.1.2"));
        router.receive(HOST, new V2Report(Address.ipv4("239.1.1.2")));
        router.report(ALLOW_NEW_SOURCES, SSM, "10.1.0.1");

        assertThat(router.igmp.groups(Router.LINK)).containsExactly(GROUP);
        assertThat(router.ignored(IgmpIgnored.ACCESS_GROUP)).isEqualTo(3);

        router.configure(IgmpInterfaceConfig.DEFAULT.but().boundary(groups("239.1.1.2")).build());
        assertThat(router.igmp.groups(Router.LINK)).isEmpty();
        router.report(MODE_IS_EXCLUDE, GROUP);
        assertThat(router.ignored(IgmpIgnored.BOUNDARY)).isOne();
    }

    /// IGMP-039.
    @Test
    void anExtendedAccessGroupLooksAtSourcesAndGroups() {
        AccessList flows = new AccessList("100", true, List.of(entry(true, "10.1.0.1", "232.1.1.1"),
                entry(true, "0.0.0.0", "239.1.1.1")));
        router.configure(IgmpInterfaceConfig.DEFAULT.but().accessGroup(flows).build());

        router.report(ALLOW_NEW_SOURCES, SSM, "10.1.0.1", "10.1.0.2");
        router.report(MODE_IS_EXCLUDE, GROUP);
        router.report(MODE_IS_EXCLUDE, Address.ipv4("239.1.1.2"));

        assertThat(router.wanted(SSM)).isEqualTo(SourceFilter.include(Set.of(SOURCE)));
        assertThat(router.igmp.groups(Router.LINK)).containsExactly(SSM, GROUP);
        assertThat(router.ignored(IgmpIgnored.ACCESS_GROUP)).isEqualTo(2);
    }

    /// IGMP-039, GEN-009, T-IGMP-15 (without the packets).
    @Test
    void groupsBeyondTheLimitAreRefusedAndCounted() {
        router.configure(IgmpInterfaceConfig.DEFAULT.but().limit(500).build());
        for (int i = 0; i < 1_000; i++) {
            router.report(MODE_IS_EXCLUDE, Address.ofIpv4(0xEF020000 + i));
        }
        router.report(MODE_IS_EXCLUDE, Address.ofIpv4(0xEF020000));
        assertThat(router.igmp.groups(Router.LINK)).hasSize(500);
        assertThat(router.ignored(IgmpIgnored.INTERFACE_LIMIT)).isEqualTo(500);

        IgmpConfig config = router.igmp.config();
        router.igmp.configure(new IgmpConfig(
                Map.of(Router.NAME,
                        IgmpInterfaceConfig.DEFAULT.but().limit(500).limitExcept(groups("239.1.1.1")).build()),
                config.ssmRange(), List.of(), OptionalInt.of(501)), router.nowNs);
        router.report(MODE_IS_EXCLUDE, GROUP);
        router.report(MODE_IS_EXCLUDE, Address.ipv4("239.1.1.2"));
        assertThat(router.igmp.groups(Router.LINK)).hasSize(501).contains(GROUP);

        router.advanceTo(300);
        assertThat(router.igmp.groups(Router.LINK)).isEmpty();
        router.report(MODE_IS_EXCLUDE, GROUP);
        assertThat(router.igmp.groups(Router.LINK)).hasSize(1);
    }

    /// GEN-009.
    @Test
    void sourcesAreBounded() {
        for (int from = 0; from < 12_000; from += 300) {
            String[] some = new String[300];
            for (int i = 0; i < some.length; i++) {
                some[i] = "10.2." + (from + i) / 256 + "." + (from + i) % 256;
            }
            router.report(ALLOW_NEW_SOURCES, SSM, some);
        }

        assertThat(router.group(SSM).sources()).hasSize(IgmpInstance.MOST_SOURCES_OF_A_GROUP);
        assertThat(router.ignored(IgmpIgnored.SOURCE_LIMIT)).isEqualTo(12_000 - IgmpInstance.MOST_SOURCES_OF_A_GROUP);
        router.advanceTo(300);
        router.report(ALLOW_NEW_SOURCES, SSM, "10.1.0.1");
        assertThat(router.wanted(SSM)).isEqualTo(SourceFilter.include(Set.of(SOURCE)));
    }

    /// IGMP-034.
    @Test
    void anImmediateLeaveAsksNobody() {
        router.configure(IgmpInterfaceConfig.DEFAULT.but().immediateLeave(groups("239.1.1.1", "232.1.1.1")).build());
        router.receive(HOST, new V2Report(GROUP));
        router.receive(HOST, new Leave(GROUP));
        router.report(ALLOW_NEW_SOURCES, SSM, "10.1.0.1", "10.1.0.2");
        router.report(BLOCK_OLD_SOURCES, SSM, "10.1.0.1");
        assertThat(router.wanted(SSM)).isEqualTo(SourceFilter.include(addresses("10.1.0.2")));
        router.report(CHANGE_TO_INCLUDE_MODE, SSM);

        assertThat(router.sent()).isEmpty();
        assertThat(router.igmp.groups(Router.LINK)).isEmpty();
        assertThat(router.igmp.counters().leaves()).isEqualTo(2);
    }

    /// IGMP-006.
    @Test
    void recordsThatMakeNoSenseAreIgnoredAlone() {
        router.receive(HOST, new V3Report(List.of(
                new GroupRecord(MODE_IS_EXCLUDE, Address.ipv4("10.0.0.1"), List.of()),
                new GroupRecord(MODE_IS_EXCLUDE, Address.ipv4("224.0.0.251"), List.of()),
                new GroupRecord(ALLOW_NEW_SOURCES, SSM, addresses("10.1.0.1", "239.0.0.1")),
                new GroupRecord(ALLOW_NEW_SOURCES, SSM, addresses("0.0.0.0")),
                new GroupRecord(ALLOW_NEW_SOURCES, SSM, addresses("255.255.255.255")),
                new GroupRecord(MODE_IS_EXCLUDE, GROUP, List.of()))));

        assertThat(router.igmp.groups(Router.LINK)).containsExactly(GROUP);
        assertThat(router.ignored(IgmpIgnored.BAD_GROUP)).isOne();
        assertThat(router.ignored(IgmpIgnored.LINK_LOCAL_GROUP)).isOne();
        assertThat(router.ignored(IgmpIgnored.BAD_SOURCE)).isEqualTo(3);
    }

    /// IGMP-007, IGMP-008, GEN-006, T-IGMP-17 (without the packets).
    @Test
    void reportsFromElsewhereAreIgnored() {
        MemorySegment report = new V2Report(GROUP).bytes();
        router.igmp.onPacket(Router.LINK, Router.packet(HOST, 2, true, report), router.nowNs);
        router.receive(Address.ipv4("10.0.1.100"), report);
        router.receive(Router.OWN, report);
        assertThat(router.told).isEmpty();
        assertThat(router.ignored(IgmpIgnored.NOT_TTL_1)).isOne();
        assertThat(router.ignored(IgmpIgnored.OFF_LINK_SOURCE)).isOne();
        assertThat(router.ignored(IgmpIgnored.OWN_SOURCE)).isOne();

        router.receive(Address.ANY_IPV4, report);
        assertThat(router.wanted(GROUP)).isEqualTo(SourceFilter.EVERYTHING);
        router.configure(IgmpInterfaceConfig.DEFAULT.but().sourceCheck(false).build());
        router.receive(Address.ipv4("10.0.1.100"), new V2Report(Address.ipv4("239.1.1.2")));
        assertThat(router.igmp.groups(Router.LINK)).hasSize(2);
    }

    /// IGMP-008.
    @Test
    void aMissingRouterAlertIsCountedOrRefused() {
        router.igmp.onPacket(Router.LINK, Router.packet(HOST, 1, false, new V2Report(GROUP).bytes()), router.nowNs);
        assertThat(router.igmp.counters().withoutRouterAlert()).isOne();
        assertThat(router.wanted(GROUP)).isEqualTo(SourceFilter.EVERYTHING);

        router.configure(IgmpInterfaceConfig.DEFAULT.but().routerAlertCheck(true).build());
        router.igmp.onPacket(Router.LINK,
                Router.packet(HOST, 1, false, new V2Report(Address.ipv4("239.1.1.2")).bytes()), router.nowNs);
        assertThat(router.ignored(IgmpIgnored.NO_ROUTER_ALERT)).isOne();
        assertThat(router.igmp.groups(Router.LINK)).containsExactly(GROUP);
    }

    /// T-IGMP-09.
    @Test
    void malformedMessagesAreCountedAndLeaveNoState() {
        MemorySegment good = new V3Report(List.of(new GroupRecord(MODE_IS_EXCLUDE, GROUP, List.of()))).bytes();
        byte[] wrong = HexFormat.of().parseHex("2200ea03" + "00000001" + "02000000" + "ef010101");
        router.receive(HOST, MemorySegment.ofArray(wrong));
        router.receive(HOST, good.asSlice(0, 7));
        router.receive(HOST, MemorySegment.ofArray(HexFormat.of().parseHex("2200ddff" + "0000ffff")));
        router.receive(HOST, new IgmpMessage.Unknown(0x14));

        assertThat(router.told).isEmpty();
        assertThat(router.igmp.counters().dropped(IgmpDrop.BAD_CHECKSUM)).isOne();
        assertThat(router.igmp.counters().dropped(IgmpDrop.TOO_SHORT)).isOne();
        assertThat(router.igmp.counters().dropped(IgmpDrop.REPORT_OVERRUN)).isOne();
        assertThat(router.ignored(IgmpIgnored.UNKNOWN_TYPE)).isOne();
    }

    /// GEN-010.
    @Test
    void whatMembersWantedIsForgottenWhenTheLinkIsDown() {
        router.report(MODE_IS_EXCLUDE, GROUP);
        router.told.clear();
        router.igmp.onInterface(Router.link(Router.OWN, false), router.nowNs);

        assertThat(router.told).containsExactly("10 239.1.1.1");
        assertThat(router.igmp.groups(Router.LINK)).isEmpty();
        assertThat(router.igmp.groupsWithMembers()).isZero();
        router.receive(HOST, new V2Report(GROUP));
        assertThat(router.ignored(IgmpIgnored.INTERFACE_DOWN)).isOne();
        assertThat(router.igmp.nextDeadlineNs()).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void membersStayWhenTheLinkIsRenumbered() {
        router.report(MODE_IS_EXCLUDE, GROUP);
        router.igmp.onInterface(Router.link(Address.ipv4("10.0.0.77"), true), router.nowNs);

        assertThat(router.wanted(GROUP)).isEqualTo(SourceFilter.EVERYTHING);
    }

    /// GEN-001: mutated messages of every kind, in the middle of a life. Nothing throws, and in the end nothing is left.
    @Test
    void mutationsNeverBreakARouter() {
        Random random = new Random(7);
        List<IgmpMessage> golden = new ArrayList<>(List.of(new V1Report(GROUP), new V2Report(GROUP), new Leave(GROUP),
                new IgmpMessage.V1Query(), new V2Query(GROUP, 10), new V2Query(Address.ANY_IPV4, 100),
                new V3Query(SSM, 10, false, 2, 20, addresses("10.1.0.1", "10.1.0.2"))));
        for (RecordType type : RecordType.values()) {
            golden.add(new V3Report(List.of(new GroupRecord(type, GROUP, addresses("10.1.0.1", "10.1.0.2")),
                    new GroupRecord(type, SSM, addresses("10.1.0.3")))));
        }
        router.configure(IgmpInterfaceConfig.DEFAULT.but().limit(50).sourceCheck(false).build());
        for (int round = 0; round < MUTATIONS; round++) {
            byte[] bytes = golden.get(random.nextInt(golden.size())).bytes()
                    .toArray(java.lang.foreign.ValueLayout.JAVA_BYTE);
            for (int flips = random.nextInt(3); flips > 0; flips--) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
            }
            MemorySegment segment = MemorySegment.ofArray(bytes);
            if (random.nextInt(8) != 0) {
                segment.set(java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED, 2, (short) 0);
                int checksum = io.nubicast.wire.InternetChecksum
                        .finish(io.nubicast.wire.InternetChecksum.sum(segment, 0, bytes.length));
                bytes[2] = (byte) (checksum >>> 8);
                bytes[3] = (byte) checksum;
            }
            router.igmp.onPacket(Router.LINK,
                    Router.packet(Address.ofIpv4(0x0A000000 + random.nextInt(256)), 1, true, segment), router.nowNs);
            if (random.nextInt(10) == 0) {
                router.advanceTo(router.nowNs / 1e9 + random.nextInt(5));
            }
            assertThat(router.igmp.groupsWithMembers()).isLessThanOrEqualTo(50);
            router.packets.clear();
            router.told.clear();
        }
        // The longest time that a mutated query can have asked for: 7 × 31744 s + 3174.4 s.
        router.advanceTo(router.nowNs / 1e9 + 230_000);
        assertThat(router.igmp.groups(Router.LINK)).isEmpty();
    }
}
