package io.nubicast.router.igmp;

import static io.nubicast.wire.igmp.RecordType.ALLOW_NEW_SOURCES;
import static io.nubicast.wire.igmp.RecordType.MODE_IS_EXCLUDE;
import static org.assertj.core.api.Assertions.assertThat;

import io.nubicast.router.policy.AccessList;
import io.nubicast.shell.Answer;
import io.nubicast.wire.Address;
import io.nubicast.wire.igmp.IgmpMessage;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

/// The layouts of section 1.5, against golden texts.
class IgmpShowsTest {
    private static final Address SSM = Address.ipv4("232.1.1.1");

    private final Router router = new Router(IgmpInterfaceConfig.DEFAULT);
    private final IgmpShows shows = new IgmpShows(router.igmp, new IgmpShows.Surroundings() {
        @Override
        public Optional<Address> designatedRouter(int interfaceId) {
            return Optional.of(Router.OWN);
        }

        @Override
        public int ttlThreshold(int interfaceId) {
            return 0;
        }
    });

    private static String golden(String name) throws IOException {
        try (InputStream in = Objects.requireNonNull(IgmpShowsTest.class.getResourceAsStream(name))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private void live() {
        AccessList access = new AccessList("GROUPS", List.of(new AccessList.Entry(true, Address.ipv4("224.0.0.0"),
                Address.ipv4("15.255.255.255"), Address.ANY_IPV4, Address.ipv4("255.255.255.255"))));
        IgmpInterfaceConfig config = new IgmpInterfaceConfig.Builder().queryIntervalSeconds(60)
                .querierTimeoutSeconds(120).accessGroup(access).limit(500)
                .joinGroup(Membership.of(Address.ipv4("224.0.1.40")))
                .staticGroup(Membership.of(Address.ipv4("239.0.0.10")))
                .staticGroup(Membership.of(SSM, Address.ipv4("10.1.0.9"))).build();
        router.igmp.configure(new IgmpConfig(Map.of(Router.NAME, config), IgmpConfig.NONE.ssmRange(), List.of(),
                OptionalInt.of(1_000)), router.nowNs);
        router.advanceTo(100_000);
        router.report(MODE_IS_EXCLUDE, Address.ipv4("239.1.1.1"), "10.1.0.1");
        router.report(ALLOW_NEW_SOURCES, SSM, "10.1.0.1", "10.1.0.2");
        router.receive(Router.HOST, new IgmpMessage.V2Report(Address.ipv4("239.2.2.2")));
        router.advanceTo(100_012.5);
    }

    @Test
    void showIpIgmpInterface() throws IOException {
        live();

        assertThat(shows.interfaces(Optional.empty()).text()).isEqualTo(golden("interface.txt"));
        assertThat(shows.interfaces(Optional.of("Tunnel9")).json()).isEqualTo(List.of());
    }

    @Test
    void showIpIgmpInterfaceByDefaultAndDown() throws IOException {
        Router plain = new Router(IgmpInterfaceConfig.DEFAULT);
        plain.igmp.onInterface(Router.link(Router.OWN, false), 0);

        assertThat(new IgmpShows(plain.igmp, IgmpShows.Surroundings.NONE).interfaces(Optional.of(Router.NAME)).text())
                .isEqualTo(golden("interface-down.txt"));
    }

    @Test
    void showIpIgmpGroups() throws IOException {
        live();
        Answer answer = shows.groups(IgmpShows.Selection.ALL, false, router.nowNs);

        assertThat(answer.text()).isEqualTo(golden("groups.txt"));
        assertThat((List<?>) answer.json()).hasSize(5);
        assertThat((Map<?, ?>) ((List<?>) answer.json()).getLast()).extracting("group", "expiresSeconds", "mode",
                "hostVersion").containsExactly("239.2.2.2", 117L, "exclude", 2);
    }

    @Test
    void showIpIgmpGroupsOfOneGroupOrInterface() {
        live();

        assertThat(shows.groups(new IgmpShows.Selection(Optional.empty(), Optional.of(SSM)), false, router.nowNs)
                .text().lines()).hasSize(3);
        assertThat(shows.groups(new IgmpShows.Selection(Optional.of("Tunnel1"), Optional.empty()), false, router.nowNs)
                .text().lines()).hasSize(2);
    }

    @Test
    void showIpIgmpGroupsDetail() throws IOException {
        live();

        assertThat(shows.groups(IgmpShows.Selection.ALL, true, router.nowNs).text()).isEqualTo(golden("detail.txt"));
    }

    @Test
    void showIpIgmpMembership() throws IOException {
        live();

        assertThat(shows.membership(IgmpShows.Selection.ALL, router.nowNs).text()).isEqualTo(golden("membership.txt"));
    }

    @Test
    void showIpIgmpTraffic() throws IOException {
        live();

        assertThat(shows.traffic(Optional.empty()).text()).isEqualTo(golden("traffic.txt"));
        assertThat(shows.traffic(Optional.of(Router.NAME)).json()).isEqualTo(shows.traffic(Optional.empty()).json());
        assertThat(shows.traffic(Optional.of("Tunnel1")).text()).doesNotContain(" 1 ");
    }

    @Test
    void clearIpIgmpGroupForgetsMembersButNotTheConfiguration() {
        live();
        router.igmp.clear(Optional.empty(), Optional.empty(), router.nowNs);

        assertThat(router.igmp.groups(Router.LINK)).hasToString("[224.0.1.40, 232.1.1.1, 239.0.0.10]");
        assertThat(router.wanted(SSM)).isEqualTo(SourceFilter.include(Router.addresses("10.1.0.9")));
    }
}
