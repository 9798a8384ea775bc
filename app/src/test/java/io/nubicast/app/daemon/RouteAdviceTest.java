package io.nubicast.app.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import io.nubicast.app.daemon.RouteAdvice.Device;
import io.nubicast.wire.Address;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RouteAdviceTest {
    private static final Address GROUP = Address.ipv4("239.1.1.1");
    private static final Device ETH0 = new Device("eth0", List.of(Address.ipv4("10.0.0.1")));
    private static final Device ETH1 = new Device("eth1", List.of(Address.ipv4("10.1.0.1")));

    @Test
    void aRouteByACapturedInterfaceNeedsNoAdvice() {
        assertThat(
                RouteAdvice.advice(GROUP, Optional.of(Address.ipv4("10.1.0.1")), List.of(ETH0, ETH1), List.of("eth1")))
                .isEmpty();
        assertThat(RouteAdvice.advice(GROUP, Optional.of(Address.ipv4("10.1.0.1")), List.of(ETH0, ETH1), List.of()))
                .isEmpty();
    }

    @Test
    void aRouteByAnInterfaceThatIsNotCapturedGetsTheCommandThatMendsIt() {
        assertThat(
                RouteAdvice.advice(GROUP, Optional.of(Address.ipv4("10.0.0.1")), List.of(ETH0, ETH1), List.of("eth1")))
                .isEqualTo(
                        "applications that name no interface send groups such as 239.1.1.1 by eth0, but the proxy captures"
                                + " on eth1: ip route add 224.0.0.0/4 dev eth1, or add --interface eth0");
    }

    @Test
    void aMissingRouteGetsTheCommandThatAddsIt() {
        assertThat(RouteAdvice.advice(GROUP, Optional.empty(), List.of(ETH0), List.of()))
                .endsWith("ip route add 224.0.0.0/4 dev eth0");
    }

    @Test
    void aHostWithoutAnInterfaceIsTold() {
        assertThat(RouteAdvice.advice(GROUP, Optional.empty(), List.of(), List.of())).startsWith("no interface is up");
    }
}
