package io.nubicast.app.router.kernel;

import io.nubicast.kernel.netlink.MatchedRoute;
import io.nubicast.kernel.netlink.RouteAnswer;
import io.nubicast.kernel.netlink.RouteNetlink;
import io.nubicast.kernel.netlink.RouteNetlink.Topic;
import io.nubicast.kernel.netlink.RouteTables;
import io.nubicast.kernel.sys.Descriptor;
import io.nubicast.kernel.sys.SystemCallException;
import io.nubicast.router.iface.InterfaceAddress;
import io.nubicast.router.rib.UnicastRoute;
import io.nubicast.router.rib.UnicastRoutes;
import io.nubicast.wire.Address;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntFunction;
import java.util.function.LongConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Unicast routes as the kernel has them, whoever put them there. The kernel is asked, so its rules, tables and metrics need no
/// second implementation; answers are kept until something changes. On the router's thread.
///
/// Of several equal-cost next hops the one with the highest address counts (PIM-046).
public final class KernelUnicastRoutes implements UnicastRoutes, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(KernelUnicastRoutes.class);

    /// rtm_protocol of the routes that the router makes of its `ip route` lines: its own, so that it touches no other.
    public static final int STATIC_ROUTE = 78;

    /// Between two tellings: a table that is filled, route by route, is told of a few times only (PIM-046 allows 500 ms).
    static final long COALESCE_NS = 100_000_000L;
    private static final int MOST_ANSWERS = 65_536;
    private static final long NEVER = Long.MAX_VALUE;

    private final RouteTables tables;
    private final RouteNetlink changes;
    private final IntFunction<Optional<Integer>> idOfIndex;
    private final LongConsumer onChanged;
    private final Map<Address, Optional<UnicastRoute>> answers = new HashMap<>();
    private long dueNs = NEVER;
    private long quietUntilNs;
    private boolean toldOnce;

    private KernelUnicastRoutes(RouteTables tables, RouteNetlink changes, IntFunction<Optional<Integer>> idOfIndex,
            LongConsumer onChanged) {
        this.tables = tables;
        this.changes = changes;
        this.idOfIndex = idOfIndex;
        this.onChanged = onChanged;
    }

    /// Asks the kernel in the namespace of the calling thread.
    ///
    /// @param idOfIndex the router's interface with that number of the kernel: [KernelInterfaces#idOf(int)]
    /// @param onChanged told, with the time, that routes may have changed: look up again what matters
    public static KernelUnicastRoutes open(IntFunction<Optional<Integer>> idOfIndex, LongConsumer onChanged)
            throws SystemCallException {
        RouteTables tables = RouteTables.open();
        try {
            return new KernelUnicastRoutes(tables,
                    RouteNetlink.open(Topic.ROUTES, Topic.RULES, Topic.NEXT_HOPS, Topic.LINKS, Topic.ADDRESSES),
                    idOfIndex,
                    onChanged);
        } catch (SystemCallException e) {
            tables.close();
            throw e;
        }
    }

    @Override
    public Optional<UnicastRoute> lookup(Address destination) {
        Optional<UnicastRoute> known = answers.get(destination);
        if (known == null) {
            if (answers.size() >= MOST_ANSWERS) {
                answers.clear();
            }
            known = ask(destination);
            answers.put(destination, known);
        }
        return known;
    }

    private Optional<UnicastRoute> ask(Address destination) {
        try {
            return tables.match(destination.ipv4()).filter(KernelUnicastRoutes::leadsSomewhere).flatMap(this::route);
        } catch (SystemCallException e) {
            LOG.warn("cannot look up {}: {}", destination, e.getMessage());
            return Optional.empty();
        }
    }

    private static boolean leadsSomewhere(MatchedRoute route) {
        return route.type() == RouteAnswer.UNICAST || route.type() == RouteAnswer.LOCAL;
    }

    private Optional<UnicastRoute> route(MatchedRoute found) {
        RouteProtocol protocol = RouteProtocol.of(found);
        InterfaceAddress prefix = new InterfaceAddress(Address.ofIpv4(found.destination()), found.prefixLength());
        return found.nextHops().stream()
                .filter(hop -> hop.usable() && !hop.foreign() && idOfIndex.apply(hop.device()).isPresent())
                .max(Comparator.comparing(hop -> Address.ofIpv4(hop.gateway())))
                .map(hop -> new UnicastRoute(prefix, idOfIndex.apply(hop.device()).orElseThrow(),
                        Address.ofIpv4(hop.gateway()), protocol.name(), protocol.distance(), found.metric()));
    }

    /// When it is readable, [#receive(long)].
    public Descriptor descriptor() {
        return changes;
    }

    /// Takes what has changed; tells it now, or by [#onDeadline(long)].
    public void receive(long nowNs) throws SystemCallException {
        boolean[] changed = {false};
        changes.changes(event -> changed[0] = true);
        if (!changed[0]) {
            return;
        }
        answers.clear();
        if (!toldOnce || nowNs - quietUntilNs >= 0) {
            tell(nowNs);
        } else if (dueNs == NEVER) {
            dueNs = quietUntilNs;
        }
    }

    /// Forgets what it knows, because the router's interfaces are not what they were. Nothing is told.
    public void forget() {
        answers.clear();
    }

    /// When [#onDeadline(long)] is wanted; [Long#MAX_VALUE] for never.
    public long nextDeadlineNs() {
        return dueNs;
    }

    /// Tells what is due.
    public void onDeadline(long nowNs) {
        if (dueNs != NEVER && nowNs - dueNs >= 0) {
            tell(nowNs);
        }
    }

    private void tell(long nowNs) {
        dueNs = NEVER;
        toldOnce = true;
        quietUntilNs = nowNs + COALESCE_NS;
        onChanged.accept(nowNs);
    }

    @Override
    public void close() {
        changes.close();
        tables.close();
    }
}
