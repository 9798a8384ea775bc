package io.nubicast.dataplane.gre;

import io.nubicast.kernel.netlink.RouteAnswer;
import io.nubicast.kernel.netlink.RouteEvent;
import io.nubicast.kernel.netlink.RouteNetlink;
import io.nubicast.kernel.netlink.RouteQueries;
import io.nubicast.kernel.sys.SystemCallException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The network below the tunnels, as the kernel knows it: interfaces, addresses, and where the destinations are. One thread at a time.
final class Underlay implements AutoCloseable {
    /// Where packets to a destination leave.
    ///
    /// @param mtu the path's, where it is known to be smaller than the interface's
    /// @param ethernet packets have Ethernet headers there
    record Hop(int device, String name, int mtu, boolean ethernet) {}

    final RouteNetlink events;
    private final RouteQueries queries;
    private final Map<Integer, RouteEvent.Link> links = new HashMap<>();
    private List<RouteEvent.LocalAddress> addresses = List.of();

    Underlay() throws SystemCallException {
        events = RouteNetlink.open(RouteNetlink.Topic.LINKS, RouteNetlink.Topic.ADDRESSES, RouteNetlink.Topic.ROUTES,
                RouteNetlink.Topic.RULES, RouteNetlink.Topic.NEXT_HOPS);
        boolean complete = false;
        try {
            queries = RouteQueries.open();
            complete = true;
        } finally {
            if (!complete) {
                events.close();
            }
        }
    }

    /// Takes what has changed from the socket; whatever it was, [#read()] is due.
    boolean changed() throws SystemCallException {
        boolean[] any = new boolean[1];
        events.changes(event -> any[0] = true);
        return any[0];
    }

    /// Reads interfaces and addresses anew.
    void read() throws SystemCallException {
        try (RouteNetlink dump = RouteNetlink.open()) {
            links.clear();
            dump.links().forEach(link -> links.put(link.index(), link));
            addresses = dump.addresses();
        }
    }

    /// The source address to use, 0 when there is none that could be.
    int source(TunnelConfig.Source source) {
        for (RouteEvent.LocalAddress each : addresses) {
            RouteEvent.Link link = links.get(each.interfaceIndex());
            if (link == null || !link.isUp()) {
                continue;
            }
            boolean wanted = switch (source) {
                case TunnelConfig.Source.OfAddress of -> of.address().ipv4() == each.address();
                case TunnelConfig.Source.OfInterface of -> of.name().equals(link.name());
            };
            if (wanted && (link.isRunning() || link.isLoopback())) {
                return each.address();
            }
        }
        return 0;
    }

    /// Asks for the way to a destination.
    ///
    /// @return empty when there is none, or it is an address of this host
    Optional<Hop> route(int destination) throws SystemCallException {
        RouteAnswer[] taken = new RouteAnswer[1];
        queries.lookUp(new int[]{destination}, 1, (index, answer) -> taken[0] = answer);
        @Nullable
        RouteAnswer answer = taken[0];
        if (answer == null || answer.error() != 0 || answer.type() != RouteAnswer.UNICAST) {
            return Optional.empty();
        }
        RouteEvent.Link link = links.get(answer.device());
        if (link == null || !link.isRunning()) {
            return Optional.empty();
        }
        return Optional.of(new Hop(answer.device(), link.name(),
                answer.mtu() > 0 ? Math.min(answer.mtu(), link.mtu()) : link.mtu(),
                link.resolvesNeighbours() && !answer.encapsulated() && !answer.foreignGateway()));
    }

    @Override
    public void close() {
        events.close();
        queries.close();
    }
}
