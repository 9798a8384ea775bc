package io.nubicast.router.pim;

import static org.assertj.core.api.Assertions.assertThat;

import io.nubicast.forwarding.routing.PortTraffic;
import io.nubicast.router.config.ConfigTypes;
import io.nubicast.router.iface.InterfaceAddress;
import io.nubicast.router.iface.RouterInterface;
import io.nubicast.router.policy.AccessList;
import io.nubicast.router.rib.StaticMroute;
import io.nubicast.router.rp.StaticRp;
import io.nubicast.shell.Answer;
import io.nubicast.shell.Grammar;
import io.nubicast.shell.Session;
import io.nubicast.wire.Address;
import io.nubicast.wire.pim.GroupSet;
import io.nubicast.wire.pim.PimMessage;
import io.nubicast.wire.pim.SourceEntry;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// The shows against golden texts, most of them in the situation of the source document.
class PimShowsTest {
    private static final Address G = Address.ipv4("239.0.0.10");
    private static final Address S = Address.ipv4("192.168.0.128");

    private static String golden(String name) {
        try (InputStream in = Objects.requireNonNull(PimShowsTest.class.getResourceAsStream(name + ".txt"), name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    /// The document's cloud router, 9 s after the data centre joined and then 2 s after the source began.
    private static OneRouter cloud() {
        OneRouter router = new OneRouter(1);
        router.put(new RouterInterface(1, "Tunnel1", "Tunnel1", true, true, false, 1476,
                List.of(new InterfaceAddress(Address.ipv4("10.0.0.1"), 30))));
        router.put(new RouterInterface(2, "GigabitEthernet1", "eth0", true, false, false, 1500,
                List.of(new InterfaceAddress(Address.ipv4("192.168.0.129"), 24))));
        router.rp("10.0.0.1").hello(1, "10.0.0.2", 1, 1);
        router.joinPrune(1, "10.0.0.2", "10.0.0.1",
                GroupSet.join(G, SourceEntry.anySource(Address.ipv4("10.0.0.1"))));
        router.pass(9);
        router.noRoute(2, S.toString(), G.toString());
        router.pass(2);
        return router;
    }

    /// The data centre's router: members on GigabitEthernet2.
    private static OneRouter dataCentre() {
        OneRouter router = new OneRouter(1);
        router.put(new RouterInterface(1, "Tunnel1", "Tunnel1", true, true, false, 1476,
                List.of(new InterfaceAddress(Address.ipv4("10.0.0.2"), 30))));
        router.put(new RouterInterface(2, "GigabitEthernet2", "eth1", true, false, false, 1500,
                List.of(new InterfaceAddress(Address.ipv4("172.16.10.1"), 24))));
        router.route("192.168.0.0", 24, 1, "10.0.0.1").rp("10.0.0.1").hello(1, "10.0.0.1", 1, 1);
        router.receivers.expires.put(2, router.nowNs + 200 * OneRouter.SECOND);
        router.wants(2, G.toString(), true);
        router.pass(9);
        router.noRoute(1, S.toString(), G.toString());
        router.pass(2);
        return router;
    }

    private static PimShows shows(OneRouter router) {
        return new PimShows(router.pim);
    }

    private static Answer mroute(OneRouter router, boolean shortLegend) {
        return shows(router).mroute(Optional.empty(), Optional.empty(), shortLegend, router.nowNs);
    }

    @Test
    void theDocumentsCloudRouterShowsItsTrees() {
        assertThat(mroute(cloud(), false).text()).isEqualTo(golden("mroute-cloud"));
    }

    @Test
    void theShortLegendIsTheDocuments() {
        assertThat(mroute(cloud(), true).text()).isEqualTo(golden("mroute-cloud-short"));
    }

    @Test
    void theDocumentsDataCentreShowsItsTrees() {
        assertThat(mroute(dataCentre(), true).text()).isEqualTo(golden("mroute-datacentre"));
    }

    @Test
    void theTreesAreThereAsJson() {
        assertThat(mroute(cloud(), false).json()).asInstanceOf(org.assertj.core.api.InstanceOfAssertFactories.MAP)
                .extractingByKey("routes").asInstanceOf(org.assertj.core.api.InstanceOfAssertFactories.LIST)
                .hasSize(2).last()
                .isEqualTo(Map.ofEntries(Map.entry("source", "192.168.0.128"), Map.entry("group", "239.0.0.10"),
                        Map.entry("rp", "10.0.0.1"), Map.entry("flags", "FT"), Map.entry("uptimeSeconds", 2L),
                        Map.entry("expiresSeconds", 208L), Map.entry("incomingInterface", "GigabitEthernet1"),
                        Map.entry("rpfNeighbor", "0.0.0.0"),
                        Map.entry("outgoing",
                                List.of(Map.of("interface", "Tunnel1", "state", "Forward", "mode", "Sparse",
                                        "uptimeSeconds", 2L, "expiresSeconds", 199L, "assertWinner", false)))));
    }

    @Test
    void oneGroupOrOneSourceIsShownAlone() {
        OneRouter router = cloud();
        router.noRoute(2, "192.168.0.129", "239.9.9.9");

        assertThat(shows(router).mroute(Optional.of(Address.ipv4("239.9.9.9")), Optional.empty(), true, router.nowNs)
                .text()).contains("239.9.9.9").doesNotContain("239.0.0.10");
        assertThat(shows(router).mroute(Optional.of(G), Optional.of(S), true, router.nowNs).text())
                .contains("(192.168.0.128, 239.0.0.10)").doesNotContain("(*");
    }

    /// E2E T-E2E-03: after a leave the olist is empty and the flag P set.
    @Test
    void aTreeWithoutReceiversIsPruned() {
        OneRouter router = cloud();
        router.joinPrune(1, "10.0.0.2", "10.0.0.1",
                GroupSet.prune(G, SourceEntry.anySource(Address.ipv4("10.0.0.1"))));

        assertThat(mroute(router, true).text()).isEqualTo(golden("mroute-pruned"));
    }

    @Test
    void aFirstHopRouterShowsThatItRegisters() {
        OneRouter router = new OneRouter(1).interfaces(2).rp("10.9.9.9").route("10.9.9.9", 32, 1, "10.0.1.2")
                .hello(1, "10.0.1.2");
        router.noRoute(2, "10.0.2.50", "239.1.1.1");
        router.pass(3);

        assertThat(mroute(router, true).text()).isEqualTo(golden("mroute-registering"));
        assertThat(shows(router).tunnel().text()).isEqualTo(golden("pim-tunnel"));
    }

    @Test
    void aSourceSpecificGroupHasNoSharedTree() {
        OneRouter router = new OneRouter(1).interfaces(2).route("10.7.0.0", 16, 1, "10.0.1.2").hello(1, "10.0.1.2");
        router.wantsSource(2, "10.7.1.1", "232.1.1.1", true);
        router.pass(3);

        assertThat(mroute(router, true).text()).isEqualTo(golden("mroute-ssm"));
    }

    @Test
    void countersOfTheTreesAreShown() {
        OneRouter router = cloud();
        router.plane.passed(S, G, 5964, 3);
        router.pass(30);

        assertThat(shows(router).mrouteCount(Optional.empty(), Optional.empty(), router.nowNs).text())
                .isEqualTo(golden("mroute-count").replace("RATE", ratesOf(router)));
        assertThat(shows(router).mrouteSummary(Optional.empty(), Optional.empty(), true, router.nowNs).text())
                .isEqualTo(golden("mroute-summary"));
        assertThat(shows(router).mrouteActive(Optional.empty(), Optional.empty(), 4, router.nowNs).text())
                .startsWith("Active IP Multicast Sources - sending >= 4 kbps\n\nGroup: 239.0.0.10, (?)\n"
                        + "   Source: 192.168.0.128 (?)\n     Rate: ");
    }

    private static String ratesOf(OneRouter router) {
        long kbps = router.tree(S.toString(), G.toString()).kbps();
        return kbps * 1000 / 8 / 1000 + "/1000/" + kbps;
    }

    /// The document's `show ip multicast interface`, byte for byte.
    @Test
    void multicastInterfacesAreShownAsInTheDocument() {
        OneRouter router = cloud();
        router.plane.ports.put(1, new PortTraffic(0, 0, 5964, 5964000));
        router.plane.ports.put(2, new PortTraffic(5096, 5096000, 0, 0));

        assertThat(shows(router).multicastInterface(Optional.empty()).text()).isEqualTo(golden("multicast-interface"));
        assertThat(shows(router).multicastInterface(Optional.of("GigabitEthernet1")).text())
                .startsWith("GigabitEthernet1").doesNotContain("Tunnel1");
    }

    @Test
    void multicastIsShown() {
        assertThat(shows(cloud()).multicast().text()).isEqualTo(golden("multicast"));
    }

    @Test
    void rpsAreShown() {
        OneRouter router = cloud();
        AccessList list = new AccessList("10", List.of(new AccessList.Entry(true, Address.ipv4("239.1.0.0"),
                Address.ipv4("0.0.255.255"), Address.ANY_IPV4, Address.ofIpv4(-1))));
        router.configure(router.config().withRps(List.of(
                new StaticRp(Address.ipv4("10.0.0.1"), Optional.empty(), false),
                new StaticRp(Address.ipv4("10.0.0.2"), Optional.of(list), true))));

        assertThat(shows(router).rpMapping().text()).isEqualTo(golden("pim-rp-mapping"));
        assertThat(shows(router).rp(Optional.empty(), router.nowNs).text())
                .isEqualTo("Group: 239.0.0.10, RP: 10.0.0.1, uptime 00:00:11, expires never\n");
    }

    @Test
    void reversePathsAreShown() {
        OneRouter router = dataCentre();
        router.configure(router.config().withMroutes(List.of(new StaticMroute(
                new InterfaceAddress(Address.ipv4("10.7.0.0"), 16), Address.ANY_IPV4, "Tunnel1", 0))));

        assertThat(shows(router).rpf(S).text()).isEqualTo(golden("rpf"));
        assertThat(shows(router).rpf(Address.ipv4("10.7.1.1")).text()).isEqualTo(golden("rpf-mroute"));
        assertThat(shows(router).rpf(Address.ipv4("172.16.10.10")).text()).isEqualTo(golden("rpf-connected"));
        assertThat(shows(router).rpf(Address.ipv4("8.8.8.8")).text())
                .isEqualTo("RPF information for ? (8.8.8.8) failed, no route exists\n");
    }

    @Test
    void trafficAndErrorsAreShown() {
        OneRouter router = cloud();
        router.receive(1, "10.0.0.99", new PimMessage.Assert(G, S, false, 1, 1));

        assertThat(shows(router).traffic().text()).isEqualTo(golden("pim-traffic"));
    }

    @Test
    void theCommandsReachTheShows() {
        OneRouter router = cloud();
        Grammar.Builder grammar = Grammar.builder(ConfigTypes.ALL);
        PimCommands.add(grammar, router.pim, command -> command.apply(router.nowNs));
        Session session = new Session(grammar.build(), io.nubicast.shell.Mode.PRIVILEGED, () -> "c8kv");

        assertThat(session.execute("sh ip mro").answer().text()).isEqualTo(golden("mroute-cloud"));
        session.execute("terminal mroute-legend short");
        assertThat(session.execute("show ip mroute").answer().text()).isEqualTo(golden("mroute-cloud-short"));
        for (String line : List.of("show ip mroute 239.0.0.10", "show ip mroute 239.0.0.10 192.168.0.128",
                "show ip mroute count", "show ip mroute 239.0.0.10 summary", "show ip mroute active 100",
                "show ip pim rp", "show ip pim rp 239.0.0.10", "show ip pim rp mapping", "show ip pim tunnel",
                "show ip pim traffic", "show ip rpf 192.168.0.128", "show ip multicast",
                "show ip multicast interface", "show ip multicast interface Gi1")) {
            assertThat(session.execute(line).answer().text()).as(line).isNotEmpty();
        }
    }
}
