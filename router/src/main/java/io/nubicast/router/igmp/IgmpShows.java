package io.nubicast.router.igmp;

import io.nubicast.engine.Timers.Timer;
import io.nubicast.router.iface.RouterInterface;
import io.nubicast.router.igmp.IgmpGroup.Compatibility;
import io.nubicast.router.igmp.IgmpGroup.Source;
import io.nubicast.router.policy.AccessList;
import io.nubicast.shell.Answer;
import io.nubicast.shell.IosTime;
import io.nubicast.wire.Address;
import io.nubicast.wire.igmp.IgmpDrop;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/// The `show ip igmp` commands, laid out as IOS XE prints them; times are the router's. On the router's thread.
public final class IgmpShows {
    private static final String SOURCE_LIST = """
            Group source list: (C - Cisco Src Report, U - URD, R - Remote, S - Static,
                                V - Virtual, M - SSM Mapping, L - Local,
                                Ac - Channel accounted towards access control limit)
              Source Address   Uptime    v3 Exp   CSR Exp   Fwd  Flags
            """;
    private static final String MEMBERSHIP = """
            Flags: A  - aggregate, T - tracked
                   L  - Local, S - static, V - virtual, R - Reported through v3
                   I - v3lite, U - Urd, M - SSM (S,G) channel
                   1,2,3 - The version of IGMP, the group is in
            Channel/Group-Flags:
                   / - Filtering entry (Exclude mode (S,G), Include mode (G))
            Reporter:
                   <mac-or-ip-address> - last reporter if group is not explicitly tracked
                   <n>/<m>      - <n> reporter in include mode, <m> reporter in exclude

             Channel/Group                  Reporter        Uptime   Exp.  Flags  Interface
            """;

    /// What others know of an interface.
    public interface Surroundings {
        /// Without PIM.
        Surroundings NONE = new Surroundings() {
            @Override
            public Optional<Address> designatedRouter(int interfaceId) {
                return Optional.empty();
            }

            @Override
            public int ttlThreshold(int interfaceId) {
                return 0;
            }
        };

        /// Who PIM elected; empty for nobody, or where PIM does not run.
        Optional<Address> designatedRouter(int interfaceId);

        /// 0..255 (`ip multicast ttl-threshold`).
        int ttlThreshold(int interfaceId);
    }

    /// Which groups are shown.
    ///
    /// @param interfaceName empty for every interface
    /// @param group empty for every group
    public record Selection(Optional<String> interfaceName, Optional<Address> group) {
        /// Everything.
        public static final Selection ALL = new Selection(Optional.empty(), Optional.empty());

        private boolean takes(IgmpGroup candidate) {
            return interfaceName.map(candidate.link().state().name()::equals).orElse(true)
                    && group.map(candidate.group()::equals).orElse(true);
        }
    }

    private final IgmpInstance igmp;
    private final Surroundings surroundings;

    /// Shows of that instance.
    public IgmpShows(IgmpInstance igmp, Surroundings surroundings) {
        this.igmp = igmp;
        this.surroundings = surroundings;
    }

    /// `show ip igmp interface [NAME]`.
    public Answer interfaces(Optional<String> name) {
        StringBuilder text = new StringBuilder();
        List<Object> json = new ArrayList<>();
        if (igmp.config().limit().isPresent()) {
            text.append("Global IGMP State Limit : %d active out of %d max\n".formatted(igmp.groupsWithMembers(),
                    igmp.config().limit().getAsInt()));
        }
        for (IgmpInterface link : igmp.links()) {
            if (name.map(link.state().name()::equals).orElse(true)) {
                print(text, link);
                json.add(json(link));
            }
        }
        return new Answer(text.toString(), json);
    }

    private void print(StringBuilder text, IgmpInterface link) {
        RouterInterface state = link.state();
        IgmpInterfaceConfig config = link.config();
        Querier querier = link.querier();
        String up = state.up() ? "up" : "down";
        line(text, "%s is %s, line protocol is %s", state.name(), up, up);
        line(text, state.addresses().isEmpty()
                ? "  Internet protocol processing disabled"
                : "  Internet address is " + state.addresses().getFirst());
        line(text, "  IGMP is enabled on interface");
        line(text, "  Current IGMP host version is %d", config.version());
        line(text, "  Current IGMP router version is %d", config.version());
        line(text, "  IGMP query interval is %d seconds", querier.queryIntervalSeconds());
        line(text, "  IGMP configured query interval is %d seconds", config.queryIntervalSeconds());
        line(text, "  IGMP querier timeout is %s seconds", seconds(querier.otherQuerierPresentIntervalNs()));
        line(text, "  IGMP configured querier timeout is %s seconds", seconds(querier.configuredTimeoutNs()));
        line(text, "  IGMP max query response time is %d seconds", config.queryMaxResponseTimeSeconds());
        line(text, "  Last member query count is %d", link.lastMemberQueryCount());
        line(text, "  Last member query response interval is %d ms", config.lastMemberQueryIntervalMillis());
        line(text, "  Inbound IGMP access group is %s", config.accessGroup().map(AccessList::name).orElse("not set"));
        line(text, "  IGMP activity: %d joins, %d leaves", link.counters().joins(), link.counters().leaves());
        if (config.limit().isPresent()) {
            line(text, "  Interface IGMP State Limit : %d active out of %d max", link.groupsForLimit(),
                    config.limit().getAsInt());
        }
        line(text, "  Multicast routing is enabled on interface");
        line(text, "  Multicast TTL threshold is %d", surroundings.ttlThreshold(state.id()));
        surroundings.designatedRouter(state.id()).ifPresent(router -> line(text,
                "  Multicast designated router (DR) is %s%s", router, itself(state, router)));
        if (link.isRunning()) {
            line(text, "  IGMP querying router is %s%s", querier.address(), itself(state, querier.address()));
        } else {
            line(text, "  No IGMP querying router is present");
        }
        List<Address> joined = joined(config);
        if (joined.isEmpty()) {
            line(text, "  No multicast groups joined by this system");
            return;
        }
        line(text, "  Multicast groups joined by this system (number of users):");
        for (int from = 0; from < joined.size(); from += 3) {
            line(text, "      %s", joined.subList(from, Math.min(from + 3, joined.size())).stream()
                    .map(group -> group + "(1)").collect(Collectors.joining("  ")));
        }
    }

    private Map<String, Object> json(IgmpInterface link) {
        RouterInterface state = link.state();
        IgmpInterfaceConfig config = link.config();
        Querier querier = link.querier();
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("interface", state.name());
        json.put("up", state.up());
        json.put("address", state.addresses().isEmpty() ? "" : state.addresses().getFirst().toString());
        json.put("version", config.version());
        json.put("queryIntervalSeconds", querier.queryIntervalSeconds());
        json.put("configuredQueryIntervalSeconds", config.queryIntervalSeconds());
        json.put("querierTimeoutSeconds", querier.otherQuerierPresentIntervalNs() / 1e9);
        json.put("queryMaxResponseTimeSeconds", config.queryMaxResponseTimeSeconds());
        json.put("robustnessVariable", querier.robustnessVariable());
        json.put("lastMemberQueryCount", link.lastMemberQueryCount());
        json.put("lastMemberQueryIntervalMillis", config.lastMemberQueryIntervalMillis());
        json.put("accessGroup", config.accessGroup().map(AccessList::name).orElse(""));
        json.put("joins", link.counters().joins());
        json.put("leaves", link.counters().leaves());
        json.put("groups", link.groupsForLimit());
        config.limit().ifPresent(limit -> json.put("limit", limit));
        json.put("designatedRouter", surroundings.designatedRouter(state.id()).map(Address::toString).orElse(""));
        json.put("querier", querier.address().toString());
        json.put("isQuerier", querier.isQuerier());
        json.put("joined", joined(config).stream().map(Address::toString).toList());
        return json;
    }

    private static List<Address> joined(IgmpInterfaceConfig config) {
        Set<Address> groups = new TreeSet<>();
        config.joinGroups().forEach(membership -> groups.add(membership.group()));
        return List.copyOf(groups);
    }

    private static String itself(RouterInterface state, Address router) {
        return state.has(router) ? " (this system)" : "";
    }

    /// `show ip igmp groups [NAME] [GROUP] [detail]`.
    public Answer groups(Selection selection, boolean detail, long nowNs) {
        List<IgmpGroup> groups = selected(selection);
        List<Object> json = new ArrayList<>();
        for (IgmpGroup group : groups) {
            json.add(json(group, nowNs));
        }
        StringBuilder text = new StringBuilder();
        if (detail) {
            text.append("""
                    Flags: L - Local, U - User, SG - Static Group, VG - Virtual Group,
                           SS - Static Source, VS - Virtual Source,
                           Ac - Group accounted towards access control limit
                    """);
            groups.forEach(group -> printDetail(text, group, nowNs));
        } else {
            text.append("""
                    IGMP Connected Group Membership
                    Group Address    Interface                Uptime    Expires   Last Reporter   Group Accounted
                    """);
            for (IgmpGroup group : groups) {
                line(text, "%-16s %-24s %-9s %-9s %s", group.group(), group.link().state().name(),
                        IosTime.span(nowNs - group.sinceNs()), expires(group, nowNs), reporter(group));
            }
        }
        return new Answer(text.toString(), json);
    }

    private List<IgmpGroup> selected(Selection selection) {
        return igmp.links().stream().flatMap(link -> link.groups().stream()).filter(selection::takes)
                .sorted(Comparator.comparing(IgmpGroup::group).thenComparingInt(group -> group.link().state().id()))
                .toList();
    }

    private static void printDetail(StringBuilder text, IgmpGroup group, long nowNs) {
        text.append('\n');
        line(text, "Interface:\t%s", group.link().state().name());
        line(text, "Group:\t\t%s", group.group());
        line(text, "Flags:\t\t%s", String.join(" ", flags(group)));
        line(text, "Uptime:\t\t%s", IosTime.span(nowNs - group.sinceNs()));
        line(text, "Group mode:\t%s", group.includesAny()
                ? "EXCLUDE (Expires: " + expires(group, nowNs) + ")"
                : "INCLUDE");
        Compatibility compatibility = group.compatibility(nowNs);
        if (compatibility != Compatibility.V3) {
            line(text, "Compatibility:\tIGMPv%d hosts present", compatibility.ordinal() + 1);
        }
        line(text, "Last reporter:\t%s", reporter(group));
        Map<Address, Source> heard = group.sources().stream()
                .collect(Collectors.toMap(source -> source.address, source -> source));
        Set<Address> statics = configured(group.configuredStatic());
        Set<Address> locals = configured(group.configuredJoin());
        Set<Address> all = new TreeSet<>(heard.keySet());
        all.addAll(statics);
        all.addAll(locals);
        if (all.isEmpty()) {
            line(text, "Source list is empty");
            return;
        }
        text.append(SOURCE_LIST);
        SourceFilter wanted = group.wanted();
        for (Address address : all) {
            Source source = heard.get(address);
            String flags = (source == null ? "" : "R") + (statics.contains(address) ? "S" : "")
                    + (locals.contains(address) ? "L" : "");
            line(text, "  %-16s %-9s %-8s %-9s %-4s %s", address,
                    IosTime.span(nowNs - (source == null ? group.sinceNs() : source.sinceNs)),
                    source != null && source.timer.isRunning()
                            ? IosTime.span(source.timer.remainingNs(nowNs))
                            : "stopped",
                    "stopped", wanted.wants(address) ? "Yes" : "No", flags);
        }
    }

    private static Set<Address> configured(Set<Membership> memberships) {
        Set<Address> sources = new HashSet<>();
        memberships.forEach(membership -> membership.source().ifPresent(sources::add));
        return sources;
    }

    private static List<String> flags(IgmpGroup group) {
        List<String> flags = new ArrayList<>();
        if (group.isJoined()) {
            flags.add("L");
            flags.add("U");
        }
        Predicate<Membership> named = membership -> membership.source().isPresent();
        if (group.configuredStatic().stream().anyMatch(named.negate())) {
            flags.add("SG");
        }
        if (group.configuredStatic().stream().anyMatch(named)) {
            flags.add("SS");
        }
        return flags;
    }

    private static String expires(IgmpGroup group, long nowNs) {
        if (group.isConfigured()) {
            return "never";
        }
        return group.isExclude() ? IosTime.span(group.groupTimer().remainingNs(nowNs)) : "stopped";
    }

    private static Address reporter(IgmpGroup group) {
        return group.lastReporter().isUnspecified() && group.isJoined()
                ? group.link().state().address().orElse(Address.ANY_IPV4)
                : group.lastReporter();
    }

    private static Map<String, Object> json(IgmpGroup group, long nowNs) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("group", group.group().toString());
        json.put("interface", group.link().state().name());
        json.put("uptimeSeconds", seconds(nowNs, group.sinceNs()));
        if (!group.isConfigured()) {
            json.put("expiresSeconds", seconds(group.expiresNs(), nowNs));
        }
        json.put("lastReporter", reporter(group).toString());
        json.put("mode", group.includesAny() ? "exclude" : "include");
        json.put("static", group.isStatic());
        json.put("joined", group.isJoined());
        json.put("hostVersion", group.compatibility(nowNs).ordinal() + 1);
        SourceFilter wanted = group.wanted();
        json.put("sources", group.sources().stream().sorted(Comparator.comparing(source -> source.address))
                .map(source -> {
                    Map<String, Object> each = new LinkedHashMap<>();
                    each.put("address", source.address.toString());
                    each.put("forwarded", wanted.wants(source.address));
                    if (source.timer.isRunning()) {
                        each.put("expiresSeconds", seconds(source.timer.dueNs(), nowNs));
                    }
                    return each;
                }).toList());
        return json;
    }

    /// `show ip igmp membership [NAME] [GROUP]`.
    public Answer membership(Selection selection, long nowNs) {
        StringBuilder text = new StringBuilder(MEMBERSHIP);
        List<Object> json = new ArrayList<>();
        for (IgmpGroup group : selected(selection)) {
            json.add(json(group, nowNs));
            String flags = (group.compatibility(nowNs).ordinal() + 1) + (group.sources().isEmpty() ? "" : "R")
                    + (group.isStatic() ? "S" : "") + (group.isJoined() ? "L" : "");
            member(text, group, group.includesAny() ? "*," : "/*,",
                    group.isConfigured() ? "never" : group.isExclude() ? left(group.groupTimer(), nowNs) : "stop",
                    flags + "A", group.sinceNs(), nowNs);
            group.sources().stream().sorted(Comparator.comparing(source -> source.address))
                    .forEach(source -> member(text, group,
                            (group.wanted().wants(source.address) ? "" : "/") + source.address + ",",
                            source.timer.isRunning() ? left(source.timer, nowNs) : "stop",
                            "RA" + (group.includesAny() ? "" : "M"), source.sinceNs, nowNs));
        }
        return new Answer(text.toString(), json);
    }

    private static void member(StringBuilder text, IgmpGroup group, String channel, String expires, String flags,
            long sinceNs, long nowNs) {
        line(text, "%-31s %-15s %-8s %-5s %-6s %s", (channel.startsWith("/") ? "" : " ") + channel + group.group(),
                reporter(group), IosTime.span(nowNs - sinceNs), expires, flags,
                shortName(group.link().state().name()));
    }

    /// `04:20`; hours only where there are some.
    private static String left(Timer timer, long nowNs) {
        String span = IosTime.span(timer.remainingNs(nowNs));
        return span.startsWith("00:") ? span.substring(3) : span;
    }

    /// `Gi1` for `GigabitEthernet1`.
    private static String shortName(String name) {
        int digits = name.length();
        while (digits > 0 && !Character.isLetter(name.charAt(digits - 1))) {
            digits--;
        }
        return name.substring(0, Math.min(2, digits)) + name.substring(digits);
    }

    /// `show ip igmp traffic [NAME]`.
    public Answer traffic(Optional<String> name) {
        IgmpCounters counters = igmp.counters();
        if (name.isPresent()) {
            counters = new IgmpCounters();
            for (IgmpInterface link : igmp.links()) {
                if (link.state().name().equals(name.get())) {
                    counters.add(link.counters());
                }
            }
        }
        StringBuilder text = new StringBuilder("IGMP Traffic Counters\n");
        Map<String, Object> received = new LinkedHashMap<>();
        Map<String, Object> sent = new LinkedHashMap<>();
        line(text, "  %-20s %12s %12s", "", "Received", "Sent");
        for (IgmpCounters.Kind kind : IgmpCounters.Kind.values()) {
            line(text, "  %-20s %12d %12d", kind.description(), counters.received(kind), counters.sent(kind));
            received.put(label(kind), counters.received(kind));
            sent.put(label(kind), counters.sent(kind));
        }
        Map<String, Object> dropped = new LinkedHashMap<>();
        text.append("\nMalformed, dropped:\n");
        for (IgmpDrop reason : IgmpDrop.values()) {
            line(text, "  %12d  %s", counters.dropped(reason), reason.description());
            dropped.put(label(reason), counters.dropped(reason));
        }
        Map<String, Object> ignored = new LinkedHashMap<>();
        text.append("\nNot taken:\n");
        for (IgmpIgnored reason : IgmpIgnored.values()) {
            line(text, "  %12d  %s", counters.ignored(reason), reason.description());
            ignored.put(label(reason), counters.ignored(reason));
        }
        text.append("\nTaken, but remarkable:\n");
        line(text, "  %12d  no Router Alert option", counters.withoutRouterAlert());
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("received", received);
        json.put("sent", sent);
        json.put("dropped", dropped);
        json.put("ignored", ignored);
        json.put("withoutRouterAlert", counters.withoutRouterAlert());
        json.put("joins", counters.joins());
        json.put("leaves", counters.leaves());
        return new Answer(text.toString(), json);
    }

    private static String label(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }

    private static long seconds(long toNs, long fromNs) {
        return Math.max(0, toNs - fromNs) / 1_000_000_000L;
    }

    /// Whole seconds, or with the part of a second that the RFC's half response interval can have.
    private static String seconds(long ns) {
        return ns % 1_000_000_000L == 0 ? Long.toString(ns / 1_000_000_000L) : Double.toString(ns / 1e9);
    }

    /// Without blanks at its end.
    @SuppressWarnings("AnnotateFormatMethod") // the annotation would be a dependency of its own
    private static void line(StringBuilder text, String format, Object... arguments) {
        text.append(String.format(Locale.ROOT, format, arguments).stripTrailing()).append('\n');
    }
}
