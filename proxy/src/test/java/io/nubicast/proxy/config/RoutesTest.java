package io.nubicast.proxy.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.nubicast.forwarding.InterfaceSelection;
import io.nubicast.forwarding.Match;
import io.nubicast.forwarding.OutputPort;
import io.nubicast.forwarding.RateLimit;
import io.nubicast.forwarding.Replication;
import io.nubicast.forwarding.Rewrite;
import io.nubicast.forwarding.Route;
import io.nubicast.forwarding.RouteTable;
import io.nubicast.wire.Address;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class RoutesTest {
    private static final Address GROUP = Address.ipv4("239.1.1.1");
    private static final Address MEMBER = Address.ipv4("10.0.0.2");
    private static final InterfaceSelection ETH0 = new InterfaceSelection.Named(List.of("eth0"));

    @Test
    void aGroupIsOneRouteToAllItsMembers() {
        ServerConfig config = new ServerConfig(List.of(new ServerConfig.Group(GROUP, 5000, 6000, List.of(MEMBER),
                new RateLimit(1, 2), OptionalInt.empty(), 0)));

        assertThat(ServerRoutes.of(config, new ServerRoutes.Options(ETH0, 64)).routes()).containsExactly(
                new Route("proxy server", new Match(ETH0, Address.ANY_IPV4, new Match.Destination.Group(GROUP), 5000),
                        List.of(new Replication(new OutputPort.UnicastMember(MEMBER), new Rewrite(6000, 64))),
                        new RateLimit(1, 2)));
    }

    @Test
    void aGroupThatIsAsItWasKeepsItsVeryRouteWhereverItStands() {
        ServerConfig.Group kept = new ServerConfig.Group(GROUP, 5000, 6000, List.of(MEMBER));
        ServerConfig.Group changed = new ServerConfig.Group(GROUP, 5001, 6000, List.of(MEMBER));
        ServerConfig before = new ServerConfig(List.of(kept, changed));
        RouteTable table = ServerRoutes.of(before, ServerRoutes.Options.DEFAULT);
        ServerConfig after = new ServerConfig(List.of(
                new ServerConfig.Group(GROUP, 5001, 6001, List.of(MEMBER)),
                new ServerConfig.Group(GROUP, 5002, 6000, List.of(MEMBER)),
                new ServerConfig.Group(GROUP, 5000, 6000, List.of(MEMBER), RateLimit.NONE, OptionalInt.empty(), 9)));

        RouteTable now = ServerRoutes.of(after, ServerRoutes.Options.DEFAULT, before, table);

        assertThat(now).isEqualTo(ServerRoutes.of(after, ServerRoutes.Options.DEFAULT));
        assertThat(now.routes().get(2)).isSameAs(table.routes().getFirst());
    }

    @Test
    void aGroupsOwnTtlWins() {
        ServerConfig config = new ServerConfig(
                List.of(new ServerConfig.Group(GROUP, 0, 0, List.of(MEMBER), RateLimit.NONE, OptionalInt.of(7), 0)));

        Rewrite rewrite = ServerRoutes.of(config, ServerRoutes.Options.DEFAULT).routes().getFirst().replications()
                .getFirst().rewrite();

        assertThat(rewrite).isEqualTo(new Rewrite(Rewrite.KEEP_PORT, 7));
    }

    @Test
    void theDscpMarkerIsSetByServersAndWantedByClients() {
        ServerConfig server = new ServerConfig(List.of(new ServerConfig.Group(GROUP, 5000, 6000, List.of(MEMBER))));
        ClientConfig client = new ClientConfig(List.of(new ClientConfig.Entry(MEMBER, 7126, GROUP, 5000)));

        assertThat(ServerRoutes.of(server, new ServerRoutes.Options(ETH0, 64, Marker.DSCP)).routes().getFirst()
                .replications().getFirst().rewrite()).isEqualTo(new Rewrite(6000, 64, 0xE0));
        assertThat(ClientRoutes
                .of(client, new ClientRoutes.Options(ETH0, Address.ANY_IPV4, 1, Marker.DSCP)).routes().getFirst()
                .match().typeOfService()).isEqualTo(0xE0);
        assertThat(Marker.named("dscp")).contains(Marker.DSCP);
        assertThat(Marker.named("DSCP")).isEmpty();
    }

    @Test
    void anEntryOfAClientIsOneRouteBackToTheGroup() {
        ClientConfig config = new ClientConfig(List.of(new ClientConfig.Entry(MEMBER, 7126, GROUP, 5000)));

        assertThat(ClientRoutes.of(config, ClientRoutes.Options.DEFAULT).routes()).containsExactly(
                new Route("proxy client",
                        new Match(InterfaceSelection.ALL, MEMBER, new Match.Destination.ThisHost(Address.ANY_IPV4),
                                7126),
                        List.of(new Replication(new OutputPort.MulticastOut(GROUP, InterfaceSelection.ARRIVAL),
                                new Rewrite(5000, 1))),
                        RateLimit.NONE));
    }
}
