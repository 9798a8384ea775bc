package io.nubicast.router.igmp;

import static org.assertj.core.api.Assertions.assertThat;

import io.nubicast.router.port.Packet;
import io.nubicast.wire.Address;
import io.nubicast.wire.igmp.IgmpMessage;
import io.nubicast.wire.igmp.IgmpMessage.V1Query;
import io.nubicast.wire.igmp.IgmpMessage.V2Query;
import io.nubicast.wire.igmp.IgmpMessage.V3Query;
import io.nubicast.wire.igmp.RecordType;
import java.util.List;
import org.junit.jupiter.api.Test;

class QuerierTest {
    private static final Address LOWER = Address.ipv4("10.0.0.1");
    private static final Address HIGHER = Address.ipv4("10.0.0.3");
    private static final IgmpMessage GENERAL = new V3Query(Address.ANY_IPV4, 100, false, 2, 125, List.of());

    private final Router router = new Router(IgmpInterfaceConfig.DEFAULT);

    /// T-IGMP-02, IGMP-001, IGMP-009.
    @Test
    void aQuerierAsksOftenAtFirstThenEvery125Seconds() {
        router.advanceTo(300);

        assertThat(router.sent()).containsExactly("0 Q3", "31.25 Q3", "156.25 Q3", "281.25 Q3");
        Packet packet = router.packets.getFirst();
        assertThat(packet.source()).isEqualTo(Router.OWN);
        assertThat(packet.destination()).hasToString("224.0.0.1");
        assertThat(packet.protocol()).isEqualTo(2);
        assertThat(packet.ttl()).isEqualTo(1);
        assertThat(packet.typeOfService()).isEqualTo(0xC0);
        assertThat(packet.routerAlert()).isTrue();
        assertThat(packet.payload().byteSize()).isEqualTo(12);
        assertThat(IgmpMessage.parse(packet.payload())).isEqualTo(GENERAL);
    }

    /// IGMP-009.
    @Test
    void queriesHaveTheVersionOfTheInterface() {
        assertThat(new Router(IgmpInterfaceConfig.DEFAULT.but().version(1).build()).sent()).containsExactly("0 Q1");
        Router version2 = new Router(IgmpInterfaceConfig.DEFAULT.but().version(2).build());
        assertThat(version2.sent()).containsExactly("0 Q2");
        assertThat(IgmpMessage.parse(version2.packets.getFirst().payload()))
                .isEqualTo(new V2Query(Address.ANY_IPV4, 100));
    }

    /// T-IGMP-03, IGMP-020.
    @Test
    void theLowerAddressAsksAndIsFollowedAfter255SilentSeconds() {
        Router lower = new Router(IgmpInterfaceConfig.DEFAULT, LOWER);
        assertThat(router.querier().state()).isEqualTo(Querier.State.QUERIER);

        router.receive(LOWER, lower.packets.getFirst().payload());
        lower.receive(Router.OWN, router.packets.getFirst().payload());

        assertThat(lower.querier().state()).isEqualTo(Querier.State.QUERIER);
        assertThat(router.querier().state()).isEqualTo(Querier.State.NON_QUERIER);
        assertThat(router.querier().address()).isEqualTo(LOWER);
        router.sent();
        router.advanceTo(254.999);
        assertThat(router.sent()).isEmpty();
        router.advanceTo(380);
        assertThat(router.sent()).containsExactly("255 Q3", "380 Q3");
        assertThat(router.querier().address()).isEqualTo(Router.OWN);
    }

    @Test
    void eachQueryOfTheQuerierGivesItMoreTime() {
        router.receive(LOWER, GENERAL);
        router.sent();
        for (int seconds = 125; seconds < 2_000; seconds += 125) {
            router.advanceTo(seconds);
            router.receive(LOWER, GENERAL);
        }

        assertThat(router.sent()).isEmpty();
    }

    @Test
    void aQueryFromAHigherAddressChangesNothing() {
        router.sent();
        router.advanceTo(1);
        router.receive(HIGHER, GENERAL);
        router.advanceTo(32);

        assertThat(router.querier().state()).isEqualTo(Querier.State.QUERIER);
        assertThat(router.sent()).containsExactly("31.25 Q3");
    }

    /// IGMP-020: as unsigned numbers, 9.255.255.255 < 10.0.0.2 < 192.0.0.1.
    @Test
    void addressesAreComparedAsUnsignedNumbers() {
        Router high = new Router(IgmpInterfaceConfig.DEFAULT, Address.ipv4("192.0.2.2"));
        high.receive(Address.ipv4("192.0.2.1"), GENERAL);
        assertThat(high.querier().state()).isEqualTo(Querier.State.NON_QUERIER);

        Router unsigned = new Router(IgmpInterfaceConfig.DEFAULT.but().sourceCheck(false).build());
        unsigned.receive(Address.ipv4("192.0.2.1"), GENERAL);
        assertThat(unsigned.querier().state()).isEqualTo(Querier.State.QUERIER);
    }

    /// T-IGMP-04, IGMP-021.
    @Test
    void aQueryFromNobodyNeitherWinsNorGivesTheQuerierTime() {
        router.receive(Address.ANY_IPV4, GENERAL);
        assertThat(router.querier().state()).isEqualTo(Querier.State.QUERIER);

        router.receive(LOWER, GENERAL);
        router.advanceTo(250);
        router.receive(Address.ANY_IPV4, GENERAL);
        assertThat(router.querier().address()).isEqualTo(LOWER);
        router.advanceTo(255);
        assertThat(router.querier().state()).isEqualTo(Querier.State.QUERIER);
    }

    /// IGMP-011, IGMP-012: beside an IOS router that asks every 60 seconds.
    @Test
    void theQueriersRobustnessAndIntervalAreTakenOver() {
        router.receive(LOWER, new V3Query(Address.ANY_IPV4, 100, false, 3, 60, List.of()));

        router.report(RecordType.MODE_IS_EXCLUDE, Router.GROUP);

        assertThat(router.group(Router.GROUP).groupTimer().remainingNs(0)).isEqualTo(190 * 1_000_000_000L);
        assertThat(router.querier().otherQuerierPresentIntervalNs()).isEqualTo(185 * 1_000_000_000L);

        router.receive(LOWER, new V3Query(Address.ANY_IPV4, 100, false, 0, 0, List.of()));

        assertThat(router.querier().robustnessVariable()).isEqualTo(2);
        assertThat(router.querier().queryIntervalSeconds()).isEqualTo(125);
    }

    @Test
    void aLowerQuerierTakesOverFromTheOneThatWas() {
        Router third = new Router(IgmpInterfaceConfig.DEFAULT, HIGHER);
        third.receive(Router.OWN, GENERAL);
        third.advanceTo(3);
        third.receive(LOWER, GENERAL);
        assertThat(third.querier().address()).isEqualTo(LOWER);

        third.advanceTo(4);
        third.receive(Router.OWN, GENERAL);
        assertThat(third.querier().address()).isEqualTo(LOWER);

        // LOWER is silent since 3; the other goes on, and is the querier well before we would ask ourselves.
        third.advanceTo(139);
        third.receive(Router.OWN, GENERAL);
        assertThat(third.querier().address()).isEqualTo(Router.OWN);
        assertThat(third.querier().state()).isEqualTo(Querier.State.NON_QUERIER);
    }

    /// IGMP-022: it takes part in the election all the same.
    @Test
    void anOlderQuerierIsAQuerier() {
        router.receive(LOWER, new V2Query(Address.ANY_IPV4, 100));
        assertThat(router.querier().address()).isEqualTo(LOWER);

        Router other = new Router(IgmpInterfaceConfig.DEFAULT);
        other.receive(LOWER, new V1Query());
        assertThat(other.querier().address()).isEqualTo(LOWER);
    }

    /// GEN-010.
    @Test
    void anInterfaceThatGoesDownAndUpOrIsRenumberedBeginsAnew() {
        router.receive(LOWER, GENERAL);
        router.sent();
        router.advanceTo(10);
        router.igmp.onInterface(Router.link(Router.OWN, false), router.nowNs);
        assertThat(router.querier().state()).isEqualTo(Querier.State.INITIAL);
        assertThat(router.igmp.nextDeadlineNs()).isEqualTo(Long.MAX_VALUE);

        router.advanceTo(20);
        router.igmp.onInterface(Router.link(Router.OWN, true), router.nowNs);
        router.advanceTo(60);
        router.igmp.onInterface(Router.link(HIGHER, true), router.nowNs);
        router.advanceTo(100);

        assertThat(router.sent()).containsExactly("20 Q3", "51.25 Q3", "60 Q3", "91.25 Q3");
        assertThat(router.packets.getLast().source()).isEqualTo(HIGHER);
    }

    /// GEN-010.
    @Test
    void timesAreChangedWhileItRuns() {
        router.advanceTo(40);
        router.sent();

        router.configure(IgmpInterfaceConfig.DEFAULT.but().queryIntervalSeconds(20).build());
        router.advanceTo(85);
        assertThat(router.sent()).containsExactly("60 Q3", "80 Q3");

        router.configure(IgmpInterfaceConfig.DEFAULT.but().version(2).queryIntervalSeconds(20).build());
        router.advanceTo(91);
        assertThat(router.sent()).containsExactly("85 Q2", "90 Q2");

        router.igmp.configure(IgmpConfig.NONE, router.nowNs);
        assertThat(router.igmp.nextDeadlineNs()).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void theQuerierTimeoutOfTheConfigurationWins() {
        Router ios = new Router(
                IgmpInterfaceConfig.DEFAULT.but().queryIntervalSeconds(60).querierTimeoutSeconds(120).build());
        ios.receive(LOWER, GENERAL);
        ios.sent();
        ios.advanceTo(121);

        assertThat(ios.sent()).containsExactly("120 Q3");
    }

    /// IGMP-040.
    @Test
    void theGroupsThatARouterMustHearAreJoinedAndLeft() {
        assertThat(router.memberships).containsExactly("join 224.0.0.2", "join 224.0.0.22");

        router.memberships.clear();
        router.igmp.stop(router.nowNs);

        assertThat(router.memberships).containsExactlyInAnyOrder("leave 224.0.0.2", "leave 224.0.0.22");
    }
}
