package io.nubicast.forwarding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nubicast.forwarding.Verdict.PacketClass;
import io.nubicast.wire.Address;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

class PlannerTest {
    /// Judges as it is told, and records what it is given.
    private static final class FakePlane implements DataPlane {
        private final String name;
        private final Function<Route, Verdict> judge;
        private final List<RouteTable> applied = new ArrayList<>();

        FakePlane(String name, Function<Route, Verdict> judge) {
            this.name = name;
            this.judge = judge;
        }

        @Override
        public String name() {
            return name;
        }

        @Override
        public Set<Capability> capabilities() {
            return Set.of();
        }

        @Override
        public Verdict judge(Route route) {
            return judge.apply(route);
        }

        @Override
        public void apply(RouteTable table) {
            applied.add(table);
        }

        @Override
        public DropCounters drops() {
            return new DropCounters();
        }

        @Override
        public Optional<PlaneEvent> pollEvent() {
            return Optional.empty();
        }

        @Override
        public void close() {}
    }

    private static Route route(int port) {
        Match match = new Match(InterfaceSelection.ALL, Address.ANY_IPV4,
                new Match.Destination.Group(Address.ipv4("239.1.1.1")), port);
        return new Route("test", match, List.of(), RateLimit.NONE);
    }

    @Test
    void aRouteGoesToTheFirstPlaneThatTakesIt() {
        FakePlane best = new FakePlane("best",
                route -> route.match().destinationPort() == 1 ? Verdict.TAKEN : new Verdict.Refused("not port 1"));
        FakePlane second = new FakePlane("second", route -> Verdict.TAKEN);

        Planner.plan(new RouteTable(List.of(route(1), route(2))), List.of(best, second)).apply();

        assertThat(best.applied).containsExactly(new RouteTable(List.of(route(1))));
        assertThat(second.applied).containsExactly(new RouteTable(List.of(route(2))));
    }

    @Test
    void aRouteThatNobodyTakesIsReportedWithEveryPlanesReason() {
        FakePlane best = new FakePlane("best", route -> new Verdict.Refused("too old"));
        FakePlane second = new FakePlane("second", route -> new Verdict.Refused("needs a port"));

        Planner.Plan plan = Planner.plan(new RouteTable(List.of(route(Match.ANY_PORT))), List.of(best, second));

        assertThat(plan.unserved()).hasSize(1);
        assertThat(plan.unserved().getFirst().text())
                .isEqualTo("group 239.1.1.1, any port, is not served: best: too old; second: needs a port");
    }

    @Test
    void theClassesThatAPlaneLeavesAreReportedAndServedByNobodyTwice() {
        FakePlane best = new FakePlane("best", route -> new Verdict.TakenExcept(Set.of(PacketClass.FRAGMENT)));
        FakePlane second = new FakePlane("second", route -> Verdict.TAKEN);

        Planner.Plan plan = Planner.plan(new RouteTable(List.of(route(5000))), List.of(best, second));

        assertThat(plan.shares().get(0).table().routes()).hasSize(1);
        assertThat(plan.shares().get(1).table().routes()).isEmpty();
        assertThat(plan.unserved().getFirst().classes()).containsExactly(PacketClass.FRAGMENT);
        assertThat(plan.unserved().getFirst().text()).contains("port 5000").contains("for fragment");
    }

    @Test
    void aPlaneThatGetsNothingGetsAnEmptyTable() {
        FakePlane only = new FakePlane("only", route -> Verdict.TAKEN);

        Planner.plan(RouteTable.EMPTY, List.of(only)).apply();

        assertThat(only.applied).containsExactly(RouteTable.EMPTY);
    }

    @Test
    void noPlaneIsAnError() {
        assertThatThrownBy(() -> Planner.plan(RouteTable.EMPTY, List.of()))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void whateverThePlanesSayEachRouteIsServedOnceOrReported() {
        Random random = new Random(11);
        for (int round = 0; round < 1_000; round++) {
            List<FakePlane> planes = new ArrayList<>();
            for (int i = 0; i <= random.nextInt(4); i++) {
                long seed = random.nextLong();
                planes.add(
                        new FakePlane("p" + i, route -> verdict(new Random(seed ^ route.match().destinationPort()))));
            }
            List<Route> routes = new ArrayList<>();
            for (int port = 1; port <= random.nextInt(20); port++) {
                routes.add(route(port));
            }

            Planner.Plan plan = Planner.plan(new RouteTable(routes), planes);

            for (Route route : routes) {
                long served = plan.shares().stream().filter(share -> share.table().routes().contains(route)).count();
                long refused = plan.unserved().stream()
                        .filter(unserved -> unserved.route().equals(route) && unserved.classes().isEmpty()).count();
                assertThat(served + refused).isEqualTo(1);
            }
        }
    }

    private static Verdict verdict(Random random) {
        return switch (random.nextInt(3)) {
            case 0 -> Verdict.TAKEN;
            case 1 -> new Verdict.TakenExcept(Set.of(PacketClass.ABOVE_MTU));
            default -> new Verdict.Refused("no");
        };
    }
}
