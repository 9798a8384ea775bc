package io.nubicast.router.rib;

import io.nubicast.router.iface.InterfaceAddress;
import io.nubicast.wire.Address;

/// `ip mroute 10.1.0.0 255.255.0.0 {10.0.0.2 | Tunnel1} [distance]`: where packets of these sources come in, whatever the unicast
/// routes say.
///
/// @param prefix the sources
/// @param neighbor the RPF neighbour; [Address#ANY_IPV4] when only the interface is given
/// @param interfaceName the RPF interface; empty when it is where the neighbour is reached
/// @param distance 0..255, 0 unless configured: a unicast route with a lower one wins
public record StaticMroute(InterfaceAddress prefix, Address neighbor, String interfaceName, int distance) {
    public StaticMroute {
        if (neighbor.isUnspecified() == interfaceName.isEmpty()) {
            throw new IllegalArgumentException("either a neighbour or an interface");
        }
        if (distance < 0 || distance > 255) {
            throw new IllegalArgumentException("distance " + distance + " is not within 0..255");
        }
    }
}
