package io.nubicast.dataplane.socket;

import io.nubicast.forwarding.CompiledRoute;
import io.nubicast.forwarding.RouteIndex;
import java.util.Collection;
import java.util.IdentityHashMap;
import org.jspecify.annotations.Nullable;

/// The client's routes, found by source and destination port. One thread.
final class ClientTable {
    static final ClientTable EMPTY = new ClientTable(RouteIndex.EMPTY, ClientHost.NOTHING, null);

    private final RouteIndex index;
    private final IdentityHashMap<CompiledRoute, RestoreRoute> routes = new IdentityHashMap<>();

    /// @param outputs where routes restore to; null only for no routes
    ClientTable(RouteIndex index, ClientHost host, @Nullable RestoreOutputs outputs) {
        this.index = index;
        if (outputs != null) {
            for (CompiledRoute route : index.routes()) {
                routes.put(route, new RestoreRoute(route, host, outputs));
            }
        }
    }

    /// Null when that source is not a configured server, or not for that port. Does not allocate.
    @Nullable
    RestoreRoute find(int source, int port) {
        CompiledRoute route = index.fromSource(source, port);
        return route == null ? null : routes.get(route);
    }

    Collection<RestoreRoute> routes() {
        return routes.values();
    }
}
