package io.nubicast.dataplane.routing;

import io.nubicast.dataplane.forwarder.UserSpaceRoutingPlane;
import io.nubicast.dataplane.linux.IgmpIntake;
import io.nubicast.engine.NanoClock;
import io.nubicast.forwarding.routing.RoutingPlane;

/// The contract, and what only user space has.
class UserSpaceRoutingPlaneTest extends RoutingPlaneContract {
    @Override
    RoutingPlane open(IgmpIntake igmp) throws Exception {
        return UserSpaceRoutingPlane.open(igmp, NanoClock.SYSTEM);
    }

    /// FWD-001: at least 64.
    @Override
    int waiting() {
        return 20;
    }
}
