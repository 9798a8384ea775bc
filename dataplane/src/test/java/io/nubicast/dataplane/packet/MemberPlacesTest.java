package io.nubicast.dataplane.packet;

import static org.assertj.core.api.Assertions.assertThat;

import io.nubicast.forwarding.CompiledRoute;
import io.nubicast.forwarding.CounterRegistry;
import io.nubicast.forwarding.InterfaceSelection;
import io.nubicast.forwarding.Match;
import io.nubicast.forwarding.OutputPort;
import io.nubicast.forwarding.RateLimit;
import io.nubicast.forwarding.Replication;
import io.nubicast.forwarding.Rewrite;
import io.nubicast.forwarding.Route;
import io.nubicast.forwarding.RouteIndex;
import io.nubicast.forwarding.RouteTable;
import io.nubicast.wire.Address;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class MemberPlacesTest {
    private final CounterRegistry counters = new CounterRegistry();
    private RouteIndex index = RouteIndex.EMPTY;
    private MemberPlaces places = MemberPlaces.NONE;

    private static Route route(int group, int... members) {
        List<Replication> copies = new ArrayList<>();
        for (int member : members) {
            copies.add(new Replication(new OutputPort.UnicastMember(Address.ofIpv4(member)), new Rewrite(5000, 64)));
        }
        return new Route("test",
                new Match(new InterfaceSelection.All(), Address.ANY_IPV4,
                        new Match.Destination.Group(Address.ofIpv4(0xEF000000 + group)), 5000),
                copies, RateLimit.NONE);
    }

    private void serve(List<Route> routes) {
        index = RouteIndex.compile(new RouteTable(routes), counters, index, 0);
        places = MemberPlaces.of(index, places);
    }

    private void isRight() {
        int[] expected = index.routes().stream()
                .flatMapToInt(each -> IntStream.range(0, each.size()).map(each::address))
                .sorted().distinct().toArray();
        assertThat(places.addresses()).isEqualTo(expected);
        for (CompiledRoute each : index.routes()) {
            int[] of = Objects.requireNonNull(places.forWorker(0).get(each));
            assertThat(of).hasSize(each.size());
            for (int member = 0; member < each.size(); member++) {
                assertThat(places.addresses()[of[member]]).isEqualTo(each.address(member));
            }
        }
        assertThat(places.forWorker(0)).hasSameSizeAs(index.routes());
    }

    @Test
    void theListStaysTheSameArrayWhileNoAddressComesOrGoes() {
        serve(List.of(route(1, 7, 9), route(2, 9)));
        int[] before = places.addresses();

        serve(List.of(route(1, 9, 7), route(2, 9, 7)));

        isRight();
        assertThat(places.addresses()).isSameAs(before);
    }

    @Test
    void anAddressThatNoRouteHasAnyMoreIsGone() {
        serve(List.of(route(1, 7, 9), route(2, 9, 5)));

        serve(List.of(route(1, 7, 9)));

        isRight();
        assertThat(places.addresses()).containsExactly(7, 9);
    }

    @Test
    void followsAnyChangesOfTables() {
        Random random = new Random(1);
        Map<Integer, Route> current = new TreeMap<>();
        for (int round = 0; round < 2_000; round++) {
            int changes = random.nextInt(3);
            for (int i = 0; i < changes; i++) {
                int group = random.nextInt(12);
                int[] members =
                        random.ints(random.nextInt(6), 0, 40).map(each -> each * 0x0F123457).distinct().toArray();
                if (random.nextInt(4) == 0) {
                    current.remove(group);
                } else {
                    current.put(group, route(group, members));
                }
            }
            serve(List.copyOf(current.values()));
            isRight();
        }
    }
}
