package io.nubicast.dataplane;

import io.nubicast.dataplane.forwarder.UserSpaceRoutingPlane;
import io.nubicast.dataplane.linux.IgmpIntake;
import io.nubicast.dataplane.mroute.KernelRoutingPlane;
import io.nubicast.engine.NanoClock;
import io.nubicast.forwarding.PlaneUnavailable;
import io.nubicast.forwarding.routing.RoutingPlane;
import io.nubicast.kernel.sys.UnsupportedFeature;
import java.util.function.Consumer;

/// The planes a router may forward by.
public final class RoutingPlanes {
    private RoutingPlanes() {}

    /// Opens the kernel's multicast routing table; user space where the kernel has none, or no room for so many ports.
    ///
    /// A table that another process has is no reason for user space: both would forward the same packets (FWD-005).
    ///
    /// @param ports how many interfaces the router has
    /// @param table of the kernel, [KernelRoutingPlane#DEFAULT_TABLE] unless rules of `ip mrule` lead to another
    /// @param igmp is given the IGMP packets that arrive
    /// @param notices told, one clause, when user space is taken
    /// @throws PlaneUnavailable with who has the table, or what is missing
    public static RoutingPlane open(int ports, int table, IgmpIntake igmp, NanoClock clock, Consumer<String> notices)
            throws PlaneUnavailable {
        if (ports > KernelRoutingPlane.MOST_PORTS) {
            notices.accept("forwarding in user space: the kernel's multicast routing has room for "
                    + KernelRoutingPlane.MOST_PORTS + " interfaces, and there are " + ports);
            return UserSpaceRoutingPlane.open(igmp, clock);
        }
        try {
            return KernelRoutingPlane.open(table, igmp);
        } catch (PlaneUnavailable e) {
            if (!(e.getCause() instanceof UnsupportedFeature)) {
                throw e;
            }
            notices.accept("forwarding in user space: " + e.getMessage());
            return UserSpaceRoutingPlane.open(igmp, clock);
        }
    }
}
