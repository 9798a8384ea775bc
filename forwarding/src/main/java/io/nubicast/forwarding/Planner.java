package io.nubicast.forwarding;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/// Decides route by route which data plane serves it, so that each class of packet has exactly one plane. Holds no state; any
/// thread.
///
/// A route goes to the first plane that takes it, whole or but for some classes of packets. The classes that it leaves would go to
/// the next plane; today a plane cannot be given a class alone ([DataPlane#apply(RouteTable)] would make it serve the whole
/// route a second time), so they are reported as [Unserved].
public final class Planner {
    private Planner() {}

    /// Who serves what.
    ///
    /// @param shares one a plane, in the planes' order, also where a plane gets nothing: its old table must go
    /// @param unserved what no plane serves, in the table's order
    public record Plan(List<Share> shares, List<Unserved> unserved) {
        public Plan {
            shares = List.copyOf(shares);
            unserved = List.copyOf(unserved);
        }

        /// Gives every plane its table.
        public void apply() {
            for (Share share : shares) {
                share.plane().apply(share.table());
            }
        }
    }

    /// What one plane serves.
    public record Share(DataPlane plane, RouteTable table) {}

    /// A route, or part of it, that no plane serves.
    ///
    /// @param classes what is not served of the route; empty for all of it
    /// @param why one clause, with the name of each plane that was asked
    public record Unserved(Route route, Set<Verdict.PacketClass> classes, String why) {
        public Unserved {
            classes = Set.copyOf(classes);
        }

        /// For the log and `proxy status`: `group 239.1.1.1:5000 is not served: portable: needs a group_port`.
        public String text() {
            String what = classes.isEmpty()
                    ? ""
                    : " for " + EnumSet.copyOf(classes).stream().map(c -> c.name().toLowerCase(java.util.Locale.ROOT))
                            .collect(Collectors.joining(", "));
            return subject(route.match()) + " is not served" + what + ": " + why;
        }

        private static String subject(Match match) {
            String port = match.destinationPort() == Match.ANY_PORT ? "any port" : "port " + match.destinationPort();
            return switch (match.destination()) {
                case Match.Destination.Group group -> "group " + group.address() + ", " + port + ",";
                case Match.Destination.ThisHost host -> "server " + match.source() + ", " + port + ",";
            };
        }
    }

    /// Asks the planes, best first, about each route.
    ///
    /// @param planes best first; at least one
    public static Plan plan(RouteTable table, List<? extends DataPlane> planes) {
        if (planes.isEmpty()) {
            throw new IllegalArgumentException("no data plane");
        }
        Map<DataPlane, List<Route>> taken = new LinkedHashMap<>();
        planes.forEach(plane -> taken.put(plane, new ArrayList<>()));
        List<Unserved> unserved = new ArrayList<>();
        for (Route route : table.routes()) {
            assign(route, taken, unserved);
        }
        List<Share> shares = new ArrayList<>();
        taken.forEach((plane, routes) -> shares.add(new Share(plane, new RouteTable(routes))));
        return new Plan(shares, unserved);
    }

    private static void assign(Route route, Map<DataPlane, List<Route>> taken, List<Unserved> unserved) {
        List<String> reasons = new ArrayList<>();
        for (Map.Entry<DataPlane, List<Route>> entry : taken.entrySet()) {
            String name = entry.getKey().name();
            switch (entry.getKey().judge(route)) {
                case Verdict.Taken whole -> {
                    entry.getValue().add(route);
                    return;
                }
                case Verdict.TakenExcept except -> {
                    entry.getValue().add(route);
                    if (!except.left().isEmpty()) {
                        unserved.add(new Unserved(route, except.left(), name + " leaves them to another data plane"));
                    }
                    return;
                }
                case Verdict.Refused refused -> reasons.add(name + ": " + refused.why());
            }
        }
        unserved.add(new Unserved(route, Set.of(), String.join("; ", reasons)));
    }
}
