package io.nubicast.forwarding;

import static org.assertj.core.api.Assertions.assertThat;

import io.nubicast.wire.Address;
import io.nubicast.wire.DropReason;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CountersTest {
    private static final Match MATCH = match(5000);

    private static Match match(int port) {
        return new Match(InterfaceSelection.ALL, Address.ANY_IPV4,
                new Match.Destination.Group(Address.ipv4("239.1.1.1")), port);
    }

    private static OutputPort member(String address) {
        return new OutputPort.UnicastMember(Address.ipv4(address));
    }

    private static Route route(Match match, String... members) {
        return new Route("test", match,
                Arrays.stream(members).map(m -> new Replication(member(m), new Rewrite(5000, 64))).toList(),
                RateLimit.NONE);
    }

    @Test
    void aRouteThatAReloadKeepsKeepsItsNumbers() {
        CounterRegistry registry = new CounterRegistry();
        RouteCounters before = registry.of(MATCH);
        before.received(100);
        before.of(member("10.0.0.1")).sent(100);

        registry.retain(new RouteTable(List.of(route(MATCH, "10.0.0.1", "10.0.0.2"))));

        assertThat(registry.of(MATCH)).isSameAs(before);
        assertThat(registry.of(MATCH).packets()).isEqualTo(1);
        assertThat(registry.of(MATCH).bytes()).isEqualTo(100);
        assertThat(registry.of(MATCH).of(member("10.0.0.1")).packets()).isEqualTo(1);
    }

    @Test
    void whatIsInNoTableAnyMoreIsForgotten() {
        CounterRegistry registry = new CounterRegistry();
        registry.of(MATCH).of(member("10.0.0.1")).sent(1);
        registry.of(match(6000)).received(1);

        registry.retain(new RouteTable(List.of(route(MATCH, "10.0.0.2"))));

        assertThat(registry.of(MATCH).of(member("10.0.0.1")).packets()).isZero();
        assertThat(registry.of(match(6000)).packets()).isZero();
    }

    @Test
    void errorsAreCountedByKindAndTheLastIsKept() {
        ReplicationCounters counters = new ReplicationCounters();
        assertThat(counters.errors()).isZero();
        assertThat(counters.lastError()).isEmpty();

        counters.failed(SendError.NO_ROUTE, 7);
        counters.failed(SendError.NO_ROUTE);
        counters.failed(SendError.REFUSED, 9);

        assertThat(counters.errors(SendError.NO_ROUTE)).isEqualTo(2);
        assertThat(counters.errors(SendError.TOO_BIG)).isZero();
        assertThat(counters.errors()).isEqualTo(3);
        assertThat(counters.lastError()).contains(new ReplicationCounters.LastError(SendError.REFUSED, 9));
        assertThat(counters.packets()).isZero();
    }

    @Test
    void dropsAreCountedByReason() {
        DropCounters drops = new DropCounters();
        drops.add(DropReason.NO_ROUTE);
        drops.add(DropReason.BAD_CHECKSUM, 4);

        assertThat(drops.of(DropReason.NO_ROUTE)).isEqualTo(1);
        assertThat(drops.total()).isEqualTo(5);
        assertThat(drops.nonZero()).isEqualTo(Map.of(DropReason.NO_ROUTE, 1L, DropReason.BAD_CHECKSUM, 4L));
    }
}
