package io.nubicast.forwarding;

import static org.assertj.core.api.Assertions.assertThat;

import io.nubicast.wire.Address;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RouteIndexTest {
    private static final Address GROUP = Address.ipv4("239.1.1.1");

    private final CounterRegistry counters = new CounterRegistry();

    private static Match toGroup(Address group, int port) {
        return new Match(InterfaceSelection.ALL, Address.ANY_IPV4, new Match.Destination.Group(group), port);
    }

    private static Match fromServer(Address server, int port) {
        return new Match(InterfaceSelection.ALL, server, new Match.Destination.ThisHost(Address.ANY_IPV4), port);
    }

    private static Replication member(String address) {
        return new Replication(new OutputPort.UnicastMember(Address.ipv4(address)), new Rewrite(7126, 64));
    }

    private static Route route(Match match, RateLimit limit, Replication... replications) {
        return new Route("test", match, List.of(replications), limit);
    }

    private RouteIndex compile(RouteIndex previous, Route... routes) {
        return RouteIndex.compile(new RouteTable(List.of(routes)), counters, previous, 0);
    }

    private static CompiledRoute find(RouteIndex index, int port) {
        return Objects.requireNonNull(index.toGroup(GROUP.ipv4(), port));
    }

    @Test
    void anEmptyOneIsEmptyForEachWorker() {
        assertThat(RouteIndex.EMPTY.forWorker(2).toGroup(GROUP.ipv4(), 1)).isNull();
    }

    @Test
    void theExactPortComesBeforeAnyPort() {
        Route exact = route(toGroup(GROUP, 5001), RateLimit.NONE, member("10.0.0.1"));
        Route any = route(toGroup(GROUP, Match.ANY_PORT), RateLimit.NONE, member("10.0.0.2"));

        RouteIndex index = compile(RouteIndex.EMPTY, any, exact);

        assertThat(find(index, 5001).route()).isEqualTo(exact);
        assertThat(find(index, 5002).route()).isEqualTo(any);
        assertThat(index.toGroup(GROUP.ipv4() + 1, 5001)).isNull();
    }

    @Test
    void aClientsRouteIsFoundBySourceAndPort() {
        Address server = Address.ipv4("10.0.0.9");
        Replication out = new Replication(new OutputPort.MulticastOut(GROUP, InterfaceSelection.ARRIVAL),
                new Rewrite(Rewrite.KEEP_PORT, 1));
        Route exact = route(fromServer(server, 7126), RateLimit.NONE, out);
        Route any = route(fromServer(server, Match.ANY_PORT), RateLimit.NONE, out);

        RouteIndex index = compile(RouteIndex.EMPTY, exact, any);

        assertThat(Objects.requireNonNull(index.fromSource(server.ipv4(), 7126)).route()).isEqualTo(exact);
        assertThat(Objects.requireNonNull(index.fromSource(server.ipv4(), 1)).route()).isEqualTo(any);
        assertThat(index.fromSource(server.ipv4() + 1, 7126)).isNull();
        assertThat(index.toGroup(server.ipv4(), 7126)).isNull();
    }

    @Test
    void aCompiledRouteHasTheReplicationsInOrder() {
        RouteIndex index = compile(RouteIndex.EMPTY,
                route(toGroup(GROUP, 0), RateLimit.NONE, member("10.0.0.1"), member("10.0.0.2")));
        CompiledRoute compiled = find(index, 9);

        assertThat(compiled.size()).isEqualTo(2);
        assertThat(compiled.address(1)).isEqualTo(Address.ipv4("10.0.0.2").ipv4());
        assertThat(compiled.port(1)).isEqualTo(7126);
        assertThat(compiled.ttl(1)).isEqualTo(64);
        assertThat(compiled.replicationCounters(0)).isNotSameAs(compiled.replicationCounters(1));
    }

    @Test
    void countersAndUnchangedRoutesSurviveASwap() {
        Route kept = route(toGroup(GROUP, 1), RateLimit.NONE, member("10.0.0.1"));
        Match changed = toGroup(GROUP, 2);
        RouteIndex before = compile(RouteIndex.EMPTY, kept,
                route(changed, RateLimit.NONE, member("10.0.0.1"), member("10.0.0.2")));

        RouteIndex after = compile(before, kept, route(changed, RateLimit.NONE, member("10.0.0.2")));

        assertThat(find(after, 1)).isSameAs(before.toGroup(GROUP.ipv4(), 1));
        assertThat(find(after, 2).counters()).isSameAs(find(before, 2).counters());
        assertThat(find(after, 2).replicationCounters(0))
                .isSameAs(find(before, 2).replicationCounters(1));
    }

    @Test
    void aRateLimitGoesOnOverASwapThatOnlyChangesMembers() {
        RateLimit limit = new RateLimit(10, 0);
        RouteIndex before = compile(RouteIndex.EMPTY, route(toGroup(GROUP, 1), limit, member("10.0.0.1")));
        CompiledRoute first = find(before, 1);
        while (first.admit(100, 0)) {
            assertThat(first.isLimited()).isTrue();
        }

        RouteIndex sameLimit = compile(before, route(toGroup(GROUP, 1), limit, member("10.0.0.2")));
        RouteIndex otherLimit = compile(before,
                route(toGroup(GROUP, 1), new RateLimit(20, 0), member("10.0.0.1")));

        assertThat(find(sameLimit, 1).admit(100, 0)).isFalse();
        assertThat(find(sameLimit, 1).admit(100, 100_000_000)).isTrue();
        assertThat(find(otherLimit, 1).admit(100, 0)).isTrue();
    }

    @Test
    void bitsAreLimitedToo() {
        RouteIndex index = compile(RouteIndex.EMPTY,
                route(toGroup(GROUP, 1), new RateLimit(0, 8_000), member("10.0.0.1")));
        CompiledRoute limited = find(index, 1);

        assertThat(limited.admit(65_507, 0)).isTrue();
        assertThat(limited.admit(1_000, 0)).isFalse();
        assertThat(limited.admit(1_000, 1_000_000_000L)).isTrue();
    }

    @Test
    void whatNoLookupFindsIsNamed() {
        Route first = route(toGroup(GROUP, 1), RateLimit.NONE, member("10.0.0.1"));
        Route otherInterface = route(new Match(new InterfaceSelection.Named(List.of("eth1")), Address.ANY_IPV4,
                new Match.Destination.Group(GROUP), 1), RateLimit.NONE, member("10.0.0.2"));
        Route ofOneSource = route(new Match(InterfaceSelection.ALL, Address.ipv4("10.0.0.9"),
                new Match.Destination.Group(GROUP), 2), RateLimit.NONE, member("10.0.0.2"));

        RouteIndex index = compile(RouteIndex.EMPTY, first, otherInterface, ofOneSource);

        assertThat(index.routes()).hasSize(1);
        assertThat(index.shadowed()).containsExactlyInAnyOrder(otherInterface, ofOneSource);
    }

    @Test
    void looksUpAsAMapDoes() {
        Random random = new Random(8);
        Map<List<Integer>, Route> model = new HashMap<>();
        List<Route> routes = new ArrayList<>();
        for (int i = 0; i < 3_000; i++) {
            Address group = Address.ofIpv4(0xE0000000 | random.nextInt(700));
            int port = random.nextInt(4);
            Route route = route(toGroup(group, port), RateLimit.NONE, member("10.0.0.1"));
            if (model.putIfAbsent(List.of(group.ipv4(), port), route) == null) {
                routes.add(route);
            }
        }

        RouteIndex index = RouteIndex.compile(new RouteTable(routes), counters, RouteIndex.EMPTY, 0);

        assertThat(index.routes()).hasSize(routes.size());
        for (int group = 0xE0000000; group < 0xE0000000 + 800; group++) {
            for (int port = 1; port < 6; port++) {
                Route expected = model.getOrDefault(List.of(group, port), model.get(List.of(group, 0)));
                CompiledRoute found = index.toGroup(group, port);
                assertThat(found == null ? null : found.route()).isSameAs(expected);
            }
        }
    }

    @Test
    void aLookupAllocatesNothing() {
        RouteIndex index = compile(RouteIndex.EMPTY, route(toGroup(GROUP, 0), RateLimit.NONE, member("10.0.0.1")));
        var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        int found = 0;
        long before = 0;
        for (int i = 0; i < 200_000; i++) {
            if (i == 100_000) {
                before = threads.getCurrentThreadAllocatedBytes();
            }
            found += index.toGroup(GROUP.ipv4() + (i & 1), i & 0xFFFF) == null ? 0 : 1;
        }
        long allocated = threads.getCurrentThreadAllocatedBytes() - before;

        assertThat(found).isEqualTo(100_000);
        assertThat(allocated).isLessThan(10_000);
    }
}
