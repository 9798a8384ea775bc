package io.nubicast.router.pim;

import io.nubicast.router.iface.RouterInterface;
import io.nubicast.wire.Address;

/// An interface of the router as PIM sees it.
final class PimInterface {
    private RouterInterface state;
    private PimConfig.Interface config;
    private boolean routing;
    private long warnedNs = Long.MIN_VALUE;
    final TrafficOfInterface traffic = new TrafficOfInterface();

    /// Messages of an interface.
    static final class TrafficOfInterface {
        long received;
        long sent;
    }

    PimInterface(RouterInterface state, PimConfig.Interface config, boolean routing) {
        this.state = state;
        this.config = config;
        this.routing = routing;
    }

    void onState(RouterInterface newState) {
        state = newState;
    }

    void onConfig(PimConfig.Interface newConfig, boolean newRouting) {
        config = newConfig;
        routing = newRouting;
    }

    int id() {
        return state.id();
    }

    String name() {
        return state.name();
    }

    RouterInterface state() {
        return state;
    }

    PimConfig.Interface config() {
        return config;
    }

    /// Whether multicast is configured to pass here.
    boolean isEnabled() {
        return routing && config.mode() != PimConfig.Mode.OFF;
    }

    /// Whether multicast passes here now.
    boolean isActive() {
        return isEnabled() && state.up() && !state.addresses().isEmpty();
    }

    /// Whether a boundary lets that group through; of every source when it is [Address#ANY_IPV4].
    boolean admits(Address source, Address group) {
        return config.boundary().isEmpty() || config.boundary().get().permitsGroup(source, group);
    }

    /// Its primary address; [Address#ANY_IPV4] when it has none.
    Address address() {
        return state.address().orElse(Address.ANY_IPV4);
    }

    /// Whether a warning is due: at most one a minute.
    boolean warns(long nowNs) {
        if (warnedNs != Long.MIN_VALUE && nowNs - warnedNs < PimTimes.seconds(60)) {
            return false;
        }
        warnedNs = nowNs;
        return true;
    }
}
