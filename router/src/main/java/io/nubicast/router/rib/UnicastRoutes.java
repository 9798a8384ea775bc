package io.nubicast.router.rib;

import io.nubicast.wire.Address;
import java.util.List;
import java.util.Optional;

/// Looks up how an address is reached: in the kernel's table, or in a test's. On the router's thread; quick enough to be asked for
/// every packet of a protocol.
@FunctionalInterface
public interface UnicastRoutes {
    /// The best route; empty where there is none, or it leads out of an interface that the router does not have.
    Optional<UnicastRoute> lookup(Address destination);

    /// All routes that are as good as the best one, in any order; more than one where there is equal-cost multipath.
    default List<UnicastRoute> paths(Address destination) {
        return lookup(destination).stream().toList();
    }
}
