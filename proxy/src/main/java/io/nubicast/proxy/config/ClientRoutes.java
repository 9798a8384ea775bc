package io.nubicast.proxy.config;

import io.nubicast.forwarding.InterfaceSelection;
import io.nubicast.forwarding.Match;
import io.nubicast.forwarding.OutputPort;
import io.nubicast.forwarding.RateLimit;
import io.nubicast.forwarding.Replication;
import io.nubicast.forwarding.Rewrite;
import io.nubicast.forwarding.Route;
import io.nubicast.forwarding.RouteTable;
import io.nubicast.wire.Address;
import java.util.ArrayList;
import java.util.List;

/// The routes that a client's configuration means: copies from each server back to their group.
public final class ClientRoutes {
    /// Owner of these routes.
    public static final String OWNER = "proxy client";

    private ClientRoutes() {}

    /// What the command line adds to the file.
    ///
    /// @param outputs where groups are restored to: [InterfaceSelection#ARRIVAL], or interfaces by name
    /// @param local the own address that copies must be sent to; [Address#ANY_IPV4] for every one
    /// @param restoreTtl of the restored multicast, 1..255; 1 never leaves the LAN (PRX-030)
    public record Options(InterfaceSelection outputs, Address local, int restoreTtl, Marker marker) {
        public static final Options DEFAULT = new Options(InterfaceSelection.ARRIVAL, Address.ANY_IPV4, 1);

        /// Without a marker.
        public Options(InterfaceSelection outputs, Address local, int restoreTtl) {
            this(outputs, local, restoreTtl, Marker.NONE);
        }

        public Options {
            if (restoreTtl < 1 || restoreTtl > 255) {
                throw new IllegalArgumentException("restoreTtl " + restoreTtl + " is not within 1..255");
            }
        }
    }

    /// One route an entry, in the file's order.
    public static RouteTable of(ClientConfig config, Options options) {
        List<Route> routes = new ArrayList<>(config.entries().size());
        for (ClientConfig.Entry entry : config.entries()) {
            Replication restored = new Replication(new OutputPort.MulticastOut(entry.group(), options.outputs()),
                    new Rewrite(entry.groupPort(), options.restoreTtl()));
            routes.add(new Route(OWNER, match(entry, options), List.of(restored), RateLimit.NONE));
        }
        return new RouteTable(routes);
    }

    /// The key of the entry's counters.
    public static Match match(ClientConfig.Entry entry, Options options) {
        return new Match(InterfaceSelection.ALL, entry.server(), new Match.Destination.ThisHost(options.local()),
                entry.serverPort(), options.marker().wanted());
    }
}
