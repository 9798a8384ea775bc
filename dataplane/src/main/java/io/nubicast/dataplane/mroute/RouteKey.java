package io.nubicast.dataplane.mroute;

import io.nubicast.wire.Address;

/// What a route is found by.
///
/// @param source [Address#ANY_IPV4] for every source that has no route of its own
record RouteKey(Address source, Address group) {
    /// `(10.0.0.1, 239.1.2.3)`, `(*, 239.1.2.3)`.
    @Override
    public String toString() {
        return "(" + (source.isUnspecified() ? "*" : source.toString()) + ", " + group + ")";
    }
}
