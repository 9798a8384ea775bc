package io.nubicast.forwarding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nubicast.wire.Address;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class RouteTableTest {
    private static final Match MATCH = new Match(InterfaceSelection.ALL, Address.ANY_IPV4,
            new Match.Destination.Group(Address.ipv4("239.1.1.1")), 5000);

    @Test
    void twoRoutesForOneMatchAreAnError() {
        Route first = new Route("a", MATCH, List.of(), RateLimit.NONE);
        Route second = new Route("b", MATCH, List.of(), RateLimit.NONE);

        assertThatThrownBy(() -> new RouteTable(List.of(first, second))).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("239.1.1.1");
    }

    @Test
    void aTableDoesNotChangeWithTheListThatItWasMadeFrom() {
        List<Route> routes = new ArrayList<>(List.of(new Route("a", MATCH, List.of(), RateLimit.NONE)));
        RouteTable table = new RouteTable(routes);
        routes.clear();

        assertThat(table.routes()).hasSize(1);
    }

    @Test
    void whatAFieldCannotBeIsRefusedAtOnce() {
        assertThatThrownBy(() -> new Match.Destination.Group(Address.ipv4("127.0.0.1")))
                .hasMessageContaining("127.0.0.1");
        assertThatThrownBy(() -> new Match(InterfaceSelection.ALL, Address.ANY_IPV4, MATCH.destination(), 65_536))
                .hasMessageContaining("65536");
        assertThatThrownBy(() -> new Rewrite(-1, 64)).hasMessageContaining("-1");
        assertThatThrownBy(() -> new Rewrite(5000, 0)).hasMessageContaining("ttl 0");
        assertThatThrownBy(() -> new Rewrite(5000, 256)).hasMessageContaining("256");
        assertThatThrownBy(() -> new RateLimit(-1, 0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new InterfaceSelection.Named(List.of())).isInstanceOf(IllegalArgumentException.class);
    }
}
