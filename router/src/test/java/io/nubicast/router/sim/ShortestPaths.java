package io.nubicast.router.sim;

import io.nubicast.router.iface.InterfaceAddress;
import io.nubicast.router.rib.UnicastRoute;
import io.nubicast.wire.Address;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Unicast routes of all routers: the fewest hops over links and routers that are up, of equal ones the highest next hop.
public final class ShortestPaths {
    private final Map<String, List<Foot>> feet = new HashMap<>();
    /// By router: the best way to each net; forgotten when something changes.
    private final Map<String, Map<InterfaceAddress, UnicastRoute>> tables = new HashMap<>();

    /// A link as routing sees it.
    static final class Net {
        final InterfaceAddress prefix;
        final List<Foot> feet = new ArrayList<>();
        boolean up = true;

        Net(InterfaceAddress prefix) {
            this.prefix = prefix;
        }
    }

    /// A router on a link.
    static final class Foot {
        final String router;
        final Net net;
        final int port;
        final Address address;
        boolean on = true;

        Foot(String router, Net net, int port, Address address) {
            this.router = router;
            this.net = net;
            this.port = port;
            this.address = address;
        }
    }

    Net net(InterfaceAddress prefix) {
        if (prefix.prefixLength() != 24 && prefix.prefixLength() != 32) {
            throw new IllegalArgumentException(prefix + " is neither a /24 nor a /32");
        }
        return new Net(prefixOf(prefix.address(), prefix.prefixLength()));
    }

    Foot attach(String router, Net net, int port, Address address) {
        Foot foot = new Foot(router, net, port, address);
        net.feet.add(foot);
        feet.computeIfAbsent(router, key -> new ArrayList<>()).add(foot);
        return foot;
    }

    /// To be called after `up` or `on` of something changed.
    void changed() {
        tables.clear();
    }

    /// How a router reaches an address.
    public Optional<UnicastRoute> lookup(String router, Address destination) {
        Map<InterfaceAddress, UnicastRoute> table = tables.computeIfAbsent(router, this::table);
        return Optional.ofNullable(table.get(prefixOf(destination, 32)))
                .or(() -> Optional.ofNullable(table.get(prefixOf(destination, 24))));
    }

    private static InterfaceAddress prefixOf(Address address, int length) {
        return new InterfaceAddress(Address.ofIpv4(address.ipv4() & (int) (-1L << 32 - length)), length);
    }

    private Map<InterfaceAddress, UnicastRoute> table(String router) {
        Map<InterfaceAddress, UnicastRoute> table = new HashMap<>();
        Map<String, UnicastRoute> first = new HashMap<>(); // by router: how its packets leave
        Map<String, Integer> hops = new HashMap<>();
        Deque<String> queue = new ArrayDeque<>();
        hops.put(router, 0);
        queue.add(router);
        while (!queue.isEmpty()) {
            String at = queue.remove();
            int distance = hops.getOrDefault(at, 0);
            for (Foot foot : feet.getOrDefault(at, List.of())) {
                if (!foot.on || !foot.net.up) {
                    continue;
                }
                UnicastRoute via = via(first.get(at), foot, distance);
                UnicastRoute known = table.get(foot.net.prefix);
                if (known == null || isBetter(via, known)) {
                    table.put(foot.net.prefix, via);
                }
                for (Foot other : foot.net.feet) {
                    if (!other.on || other.router.equals(at)) {
                        continue;
                    }
                    UnicastRoute step = at.equals(router)
                            ? new UnicastRoute(foot.net.prefix, foot.port, other.address, "static", 1, 1)
                            : via;
                    Integer before = hops.get(other.router);
                    if (before == null) {
                        hops.put(other.router, distance + 1);
                        first.put(other.router, step);
                        queue.add(other.router);
                    } else if (before == distance + 1 && !other.router.equals(router)
                            && isHigher(step, first.get(other.router))) {
                        first.put(other.router, step);
                    }
                }
            }
        }
        return table;
    }

    private static UnicastRoute via(@Nullable UnicastRoute first, Foot foot, int distance) {
        return first == null
                ? new UnicastRoute(foot.net.prefix, foot.port, Address.ANY_IPV4, "connected", 0, 0)
                : new UnicastRoute(foot.net.prefix, first.interfaceId(), first.nextHop(), "ospf 1", 110, distance);
    }

    private static boolean isBetter(UnicastRoute one, UnicastRoute other) {
        return one.preference() != other.preference()
                ? one.preference() < other.preference()
                : one.metric() != other.metric() ? one.metric() < other.metric() : isHigher(one, other);
    }

    private static boolean isHigher(UnicastRoute one, @Nullable UnicastRoute other) {
        int byNextHop = other == null ? 1 : one.nextHop().compareTo(other.nextHop());
        return byNextHop > 0 || byNextHop == 0 && other != null && one.interfaceId() > other.interfaceId();
    }
}
