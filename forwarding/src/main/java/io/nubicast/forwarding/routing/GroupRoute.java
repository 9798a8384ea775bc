package io.nubicast.forwarding.routing;

import io.nubicast.wire.Address;
import java.util.Set;

/// Where the packets of one source to one group come in and go out. Immutable.
///
/// @param owner who decided it, for people: `pim`, `igmp proxy`
/// @param source one address; [Address#ANY_IPV4] for every source that has no route of its own
/// @param incoming the [RoutingPort] that they must arrive on; of others they are dropped and told as
///     [RoutingEvent.WrongPort]; of a route for every source, those that arrive on a port that is not outgoing either are told as
///     [RoutingEvent.NoRoute], since their source may be new
/// @param outgoing the ports that they leave by, one hop further: TTL less one; never `incoming`. Empty: they are dropped, without
///     asking again
/// @param wholePackets whether each is also told as a [RoutingEvent.WholePacket], for PIM Register
public record GroupRoute(String owner, Address source, Address group, int incoming, Set<Integer> outgoing,
        boolean wholePackets) {
    public GroupRoute {
        outgoing = Set.copyOf(outgoing);
        if (outgoing.contains(incoming)) {
            throw new IllegalArgumentException("port " + incoming + " is incoming and outgoing");
        }
        if (!group.isMulticast() || group.isLinkLocalMulticast()) {
            throw new IllegalArgumentException(group + " is not a group that is routed");
        }
    }
}
