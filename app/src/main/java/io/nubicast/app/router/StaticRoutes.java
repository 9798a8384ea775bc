package io.nubicast.app.router;

import io.nubicast.app.router.kernel.KernelUnicastRoutes;
import io.nubicast.kernel.netlink.MatchedRoute;
import io.nubicast.kernel.netlink.RouteTables;
import io.nubicast.kernel.sys.SystemCallException;
import io.nubicast.router.config.RouterConfig.StaticRoute;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.ToIntFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// `ip route`: keeps the kernel's main table in line with the configuration. Only routes of our own protocol number are touched; what
/// an earlier daemon left of these goes at the start. On the router's thread.
final class StaticRoutes implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(StaticRoutes.class);
    private static final int MAIN_TABLE = 254;
    private static final int UNICAST = 1;
    private static final int BLACKHOLE = 6;
    private static final String NULL_INTERFACE = "Null0";

    private final RouteTables tables;
    private List<StaticRoute> wanted = List.of();
    private final Map<StaticRoute, MatchedRoute> made = new LinkedHashMap<>();
    private final Set<StaticRoute> complained = new HashSet<>();

    /// Removes what an earlier daemon left.
    StaticRoutes() throws SystemCallException {
        tables = RouteTables.open();
        for (MatchedRoute route : tables.routes()) {
            if (route.protocol() == KernelUnicastRoutes.STATIC_ROUTE && !route.nextHops().isEmpty()) {
                tables.remove(route);
            }
        }
    }

    /// These are configured from now on.
    ///
    /// @param index the kernel's number of an interface by its name; 0 while it is not there
    void apply(List<StaticRoute> routes, ToIntFunction<String> index) {
        wanted = List.copyOf(routes);
        for (StaticRoute route : made.keySet().toArray(StaticRoute[]::new)) {
            if (!wanted.contains(route)) {
                remove(route);
            }
        }
        complained.retainAll(wanted);
        sync(index);
    }

    /// Interfaces or addresses have changed: puts what is missing. The kernel drops routes with their interface, so all are put
    /// again; that changes nothing where they are.
    void sync(ToIntFunction<String> index) {
        for (StaticRoute route : wanted) {
            int device = route.interfaceName().isEmpty() || route.interfaceName().equals(NULL_INTERFACE)
                    ? 0
                    : index.applyAsInt(route.interfaceName());
            boolean needsDevice = !route.interfaceName().isEmpty() && !route.interfaceName().equals(NULL_INTERFACE);
            if (needsDevice && device == 0) {
                made.remove(route);
                continue;
            }
            MatchedRoute kernels = new MatchedRoute(MAIN_TABLE, route.prefix().network().ipv4(),
                    route.prefix().prefixLength(),
                    route.interfaceName().equals(NULL_INTERFACE) ? BLACKHOLE : UNICAST,
                    KernelUnicastRoutes.STATIC_ROUTE, route.distance(),
                    List.of(new MatchedRoute.NextHop(device, route.nextHop().ipv4(), true, false)));
            try {
                tables.put(kernels);
                made.put(route, kernels);
                complained.remove(route);
            } catch (SystemCallException e) {
                made.remove(route);
                if (complained.add(route)) {
                    LOG.warn("ip route {} is not in force: {}; it is tried again when interfaces change",
                            route.prefix(),
                            e.getMessage());
                }
            }
        }
    }

    private void remove(StaticRoute route) {
        MatchedRoute kernels = made.remove(route);
        if (kernels == null) {
            return;
        }
        try {
            tables.remove(kernels);
        } catch (SystemCallException e) {
            LOG.warn("ip route {}: {}", route.prefix(), e.getMessage());
        }
    }

    /// Takes the routes back.
    @Override
    public void close() {
        made.keySet().stream().toList().forEach(this::remove);
        tables.close();
    }
}
