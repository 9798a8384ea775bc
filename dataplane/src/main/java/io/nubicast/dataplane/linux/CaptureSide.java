package io.nubicast.dataplane.linux;

import io.nubicast.forwarding.RouteIndex;
import io.nubicast.kernel.sys.Descriptor;
import io.nubicast.kernel.sys.SystemCallException;
import java.util.List;
import java.util.Map;

/// The hot side of a server's plane as its [ServerControl] sees it. Called on the control thread only.
public interface CaptureSide {
    /// From the next batch on datagrams are handled by this.
    void publish(RouteIndex index);

    /// What tells local senders from those on the wire.
    ///
    /// @param hardwareAddresses 48 bits, by the index of each Ethernet device
    void publish(OwnAddresses own, Map<Integer, Long> hardwareAddresses);

    /// From now on these groups are captured on these interfaces, and nothing else.
    ///
    /// @param exact false: any group will do, because the kernel has no room for the long filter
    void capture(CaptureScope scope, OwnAddresses own, boolean exact) throws SystemCallException;

    /// Which descriptors, when readable, want a [#tick]. Asked before each wait; those that were closed may be among them.
    default List<Descriptor> wakers() {
        return List.of();
    }

    /// What there is to do after each wait; returns soon.
    default void tick(long nowNs) {}

    /// After how many milliseconds [#tick] is called again, while nothing else happens.
    default int tickMs() {
        return ServerControl.IDLE_TICK_MS;
    }

    /// Whether a local sender that switched multicast loop off is captured nevertheless.
    boolean seesSendersWithoutLoop();
}
