package io.nubicast.dataplane.linux;

import io.nubicast.forwarding.Match;
import io.nubicast.forwarding.OutputPort;
import io.nubicast.forwarding.Replication;
import io.nubicast.forwarding.Route;
import io.nubicast.forwarding.RouteTable;
import io.nubicast.forwarding.Verdict;
import java.util.List;

/// Which routes the server's planes of Linux take: from an IPv4 group to unicast members.
public final class MemberRoutes {
    private MemberRoutes() {}

    /// Taken whole, or refused with the reason.
    public static Verdict judge(Route route) {
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

    /// The table without the routes that are refused.
    public static RouteTable taken(RouteTable table) {
        List<Route> taken = table.routes().stream().filter(route -> judge(route).equals(Verdict.TAKEN)).toList();
        return taken.size() == table.routes().size() ? table : new RouteTable(taken);
    }
}
