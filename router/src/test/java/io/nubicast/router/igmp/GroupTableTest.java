package io.nubicast.router.igmp;

import static org.assertj.core.api.Assertions.assertThat;

import io.nubicast.wire.Address;
import io.nubicast.wire.igmp.RecordType;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// IGMP-030: the table of RFC 3376 section 6.4, each row with empty and with other sets. Sources are named by letters, `a` is
/// 10.1.0.1. Before the record of the row, at 20 s, a state is made: of INCLUDE by ALLOW, of EXCLUDE by ALLOW of what shall be in X
/// and TO_EX of both, which makes what was not allowed Y. Timers then stand at 270 or 280 s, the group's at 280 s.
class GroupTableTest {
    private static final Address GROUP = Router.GROUP;

    record Row(String state, RecordType type, String sources, String expected, String queries) {
        static Row of(String state, RecordType type, String sources, String expected, String queries) {
            return new Row(state, type, sources, expected, queries);
        }

        @Override
        public String toString() {
            return state + " " + type + "(" + sources + ")";
        }
    }

    /// Expected: mode, `source=seconds until its timer runs out`, `-` for stopped, and of EXCLUDE the group timer.
    static Stream<Row> rows() {
        RecordType isIn = RecordType.MODE_IS_INCLUDE;
        RecordType isEx = RecordType.MODE_IS_EXCLUDE;
        RecordType toIn = RecordType.CHANGE_TO_INCLUDE_MODE;
        RecordType toEx = RecordType.CHANGE_TO_EXCLUDE_MODE;
        RecordType allow = RecordType.ALLOW_NEW_SOURCES;
        RecordType block = RecordType.BLOCK_OLD_SOURCES;
        return Stream.of(
                // INCLUDE(A) IS_IN(B) / ALLOW(B): INCLUDE(A+B), (B)=GMI
                Row.of("IN", isIn, "", "none", ""),
                Row.of("IN", isIn, "ab", "IN a=280 b=280", ""),
                Row.of("IN ab", isIn, "", "IN a=270 b=270", ""),
                Row.of("IN ab", isIn, "bc", "IN a=270 b=280 c=280", ""),
                Row.of("IN", allow, "", "none", ""),
                Row.of("IN", allow, "ab", "IN a=280 b=280", ""),
                Row.of("IN ab", allow, "bc", "IN a=270 b=280 c=280", ""),
                // INCLUDE(A) IS_EX(B): EXCLUDE(A*B,B-A), (B-A)=0, del(A-B), GT=GMI
                Row.of("IN", isEx, "", "EX 280", ""),
                Row.of("IN", isEx, "bc", "EX 280 b=- c=-", ""),
                Row.of("IN ab", isEx, "", "EX 280", ""),
                Row.of("IN ab", isEx, "bc", "EX 280 b=270 c=-", ""),
                // INCLUDE(A) BLOCK(B): INCLUDE(A), Q(G,A*B)
                Row.of("IN", block, "ab", "none", ""),
                Row.of("IN ab", block, "", "IN a=270 b=270", ""),
                Row.of("IN ab", block, "bc", "IN a=270 b=22", "b"),
                Row.of("IN ab", block, "cd", "IN a=270 b=270", ""),
                // INCLUDE(A) TO_EX(B): EXCLUDE(A*B,B-A), (B-A)=0, del(A-B), Q(G,A*B), GT=GMI
                Row.of("IN", toEx, "", "EX 280", ""),
                Row.of("IN", toEx, "bc", "EX 280 b=- c=-", ""),
                Row.of("IN ab", toEx, "", "EX 280", ""),
                Row.of("IN ab", toEx, "bc", "EX 280 b=22 c=-", "b"),
                // INCLUDE(A) TO_IN(B): INCLUDE(A+B), (B)=GMI, Q(G,A-B)
                Row.of("IN", toIn, "", "none", ""),
                Row.of("IN", toIn, "ab", "IN a=280 b=280", ""),
                Row.of("IN ab", toIn, "", "IN a=22 b=22", "ab"),
                Row.of("IN ab", toIn, "bc", "IN a=22 b=280 c=280", "a"),
                // EXCLUDE(X,Y) IS_IN(A) / ALLOW(A): EXCLUDE(X+A,Y-A), (A)=GMI
                Row.of("EX ab/cd", isIn, "", "EX 270 a=270 b=270 c=- d=-", ""),
                Row.of("EX ab/cd", isIn, "bce", "EX 270 a=270 b=280 c=280 d=- e=280", ""),
                Row.of("EX /", isIn, "a", "EX 270 a=280", ""),
                Row.of("EX ab/cd", allow, "bce", "EX 270 a=270 b=280 c=280 d=- e=280", ""),
                Row.of("EX /cd", allow, "cd", "EX 270 c=280 d=280", ""),
                // EXCLUDE(X,Y) IS_EX(A): EXCLUDE(A-Y,Y*A), (A-X-Y)=GMI, del(X-A),(Y-A), GT=GMI
                Row.of("EX ab/cd", isEx, "", "EX 280", ""),
                Row.of("EX ab/cd", isEx, "bce", "EX 280 b=270 c=- e=280", ""),
                Row.of("EX /", isEx, "a", "EX 280 a=280", ""),
                Row.of("EX ab/", isEx, "a", "EX 280 a=270", ""),
                // EXCLUDE(X,Y) BLOCK(A): EXCLUDE(X+(A-Y),Y), (A-X-Y)=GT, Q(G,A-Y)
                Row.of("EX ab/cd", block, "", "EX 270 a=270 b=270 c=- d=-", ""),
                Row.of("EX ab/cd", block, "bce", "EX 270 a=270 b=22 c=- d=- e=22", "be"),
                Row.of("EX /", block, "a", "EX 270 a=22", "a"),
                Row.of("EX /cd", block, "cd", "EX 270 c=- d=-", ""),
                // EXCLUDE(X,Y) TO_EX(A): EXCLUDE(A-Y,Y*A), (A-X-Y)=GT, del(X-A),(Y-A), Q(G,A-Y), GT=GMI
                Row.of("EX ab/cd", toEx, "", "EX 280", ""),
                Row.of("EX ab/cd", toEx, "bce", "EX 280 b=22 c=- e=22", "be"),
                Row.of("EX /", toEx, "a", "EX 280 a=22", "a"),
                Row.of("EX /cd", toEx, "c", "EX 280 c=-", ""),
                // EXCLUDE(X,Y) TO_IN(A): EXCLUDE(X+A,Y-A), (A)=GMI, Q(G,X-A), Q(G)
                Row.of("EX ab/cd", toIn, "", "EX 22 a=22 b=22 c=- d=-", "ab *"),
                Row.of("EX ab/cd", toIn, "bce", "EX 22 a=22 b=280 c=280 d=- e=280", "a *"),
                Row.of("EX /", toIn, "", "EX 22", "*"),
                Row.of("EX /cd", toIn, "c", "EX 22 c=280 d=-", "*"));
    }

    @ParameterizedTest
    @MethodSource("rows")
    void theTableOfTheRfc(Row row) {
        Router router = before(row);

        router.report(row.type, GROUP, sources(row.sources));

        assertThat(describe(router)).isEqualTo(row.expected);
        assertThat(router.sent()).containsExactlyElementsOf(queries(row.queries));
    }

    /// Who is not the querier asks nothing and lowers nothing: IGMP-031.
    @ParameterizedTest
    @MethodSource("rows")
    void theTableOfTheRfcWithoutQueries(Row row) {
        Router router = before(row);
        router.receive(Address.ipv4("10.0.0.1"), new io.nubicast.wire.igmp.IgmpMessage.V3Query(Address.ANY_IPV4, 100,
                false, 2, 125, List.of()));

        router.report(row.type, GROUP, sources(row.sources));

        String unchanged = row.expected.replaceAll("=22\\b", "=270").replace("EX 22", "EX 270");
        assertThat(describe(router)).isEqualTo(unchanged);
        assertThat(router.sent()).isEmpty();
    }

    private static Router before(Row row) {
        Router router = new Router(IgmpInterfaceConfig.DEFAULT);
        router.advanceTo(10);
        String state = row.state.length() > 3 ? row.state.substring(3) : "";
        if (row.state.startsWith("IN")) {
            router.report(RecordType.ALLOW_NEW_SOURCES, GROUP, sources(state));
        } else {
            String x = state.substring(0, state.indexOf('/'));
            router.report(RecordType.ALLOW_NEW_SOURCES, GROUP, sources(x));
            router.report(RecordType.MODE_IS_EXCLUDE, GROUP, sources(state.replace("/", "")));
        }
        router.advanceTo(20);
        router.sent();
        return router;
    }

    private static String[] sources(String letters) {
        return letters.chars().mapToObj(letter -> "10.1.0." + (letter - 'a' + 1)).toArray(String[]::new);
    }

    private static List<String> queries(String expected) {
        List<String> queries = new ArrayList<>();
        for (String each : expected.isEmpty() ? new String[0] : expected.split(" ", -1)) {
            queries.add("20 Q3(" + GROUP + (each.equals("*") ? "" : ", " + String.join(" ", sources(each))) + ")");
        }
        return queries;
    }

    private static String describe(Router router) {
        if (router.igmp.groups(Router.LINK).isEmpty()) {
            return "none";
        }
        IgmpGroup group = router.group(GROUP);
        TreeMap<Address, String> sources = new TreeMap<>();
        Set<Address> stopped = new TreeSet<>();
        for (IgmpGroup.Source source : group.sources()) {
            char letter = (char) ('a' + (source.address.ipv4() & 0xFF) - 1);
            sources.put(source.address, " " + letter + "="
                    + (source.timer.isRunning() ? String.valueOf(source.timer.dueNs() / 1_000_000_000L) : "-"));
            if (!source.timer.isRunning()) {
                stopped.add(source.address);
            }
        }
        assertThat(group.wanted()).isEqualTo(group.isExclude()
                ? SourceFilter.exclude(stopped)
                : SourceFilter.include(sources.keySet()));
        return (group.isExclude() ? "EX " + group.groupTimer().dueNs() / 1_000_000_000L : "IN")
                + sources.values().stream().collect(Collectors.joining());
    }
}
