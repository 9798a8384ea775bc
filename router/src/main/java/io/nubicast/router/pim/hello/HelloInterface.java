package io.nubicast.router.pim.hello;

import io.nubicast.engine.Timers;
import io.nubicast.router.iface.InterfaceAddress;
import io.nubicast.router.iface.RouterInterface;
import io.nubicast.router.port.Packet;
import io.nubicast.router.port.PacketPort;
import io.nubicast.wire.Address;
import io.nubicast.wire.pim.HelloOption;
import io.nubicast.wire.pim.PimMessage;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.random.RandomGenerator;

/// Hellos on one interface: when they leave and what they say, who the neighbours are, and which router is the designated one.
final class HelloInterface {
    /// Triggered_Hello_Delay.
    private static final long TRIGGERED_HELLO_DELAY_NS = 5_000_000_000L;
    private static final long MILLISECOND_NS = 1_000_000L;
    /// Propagation_delay_default and t_override_default, where a neighbour tells none (section 4.3.3).
    private static final int DEFAULT_PROPAGATION_DELAY_MS = 500;
    private static final int DEFAULT_OVERRIDE_INTERVAL_MS = 2500;

    private final PacketPort port;
    private final Timers timers;
    private final PimNeighbors.Listener listener;
    private final RandomGenerator random;
    private final Timers.Timer periodic;
    private final Timers.Timer triggered;

    private RouterInterface state;
    private HelloConfig config;
    /// PIM runs and the interface is up.
    private boolean open;
    private int generationId;
    /// Somebody on the link has not had a Hello of ours yet (PIM-021).
    private boolean owed;
    private final Map<Address, HelloNeighbor> neighbors = new TreeMap<>();
    private Optional<Address> designatedRouter = Optional.empty();
    private HelloCounters counters = HelloCounters.NONE;

    HelloInterface(RouterInterface state, HelloConfig config, PacketPort port, Timers timers,
            PimNeighbors.Listener listener, RandomGenerator random) {
        this.state = state;
        this.config = config;
        this.port = port;
        this.timers = timers;
        this.listener = listener;
        this.random = random;
        this.periodic = timers.timer(this::onHelloTimer);
        this.triggered = timers.timer(this::hello);
    }

    // Life

    /// PIM starts here, if the interface is up.
    void start(long nowNs) {
        if (canOpen()) {
            open(nowNs);
        }
    }

    /// PIM stops here.
    void stop(long nowNs) {
        if (open) {
            goodbye();
            close(nowNs);
        }
    }

    /// The device is gone: nothing can be sent.
    void vanish(long nowNs) {
        if (open) {
            close(nowNs);
        }
    }

    /// The router stops: a goodbye, and nothing more.
    void leave() {
        goodbye();
        open = false;
        periodic.stop();
        triggered.stop();
        neighbors.values().forEach(HelloNeighbor::stop);
        neighbors.clear();
    }

    void onState(RouterInterface newState, long nowNs) {
        RouterInterface old = state;
        if (open && newState.up() && newState.address().isPresent()
                && !newState.address().equals(old.address())) {
            // others know this router by its old address: that one goes, with the old address as the source (PIM-023)
            goodbye();
            state = newState;
            hello(nowNs);
            elect(nowNs);
            return;
        }
        state = newState;
        if (open && !canOpen()) {
            close(nowNs);
        } else if (!open && canOpen()) {
            open(nowNs);
        } else if (open && !newState.addresses().equals(old.addresses())) {
            // "if an interface changes one of its secondary IP addresses, a Hello […] should be sent immediately" (section 4.3.1)
            hello(nowNs);
        }
    }

    void onConfig(HelloConfig newConfig, long nowNs) {
        HelloConfig old = config;
        if (open && old.passive() != newConfig.passive()) {
            stop(nowNs);
        }
        config = newConfig;
        if (!open) {
            start(nowNs);
            return;
        }
        if (newConfig.equals(old)) {
            return;
        }
        for (HelloNeighbor neighbor : List.copyOf(neighbors.values())) {
            if (!permits(neighbor.address())) {
                remove(neighbor, nowNs);
            }
        }
        hello(nowNs);
        if (!isSilent()) {
            periodic.set(nowNs + config.intervalMs() * MILLISECOND_NS);
        }
        elect(nowNs);
    }

    private boolean canOpen() {
        return state.up() && state.address().isPresent();
    }

    private void open(long nowNs) {
        open = true;
        generationId = random.nextInt();
        owed = !isSilent();
        if (owed) {
            periodic.set(nowNs + random.nextLong(TRIGGERED_HELLO_DELAY_NS + 1));
        }
        elect(nowNs);
    }

    private void close(long nowNs) {
        open = false;
        owed = false;
        periodic.stop();
        triggered.stop();
        List<HelloNeighbor> gone = List.copyOf(neighbors.values());
        neighbors.clear();
        for (HelloNeighbor neighbor : gone) {
            neighbor.stop();
            listener.neighborDown(neighbor.snapshot(), nowNs);
        }
        elect(nowNs);
    }

    // Sending

    /// Neither sends nor hears: nobody else can be there, or is wanted.
    private boolean isSilent() {
        return config.passive() || state.loopback();
    }

    private void onHelloTimer(long nowNs) {
        periodic.set(nowNs + config.intervalMs() * MILLISECOND_NS);
        hello(nowNs);
    }

    void helloBefore(long nowNs) {
        if (owed) {
            hello(nowNs);
        }
    }

    private void trigger(long nowNs) {
        owed = true;
        triggered.setAtMost(nowNs + random.nextLong(TRIGGERED_HELLO_DELAY_NS + 1));
    }

    /// Sends one now. The Hello timer goes on as it was: "should not be reset except when it expires" (section 4.3.1).
    private void hello(long nowNs) {
        if (open && !isSilent()) {
            owed = false;
            triggered.stop();
            send(config.holdtimeSeconds());
        }
    }

    void goodbye() {
        if (open && !isSilent()) {
            send(0);
        }
    }

    private void send(int holdtimeSeconds) {
        List<HelloOption> options = new ArrayList<>();
        options.add(new HelloOption.Holdtime(holdtimeSeconds));
        options.add(new HelloOption.LanPruneDelay(false, config.propagationDelayMs(), config.overrideIntervalMs()));
        options.add(new HelloOption.DrPriority(config.drPriority()));
        options.add(new HelloOption.GenerationId(generationId));
        if (config.stateRefreshIntervalSeconds() > 0) {
            options.add(new HelloOption.StateRefreshCapable(1, config.stateRefreshIntervalSeconds()));
        }
        List<Address> secondaries = state.addresses().stream().skip(1).map(InterfaceAddress::address).toList();
        if (!secondaries.isEmpty()) {
            options.add(new HelloOption.AddressList(secondaries));
        }
        counters = counters.plusOut();
        port.send(state.id(), new Packet(state.address().orElse(Address.ANY_IPV4), PimMessage.ALL_PIM_ROUTERS,
                Packet.PIM, 1, Packet.CONTROL, false, new PimMessage.Hello(options).packed()));
    }

    // Receiving

    void onHello(Address source, PimMessage.Hello hello, long nowNs) {
        if (!open || isSilent() || source.isUnspecified() || source.isMulticast() || source.isLimitedBroadcast()
                || state.has(source)) {
            counters = counters.plusIgnored();
            return;
        }
        if (!permits(source)) {
            counters = counters.plusDenied();
            return;
        }
        HelloNeighbor known = neighbors.get(source);
        if (HelloNeighbor.holdtimeSeconds(hello) == 0) {
            counters = counters.plusIn();
            if (known != null) {
                remove(known, nowNs);
                elect(nowNs);
            }
        } else if (known != null) {
            counters = counters.plusIn();
            onHelloOf(known, hello, nowNs);
        } else if (neighbors.size() >= config.mostNeighbors()) {
            counters = counters.plusOverflow();
        } else {
            counters = counters.plusIn();
            onHelloOfNew(source, hello, nowNs);
        }
    }

    private void onHelloOfNew(Address source, PimMessage.Hello hello, long nowNs) {
        HelloNeighbor neighbor = new HelloNeighbor(state.id(), source, timers.timer(now -> onExpired(source, now)),
                nowNs);
        neighbor.update(hello, nowNs);
        neighbors.put(source, neighbor);
        List<HelloNeighbor> losers = takeAddresses(neighbor, hello);
        trigger(nowNs);
        listener.neighborUp(neighbor.snapshot(), nowNs);
        losers.forEach(loser -> listener.addressesChanged(loser.snapshot(), nowNs));
        elect(nowNs);
    }

    private void onHelloOf(HelloNeighbor neighbor, PimMessage.Hello hello, long nowNs) {
        boolean anew = neighbor.update(hello, nowNs);
        Set<Address> before = Set.copyOf(neighbor.secondaries());
        List<HelloNeighbor> losers = takeAddresses(neighbor, hello);
        if (anew) {
            trigger(nowNs);
            listener.generationIdChanged(neighbor.snapshot(), nowNs);
        }
        if (!before.equals(neighbor.secondaries())) {
            listener.addressesChanged(neighbor.snapshot(), nowNs);
        }
        losers.forEach(loser -> listener.addressesChanged(loser.snapshot(), nowNs));
        elect(nowNs);
    }

    /// An address that another neighbour told before belongs to the one that told it last (section 4.3.4, PIM-027).
    ///
    /// @return those that lost one
    private List<HelloNeighbor> takeAddresses(HelloNeighbor neighbor, PimMessage.Hello hello) {
        Set<Address> told = new HashSet<>();
        hello.options().forEach(option -> {
            if (option instanceof HelloOption.AddressList list) {
                told.addAll(list.addresses());
            }
        });
        told.remove(neighbor.address());
        neighbor.secondaries().clear();
        neighbor.secondaries().addAll(told);
        List<HelloNeighbor> losers = new ArrayList<>();
        for (HelloNeighbor other : neighbors.values()) {
            if (other != neighbor && other.secondaries().removeAll(told)) {
                losers.add(other);
                counters = counters.plusConflict();
            }
        }
        return losers;
    }

    private void onExpired(Address address, long nowNs) {
        HelloNeighbor neighbor = neighbors.get(address);
        if (neighbor != null) {
            remove(neighbor, nowNs);
            elect(nowNs);
        }
    }

    private void remove(HelloNeighbor neighbor, long nowNs) {
        PimNeighbor last = neighbor.snapshot();
        neighbor.stop();
        neighbors.remove(neighbor.address());
        listener.neighborDown(last, nowNs);
    }

    private boolean permits(Address neighbor) {
        return config.neighborFilter().map(list -> list.permits(neighbor)).orElse(true);
    }

    // Designated router

    /// `DR(I)` of section 4.3.2.
    private void elect(long nowNs) {
        Optional<Address> elected = open ? Optional.of(election()) : Optional.empty();
        if (!elected.equals(designatedRouter)) {
            designatedRouter = elected;
            listener.designatedRouterChanged(state.id(), nowNs);
        }
    }

    private Address election() {
        boolean byPriority = neighbors.values().stream().allMatch(each -> each.drPriority().isPresent());
        Address best = state.address().orElse(Address.ANY_IPV4);
        long bestPriority = config.drPriority();
        for (HelloNeighbor neighbor : neighbors.values()) {
            long priority = byPriority ? neighbor.drPriority().orElse(0) : bestPriority;
            if (priority > bestPriority || priority == bestPriority && neighbor.address().compareTo(best) > 0) {
                best = neighbor.address();
                bestPriority = priority;
            }
        }
        return best;
    }

    // Answers

    boolean isOpen() {
        return open;
    }

    RouterInterface state() {
        return state;
    }

    HelloConfig config() {
        return config;
    }

    HelloCounters counters() {
        return counters;
    }

    boolean isNeighbor(Address address) {
        return neighbors.containsKey(address);
    }

    /// A primary address goes before a secondary one of somebody else.
    Optional<HelloNeighbor> neighborOf(Address address) {
        HelloNeighbor primary = neighbors.get(address);
        return primary != null
                ? Optional.of(primary)
                : neighbors.values().stream().filter(each -> each.secondaries().contains(address)).findFirst();
    }

    Collection<HelloNeighbor> neighbors() {
        return neighbors.values();
    }

    Optional<Address> designatedRouter() {
        return designatedRouter;
    }

    boolean isDesignatedRouter() {
        return open && designatedRouter.equals(state.address());
    }

    long effectivePropagationDelayNs() {
        if (!isLanDelayEnabled()) {
            return DEFAULT_PROPAGATION_DELAY_MS * MILLISECOND_NS;
        }
        return neighbors.values().stream().flatMap(each -> each.lanPruneDelay().stream())
                .mapToInt(HelloOption.LanPruneDelay::propagationDelayMs)
                .reduce(config.propagationDelayMs(), Math::max) * MILLISECOND_NS;
    }

    long effectiveOverrideIntervalNs() {
        if (!isLanDelayEnabled()) {
            return DEFAULT_OVERRIDE_INTERVAL_MS * MILLISECOND_NS;
        }
        return neighbors.values().stream().flatMap(each -> each.lanPruneDelay().stream())
                .mapToInt(HelloOption.LanPruneDelay::overrideIntervalMs)
                .reduce(config.overrideIntervalMs(), Math::max) * MILLISECOND_NS;
    }

    /// `Suppression_Enabled(I)`: all the others can do without.
    boolean suppressionEnabled() {
        return !isLanDelayEnabled() || neighbors.values().stream()
                .anyMatch(each -> !each.lanPruneDelay().map(HelloOption.LanPruneDelay::trackingSupport).orElse(false));
    }

    /// `lan_delay_enabled(I)`.
    private boolean isLanDelayEnabled() {
        return neighbors.values().stream().allMatch(each -> each.lanPruneDelay().isPresent());
    }
}
