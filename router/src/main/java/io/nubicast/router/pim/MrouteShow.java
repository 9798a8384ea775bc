package io.nubicast.router.pim;

import io.nubicast.forwarding.routing.GroupRoute;
import io.nubicast.forwarding.routing.GroupTraffic;
import io.nubicast.forwarding.routing.RoutingPort;
import io.nubicast.shell.Answer;
import io.nubicast.shell.IosTime;
import io.nubicast.wire.Address;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/// `show ip mroute` in all its forms, laid out as IOS XE prints them.
///
/// The flag J of (\*,G) stands where the next packet of the shared tree makes a source tree, as in IOS; R where packets of a source
/// come by the tree of the RP. A (\*,G) expires with its longest joined interface, and shows `stopped` when local members or
/// sources keep it.
final class MrouteShow {
    private static final String FLAGS = """
            Flags: D - Dense, S - Sparse, B - Bidir Group, s - SSM Group, C - Connected,
                   L - Local, P - Pruned, R - RP-bit set, F - Register flag,
                   T - SPT-bit set, J - Join SPT, M - MSDP created entry, E - Extranet,
                   X - Proxy Join Timer Running, A - Candidate for MSDP Advertisement,
                   U - URD, I - Received Source Specific Host Report,
                   Z - Multicast Tunnel, z - MDT-data group sender,
                   Y - Joined MDT-data group, y - Sending to MDT-data group,
                   G - Received BGP C-Mroute, g - Sent BGP C-Mroute,
                   N - Received BGP Shared-Tree Prune, n - BGP C-Mroute suppressed,
                   Q - Received BGP S-A Route, q - Sent BGP S-A Route,
                   V - RD & Vector, v - Vector, p - PIM Joins on route,
                   x - VxLAN group, c - PFP-SA cache created entry,
                   * - determined by Assert, # - iif-starg configured on rpf intf,
                   e - encap-helper tunnel flag, l - LISP decap ref count contributor
            """;
    private static final String LEGEND = """
            Outgoing interface flags: H - Hardware switched, A - Assert winner, p - PIM Join
             Timers: Uptime/Expires
             Interface state: Interface, Next-Hop or VCD, State/Mode
            """;
    /// What a route costs about, for the line of `count`.
    private static final int BYTES_OF_A_ROUTE = 1200;

    private final PimCore core;
    private final long nowNs;
    private final Optional<Address> onlyGroup;
    private final Optional<Address> onlySource;

    /// @param onlyGroup show this group only
    /// @param onlySource of it, show this source only
    MrouteShow(PimCore core, Optional<Address> onlyGroup, Optional<Address> onlySource, long nowNs) {
        this.core = core;
        this.onlyGroup = onlyGroup;
        this.onlySource = onlySource;
        this.nowNs = nowNs;
    }

    /// @param shortLegend only the last three lines of it (`terminal mroute-legend short`)
    Answer table(boolean shortLegend) {
        return entries(shortLegend, false);
    }

    Answer summary(boolean shortLegend) {
        return entries(shortLegend, true);
    }

    private Answer entries(boolean shortLegend, boolean summary) {
        StringBuilder text = new StringBuilder("IP Multicast Routing Table\n");
        text.append(shortLegend ? "" : FLAGS).append(LEGEND).append('\n');
        List<Object> json = new ArrayList<>();
        for (GroupTree tree : groups()) {
            if (!tree.isSsm() && onlySource.isEmpty()) {
                List<Oif> outgoing = outgoing(tree);
                text.append("(*, ").append(tree.group).append("), ").append(times(tree.sinceNs, expiresNs(tree)))
                        .append(", RP ").append(tree.rp()).append(", ").append(summary ? count(outgoing) : "")
                        .append("flags: ").append(flags(tree)).append('\n');
                int rpf = tree.isRp() ? Upstream.NONE.interfaceId() : tree.rpfInterface();
                if (!summary) {
                    print(text, rpf, core.macros.upstream(tree).neighbor(), "", outgoing);
                }
                json.add(json("*", tree.group, tree.rp(), flags(tree), tree.sinceNs, expiresNs(tree), rpf,
                        core.macros.upstream(tree).neighbor(), outgoing));
            }
            for (SourceTree source : sources(tree)) {
                List<Oif> outgoing = outgoing(source);
                text.append(summary ? "  (" : "(").append(source.source).append(", ").append(tree.group).append("), ")
                        .append(times(source.sinceNs, expiresNs(source))).append(", ")
                        .append(summary ? count(outgoing) : "").append("flags: ").append(flags(source)).append('\n');
                Upstream neighbor = isOnSharedTree(source)
                        ? core.macros.upstreamRpt(source)
                        : core.macros.upstream(source);
                String remark = (source.register.isTunnelling() ? ", Registering" : "")
                        + (source.route().map(route -> route.isStaticMroute() && !source.isDirectlyConnected())
                                .orElse(false) ? ", Mroute" : "");
                if (!summary) {
                    print(text, incoming(source), neighbor.neighbor(), remark, outgoing);
                }
                json.add(json(source.source.toString(), tree.group, tree.rp(), flags(source), source.sinceNs,
                        expiresNs(source), incoming(source), neighbor.neighbor(), outgoing));
            }
            text.append(summary ? "\n" : "");
        }
        return new Answer(text.toString(), Map.of("routes", json));
    }

    /// An outgoing interface.
    private record Oif(int id, String name, long sinceNs, long expiresNs, boolean assertWinner) {}

    private void print(StringBuilder text, int incoming, Address neighbor, String remark, List<Oif> outgoing) {
        text.append("  Incoming interface: ").append(core.nameOf(incoming)).append(", RPF nbr ").append(neighbor)
                .append(remark).append('\n');
        text.append(outgoing.isEmpty() ? "  Outgoing interface list: Null\n" : "  Outgoing interface list:\n");
        for (Oif each : outgoing) {
            text.append("    ").append(each.name).append(", Forward/Sparse, ")
                    .append(times(each.sinceNs, each.expiresNs)).append(each.assertWinner ? ", A" : "").append('\n');
        }
        text.append('\n');
    }

    private static String count(List<Oif> outgoing) {
        return "OIF count: " + outgoing.size() + ", ";
    }

    private Map<String, Object> json(String source, Address group, Address rp, String flags, long sinceNs,
            long expiresNs, int incoming, Address neighbor, List<Oif> outgoing) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("source", source);
        json.put("group", group.toString());
        json.put("rp", rp.toString());
        json.put("flags", flags);
        json.put("uptimeSeconds", (nowNs - sinceNs) / PimTimes.SECOND);
        putExpiry(json, expiresNs);
        json.put("incomingInterface", core.nameOf(incoming));
        json.put("rpfNeighbor", neighbor.toString());
        json.put("outgoing", outgoing.stream().map(each -> {
            Map<String, Object> oif = new LinkedHashMap<>();
            oif.put("interface", each.name);
            oif.put("state", "Forward");
            oif.put("mode", "Sparse");
            oif.put("uptimeSeconds", (nowNs - each.sinceNs) / PimTimes.SECOND);
            putExpiry(oif, each.expiresNs);
            oif.put("assertWinner", each.assertWinner);
            return oif;
        }).toList());
        return json;
    }

    private void putExpiry(Map<String, Object> json, long expiresNs) {
        if (expiresNs != Long.MAX_VALUE && expiresNs != STOPPED) {
            json.put("expiresSeconds", Math.max(0, expiresNs - nowNs) / PimTimes.SECOND);
        }
    }

    private static final long STOPPED = Long.MIN_VALUE;

    private String times(long sinceNs, long expiresNs) {
        String expires = expiresNs == STOPPED
                ? "stopped"
                : IosTime.span(expiresNs == Long.MAX_VALUE ? Long.MAX_VALUE : expiresNs - nowNs);
        return IosTime.span(nowNs - sinceNs) + "/" + expires;
    }

    private List<GroupTree> groups() {
        return core.trees.groups().stream().filter(tree -> onlyGroup.map(tree.group::equals).orElse(true))
                .filter(tree -> !sources(tree).isEmpty() || onlySource.isEmpty() && !tree.isSsm())
                .sorted(Comparator.comparing(tree -> tree.group)).toList();
    }

    private List<SourceTree> sources(GroupTree tree) {
        return tree.sources.values().stream().filter(each -> onlySource.map(each.source::equals).orElse(true)).toList();
    }

    // What a line says

    private boolean isOnSharedTree(SourceTree tree) {
        return !tree.tree.isSsm() && !tree.sptBit() && !tree.upstream.isJoined() && !tree.isDirectlyConnected();
    }

    private int incoming(SourceTree tree) {
        int id = isOnSharedTree(tree) ? tree.tree.rpfInterface() : tree.rpfInterface();
        return id == RoutingPort.REGISTER ? Upstream.NONE.interfaceId() : id;
    }

    private List<Oif> outgoing(GroupTree tree) {
        InterfaceSet set = core.macros.immediateOlist(tree);
        set.remove(tree.rpfInterface());
        return oifs(set, tree, null);
    }

    private List<Oif> outgoing(SourceTree tree) {
        InterfaceSet set = tree.tree.isSsm() || tree.sptBit() || tree.upstream.isJoined()
                ? core.macros.inheritedOlist(tree)
                : core.macros.inheritedOlistRpt(tree);
        set.remove(incoming(tree));
        set.remove(RoutingPort.REGISTER);
        return oifs(set, tree.tree, tree);
    }

    private List<Oif> oifs(InterfaceSet set, GroupTree group, @org.jspecify.annotations.Nullable SourceTree source) {
        List<Oif> oifs = new ArrayList<>();
        set.forEach(id -> {
            if (!core.isActive(id)) {
                return;
            }
            DownstreamMachine ofGroup = group.downstream.get(id);
            DownstreamMachine ofSource = source == null ? null : source.downstream.get(id);
            long sinceNs = source == null ? group.sinceNs : source.sinceNs;
            long expiresNs = STOPPED;
            for (DownstreamMachine machine : new DownstreamMachine[]{ofGroup, ofSource}) {
                if (machine != null && machine.isJoined()) {
                    sinceNs = Math.max(sinceNs, machine.sinceNs());
                    expiresNs = Math.max(expiresNs, machine.expiresNs());
                }
            }
            if (expiresNs == STOPPED) {
                expiresNs = core.receivers.expiresNs(id, group.group);
            }
            boolean winner = group.isAssertWinner(id) || source != null && source.isAssertWinner(id);
            oifs.add(new Oif(id, core.nameOf(id), sinceNs, expiresNs, winner));
        });
        return oifs;
    }

    private static long expiresNs(GroupTree tree) {
        long longest = STOPPED;
        for (DownstreamMachine machine : tree.downstream.values()) {
            if (machine.isJoined()) {
                longest = Math.max(longest, machine.expiresNs());
            }
        }
        return longest;
    }

    private static long expiresNs(SourceTree tree) {
        if (tree.isKeptAlive()) {
            return tree.keepaliveNs();
        }
        long longest = tree.hasPackets() ? tree.packetsUntilNs() : STOPPED;
        for (DownstreamMachine machine : tree.downstream.values()) {
            if (machine.isJoined()) {
                longest = Math.max(longest, machine.expiresNs());
            }
        }
        for (DownstreamRptMachine machine : tree.rptDownstream.values()) {
            if (machine.isPruned()) {
                longest = Math.max(longest, machine.expiresNs());
            }
        }
        return longest;
    }

    private String flags(GroupTree tree) {
        boolean members = !core.macros.pimInclude(tree).isEmpty();
        boolean registering = tree.sources.values().stream()
                .anyMatch(each -> each.register.state() != RegisterMachine.State.NO_INFO);
        return "S" + (members && core.macros.thresholdKbps(tree.group) == 0 ? "J" : "")
                + (outgoing(tree).isEmpty() ? "P" : "") + (members ? "C" : "")
                + (core.receivers.joinedByRouter(tree.group) ? "L" : "") + (registering ? "F" : "");
    }

    private String flags(SourceTree tree) {
        Macros macros = core.macros;
        boolean ssm = tree.tree.isSsm();
        boolean bySwitch = !ssm && tree.isKeptAlive() && tree.upstream.isJoined() && !tree.isDirectlyConnected()
                && !macros.pimInclude(tree.tree).isEmpty();
        return (ssm ? "s" : "") + (outgoing(tree).isEmpty() && !tree.register.isTunnelling() ? "P" : "")
                + (macros.pimInclude(tree).isEmpty() ? "" : "C")
                + (core.receivers.joinedByRouter(tree.tree.group) ? "L" : "") + (isOnSharedTree(tree) ? "R" : "")
                + (macros.couldRegister(tree) ? "F" : "") + (bySwitch ? "J" : "")
                + (tree.sptBit() || ssm && tree.hasPackets() ? "T" : "")
                + (ssm && !macros.pimInclude(tree).isEmpty() ? "I" : "");
    }

    // Counters

    Answer count() {
        List<GroupTree> groups = groups();
        int sources = groups.stream().mapToInt(tree -> sources(tree).size()).sum();
        int routes = sources + (int) groups.stream().filter(tree -> !tree.isSsm()).count();
        StringBuilder text = new StringBuilder("IP Multicast Statistics\n");
        text.append(routes).append(" routes using ").append(routes * BYTES_OF_A_ROUTE).append(" bytes of memory\n");
        text.append(String.format(Locale.ROOT, "%d groups, %.2f average sources per group\n", groups.size(),
                groups.isEmpty() ? 0 : (double) sources / groups.size()));
        text.append("Forwarding Counts: Pkt Count/Pkts per second/Avg Pkt Size/Kilobits per second\n");
        text.append("Other counts: Total/RPF failed/Other drops(OIF-null, rate-limit etc)\n");
        List<Object> json = new ArrayList<>();
        for (GroupTree tree : groups) {
            Map<SourceTree, Traffic> traffic = sources(tree).stream().collect(
                    Collectors.toMap(each -> each, this::traffic, (a, b) -> a, LinkedHashMap::new));
            long forwarded = traffic.values().stream().mapToLong(Traffic::forwarded).sum();
            long received = traffic.values().stream().mapToLong(Traffic::received).sum();
            text.append("\nGroup: ").append(tree.group).append(", Source count: ").append(traffic.size())
                    .append(", Packets forwarded: ").append(forwarded).append(", Packets received: ").append(received)
                    .append('\n');
            if (!tree.isSsm()) {
                text.append("  RP-tree: Forwarding: 0/0/0/0, Other: 0/0/0\n");
            }
            traffic.forEach((source, each) -> {
                text.append("  Source: ").append(source.source).append("/32, Forwarding: ").append(each.forwarded)
                        .append('/').append(each.packetsPerSecond).append('/').append(each.averageSize).append('/')
                        .append(each.kbps).append(", Other: ").append(each.received).append('/').append(each.rpfFailed)
                        .append('/').append(each.dropped).append('\n');
                Map<String, Object> row = new LinkedHashMap<>();
                row.put("group", tree.group.toString());
                row.put("source", source.source.toString());
                row.put("packets", each.forwarded);
                row.put("packetsPerSecond", each.packetsPerSecond);
                row.put("averageBytes", each.averageSize);
                row.put("kbps", each.kbps);
                row.put("received", each.received);
                row.put("rpfFailed", each.rpfFailed);
                row.put("otherDrops", each.dropped);
                json.add(row);
            });
        }
        return new Answer(text.toString(), Map.of("routes", routes, "groups", groups.size(), "sources", json));
    }

    /// Packets of a source.
    private record Traffic(long forwarded, long received, long averageSize, long packetsPerSecond, long kbps,
            long rpfFailed, long dropped) {}

    private Traffic traffic(SourceTree tree) {
        GroupTraffic now = core.mrib.traffic(tree.source, tree.group());
        boolean forwards = core.mrib.route(tree.source, tree.group())
                .map((GroupRoute route) -> !route.outgoing().isEmpty() || route.wholePackets()).orElse(false);
        long average = now.packets() == 0 ? 0 : now.bytes() / now.packets();
        long perSecond = average == 0 ? 0 : tree.kbps() * 1000 / 8 / average;
        return new Traffic(forwards ? now.packets() : 0, now.packets() + now.wrongPort(), forwards ? average : 0,
                forwards ? perSecond : 0, forwards ? tree.kbps() : 0, now.wrongPort(), forwards ? 0 : now.packets());
    }

    /// @param leastKbps sources below are left out
    Answer active(long leastKbps) {
        StringBuilder text = new StringBuilder("Active IP Multicast Sources - sending >= " + leastKbps + " kbps\n");
        List<Object> json = new ArrayList<>();
        for (GroupTree tree : groups()) {
            List<SourceTree> active = sources(tree).stream()
                    .filter(each -> each.hasPackets() && each.kbps() >= leastKbps).toList();
            text.append(active.isEmpty() ? "" : "\nGroup: " + tree.group + ", (?)\n");
            for (SourceTree each : active) {
                Traffic traffic = traffic(each);
                text.append("   Source: ").append(each.source).append(" (?)\n     Rate: ")
                        .append(traffic.packetsPerSecond).append(" pps/").append(traffic.kbps)
                        .append(" kbps(last poll)\n");
                Map<String, Object> row = new LinkedHashMap<>();
                row.put("group", tree.group.toString());
                row.put("source", each.source.toString());
                row.put("packetsPerSecond", traffic.packetsPerSecond);
                row.put("kbps", traffic.kbps);
                json.add(row);
            }
        }
        return new Answer(text.toString(), Map.of("sources", json));
    }
}
