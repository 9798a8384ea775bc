package io.nubicast.dataplane.packet;

import io.nubicast.forwarding.CompiledRoute;
import io.nubicast.forwarding.RouteIndex;
import java.util.IdentityHashMap;
import org.jspecify.annotations.Nullable;

/// What a worker works by, at one moment: routes, where each member's frames go, and which place in that list each member has.
/// Published whole, so that the parts always fit together.
final class PacketTable {
    static final PacketTable EMPTY =
            new PacketTable(RouteIndex.EMPTY, PathTable.EMPTY, new IdentityHashMap<>(), new byte[0]);

    private final RouteIndex index;
    private final PathTable paths;
    private final IdentityHashMap<CompiledRoute, int[]> places;
    private final byte[] used;

    /// @param index the worker's view
    /// @param places by route of that view: for each member its slot in `paths`
    /// @param used by slot of `paths`: the worker writes 1 where a frame left
    PacketTable(RouteIndex index, PathTable paths, IdentityHashMap<CompiledRoute, int[]> places, byte[] used) {
        this.index = index;
        this.paths = paths;
        this.places = places;
        this.used = used;
    }

    RouteIndex index() {
        return index;
    }

    PathTable paths() {
        return paths;
    }

    /// The places of that route's members, or null for one of another table.
    int @Nullable [] places(CompiledRoute route) {
        return places.get(route);
    }

    byte[] used() {
        return used;
    }
}
