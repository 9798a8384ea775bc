package io.nubicast.testkit.net;

import io.nubicast.wire.Address;
import java.util.List;

/// What runs on a node of the network. All calls come in one thread, with times that never go back. The network asks
/// [#nextDeadlineNs()] after each call.
public interface SimNode {
    /// A port is attached to a link, that is up or not; told for each port after the node was made, and with every change.
    ///
    /// @param addresses of the port, the primary one first
    void onPort(int port, boolean up, List<Address> addresses, long nowNs);

    /// A packet arrived. It is shared with other receivers: not to be changed.
    void onPacket(int port, byte[] packet, long nowNs);

    /// When [#run(long)] is wanted next; [Long#MAX_VALUE] for never. May be in the past.
    long nextDeadlineNs();

    /// Does what is due.
    void run(long nowNs);

    /// The node is switched off in good order; what it sends now still leaves.
    default void stop(long nowNs) {}
}
