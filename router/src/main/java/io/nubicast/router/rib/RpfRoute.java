package io.nubicast.router.rib;

import io.nubicast.router.iface.InterfaceAddress;
import io.nubicast.wire.Address;

/// Where packets of an address must come in.
///
/// @param interfaceId RPF_interface
/// @param nextHop MRIB.next_hop; [Address#ANY_IPV4] when the route names only an interface, or the address is on the link
/// @param prefix of the route
/// @param origin what it comes from, as people call it: `ospf 10`, `connected`, `static`
/// @param isStaticMroute whether it is an `ip mroute`
/// @param preference administrative distance, MRIB.pref
/// @param metric MRIB.metric
/// @param recursions how many routes were followed to find the interface
public record RpfRoute(int interfaceId, Address nextHop, InterfaceAddress prefix, String origin,
        boolean isStaticMroute, int preference, int metric, int recursions) {}
