package io.nubicast.dataplane.linux;

import io.nubicast.forwarding.RouteIndex;
import io.nubicast.kernel.sys.SystemCallException;
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

    /// What else there is to do now and then; returns soon.
    default void tick(long nowNs) {}

    /// After how many milliseconds [#tick] is called again, while nothing else happens.
    default long tickMs() {
        return 100;
    }

    /// Whether a local sender that switched multicast loop off is captured nevertheless.
    boolean seesSendersWithoutLoop();
}
