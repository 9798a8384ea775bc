package io.nubicast.router.pim;

import io.nubicast.wire.Address;

/// An RPF neighbour, RPF' of RFC 7761 section 4.1.6.
///
/// @param interfaceId where it is
/// @param neighbor its primary address; [Address#ANY_IPV4] when there is none
/// @param byAssert whether it is the winner of an assert instead of the next hop of the route
record Upstream(int interfaceId, Address neighbor, boolean byAssert) {
    /// No neighbour leads there: nothing can be joined.
    static final Upstream NONE = new Upstream(-2, Address.ANY_IPV4, false);

    Upstream(int interfaceId, Address neighbor) {
        this(interfaceId, neighbor, false);
    }

    boolean isNone() {
        return neighbor.isUnspecified();
    }

    boolean sameNeighbor(Upstream other) {
        return interfaceId == other.interfaceId && neighbor.equals(other.neighbor);
    }
}
