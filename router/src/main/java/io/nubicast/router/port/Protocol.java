package io.nubicast.router.port;

import io.nubicast.router.iface.RouterInterface;

/// A protocol core: it does no I/O and reads no clock. All calls come on one thread, the router's, with times that never go back
/// (nanoseconds of a monotonic clock).
public interface Protocol {
    /// An interface is there, or is not as it was: state, addresses, MTU.
    void onInterface(RouterInterface state, long nowNs);

    /// An interface is no longer configured, or its device is gone.
    void onInterfaceGone(int interfaceId, long nowNs);

    /// A packet of this protocol arrived. Any bytes are welcome (GEN-001).
    void onPacket(int interfaceId, Packet packet, long nowNs);

    /// When [#onDeadline(long)] is wanted next; [Long#MAX_VALUE] for never. May be in the past.
    long nextDeadlineNs();

    /// Does what is due.
    void onDeadline(long nowNs);

    /// Says goodbye on every interface, as the protocol has it; nothing is sent afterwards.
    void stop(long nowNs);
}
