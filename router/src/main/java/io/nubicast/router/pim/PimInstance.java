package io.nubicast.router.pim;

import io.nubicast.forwarding.routing.RoutingEvent;
import io.nubicast.router.iface.RouterInterface;
import io.nubicast.router.mrib.LocalReceivers;
import io.nubicast.router.mrib.Mrib;
import io.nubicast.router.port.Packet;
import io.nubicast.router.port.PacketPort;
import io.nubicast.router.port.Protocol;
import io.nubicast.router.rib.UnicastRoutes;
import io.nubicast.wire.Address;
import java.util.random.RandomGenerator;

/// PIM of one router: neighbours, trees, Registers, asserts. One thread, the router's.
///
/// Life: construct → [#configure(PimConfig, long)] and the interfaces, in any order and as often as they change → packets, events of
/// the plane, changes of receivers and routes, and deadlines → [#stop(long)].
public final class PimInstance implements Protocol, LocalReceivers.Listener {
    /// @param port where PIM messages leave
    /// @param routes how sources, RPs and DRs are reached
    /// @param receivers what IGMP knows; tells of changes by [#onReceiversChanged(int, Address, long)]
    /// @param mrib takes the routes
    /// @param random of jitter and generation ids
    public PimInstance(PacketPort port, UnicastRoutes routes, LocalReceivers receivers, Mrib mrib,
            RandomGenerator random) {}

    /// This is configured from now on (GEN-010). State that the new configuration does not touch stays as it is.
    public void configure(PimConfig config, long nowNs) {}

    @Override
    public void onInterface(RouterInterface state, long nowNs) {}

    @Override
    public void onInterfaceGone(int interfaceId, long nowNs) {}

    @Override
    public void onPacket(int interfaceId, Packet packet, long nowNs) {}

    @Override
    public void onReceiversChanged(int interfaceId, Address group, long nowNs) {}

    /// Unicast routes are not as they were. What that means for the trees is worked out once, within 500 ms (PIM-046).
    public void onRoutesChanged(long nowNs) {}

    /// What the plane has to tell. A [RoutingEvent.NoRoute] is answered with a route before this returns (MFC-004, MFC-006).
    public void onEvent(RoutingEvent event, long nowNs) {}

    @Override
    public long nextDeadlineNs() {
        return Long.MAX_VALUE;
    }

    @Override
    public void onDeadline(long nowNs) {}

    @Override
    public void stop(long nowNs) {}
}
