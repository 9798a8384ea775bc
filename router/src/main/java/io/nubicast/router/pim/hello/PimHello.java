package io.nubicast.router.pim.hello;

import io.nubicast.engine.Timers;
import io.nubicast.router.iface.RouterInterface;
import io.nubicast.router.port.PacketPort;
import io.nubicast.wire.Address;
import io.nubicast.wire.pim.PimMessage;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;

/// Hellos on all interfaces of a router. One thread, the router's. Its timers are those of the PIM instance, which has it.
public final class PimHello implements PimNeighbors {
    /// @param port where Hellos leave
    /// @param timers run by the PIM instance
    /// @param listener is told of changes, also while one of these methods runs
    /// @param random of delays and generation ids
    public PimHello(PacketPort port, Timers timers, Listener listener, RandomGenerator random) {}

    /// From now on PIM runs on these interfaces, by name, and on no others (GEN-010).
    public void configure(Map<String, HelloConfig> configs, long nowNs) {}

    /// See [io.nubicast.router.port.Protocol#onInterface].
    public void onInterface(RouterInterface state, long nowNs) {}

    /// See [io.nubicast.router.port.Protocol#onInterfaceGone].
    public void onInterfaceGone(int interfaceId, long nowNs) {}

    /// A Hello arrived.
    ///
    /// @param source of the packet, no address of ours
    public void onHello(int interfaceId, Address source, PimMessage.Hello hello, long nowNs) {}

    /// Says goodbye on every interface. Neighbours stay as they are.
    public void stop(long nowNs) {}

    @Override
    public boolean isNeighbor(int interfaceId, Address address) {
        return false;
    }

    @Override
    public Optional<PimNeighbor> neighborOf(int interfaceId, Address address) {
        return Optional.empty();
    }

    @Override
    public List<PimNeighbor> neighbors(int interfaceId) {
        return List.of();
    }

    @Override
    public int count(int interfaceId) {
        return 0;
    }

    @Override
    public boolean isUp(int interfaceId) {
        return false;
    }

    @Override
    public boolean isDesignatedRouter(int interfaceId) {
        return false;
    }

    @Override
    public Optional<Address> designatedRouter(int interfaceId) {
        return Optional.empty();
    }

    @Override
    public long effectivePropagationDelayNs(int interfaceId) {
        return 0;
    }

    @Override
    public long effectiveOverrideIntervalNs(int interfaceId) {
        return 0;
    }

    @Override
    public boolean suppressionEnabled(int interfaceId) {
        return true;
    }

    @Override
    public void helloBefore(int interfaceId, long nowNs) {}
}
