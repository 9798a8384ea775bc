package io.nubicast.testkit.net;

import io.nubicast.wire.Address;

/// The ports of a node, as it sends through them.
public interface SimPorts {
    /// Sends an IPv4 packet out of a port. What goes to a group or to 255.255.255.255 reaches all others on the link; anything else
    /// the one that has the address of the next hop there, or nobody. Lost without notice while the link or the port is down.
    ///
    /// @param nextHop on the link; for a group, the group
    /// @param packet with its header; not changed by the network, nor to be changed by the sender any more
    void send(int port, Address nextHop, byte[] packet);
}
