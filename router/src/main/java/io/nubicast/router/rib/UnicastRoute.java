package io.nubicast.router.rib;

import io.nubicast.router.iface.InterfaceAddress;
import io.nubicast.wire.Address;

/// How an address is reached.
///
/// @param prefix what the route covers
/// @param interfaceId where packets leave
/// @param nextHop [Address#ANY_IPV4] when the destination is on the link
/// @param protocol who made it: `connected`, `static`, `ospf`, `kernel`, …
/// @param preference administrative distance: connected 0, static 1, OSPF 110 (PIM-071)
/// @param metric of the route
public record UnicastRoute(InterfaceAddress prefix, int interfaceId, Address nextHop, String protocol, int preference,
        int metric) {
    /// Whether the destination is on a link of this router.
    public boolean isConnected() {
        return nextHop.isUnspecified();
    }
}
