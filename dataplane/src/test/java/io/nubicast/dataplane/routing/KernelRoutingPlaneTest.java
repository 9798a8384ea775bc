package io.nubicast.dataplane.routing;

import io.nubicast.dataplane.linux.IgmpIntake;
import io.nubicast.dataplane.mroute.KernelRoutingPlane;
import io.nubicast.forwarding.routing.RoutingPlane;

/// The contract, and what only the kernel's table has.
class KernelRoutingPlaneTest extends RoutingPlaneContract {
    @Override
    RoutingPlane open(IgmpIntake igmp) throws Exception {
        return KernelRoutingPlane.open(KernelRoutingPlane.DEFAULT_TABLE, igmp);
    }

    /// A4 of the measurements: the kernel's queue.
    @Override
    int waiting() {
        return 4;
    }
}
