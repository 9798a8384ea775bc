package io.nubicast.dataplane.linux;

import io.nubicast.forwarding.CompiledRoute;
import io.nubicast.forwarding.ReplicationCounters;
import io.nubicast.forwarding.Rewrite;
import io.nubicast.forwarding.RouteIndex;
import io.nubicast.forwarding.SendError;
import java.util.Arrays;
import java.util.List;

/// Finds a member's counters by its address, for errors that come back after the copy has left. Immutable; made when the first
/// error arrives after a table has changed, because a million members take a moment and most tables never see an error.
final class MemberIndex {
    private final List<CompiledRoute> routes;
    /// The place of each route's first member.
    private final int[] starts;
    /// Address in the upper half, the copy's place in the lower, sorted.
    private final long[] places;

    MemberIndex(RouteIndex index) {
        routes = index.routes();
        int members = routes.stream().mapToInt(CompiledRoute::size).sum();
        places = new long[members];
        starts = new int[routes.size()];
        int place = 0;
        for (int at = 0; at < starts.length; at++) {
            CompiledRoute route = routes.get(at);
            starts[at] = place;
            for (int member = 0; member < route.size(); member++) {
                places[place] = (long) route.address(member) << 32 | place;
                place++;
            }
        }
        Arrays.sort(places);
    }

    /// The members' addresses, each once.
    int[] addresses() {
        return Arrays.stream(places).mapToInt(place -> (int) (place >> 32)).distinct().toArray();
    }

    /// Charges the member of that address, in every group that has sent to that port.
    ///
    /// @param port the copy's destination port, or 0 for any
    /// @return whether there is such a member
    boolean charge(int address, int port, SendError kind, long nowEpochMillis) {
        int at = Arrays.binarySearch(places, (long) address << 32);
        boolean found = false;
        for (at = at < 0 ? -at - 1 : at; at < places.length && (int) (places[at] >> 32) == address; at++) {
            int place = (int) places[at];
            int route = Arrays.binarySearch(starts, place);
            route = route < 0 ? -route - 2 : route;
            found |= charge(routes.get(route), place - starts[route], port, kind, nowEpochMillis);
        }
        return found;
    }

    private static boolean charge(CompiledRoute route, int member, int port, SendError kind, long nowEpochMillis) {
        int routePort = route.port(member);
        if (port != 0 && routePort != Rewrite.KEEP_PORT && routePort != port) {
            return false;
        }
        ReplicationCounters counters = route.replicationCounters(member);
        if (counters.packets() == 0) {
            return false;
        }
        counters.failed(kind, nowEpochMillis);
        return true;
    }
}
