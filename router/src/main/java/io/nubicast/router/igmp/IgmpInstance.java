package io.nubicast.router.igmp;

import io.nubicast.router.iface.RouterInterface;
import io.nubicast.router.mrib.LocalReceivers;
import io.nubicast.router.port.Packet;
import io.nubicast.router.port.PacketPort;
import io.nubicast.router.port.Protocol;
import io.nubicast.wire.Address;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/// IGMP of the whole router. See the package for how it is made up.
@SuppressWarnings("UnusedVariable") // until the core is in
public final class IgmpInstance implements Protocol, LocalReceivers {
    private final PacketPort port;
    private final HostMembership host;
    private final List<Listener> listeners = new ArrayList<>();

    /// @param port where queries leave
    /// @param host the router's own memberships
    public IgmpInstance(PacketPort port, HostMembership host) {
        this.port = port;
        this.host = host;
    }

    /// Adds somebody who is told, in the same call that changed them, of receivers that came, changed or left.
    public void addListener(Listener listener) {
        listeners.add(listener);
    }

    /// Puts a configuration in force, at once and without losing what it does not touch (GEN-010). May be called any time.
    public void configure(IgmpConfig config, long nowNs) {}

    @Override
    public void onInterface(RouterInterface state, long nowNs) {}

    @Override
    public void onInterfaceGone(int interfaceId, long nowNs) {}

    @Override
    public void onPacket(int interfaceId, Packet packet, long nowNs) {}

    @Override
    public long nextDeadlineNs() {
        return Long.MAX_VALUE;
    }

    @Override
    public void onDeadline(long nowNs) {}

    @Override
    public void stop(long nowNs) {}

    @Override
    public boolean includes(int interfaceId, Address source, Address group) {
        return false;
    }

    @Override
    public boolean includesAny(int interfaceId, Address group) {
        return false;
    }

    @Override
    public boolean excludes(int interfaceId, Address source, Address group) {
        return false;
    }

    @Override
    public Collection<Address> sources(int interfaceId, Address group) {
        return wanted(interfaceId, group).sources();
    }

    /// What receivers on that interface want of the group.
    public SourceFilter wanted(int interfaceId, Address group) {
        return SourceFilter.NOTHING;
    }
}
