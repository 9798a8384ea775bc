package io.nubicast.app.router.kernel;

import io.nubicast.kernel.netlink.MatchedRoute;

/// Who made a route of the kernel's table, as routers call it, and how much it is trusted (PIM-071).
///
/// @param name `connected`, `static`, `ospf`, …
/// @param distance IOS's administrative distance, 0..255
record RouteProtocol(String name, int distance) {
    /// Of a route whose maker is not known here.
    private static final int UNKNOWN = 254;

    static RouteProtocol of(MatchedRoute route) {
        boolean onLink = route.nextHops().stream().allMatch(hop -> hop.gateway() == 0);
        return switch (route.protocol()) {
            case 2 -> onLink ? new RouteProtocol("connected", 0) : new RouteProtocol("kernel", 0);
            case 3, 4, KernelUnicastRoutes.STATIC_ROUTE -> new RouteProtocol("static", 1);
            case 1 -> new RouteProtocol("redirect", UNKNOWN);
            case 9 -> new RouteProtocol("ra", UNKNOWN);
            case 11 -> new RouteProtocol("zebra", UNKNOWN);
            case 12 -> new RouteProtocol("bird", UNKNOWN);
            case 16 -> new RouteProtocol("dhcp", UNKNOWN);
            case 42 -> new RouteProtocol("babel", 100);
            case 186 -> new RouteProtocol("bgp", 20);
            case 187 -> new RouteProtocol("isis", 115);
            case 188 -> new RouteProtocol("ospf", 110);
            case 189 -> new RouteProtocol("rip", 120);
            case 192 -> new RouteProtocol("eigrp", 90);
            default -> new RouteProtocol("protocol " + route.protocol(), UNKNOWN);
        };
    }
}
