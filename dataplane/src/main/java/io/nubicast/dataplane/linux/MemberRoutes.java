package io.nubicast.dataplane.linux;

import io.nubicast.forwarding.Match;
import io.nubicast.forwarding.OutputPort;
import io.nubicast.forwarding.Replication;
import io.nubicast.forwarding.Route;
import io.nubicast.forwarding.RouteTable;
import io.nubicast.forwarding.Verdict;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;

/// Which routes the server's planes of Linux take: from an IPv4 group to unicast members. Any thread.
///
/// It knows the routes of the last table again: a table of a million members is not looked through because of one that changed.
public final class MemberRoutes {
    /// By identity; replaced, never changed.
    private volatile Set<Route> served = Collections.newSetFromMap(new IdentityHashMap<>(0));

    /// Taken whole, or refused with the reason.
    public Verdict judge(Route route) {
        return served.contains(route) ? Verdict.TAKEN : look(route);
    }

    private static Verdict look(Route route) {
        Match match = route.match();
        if (!(match.destination() instanceof Match.Destination.Group group)) {
            return new Verdict.Refused("this is the server's side: it takes datagrams to a group only");
        }
        if (!group.address().isIpv4()) {
            return new Verdict.Refused("IPv4 groups only, not " + group.address());
        }
        if (!match.source().isUnspecified()) {
            return new Verdict.Refused("a group of one source (" + match.source() + ") is not served yet");
        }
        for (Replication replication : route.replications()) {
            if (!(replication.port() instanceof OutputPort.UnicastMember member) || !member.address().isIpv4()) {
                return new Verdict.Refused("copies go to IPv4 members only, not " + replication.port());
            }
        }
        return Verdict.TAKEN;
    }

    /// The table without the routes that are refused: what is served from now on.
    public RouteTable taken(RouteTable table) {
        List<Route> taken = table.routes().stream().filter(route -> judge(route).equals(Verdict.TAKEN)).toList();
        Set<Route> now = Collections.newSetFromMap(new IdentityHashMap<>(2 * taken.size()));
        now.addAll(taken);
        served = now;
        return taken.size() == table.routes().size() ? table : new RouteTable(taken);
    }
}
