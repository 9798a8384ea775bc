package io.nubicast.router.pim;

import io.nubicast.forwarding.routing.PortTraffic;
import io.nubicast.router.policy.AccessList;
import io.nubicast.router.rib.RpfRoute;
import io.nubicast.router.rp.RpMapping;
import io.nubicast.router.rp.StaticRp;
import io.nubicast.shell.Answer;
import io.nubicast.shell.IosTime;
import io.nubicast.wire.Address;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/// The shows of PIM and of multicast forwarding, laid out as IOS prints them, each with the same facts for `--json`. On the router's
/// thread.
public final class PimShows {
    private final PimCore core;

    public PimShows(PimInstance instance) {
        core = instance.core();
    }

    /// `show ip mroute [group [source]]`.
    ///
    /// @param shortLegend only the last three lines of the legend (`terminal mroute-legend short`)
    public Answer mroute(Optional<Address> group, Optional<Address> source, boolean shortLegend, long nowNs) {
        return new MrouteShow(core, group, source, nowNs).table(shortLegend);
    }

    /// `show ip mroute [group [source]] summary`.
    public Answer mrouteSummary(Optional<Address> group, Optional<Address> source, boolean shortLegend, long nowNs) {
        return new MrouteShow(core, group, source, nowNs).summary(shortLegend);
    }

    /// `show ip mroute [group [source]] count`.
    public Answer mrouteCount(Optional<Address> group, Optional<Address> source, long nowNs) {
        return new MrouteShow(core, group, source, nowNs).count();
    }

    /// `show ip mroute [group [source]] active [kbps]`.
    public Answer mrouteActive(Optional<Address> group, Optional<Address> source, long leastKbps, long nowNs) {
        return new MrouteShow(core, group, source, nowNs).active(leastKbps);
    }

    /// `show ip pim rp`: the RPs of the groups that there are.
    public Answer rp(Optional<Address> onlyGroup, long nowNs) {
        StringBuilder text = new StringBuilder();
        List<Object> json = new ArrayList<>();
        List<Address> groups = onlyGroup.map(List::of).orElseGet(() -> core.trees.groups().stream()
                .filter(tree -> !tree.isSsm()).map(tree -> tree.group).sorted().toList());
        for (Address group : groups) {
            Optional<RpMapping> mapping = core.config().ssm().contains(group)
                    ? Optional.empty()
                    : core.rps.mapping(group).filter(each -> !each.isNegative());
            if (mapping.isEmpty()) {
                continue;
            }
            text.append("Group: ").append(group).append(", RP: ").append(mapping.get().rp()).append(", uptime ")
                    .append(IosTime.span(nowNs - mapping.get().sinceNs())).append(", expires ")
                    .append(expiry(mapping.get().expiresNs(), nowNs)).append('\n');
            Map<String, Object> row = new LinkedHashMap<>();
            row.put("group", group.toString());
            row.put("rp", mapping.get().rp().toString());
            row.put("self", core.isOwn(mapping.get().rp()));
            json.add(row);
        }
        return new Answer(text.toString(), Map.of("groups", json));
    }

    private static String expiry(long expiresNs, long nowNs) {
        return IosTime.span(expiresNs == Long.MAX_VALUE ? Long.MAX_VALUE : expiresNs - nowNs);
    }

    /// `show ip pim rp mapping`.
    public Answer rpMapping() {
        StringBuilder text = new StringBuilder("PIM Group-to-RP Mappings\n\n");
        List<Object> json = new ArrayList<>();
        for (StaticRp rp : core.rps.configured()) {
            String suffix = rp.override() ? "Static-Override" : "Static";
            text.append(rp.groups().map(list -> "Acl: " + list.name() + ", ").orElse("Group(s): 224.0.0.0/4, "))
                    .append(suffix).append("\n    RP: ").append(rp.address()).append(" (?)\n");
            Map<String, Object> row = new LinkedHashMap<>();
            row.put("rp", rp.address().toString());
            row.put("groups", rp.groups().map(AccessList::name).orElse("224.0.0.0/4"));
            row.put("source", "static");
            row.put("override", rp.override());
            row.put("self", core.isOwn(rp.address()));
            json.add(row);
        }
        return new Answer(text.toString(), Map.of("mappings", json));
    }

    /// `show ip pim tunnel`: where Registers go, and where they come from.
    public Answer tunnel() {
        StringBuilder text = new StringBuilder();
        List<Object> json = new ArrayList<>();
        List<Address> rps = core.rps.mappings().stream().filter(each -> !each.isNegative()).map(RpMapping::rp)
                .distinct().sorted().toList();
        int number = 0;
        for (Address rp : rps) {
            boolean self = core.isOwn(rp);
            Optional<RpfRoute> route = self ? Optional.empty() : core.rpf.lookup(rp);
            Address source = self ? rp : route.map(each -> core.addressOf(each.interfaceId())).orElse(Address.ANY_IPV4);
            boolean up = self || route.isPresent();
            long sources = core.trees.groups().stream().filter(tree -> tree.rp().equals(rp))
                    .flatMap(tree -> tree.sources.values().stream()).filter(each -> each.register.isTunnelling())
                    .count();
            text.append("pimreg").append(number).append('\n');
            text.append("  Type       : PIM ").append(self ? "Decap" : "Encap").append('\n');
            text.append("  RP         : ").append(rp).append(self ? "*" : "").append('\n');
            text.append("  Source     : ").append(self ? "-" : source.toString()).append('\n');
            text.append("  State      : ").append(up ? "UP" : "DOWN").append('\n');
            if (!self) {
                text.append("  Sources    : ").append(sources).append(" registering\n");
            }
            Map<String, Object> row = new LinkedHashMap<>();
            row.put("type", self ? "decap" : "encap");
            row.put("rp", rp.toString());
            row.put("source", source.toString());
            row.put("up", up);
            row.put("registering", sources);
            json.add(row);
            number++;
        }
        return new Answer(text.toString(), Map.of("tunnels", json));
    }

    /// `show ip rpf A`.
    public Answer rpf(Address address) {
        Optional<RpfRoute> found = core.rpf.lookup(address).filter(route -> core.of(route.interfaceId()).isPresent());
        if (found.isEmpty()) {
            return new Answer("RPF information for ? (" + address + ") failed, no route exists\n",
                    Map.of("address", address.toString(), "found", false));
        }
        RpfRoute route = found.get();
        boolean connected = core.of(route.interfaceId()).map(each -> each.state().isOnLink(address)).orElse(false);
        Address neighbor = route.nextHop().isUnspecified()
                ? connected
                        ? address
                        : core.neighbors.neighbors(route.interfaceId()).stream().map(each -> each.address())
                                .findFirst().orElse(Address.ANY_IPV4)
                : route.nextHop();
        String type = route.isStaticMroute() ? "multicast (static)" : "unicast (" + route.origin() + ")";
        String text = "RPF information for ? (" + address + ")\n"
                + "  RPF interface: " + core.nameOf(route.interfaceId()) + "\n"
                + "  RPF neighbor: ? (" + neighbor + ")" + (connected ? " - directly connected" : "") + "\n"
                + "  RPF route/mask: " + network(route) + "\n"
                + "  RPF type: " + type + "\n"
                + (connected ? "" : "  RPF recursion count: " + route.recursions() + "\n")
                + "  Doing distance-preferred lookups across tables\n"
                + "  RPF topology: ipv4 multicast base"
                + (route.isStaticMroute() ? "\n" : ", originated from ipv4 unicast base\n");
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("address", address.toString());
        json.put("found", true);
        json.put("interface", core.nameOf(route.interfaceId()));
        json.put("neighbor", neighbor.toString());
        json.put("route", network(route));
        json.put("type", type);
        json.put("recursions", route.recursions());
        return new Answer(text, json);
    }

    private static String network(RpfRoute route) {
        int length = route.prefix().prefixLength();
        int mask = length == 0 ? 0 : -1 << 32 - length;
        return Address.ofIpv4(route.prefix().address().ipv4() & mask) + "/" + length;
    }

    /// `show ip multicast`.
    public Answer multicast() {
        PimConfig config = core.config();
        String limit = config.routeLimit() == PimConfig.DEFAULT_ROUTE_LIMIT
                ? "No limit"
                : Integer.toString(config.routeLimit());
        String text = "  Multicast Routing: " + (config.routing() ? "enabled" : "disabled") + "\n"
                + "  Multicast Multipath: " + (config.multipath() ? "enabled" : "disabled") + "\n"
                + "  Multicast Route limit: " + limit + "\n"
                + "  Multicast Fallback group mode: Sparse\n"
                + "  Number of multicast boundaries configured with filter-autorp option: 0\n"
                + "  MoFRR: Disabled\n";
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("routing", config.routing());
        json.put("multipath", config.multipath());
        json.put("routeLimit", config.routeLimit());
        json.put("routes", core.trees.size());
        json.put("fallbackGroupMode", "sparse");
        return new Answer(text, json);
    }

    /// `show ip multicast interface [name]`, as in the source document.
    ///
    /// @param onlyName in full; empty for all on which multicast is enabled
    public Answer multicastInterface(Optional<String> onlyName) {
        StringBuilder text = new StringBuilder();
        List<Object> json = new ArrayList<>();
        Map<Integer, PortTraffic> traffic = core.mrib.traffic();
        List<PimInterface> shown = core.interfaces().stream()
                .filter(each -> onlyName.map(each.name()::equals).orElse(each.isEnabled()))
                .sorted(Comparator.comparing((PimInterface each) -> !each.state().pointToPoint())
                        .thenComparingInt(PimInterface::id))
                .toList();
        for (PimInterface each : shown) {
            PortTraffic passed = traffic.getOrDefault(each.id(), PortTraffic.NONE);
            String state = each.state().up() ? "up" : "down";
            String address = each.state().addresses().isEmpty()
                    ? "unassigned"
                    : each.state().addresses().getFirst().toString();
            text.append(each.name()).append(" is ").append(state).append(", line protocol is ").append(state)
                    .append('\n');
            text.append(each.state().addresses().isEmpty()
                    ? "  Internet protocol processing disabled\n"
                    : "  Internet address is " + address + "\n");
            text.append("  Multicast routing: ").append(each.isEnabled() ? "enabled" : "disabled").append('\n');
            text.append("  Multicast switching: fast\n");
            text.append("  Multicast packets in/out: ").append(passed.packetsIn()).append('/')
                    .append(passed.packetsOut()).append('\n');
            text.append("  Multicast TTL threshold: ").append(each.config().ttlThreshold()).append('\n');
            text.append("  Multicast Tagswitching: disabled\n");
            Map<String, Object> row = new LinkedHashMap<>();
            row.put("interface", each.name());
            row.put("up", each.state().up());
            row.put("address", address);
            row.put("enabled", each.isEnabled());
            row.put("packetsIn", passed.packetsIn());
            row.put("packetsOut", passed.packetsOut());
            row.put("bytesIn", passed.bytesIn());
            row.put("bytesOut", passed.bytesOut());
            row.put("ttlThreshold", each.config().ttlThreshold());
            json.add(row);
        }
        return new Answer(text.toString(), Map.of("interfaces", json));
    }

    /// `show ip pim traffic`: what came and went, and why things were dropped.
    public Answer traffic() {
        PimCounters counters = core.counters;
        Collection<PimInterface> interfaces = core.interfaces();
        long hellosIn = interfaces.stream().mapToLong(each -> core.hello.counters(each.id()).in()).sum();
        long hellosOut = interfaces.stream().mapToLong(each -> core.hello.counters(each.id()).out()).sum();
        StringBuilder text = new StringBuilder("PIM Traffic Counters\n\n");
        text.append("%-30s%12s%12s\n".formatted("", "Received", "Sent"));
        Map<String, Object> json = new LinkedHashMap<>();
        row(text, json, "Hello", hellosIn, hellosOut);
        row(text, json, "Join-Prune", counters.of(PimCounters.Event.JOIN_PRUNE_RECEIVED),
                counters.of(PimCounters.Event.JOIN_PRUNE_SENT));
        row(text, json, "Register", counters.of(PimCounters.Event.REGISTER_RECEIVED),
                counters.of(PimCounters.Event.REGISTER_SENT));
        row(text, json, "Null-Register", counters.of(PimCounters.Event.NULL_REGISTER_RECEIVED),
                counters.of(PimCounters.Event.NULL_REGISTER_SENT));
        row(text, json, "Register Stop", counters.of(PimCounters.Event.REGISTER_STOP_RECEIVED),
                counters.of(PimCounters.Event.REGISTER_STOP_SENT));
        row(text, json, "Assert", counters.of(PimCounters.Event.ASSERT_RECEIVED),
                counters.of(PimCounters.Event.ASSERT_SENT));
        row(text, json, "Other types, ignored", counters.of(PimCounters.Event.OTHER_RECEIVED), 0);
        text.append("\nErrors and refusals:\n");
        Map<String, Object> errors = new LinkedHashMap<>();
        for (PimCounters.Event event : PimCounters.Event.values()) {
            if (event.compareTo(PimCounters.Event.OTHER_RECEIVED) > 0) {
                text.append("%-64s%8d\n".formatted("  " + event.text(), counters.of(event)));
                errors.put(event.label(), counters.of(event));
            }
        }
        json.put("errors", errors);
        json.put("routeChanges", core.mrib.changes());
        json.put("wrongRoutes", core.mrib.wrong());
        text.append("\nRoutes written: ").append(core.mrib.changes()).append(", found wrong: ")
                .append(core.mrib.wrong()).append('\n');
        text.append(core.mrib.wrongEntries().stream().map(each -> "  " + each + "\n").collect(Collectors.joining()));
        return new Answer(text.toString(), json);
    }

    private static void row(StringBuilder text, Map<String, Object> json, String name, long received, long sent) {
        text.append("%-30s%12d%12d\n".formatted(name, received, sent));
        json.put(name, Map.of("received", received, "sent", sent));
    }
}
