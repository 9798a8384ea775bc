package io.nubicast.router.pim;

import static org.assertj.core.api.Assertions.assertThat;

import io.nubicast.forwarding.routing.RoutingPort;
import io.nubicast.wire.Address;
import io.nubicast.wire.pim.GroupSet;
import io.nubicast.wire.pim.PimMessage;
import io.nubicast.wire.pim.SourceEntry;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// PIM-040, T-PIM-02: random Joins, Prunes, members, asserts and data; after each, the macros are compared with an evaluator that
/// knows only what was sent, and looks at one interface at a time.
class MacrosTest {
    private static final Address G = Address.ipv4("239.1.1.1");
    private static final SourceEntry STAR = SourceEntry.anySource(Address.ipv4("10.9.9.9"));
    private static final List<Address> SOURCES =
            List.of(Address.ipv4("10.7.1.1"), Address.ipv4("10.7.1.2"), Address.ipv4("10.0.4.50"));
    private static final List<Integer> INTERFACES = List.of(1, 2, 3, 4, 5);
    private static final int RUNS = Boolean.getBoolean("nubicast.ci") ? 2000 : 20;
    private static final int STEPS = 120;

    private record OfSource(Address source, int id) {}

    /// What was said.
    private static final class Said {
        final Set<Integer> joinedGroup = new HashSet<>();
        final Set<OfSource> joined = new HashSet<>();
        final Set<OfSource> pruned = new HashSet<>();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4})
    void macrosAreWhatABruteForceEvaluatorFinds(int series) {
        for (int run = 0; run < RUNS; run++) {
            long seed = series * 100_000L + run;
            Random random = new Random(seed);
            OneRouter router = new OneRouter(seed).interfaces(5).rp("10.9.9.9").route("10.9.9.9", 32, 1, "10.0.1.2")
                    .route("10.7.0.0", 16, 2, "10.0.2.2");
            INTERFACES.forEach(id -> router.hello(id, "10.0." + id + ".2"));
            Said said = new Said();
            List<String> story = new ArrayList<>();
            for (int step = 0; step < STEPS; step++) {
                story.add(happen(router, said, random));
                check(router, said, "seed " + seed + ": " + String.join("; ", story));
            }
        }
    }

    private static String happen(OneRouter router, Said said, Random random) {
        int id = 1 + random.nextInt(5);
        Address source = SOURCES.get(random.nextInt(SOURCES.size()));
        OfSource key = new OfSource(source, id);
        boolean yes = random.nextBoolean();
        return switch (random.nextInt(11)) {
            case 0, 1 -> {
                List<SourceEntry> prunes = new ArrayList<>();
                SOURCES.forEach(each -> {
                    said.pruned.remove(new OfSource(each, id));
                    if (random.nextInt(3) == 0) {
                        prunes.add(SourceEntry.onRpt(each));
                        said.pruned.add(new OfSource(each, id));
                    }
                });
                said.joinedGroup.add(id);
                send(router, id, new GroupSet(G, List.of(STAR), prunes));
                yield "join * on " + id + " but " + prunes;
            }
            case 2 -> {
                said.joinedGroup.remove(id);
                send(router, id, GroupSet.prune(G, STAR));
                yield "prune * on " + id;
            }
            case 3 -> {
                said.joined.add(key);
                send(router, id, GroupSet.join(G, SourceEntry.of(source)));
                yield "join " + key;
            }
            case 4 -> {
                said.joined.remove(key);
                send(router, id, GroupSet.prune(G, SourceEntry.of(source)));
                yield "prune " + key;
            }
            case 5 -> {
                boolean prune = yes;
                if (prune) {
                    said.pruned.add(key);
                    send(router, id, GroupSet.prune(G, SourceEntry.onRpt(source)));
                } else {
                    said.pruned.remove(key);
                    send(router, id, GroupSet.join(G, SourceEntry.onRpt(source)));
                }
                yield (prune ? "prune rpt " : "join rpt ") + key;
            }
            case 6 -> {
                router.wants(id, G.toString(), yes);
                yield "members " + yes + " on " + id;
            }
            case 7 -> {
                router.wantsSource(id, source.toString(), G.toString(), yes);
                yield "include " + yes + key;
            }
            case 8 -> {
                router.receivers.exclude(id, source, G, yes);
                router.pim.onReceiversChanged(id, G, router.nowNs);
                yield "exclude " + yes + key;
            }
            case 9 -> {
                boolean rpt = random.nextInt(3) == 0;
                router.receive(id, "10.0." + id + ".2", new PimMessage.Assert(G, rpt ? Address.ANY_IPV4 : source, rpt,
                        random.nextInt(3) * 100, random.nextInt(40)));
                yield "assert " + (rpt ? "*" : "") + key;
            }
            default -> {
                if (yes) {
                    router.noRoute(id, source.toString(), G.toString());
                } else {
                    router.wrongPort(id, source.toString(), G.toString());
                }
                router.pass(random.nextDouble());
                yield "data " + key;
            }
        };
    }

    private static void send(OneRouter router, int id, GroupSet set) {
        router.receive(id, "10.0." + id + ".2",
                new PimMessage.JoinPrune(Address.ipv4("10.0." + id + ".1"), 0xFFFF, List.of(set)));
    }

    private static void check(OneRouter router, Said said, String story) {
        Macros macros = router.macros();
        GroupTree tree = router.pim.core().trees.find(G).orElse(null);
        if (tree == null) {
            assertThat(said.joinedGroup).as(story).isEmpty();
            assertThat(said.joined).as(story).isEmpty();
            return;
        }
        OneRouter.Receivers members = router.receivers;
        Set<Integer> immediate = new TreeSet<>();
        for (int id : INTERFACES) {
            boolean lost = lost(tree.asserts.get(id)) && id != 1;
            boolean includes = members.includesAny(id, G) && (!lost || won(tree.asserts.get(id)));
            if ((said.joinedGroup.contains(id) || includes) && !lost) {
                immediate.add(id);
            }
        }
        assertThat(macros.immediateOlist(tree).ids()).as("immediate_olist(*,G) " + story).isEqualTo(immediate);
        assertThat(tree.upstream.isJoined()).as("JoinDesired(*,G) " + story).isEqualTo(!immediate.isEmpty());
        for (SourceTree source : tree.sources.values()) {
            check(router, said, tree, source, story);
        }
    }

    private static void check(OneRouter router, Said said, GroupTree tree, SourceTree source, String story) {
        Macros macros = router.macros();
        OneRouter.Receivers members = router.receivers;
        int rpf = source.source.equals(SOURCES.get(2)) ? 4 : 2;
        Set<Integer> immediate = new TreeSet<>();
        Set<Integer> inheritedRpt = new TreeSet<>();
        Set<Integer> inherited = new TreeSet<>();
        for (int id : INTERFACES) {
            OfSource key = new OfSource(source.source, id);
            boolean lostGroup = lost(tree.asserts.get(id)) && id != 1;
            AssertMachine ofSource = source.asserts.get(id);
            AssertMetric mine = new AssertMetric(false, rpf == 4 ? 0 : 110, rpf == 4 ? 0 : 20,
                    Address.ipv4("10.0." + id + ".1"));
            boolean lostSource =
                    lost(ofSource) && id != rpf && ofSource != null && ofSource.winner().isBetterThan(mine);
            boolean lostRpt = lost(ofSource) && id != 1 && !(id == rpf && source.sptBit());
            boolean joinedGroup = said.joinedGroup.contains(id);
            boolean includesGroup = members.includesAny(id, tree.group) && (!lostGroup || won(tree.asserts.get(id)));
            boolean serves = !lostSource || won(ofSource);
            boolean includes = members.includes(id, source.source, G) && serves;
            boolean excludes = members.excludes(id, source.source, G) && serves;
            boolean joined = said.joined.contains(key);
            boolean rpt = (joinedGroup && !said.pruned.contains(key) || includesGroup && !excludes) && !lostGroup
                    && !lostRpt;
            if ((joined || includes) && !lostSource) {
                immediate.add(id);
            }
            if (rpt) {
                inheritedRpt.add(id);
            }
            if ((rpt || joined || includes) && !lostSource) {
                inherited.add(id);
            }
        }
        if (source.register.isTunnelling()) {
            immediate.add(RoutingPort.REGISTER);
            inherited.add(RoutingPort.REGISTER);
        }
        String about = source.source + " " + story;
        assertThat(macros.immediateOlist(source).ids()).as("immediate_olist " + about).isEqualTo(immediate);
        assertThat(macros.inheritedOlistRpt(source).ids()).as("inherited_olist rpt " + about).isEqualTo(inheritedRpt);
        assertThat(macros.inheritedOlist(source).ids()).as("inherited_olist " + about).isEqualTo(inherited);
        boolean joinDesired = !immediate.isEmpty() || source.isKeptAlive() && !inherited.isEmpty();
        assertThat(source.upstream.isJoined()).as("JoinDesired " + about).isEqualTo(joinDesired);
        boolean pruneDesired = tree.upstream.isJoined() && (inheritedRpt.isEmpty() || source.sptBit()
                && !macros.upstream(tree).sameNeighbor(macros.upstream(source)));
        assertThat(source.rptUpstream.state() == UpstreamRptMachine.State.PRUNED).as("PruneDesired " + about)
                .isEqualTo(pruneDesired);
        if (source.sptBit()) {
            Set<Integer> outgoing = new TreeSet<>(inherited);
            boolean registers = outgoing.remove(RoutingPort.REGISTER);
            outgoing.remove(rpf);
            if (router.plane.route(source.source, G) != null) {
                assertThat(router.route(source.source.toString(), G.toString())).as("route " + about)
                        .isEqualTo(rpf + ">" + outgoing + (registers ? " register" : ""));
            }
        }
    }

    private static boolean lost(@org.jspecify.annotations.Nullable AssertMachine machine) {
        return machine != null && machine.isLoser();
    }

    private static boolean won(@org.jspecify.annotations.Nullable AssertMachine machine) {
        return machine != null && machine.isWinner();
    }
}
