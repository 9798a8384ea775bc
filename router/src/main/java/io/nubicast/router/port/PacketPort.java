package io.nubicast.router.port;

/// Where a protocol's packets leave. Called on the router's thread only, never blocks; what the kernel refuses is counted by the
/// implementation and not told, as if the network had lost it.
public interface PacketPort {
    /// Sends out of that interface: to a group, or to a neighbour on that link.
    ///
    /// @param interfaceId see [io.nubicast.router.iface.RouterInterface#id()]
    void send(int interfaceId, Packet packet);

    /// Sends where the unicast routes lead: Registers and Register-Stops.
    void sendRouted(Packet packet);
}
