package io.nubicast.router.pim.hello;

import io.nubicast.engine.Timers;
import io.nubicast.router.iface.RouterInterface;
import io.nubicast.router.port.PacketPort;
import io.nubicast.wire.Address;
import io.nubicast.wire.pim.PimMessage;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.random.RandomGenerator;

/// Hellos on all interfaces of a router. One thread, the router's. Its timers are those of the PIM instance, which has it.
public final class PimHello implements PimNeighbors {
    private final PacketPort port;
    private final Timers timers;
    private final Listener listener;
    private final RandomGenerator random;
    private Map<String, HelloConfig> configs = Map.of();
    private final Map<Integer, RouterInterface> states = new TreeMap<>();
    /// Those that are there and configured, by id.
    private final Map<Integer, HelloInterface> interfaces = new TreeMap<>();

    /// @param port where Hellos leave
    /// @param timers run by the PIM instance
    /// @param listener is told of changes, also while one of these methods runs
    /// @param random of delays and generation ids
    public PimHello(PacketPort port, Timers timers, Listener listener, RandomGenerator random) {
        this.port = port;
        this.timers = timers;
        this.listener = listener;
        this.random = random;
    }

    /// From now on PIM runs on these interfaces, by name, and on no others (GEN-010).
    public void configure(Map<String, HelloConfig> newConfigs, long nowNs) {
        configs = Map.copyOf(newConfigs);
        List.copyOf(interfaces.values()).forEach(each -> {
            if (!configs.containsKey(each.state().name())) {
                interfaces.remove(each.state().id());
                each.stop(nowNs);
            }
        });
        List.copyOf(states.values()).forEach(each -> settle(each, nowNs));
    }

    /// See [io.nubicast.router.port.Protocol#onInterface].
    public void onInterface(RouterInterface state, long nowNs) {
        states.put(state.id(), state);
        HelloInterface running = interfaces.get(state.id());
        if (running != null) {
            running.onState(state, nowNs);
        } else {
            settle(state, nowNs);
        }
    }

    /// See [io.nubicast.router.port.Protocol#onInterfaceGone].
    public void onInterfaceGone(int interfaceId, long nowNs) {
        states.remove(interfaceId);
        HelloInterface running = interfaces.remove(interfaceId);
        if (running != null) {
            running.vanish(nowNs);
        }
    }

    private void settle(RouterInterface state, long nowNs) {
        HelloConfig config = configs.get(state.name());
        if (config == null) {
            return;
        }
        HelloInterface running = interfaces.get(state.id());
        if (running != null) {
            running.onConfig(config, nowNs);
        } else {
            HelloInterface starting = new HelloInterface(state, config, port, timers, listener, random);
            interfaces.put(state.id(), starting);
            starting.start(nowNs);
        }
    }

    /// A Hello arrived.
    ///
    /// @param source of the packet
    public void onHello(int interfaceId, Address source, PimMessage.Hello hello, long nowNs) {
        HelloInterface running = interfaces.get(interfaceId);
        if (running != null) {
            running.onHello(source, hello, nowNs);
        }
    }

    /// Says goodbye on every interface, and is silent from then on. Nobody is told of neighbours that go.
    public void stop(long nowNs) {
        interfaces.values().forEach(HelloInterface::leave);
        interfaces.clear();
        configs = Map.of();
    }

    /// Hellos of that interface so far; of one on which PIM does not run, none.
    public HelloCounters counters(int interfaceId) {
        HelloInterface running = interfaces.get(interfaceId);
        return running == null ? HelloCounters.NONE : running.counters();
    }

    /// Those on which PIM is configured, in the order of their ids.
    Collection<HelloInterface> interfaces() {
        return interfaces.values();
    }

    @Override
    public boolean isNeighbor(int interfaceId, Address address) {
        HelloInterface running = interfaces.get(interfaceId);
        return running != null && running.isNeighbor(address);
    }

    @Override
    public Optional<PimNeighbor> neighborOf(int interfaceId, Address address) {
        HelloInterface running = interfaces.get(interfaceId);
        return running == null ? Optional.empty() : running.neighborOf(address).map(HelloNeighbor::snapshot);
    }

    @Override
    public List<PimNeighbor> neighbors(int interfaceId) {
        HelloInterface running = interfaces.get(interfaceId);
        return running == null ? List.of() : running.neighbors().stream().map(HelloNeighbor::snapshot).toList();
    }

    @Override
    public int count(int interfaceId) {
        HelloInterface running = interfaces.get(interfaceId);
        return running == null ? 0 : running.neighbors().size();
    }

    @Override
    public boolean isUp(int interfaceId) {
        HelloInterface running = interfaces.get(interfaceId);
        return running != null && running.isOpen();
    }

    @Override
    public boolean isDesignatedRouter(int interfaceId) {
        HelloInterface running = interfaces.get(interfaceId);
        return running != null && running.isDesignatedRouter();
    }

    @Override
    public Optional<Address> designatedRouter(int interfaceId) {
        HelloInterface running = interfaces.get(interfaceId);
        return running == null ? Optional.empty() : running.designatedRouter();
    }

    @Override
    public long effectivePropagationDelayNs(int interfaceId) {
        HelloInterface running = interfaces.get(interfaceId);
        return running == null ? 0 : running.effectivePropagationDelayNs();
    }

    @Override
    public long effectiveOverrideIntervalNs(int interfaceId) {
        HelloInterface running = interfaces.get(interfaceId);
        return running == null ? 0 : running.effectiveOverrideIntervalNs();
    }

    @Override
    public boolean suppressionEnabled(int interfaceId) {
        HelloInterface running = interfaces.get(interfaceId);
        return running == null || running.suppressionEnabled();
    }

    @Override
    public void helloBefore(int interfaceId, long nowNs) {
        HelloInterface running = interfaces.get(interfaceId);
        if (running != null) {
            running.helloBefore(nowNs);
        }
    }
}
