package io.nubicast.router.rib;

import io.nubicast.router.iface.InterfaceAddress;
import io.nubicast.router.iface.RouterInterface;
import io.nubicast.wire.Address;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Reverse path forwarding: by which interface and neighbour packets of a source must come in, and how an RP is reached (PIM-046).
///
/// The longest static mroute comes first, unless a unicast route has a lower distance; then the unicast routes. Of equal-cost paths
/// the one with the highest next hop is taken, so that all packets of a source use one path; with `multipath`, sources are spread
/// by a hash of their address. A next hop that is not on a link is looked up again. One thread.
public final class Rpf {
    private static final int MOST_RECURSIONS = 8;

    private final UnicastRoutes routes;
    private final Map<Integer, RouterInterface> interfaces = new HashMap<>();
    private List<StaticMroute> mroutes = List.of();
    private boolean multipath;

    public Rpf(UnicastRoutes routes) {
        this.routes = routes;
    }

    /// These lines are configured from now on.
    ///
    /// @return whether anything changed
    public boolean configure(List<StaticMroute> newMroutes, boolean newMultipath) {
        boolean changed = !newMroutes.equals(mroutes) || newMultipath != multipath;
        mroutes = List.copyOf(newMroutes);
        multipath = newMultipath;
        return changed;
    }

    /// See [io.nubicast.router.port.Protocol#onInterface].
    public void onInterface(RouterInterface state) {
        interfaces.put(state.id(), state);
    }

    /// See [io.nubicast.router.port.Protocol#onInterfaceGone].
    public void onInterfaceGone(int interfaceId) {
        interfaces.remove(interfaceId);
    }

    /// The static mroutes that are configured.
    public List<StaticMroute> mroutes() {
        return mroutes;
    }

    /// Where packets of that address must come in; empty when no route exists. An address of our own is on its interface.
    public Optional<RpfRoute> lookup(Address address) {
        Optional<RpfRoute> own = interfaces.values().stream().filter(each -> each.up() && each.has(address))
                .map(each -> new RpfRoute(each.id(), Address.ANY_IPV4, new InterfaceAddress(address, 32), "connected",
                        false, 0, 0, 0))
                .findFirst();
        if (own.isPresent()) {
            return own;
        }
        Optional<RpfRoute> unicast = unicast(address);
        return mroutes.stream()
                .filter(mroute -> mroute.prefix().contains(address))
                .sorted(Comparator.comparingInt((StaticMroute mroute) -> -mroute.prefix().prefixLength())
                        .thenComparingInt(StaticMroute::distance))
                .flatMap(mroute -> resolve(mroute).stream()).findFirst()
                .filter(fixed -> unicast.isEmpty() || fixed.preference() <= unicast.get().preference())
                .or(() -> unicast);
    }

    private Optional<RpfRoute> resolve(StaticMroute mroute) {
        if (mroute.neighbor().isUnspecified()) {
            return interfaces.values().stream()
                    .filter(each -> each.up() && each.name().equals(mroute.interfaceName()))
                    .map(each -> route(mroute, each.id(), Address.ANY_IPV4, 0)).findFirst();
        }
        return onLink(mroute.neighbor()).map(each -> route(mroute, each.id(), mroute.neighbor(), 0))
                .or(() -> unicast(mroute.neighbor()).map(via -> route(mroute, via.interfaceId(),
                        via.nextHop().isUnspecified() ? mroute.neighbor() : via.nextHop(), via.recursions() + 1)));
    }

    private static RpfRoute route(StaticMroute mroute, int interfaceId, Address nextHop, int recursions) {
        return new RpfRoute(interfaceId, nextHop, mroute.prefix(), "static", true, mroute.distance(), 0, recursions);
    }

    private Optional<RpfRoute> unicast(Address address) {
        UnicastRoute best = null;
        Address target = address;
        for (int recursions = 0; recursions < MOST_RECURSIONS; recursions++) {
            Optional<UnicastRoute> found = best(target);
            if (found.isEmpty()) {
                return Optional.empty();
            }
            UnicastRoute route = found.get();
            UnicastRoute first = best == null ? route : best;
            best = first;
            boolean done = route.isConnected() || route.nextHop().equals(target)
                    || onLinkOf(route.interfaceId(), route.nextHop());
            if (done) {
                Address nextHop = !route.isConnected() ? route.nextHop() : recursions == 0 ? Address.ANY_IPV4 : target;
                return Optional.of(new RpfRoute(route.interfaceId(), nextHop, first.prefix(), first.protocol(), false,
                        first.preference(), first.metric(), recursions));
            }
            target = route.nextHop();
        }
        return Optional.empty();
    }

    private Optional<UnicastRoute> best(Address target) {
        List<UnicastRoute> paths = routes.paths(target).stream()
                .sorted(Comparator.comparing(UnicastRoute::nextHop).thenComparingInt(UnicastRoute::interfaceId)
                        .reversed())
                .toList();
        if (paths.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(paths.get(multipath ? Math.floorMod(mix(target.ipv4()), paths.size()) : 0));
    }

    /// Neighbouring sources shall not share a path (Fibonacci hashing).
    private static int mix(int bits) {
        return bits * 0x9E3779B9 >>> 16;
    }

    private Optional<RouterInterface> onLink(Address address) {
        return interfaces.values().stream().filter(each -> each.up() && each.isOnLink(address)).findFirst();
    }

    /// A route's gateway is on its link, or cannot be told to be elsewhere: an interface without addresses, or with a gateway that
    /// the kernel took as on the link.
    private boolean onLinkOf(int interfaceId, Address gateway) {
        RouterInterface state = interfaces.get(interfaceId);
        return state == null || state.pointToPoint() || state.addresses().isEmpty() || state.isOnLink(gateway)
                || onLink(gateway).isEmpty() && routes.lookup(gateway).isEmpty();
    }
}
