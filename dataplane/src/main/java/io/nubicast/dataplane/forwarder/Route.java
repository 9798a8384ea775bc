package io.nubicast.dataplane.forwarder;

import io.nubicast.forwarding.routing.GroupRoute;
import org.jspecify.annotations.Nullable;

/// A route with its ports looked up, and what it has counted. Guarded by the plane's lock.
final class Route {
    GroupRoute route;
    /// Null while the port is not known.
    @Nullable
    Port incoming;
    Port[] outgoing = {};
    boolean isForEverySource;
    long packets;
    long bytes;
    long wrongPort;
    boolean wrongPortTold;
    long wrongPortToldNs;

    Route(GroupRoute route) {
        this.route = route;
    }

    boolean leavesBy(Port port) {
        for (Port each : outgoing) {
            if (each == port) {
                return true;
            }
        }
        return false;
    }
}
