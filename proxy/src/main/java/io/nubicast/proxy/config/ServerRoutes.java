package io.nubicast.proxy.config;

import io.nubicast.forwarding.InterfaceSelection;
import io.nubicast.forwarding.Match;
import io.nubicast.forwarding.OutputPort;
import io.nubicast.forwarding.Replication;
import io.nubicast.forwarding.Rewrite;
import io.nubicast.forwarding.Route;
import io.nubicast.forwarding.RouteTable;
import io.nubicast.wire.Address;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// The routes that a server's configuration means: each group to all its members.
public final class ServerRoutes {
    /// Owner of these routes.
    public static final String OWNER = "proxy server";

    private ServerRoutes() {}

    /// What the command line adds to the file.
    ///
    /// @param interfaces where groups are captured, what local applications send and what arrives
    /// @param ttl of the copies, 1..255, where the file does not say (PRX-003)
    public record Options(InterfaceSelection interfaces, int ttl, Marker marker) {
        public static final Options DEFAULT = new Options(InterfaceSelection.ALL, 64);

        /// Without a marker.
        public Options(InterfaceSelection interfaces, int ttl) {
            this(interfaces, ttl, Marker.NONE);
        }

        public Options {
            if (ttl < 1 || ttl > 255) {
                throw new IllegalArgumentException("ttl " + ttl + " is not within 1..255");
            }
        }
    }

    /// One route a group, in the file's order; copies leave in the members' order.
    public static RouteTable of(ServerConfig config, Options options) {
        return of(config, options, ServerConfig.EMPTY, RouteTable.EMPTY);
    }

    /// As [#of(ServerConfig, Options)]. Groups that are as they were keep their very routes, so that whoever compares two tables
    /// sees at once what is the same.
    ///
    /// @param before an earlier configuration
    /// @param table of that configuration, with the same options
    public static RouteTable of(ServerConfig config, Options options, ServerConfig before, RouteTable table) {
        Map<String, Integer> places = new HashMap<>();
        for (int at = 0; at < before.groups().size(); at++) {
            places.put(before.groups().get(at).name(), at);
        }
        List<Route> routes = new ArrayList<>(config.groups().size());
        for (ServerConfig.Group group : config.groups()) {
            Integer at = places.get(group.name());
            routes.add(at != null && meansTheSame(group, before.groups().get(at))
                    ? table.routes().get(at)
                    : route(group, options));
        }
        return new RouteTable(routes);
    }

    /// Wherever it stands in the file.
    private static boolean meansTheSame(ServerConfig.Group one, ServerConfig.Group other) {
        return one.serverPort() == other.serverPort() && one.ttl().equals(other.ttl())
                && one.limit().equals(other.limit()) && one.members().equals(other.members());
    }

    private static Route route(ServerConfig.Group group, Options options) {
        Rewrite rewrite = new Rewrite(group.serverPort(), group.ttl().orElse(options.ttl()), options.marker().set());
        List<Replication> replications = new ArrayList<>(group.members().size());
        for (Address member : group.members()) {
            replications.add(new Replication(new OutputPort.UnicastMember(member), rewrite));
        }
        return new Route(OWNER, match(group, options), replications, group.limit());
    }

    /// The key of the group's counters.
    public static Match match(ServerConfig.Group group, Options options) {
        return new Match(options.interfaces(), Address.ANY_IPV4, new Match.Destination.Group(group.address()),
                group.groupPort());
    }
}
