package io.nubicast.proxy.status;

import static org.assertj.core.api.Assertions.assertThat;

import io.nubicast.forwarding.CounterRegistry;
import io.nubicast.forwarding.DataPlane;
import io.nubicast.forwarding.DropCounters;
import io.nubicast.forwarding.OutputPort;
import io.nubicast.forwarding.Route;
import io.nubicast.forwarding.RouteCounters;
import io.nubicast.forwarding.RouteTable;
import io.nubicast.forwarding.SendError;
import io.nubicast.proxy.config.ClientConfig;
import io.nubicast.proxy.config.ClientRoutes;
import io.nubicast.proxy.config.Fault;
import io.nubicast.proxy.config.ServerConfig;
import io.nubicast.proxy.config.ServerRoutes;
import io.nubicast.wire.Address;
import io.nubicast.wire.DropReason;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class StatusTest {
    private static final long START = 1_767_225_600_000L; // 2026-01-01T00:00:00Z
    private static final Address GROUP = Address.ipv4("239.1.1.1");
    private static final ServerConfig CONFIG = new ServerConfig(List.of(
            new ServerConfig.Group(GROUP, 5000, 7126, members(3)),
            new ServerConfig.Group(Address.ipv4("239.1.1.2"), 0, 0, List.of())));
    private static final RouteTable TABLE = ServerRoutes.of(CONFIG, ServerRoutes.Options.DEFAULT);

    private final CounterRegistry registry = new CounterRegistry();
    private final DropCounters drops = new DropCounters();
    private final Totals totals = new Totals(registry);
    private ProxyStatus.Carriers carriers = (match, port) -> new DataPlane.Carrier("socket", "");

    @Test
    void aServersTableShowsGroupsMembersRatesErrorsAndFaults() {
        traffic(1_000);
        ProxyStatus before = server(START + 10_000, List.of());
        traffic(2_000);
        registry.of(TABLE.routes().getFirst().match()).of(port(2)).failed(SendError.NO_NEIGHBOUR, START + 9_000);
        registry.of(TABLE.routes().getFirst().match()).drops().add(DropReason.RATE_LIMITED, 4);
        drops.add(DropReason.NO_ROUTE, 12);
        Fault fault = new Fault(Fault.Severity.ERROR, "f", 3, 4, "member \"x\" is wrong", "write 10.0.0.1");

        assertThat(StatusTable.render(server(START + 12_000, List.of(fault)), Optional.of(before), 20)).isEqualTo(
                """
                        proxy server 0.1.0, up 12 s
                        data plane socket: own headers
                        /etc/multicast/server_cfg.json.txt: 2 groups, 3 members, loaded 12 s ago; NOT IN FORCE as it is now, see below
                        3,016 received = 16 dropped + 3,000 forwarded; 9,000 copies; rates over 2.0 s

                        GROUP              PACKETS/S MBIT/S PACKETS FRAMES BURST LOST  PLANE
                        239.1.1.1:5000         1,000    8.0   3,000  3,000   1.0    4  socket
                            4 rate_limited
                          10.0.0.1:7126        1,000    8.0   3,000  3,000   1.0    0  socket
                          10.0.0.2:7126        1,000    8.0   3,000  3,000   1.0    0  socket
                          10.0.0.3:7126        1,000    8.0   3,000  3,000   1.0    1  socket
                            1 no_neighbour; last 3.0 s ago: the member, or the gateway before it, does not answer ARP
                        239.1.1.2 any port         0    0.0       0      0     -    0

                        dropped before a group was found:
                                     12 no_route: no group is configured for it

                        not served:
                          239.1.1.2: why

                        events:
                          11 s ago: something

                        faults of the file, read 2.0 s ago; what was loaded before stays in force:
                          f:3:4: error: member "x" is wrong; write 10.0.0.1
                        """);
    }

    @Test
    void aServersJsonIsAnInterface() {
        traffic(1_000);
        registry.of(TABLE.routes().getFirst().match()).of(port(0)).failed(SendError.REFUSED, START + 9_000);

        assertThat(StatusJson.render(server(START + 10_000, List.of()), Optional.empty())).isEqualTo(
                "{\"role\":\"server\",\"version\":\"0.1.0\",\"data_plane\":\"socket\","
                        + "\"data_plane_choice\":\"data plane socket: own headers\",\"at\":\"2026-01-01T00:00:10Z\","
                        + "\"started\":\"2026-01-01T00:00:00Z\",\"uptime_seconds\":10,"
                        + "\"file\":{\"path\":\"/etc/multicast/server_cfg.json.txt\",\"loaded\":\"2026-01-01T00:00:00Z\","
                        + "\"tried\":\"2026-01-01T00:00:10Z\",\"in_force\":true,\"faults\":[]},"
                        + "\"totals\":{\"recv\":1000,\"drop\":0,\"forward\":1000,\"fwd_point\":3000},\"drops\":{},"
                        + "\"interval_seconds\":10.0,\"groups\":["
                        + "{\"group\":\"239.1.1.1\",\"group_port\":5000,\"server_port\":7126,\"packets\":1000,"
                        + "\"bytes\":1000000,\"packets_per_second\":100.0,\"bits_per_second\":800000,"
                        + "\"bursts\":1000,\"mean_burst\":1.0,\"drops\":{},"
                        + "\"members\":[{\"address\":\"10.0.0.1\",\"packets\":1000,\"bytes\":1000000,"
                        + "\"packets_per_second\":100.0,\"bits_per_second\":800000,\"frames\":1000,"
                        + "\"mean_burst\":1.0,\"data_plane\":\"socket\",\"errors\":{\"refused\":1},"
                        + "\"last_error\":{\"kind\":\"refused\",\"text\":\"nobody listens on that port of the member\","
                        + "\"at\":\"2026-01-01T00:00:09Z\"}},"
                        + "{\"address\":\"10.0.0.2\",\"packets\":1000,\"bytes\":1000000,\"packets_per_second\":100.0,"
                        + "\"bits_per_second\":800000,\"frames\":1000,"
                        + "\"mean_burst\":1.0,\"data_plane\":\"socket\",\"errors\":{}},"
                        + "{\"address\":\"10.0.0.3\",\"packets\":1000,\"bytes\":1000000,\"packets_per_second\":100.0,"
                        + "\"bits_per_second\":800000,\"frames\":1000,"
                        + "\"mean_burst\":1.0,\"data_plane\":\"socket\",\"errors\":{}}]},"
                        + "{\"group\":\"239.1.1.2\",\"group_port\":0,\"server_port\":0,\"packets\":0,\"bytes\":0,"
                        + "\"packets_per_second\":0.0,\"bits_per_second\":0,\"bursts\":0,\"drops\":{},\"members\":[]}],"
                        + "\"unserved\":[\"239.1.1.2: why\"],"
                        + "\"events\":[{\"at\":\"2026-01-01T00:00:01Z\",\"text\":\"something\"}]}");
    }

    @Test
    void aClientShowsServersAndWhatTheirCopiesBecome() {
        ClientConfig config = new ClientConfig(List.of(
                new ClientConfig.Entry(Address.ipv4("10.0.0.1"), 7126, GROUP, 5000),
                new ClientConfig.Entry(Address.ipv4("10.0.0.2"), 0, GROUP, 0)));
        RouteTable table = ClientRoutes.of(config, ClientRoutes.Options.DEFAULT);
        RouteCounters counters = registry.of(table.routes().getFirst().match());
        counters.received(100);
        counters.of(table.routes().getFirst().replications().getFirst().port()).sent(100);
        drops.add(DropReason.UNKNOWN_SERVER, 3);
        ProxyStatus status = ProxyStatus.ofClient(around("client", START + 1_000, List.of()), config, table, registry,
                drops, totals);

        assertThat(StatusTable.render(status, Optional.empty(), 20)).contains("""
                /etc/multicast/server_cfg.json.txt: 2 entries, loaded 1.0 s ago
                4 received = 3 dropped + 1 forwarded; 1 copies; rates over 1.0 s

                SERVER                   PACKETS/S MBIT/S PACKETS FRAMES BURST LOST  PLANE
                10.0.0.1:7126                  1.0  0.001       1      0     -    0  socket
                  becomes 239.1.1.1:5000       1.0  0.001       1      1   1.0    0  socket
                10.0.0.2 any port                0    0.0       0      0     -    0  socket
                  becomes 239.1.1.1              0    0.0       0      0     -    0  socket

                dropped before a group was found:
                              3 unknown_server: the sender is not a configured server
                          1,200 from 10.9.9.9
                              3 from 10.9.9.8
                """);
        assertThat(StatusJson.render(status, Optional.empty()))
                .contains("\"servers\":[{\"server\":\"10.0.0.1\",\"server_port\":7126,\"group\":\"239.1.1.1\","
                        + "\"group_port\":5000,\"packets\":1,")
                .contains("\"restored\":{\"group\":\"239.1.1.1\",\"packets\":1,")
                .contains("\"drops\":{\"unknown_server\":3},\"rejected_sources\":["
                        + "{\"source\":\"10.9.9.9\",\"packets\":1200},{\"source\":\"10.9.9.8\",\"packets\":3}]");
        assertThat(status.totals().ofClient()).containsExactly(4, 3, 1);
    }

    @Test
    void aBurstIsTheMeanOverTheTimeOfTheRates() {
        RouteCounters counters = registry.of(TABLE.routes().getFirst().match());
        counters.received(1, 100);
        counters.burst();
        counters.of(port(0)).sent(100);
        ProxyStatus before = server(START + 10_000, List.of());
        counters.received(24, 2_400);
        counters.burst();
        counters.burst();
        counters.of(port(0)).sent(16, 1_600);
        counters.of(port(0)).sent(8, 800);
        ProxyStatus now = server(START + 12_000, List.of());

        assertThat(StatusTable.render(now, Optional.of(before), 1)).contains("""
                GROUP              PACKETS/S MBIT/S PACKETS FRAMES BURST LOST  PLANE
                239.1.1.1:5000            12  0.010      25      3  12.0    0  socket
                  10.0.0.1:7126           12  0.010      25      3  12.0    0  socket
                """);
        assertThat(StatusJson.render(now, Optional.of(before)))
                .contains("\"bursts\":3,\"mean_burst\":12.0,").contains("\"frames\":3,\"mean_burst\":12.0,");
        assertThat(StatusJson.render(now, Optional.empty())).contains("\"frames\":3,\"mean_burst\":8.3,");
    }

    @Test
    void whoCarriesTheMembersStandsWithTheGroupWhenItIsTheSameForAll() {
        carriers = (match, port) -> new DataPlane.Carrier("socket", "eth0 has output rules");

        assertThat(StatusTable.render(server(START + 1_000, List.of()), Optional.empty(), 20)).contains("""
                239.1.1.1:5000             0    0.0       0      0     -    0  socket
                    eth0 has output rules
                  10.0.0.1:7126            0    0.0       0      0     -    0  socket
                """);
        assertThat(StatusJson.render(server(START + 1_000, List.of()), Optional.empty()))
                .contains("\"data_plane\":\"socket\",\"data_plane_why\":\"eth0 has output rules\",");
    }

    @Test
    void aRemarkStandsBehindItsRowWhileBothFitATerminal() {
        carriers = (match, port) -> new DataPlane.Carrier("socket", "its rules");

        assertThat(StatusTable.render(server(START + 1_000, List.of()), Optional.empty(), 20)).contains("""
                239.1.1.1:5000             0    0.0       0      0     -    0  socket  its rules
                  10.0.0.1:7126            0    0.0       0      0     -    0  socket
                """);
    }

    @Test
    void whereSeveralPlanesCarryAGroupEachMemberHasItsReason() {
        carriers = (match, port) -> port.equals(port(1))
                ? new DataPlane.Carrier("socket", "its route is a tunnel")
                : new DataPlane.Carrier("packet", "");

        assertThat(StatusTable.render(server(START + 1_000, List.of()), Optional.empty(), 20)).contains("""
                239.1.1.1:5000             0    0.0       0      0     -    0  mixed
                    2 by packet, 1 by socket
                  10.0.0.1:7126            0    0.0       0      0     -    0  packet
                  10.0.0.2:7126            0    0.0       0      0     -    0  socket
                    its route is a tunnel
                  10.0.0.3:7126            0    0.0       0      0     -    0  packet
                239.1.1.2 any port         0    0.0       0      0     -    0
                """);
    }

    @Test
    void ofManyMembersThoseWithErrorsAreShownFirst() {
        ServerConfig config = new ServerConfig(List.of(new ServerConfig.Group(GROUP, 5000, 7126, members(100))));
        RouteTable table = ServerRoutes.of(config, ServerRoutes.Options.DEFAULT);
        RouteCounters counters = registry.of(table.routes().getFirst().match());
        counters.of(port(70)).failed(SendError.NO_ROUTE, START);
        counters.of(port(80)).failed(SendError.NO_ROUTE, START);
        counters.of(port(90)).failed(SendError.NO_ROUTE, START);

        String three = StatusTable.render(of(config, table), Optional.empty(), 5);
        assertThat(three).containsSubsequence("10.0.0.1:", "10.0.0.2:", "10.0.0.71:", "10.0.0.81:", "10.0.0.91:",
                "… and 95 more members, none of them with errors\n").doesNotContain("10.0.0.3:");
        assertThat(StatusTable.render(of(config, table), Optional.empty(), 2))
                .containsSubsequence("10.0.0.71:", "10.0.0.81:", "… and 98 more members, 1 of them with errors\n");
    }

    @Test
    void totalsNeverGoBackWhenAReloadTakesGroupsAndMembersAway() {
        traffic(10);
        registry.of(TABLE.routes().getFirst().match()).drops().add(DropReason.RATE_LIMITED, 4);
        drops.add(DropReason.NO_ROUTE, 1);
        assertThat(totals.of(TABLE, drops).ofServer()).containsExactly(15, 5, 10, 30);
        RouteTable twoMembers = ServerRoutes.of(
                new ServerConfig(List.of(new ServerConfig.Group(GROUP, 5000, 7126, members(2)))),
                ServerRoutes.Options.DEFAULT);

        totals.replace(TABLE, twoMembers);
        assertThat(totals.of(twoMembers, drops).ofServer()).containsExactly(15, 5, 10, 30);

        totals.replace(twoMembers, RouteTable.EMPTY);
        assertThat(totals.of(RouteTable.EMPTY, drops).ofServer()).containsExactly(15, 5, 10, 30);

        totals.replace(RouteTable.EMPTY, TABLE);
        traffic(1);
        assertThat(totals.of(TABLE, drops).ofServer()).containsExactly(16, 5, 11, 33);
    }

    @Test
    void ratesAreOverAtLeastHalfASecond() {
        StatusHistory history = new StatusHistory();
        ProxyStatus first = server(START, List.of());
        ProxyStatus second = server(START + 1_000, List.of());
        ProxyStatus soon = server(START + 1_100, List.of());
        ProxyStatus later = server(START + 2_000, List.of());

        assertThat(history.before(first)).isEmpty();
        assertThat(history.before(second)).contains(first);
        assertThat(history.before(soon)).contains(first);
        assertThat(history.before(later)).contains(second);
    }

    @Test
    void requestsAreAnsweredInJson() {
        List<String> asked = new ArrayList<>();
        Fault warning = new Fault(Fault.Severity.WARNING, "f", 1, 2, "a \"b\"", "c");
        ProxyRequests requests = new ProxyRequests(new ProxyRequests.Running() {
            @Override
            public Optional<KernelRequests.Running> kernel() {
                return Optional.empty();
            }

            @Override
            public ProxyStatus status() {
                return server(START + 10_000, List.of());
            }

            @Override
            public List<Fault> reload() {
                asked.add("reload");
                return List.of(warning);
            }

            @Override
            public List<Fault> check() {
                return List.of(new Fault(Fault.Severity.ERROR, "f", 1, 2, "a", "c"));
            }
        });

        assertThat(requests.answer("reload")).isEqualTo("{\"in_force\":true,\"faults\":[{\"severity\":\"warning\","
                + "\"file\":\"f\",\"line\":1,\"column\":2,\"what\":\"a \\\"b\\\"\",\"change\":\"c\"}]}");
        assertThat(asked).containsExactly("reload");
        assertThat(requests.answer("check")).startsWith("{\"in_force\":false,");
        assertThat(requests.answer("ping")).isEqualTo("{\"role\":\"server\"}");
        assertThat(requests.answer("status")).startsWith("{\"role\":\"server\"").doesNotContain("\n");
        assertThat(ControlAnswer.string(requests.answer("status text 3"), "text").orElseThrow())
                .startsWith("proxy server 0.1.0, up 10 s\n");
        assertThat(ControlAnswer.string(requests.answer("status text x"), "error")).isPresent();
        assertThat(ControlAnswer.string(requests.answer("dance"), "error")).isPresent();
        assertThat(ControlAnswer.string("nonsense", "error")).isEmpty();
        assertThat(ControlAnswer.string("{\"a\":{\"error\":\"x\"},\"error\":\"y\"}", "error")).contains("y");
    }

    @Test
    void timesAreShownInTwoUnits() {
        assertThat(List.of(StatusTable.span(-5), StatusTable.span(500), StatusTable.span(12_900),
                StatusTable.span(125_000), StatusTable.span(3 * 3_600_000), StatusTable.span(100 * 3_600_000L)))
                .containsExactly("0.0 s", "0.5 s", "12 s", "2 min 5 s", "3 h 0 min", "4 d 4 h");
    }

    private void traffic(int packets) {
        Route route = TABLE.routes().getFirst();
        RouteCounters counters = registry.of(route.match());
        for (int i = 0; i < packets; i++) {
            counters.received(1_000);
            counters.burst();
            for (int m = 0; m < 3; m++) {
                counters.of(port(m)).sent(1_000);
            }
        }
    }

    private ProxyStatus server(long at, List<Fault> faults) {
        return ProxyStatus.ofServer(around("server", at, faults), CONFIG, TABLE, registry, drops, totals);
    }

    private ProxyStatus of(ServerConfig config, RouteTable table) {
        return ProxyStatus.ofServer(around("server", START + 1_000, List.of()), config, table, registry, drops, totals);
    }

    private ProxyStatus.Surroundings around(String role, long at, List<Fault> faults) {
        return new ProxyStatus.Surroundings(
                new ProxyStatus.Daemon(role, "0.1.0", "socket", "data plane socket: own headers", START),
                new ProxyStatus.File("/etc/multicast/server_cfg.json.txt", START, START + 10_000, faults), at,
                role.equals("client")
                        ? Map.of(Address.ipv4("10.9.9.8"), 3L, Address.ipv4("10.9.9.9"), 1_200L)
                        : Map.of(),
                role.equals("client") ? List.of() : List.of("239.1.1.2: why"),
                role.equals("client") ? List.of() : List.of(new ProxyStatus.Event(START + 1_000, "something")),
                carriers);
    }

    private static OutputPort port(int member) {
        return new OutputPort.UnicastMember(Address.ofIpv4(0x0A000001 + member));
    }

    private static List<Address> members(int count) {
        List<Address> result = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            result.add(Address.ofIpv4(0x0A000001 + i));
        }
        return result;
    }
}
