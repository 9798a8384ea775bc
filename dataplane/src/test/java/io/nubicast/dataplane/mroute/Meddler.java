package io.nubicast.dataplane.mroute;

import io.nubicast.kernel.mroute.MulticastRouting;

/// Lets tests change the kernel's table behind a plane's back.
public final class Meddler {
    private Meddler() {}

    public static MulticastRouting routing(KernelRoutingPlane plane) {
        return plane.routing();
    }
}
