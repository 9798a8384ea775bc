package io.nubicast.router.igmp;

import static org.assertj.core.api.Assertions.assertThat;

import io.nubicast.wire.Address;
import io.nubicast.wire.igmp.RecordType;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/// T-IGMP-01, the half of the records: 1000 seeds of random records at random times, against a second, naive reading of RFC 3376
/// section 6.4 that has sets and deadlines only. Sets, timers and the queries sent at once must be equal. The half of the hosts is in
/// `IgmpLanTest`.
class GroupOracleTest {
    private static final long GMI = 260_000;
    private static final long LMQT = 2_000;
    private static final Address GROUP = Router.GROUP;

    /// Times in milliseconds.
    private static final class Model {
        boolean exclude;
        long groupUntil;
        long groupAskedAt = Long.MIN_VALUE / 2;
        /// Until when; 0 for stopped.
        Map<Address, Long> sources = new TreeMap<>();

        void advance(long now) {
            while (true) {
                long next = exclude ? groupUntil : Long.MAX_VALUE;
                for (long until : sources.values()) {
                    next = until == 0 ? next : Math.min(next, until);
                }
                if (next > now) {
                    return;
                }
                long due = next;
                if (exclude && groupUntil == due) {
                    exclude = false;
                    sources.values().removeIf(until -> until == 0);
                } else if (exclude) {
                    sources.replaceAll((source, until) -> until == due ? 0 : until);
                } else {
                    sources.values().removeIf(until -> until == due);
                }
            }
        }

        Set<Address> x() {
            Set<Address> x = new TreeSet<>(sources.keySet());
            x.removeIf(source -> sources.getOrDefault(source, 0L) == 0);
            return x;
        }

        Set<Address> y() {
            return minus(sources.keySet(), x());
        }

        Set<String> on(RecordType type, Set<Address> named, long now) {
            Set<Address> x = x();
            Set<Address> y = y();
            long oldGroupUntil = groupUntil;
            Set<Address> ask = Set.of();
            boolean askGroup = false;
            switch (type) {
                case MODE_IS_INCLUDE, ALLOW_NEW_SOURCES -> named.forEach(source -> sources.put(source, now + GMI));
                case CHANGE_TO_INCLUDE_MODE -> {
                    named.forEach(source -> sources.put(source, now + GMI));
                    ask = minus(x, named);
                    askGroup = exclude;
                }
                case BLOCK_OLD_SOURCES -> {
                    if (exclude) {
                        minus(minus(named, x), y).forEach(source -> sources.put(source, oldGroupUntil));
                        ask = minus(named, y);
                    } else {
                        ask = and(x, named);
                    }
                }
                case MODE_IS_EXCLUDE, CHANGE_TO_EXCLUDE_MODE -> {
                    boolean change = type == RecordType.CHANGE_TO_EXCLUDE_MODE;
                    for (Address source : minus(minus(named, x), y)) {
                        sources.put(source, !exclude ? 0 : change ? oldGroupUntil : now + GMI);
                    }
                    sources.keySet().retainAll(named);
                    if (change) {
                        ask = exclude ? minus(named, y) : and(x, named);
                    }
                    exclude = true;
                    groupUntil = now + GMI;
                }
            }
            Set<String> queries = new HashSet<>();
            Set<Address> asked = new TreeSet<>(ask);
            asked.removeIf(source -> sources.getOrDefault(source, 0L) <= now + LMQT);
            asked.forEach(source -> sources.put(source, now + LMQT));
            if (!asked.isEmpty()) {
                queries.add(
                        "Q3(" + GROUP + ", " + String.join(" ", asked.stream().map(Address::toString).toList()) + ")");
            }
            if (askGroup && !(now - groupAskedAt < 1_000 && groupUntil <= now + LMQT)) {
                groupAskedAt = now;
                groupUntil = Math.min(groupUntil, now + LMQT);
                queries.add("Q3(" + GROUP + ")");
            }
            return queries;
        }

        private static Set<Address> minus(Set<Address> from, Set<Address> taken) {
            Set<Address> rest = new TreeSet<>(from);
            rest.removeAll(taken);
            return rest;
        }

        private static Set<Address> and(Set<Address> a, Set<Address> b) {
            Set<Address> both = new TreeSet<>(a);
            both.retainAll(b);
            return both;
        }
    }

    @Test
    void randomRecordsGiveTheSetsTimersAndQueriesOfTheRfc() {
        for (int seed = 1; seed <= 1_000; seed++) {
            follow(seed);
        }
    }

    private static void follow(int seed) {
        Random random = new Random(seed);
        Router router = new Router(IgmpInterfaceConfig.DEFAULT);
        Model model = new Model();
        long now = 0;
        for (int step = 0; step < 60; step++) {
            now += random.nextInt(4) == 0 ? 1 + random.nextInt(200_000) : 1 + random.nextInt(1_700);
            router.advanceTo(now / 1_000.0);
            model.advance(now);
            router.sent();
            RecordType type = RecordType.values()[random.nextInt(6)];
            Set<Address> named = new HashSet<>();
            for (int i = random.nextInt(4); i > 0; i--) {
                named.add(Address.ofIpv4(0x0A010001 + random.nextInt(5)));
            }

            router.report(type, GROUP, named.stream().map(Address::toString).toArray(String[]::new));
            Set<String> queries = model.on(type, named, now);

            String where = "seed " + seed + " step " + step + " " + type + named;
            Set<String> sent = new HashSet<>();
            for (String each : router.sent()) {
                sent.add(each.substring(each.indexOf(' ') + 1));
            }
            assertThat(sent).as(where).isEqualTo(queries);
            assertThat(described(router)).as(where).isEqualTo(described(model));
        }
    }

    private static String described(Model model) {
        if (!model.exclude && model.sources.isEmpty()) {
            return "nothing";
        }
        return (model.exclude ? "EX " + model.groupUntil : "IN") + " " + model.sources;
    }

    private static String described(Router router) {
        if (router.igmp.groups(Router.LINK).isEmpty()) {
            return "nothing";
        }
        IgmpGroup group = router.group(GROUP);
        Map<Address, Long> sources = new TreeMap<>();
        group.sources().forEach(source -> sources.put(source.address,
                source.timer.isRunning() ? source.timer.dueNs() / 1_000_000 : 0));
        Set<Address> stopped = new TreeSet<>(sources.keySet());
        stopped.removeIf(source -> sources.getOrDefault(source, 0L) != 0);
        assertThat(group.wanted()).isEqualTo(group.isExclude()
                ? SourceFilter.exclude(List.copyOf(stopped))
                : SourceFilter.include(sources.keySet()));
        return (group.isExclude() ? "EX " + group.groupTimer().dueNs() / 1_000_000 : "IN") + " " + sources;
    }
}
