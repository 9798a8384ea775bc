package io.nubicast.router.pim;

import static java.util.Objects.requireNonNull;

import io.nubicast.forwarding.routing.GroupRoute;
import io.nubicast.forwarding.routing.RoutingEvent;
import io.nubicast.router.iface.InterfaceAddress;
import io.nubicast.router.iface.RouterInterface;
import io.nubicast.router.mrib.LocalReceivers;
import io.nubicast.router.mrib.Mrib;
import io.nubicast.router.port.Packet;
import io.nubicast.router.port.PacketPort;
import io.nubicast.router.rib.UnicastRoute;
import io.nubicast.router.rp.StaticRp;
import io.nubicast.wire.Address;
import io.nubicast.wire.pim.GroupSet;
import io.nubicast.wire.pim.HelloOption;
import io.nubicast.wire.pim.PimMessage;
import io.nubicast.wire.pim.PimParse;
import io.nubicast.wire.pim.SourceEntry;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// One router between neighbours that a test plays: interface `n` is `GigabitEthernet<n>` with the address 10.0.n.1/24. What the
/// router sends is recorded as lines; time passes by [#pass(double)].
final class OneRouter {
    static final long SECOND = 1_000_000_000L;

    final RecordingPlane plane = new RecordingPlane();
    final Mrib mrib = new Mrib(plane);
    final Receivers receivers = new Receivers();
    final List<UnicastRoute> routes = new ArrayList<>();
    final List<Packet> sent = new ArrayList<>();
    final Map<Integer, RouterInterface> interfaces = new LinkedHashMap<>();
    final PimInstance pim;
    private final List<String> lines = new ArrayList<>();
    private final Map<String, PimConfig.Interface> configs = new LinkedHashMap<>();
    private PimConfig config = PimConfig.of(Map.of(), List.of());
    /// Far from 0, and negative: the clock is a monotonic one of any origin.
    long nowNs = -5_000 * SECOND;

    /// What receivers want, as a test says.
    static final class Receivers implements LocalReceivers {
        private record Key(int id, Address group) {}

        private final Set<Key> any = new HashSet<>();
        private final Map<Key, Set<Address>> included = new HashMap<>();
        private final Map<Key, Set<Address>> excluded = new HashMap<>();
        final Map<Integer, Long> expires = new HashMap<>();

        void any(int id, Address group, boolean wanted) {
            if (wanted) {
                any.add(new Key(id, group));
            } else {
                any.remove(new Key(id, group));
            }
        }

        void include(int id, Address source, Address group, boolean wanted) {
            set(included, id, source, group, wanted);
        }

        void exclude(int id, Address source, Address group, boolean wanted) {
            set(excluded, id, source, group, wanted);
        }

        private static void set(Map<Key, Set<Address>> where, int id, Address source, Address group, boolean there) {
            Set<Address> sources = where.computeIfAbsent(new Key(id, group), key -> new HashSet<>());
            if (there) {
                sources.add(source);
            } else {
                sources.remove(source);
            }
        }

        @Override
        public boolean includes(int interfaceId, Address source, Address group) {
            return included.getOrDefault(new Key(interfaceId, group), Set.of()).contains(source);
        }

        @Override
        public boolean includesAny(int interfaceId, Address group) {
            return any.contains(new Key(interfaceId, group));
        }

        @Override
        public boolean excludes(int interfaceId, Address source, Address group) {
            return excluded.getOrDefault(new Key(interfaceId, group), Set.of()).contains(source);
        }

        @Override
        public Collection<Address> sources(int interfaceId, Address group) {
            Set<Address> all = new HashSet<>(included.getOrDefault(new Key(interfaceId, group), Set.of()));
            all.addAll(excluded.getOrDefault(new Key(interfaceId, group), Set.of()));
            return all;
        }

        @Override
        public long expiresNs(int interfaceId, Address group) {
            return expires.getOrDefault(interfaceId, Long.MAX_VALUE);
        }
    }

    private final class Port implements PacketPort {
        @Override
        public void send(int interfaceId, Packet packet) {
            sent.add(packet);
            note(interfaceId + " ", packet);
        }

        @Override
        public void sendRouted(Packet packet) {
            sent.add(packet);
            note("routed ", packet);
        }
    }

    OneRouter(long seed) {
        pim = new PimInstance(new Port(), OneRouter.this::lookup, receivers, mrib, new Random(seed));
    }

    private Optional<UnicastRoute> lookup(Address destination) {
        UnicastRoute best = null;
        for (UnicastRoute route : routes) {
            if (route.prefix().contains(destination)
                    && (best == null || route.prefix().prefixLength() > best.prefix().prefixLength())) {
                best = route;
            }
        }
        if (best != null) {
            return Optional.of(best);
        }
        return interfaces.values().stream().filter(each -> each.isOnLink(destination))
                .map(each -> new UnicastRoute(each.addresses().getFirst(), each.id(), Address.ANY_IPV4, "connected", 0,
                        0))
                .findFirst();
    }

    static Address address(String text) {
        return Address.ipv4(text);
    }

    // Configuration

    OneRouter interfaces(int count) {
        for (int id = 1; id <= count; id++) {
            configs.put("GigabitEthernet" + id, PimConfig.Interface.SPARSE);
            interface_(id, true);
        }
        configure(config);
        return this;
    }

    OneRouter interfaceConfig(int id, PimConfig.Interface each) {
        configs.put("GigabitEthernet" + id, each);
        configure(config);
        return this;
    }

    void interface_(int id, boolean up) {
        RouterInterface state = new RouterInterface(id, "GigabitEthernet" + id, "eth" + id, up, false, false, 1500,
                List.of(new InterfaceAddress(address("10.0." + id + ".1"), 24)));
        put(state);
    }

    void put(RouterInterface state) {
        interfaces.put(state.id(), state);
        configs.putIfAbsent(state.name(), PimConfig.Interface.SPARSE);
        pim.onInterface(state, nowNs);
    }

    OneRouter configure(PimConfig newConfig) {
        config = newConfig.withInterfaces(configs);
        pim.configure(config, nowNs);
        return this;
    }

    PimConfig config() {
        return config;
    }

    OneRouter rp(String rp) {
        return configure(config.withRps(List.of(new StaticRp(address(rp), Optional.empty(), false))));
    }

    OneRouter route(String prefix, int length, int id, String nextHop) {
        routes.removeIf(each -> each.prefix().equals(new InterfaceAddress(address(prefix), length)));
        routes.add(new UnicastRoute(new InterfaceAddress(address(prefix), length), id, address(nextHop), "ospf 10", 110,
                20));
        return this;
    }

    // What neighbours and the plane do

    /// A neighbour says hello, with the DR priority 0 so that this router is the designated one.
    OneRouter hello(int id, String from) {
        return hello(id, from, 0, 7);
    }

    OneRouter hello(int id, String from, long drPriority, int generation) {
        receive(id, from,
                new PimMessage.Hello(List.of(new HelloOption.Holdtime(0xFFFF),
                        new HelloOption.LanPruneDelay(false, 500, 2500), new HelloOption.DrPriority(drPriority),
                        new HelloOption.GenerationId(generation))));
        return this;
    }

    void goodbye(int id, String from) {
        receive(id, from, new PimMessage.Hello(List.of(new HelloOption.Holdtime(0))));
    }

    void receive(int id, String from, PimMessage message) {
        pim.onPacket(id, new Packet(address(from), PimMessage.ALL_PIM_ROUTERS, Packet.PIM, 1, Packet.CONTROL, false,
                message.packed()), nowNs);
    }

    /// A unicast message.
    void receiveRouted(String from, String to, PimMessage message) {
        pim.onPacket(1, new Packet(address(from), address(to), Packet.PIM, 250, Packet.CONTROL, false,
                message.packed()), nowNs);
    }

    void joinPrune(int id, String from, String upstream, GroupSet... sets) {
        receive(id, from, new PimMessage.JoinPrune(address(upstream), 210, List.of(sets)));
    }

    /// To this router.
    void join(int id, String from, String group, SourceEntry... entries) {
        joinPrune(id, from, "10.0." + id + ".1", new GroupSet(address(group), List.of(entries), List.of()));
    }

    void prune(int id, String from, String group, SourceEntry... entries) {
        joinPrune(id, from, "10.0." + id + ".1", new GroupSet(address(group), List.of(), List.of(entries)));
    }

    void noRoute(int id, String source, String group) {
        pim.onEvent(new RoutingEvent.NoRoute(id, address(source), address(group)), nowNs);
    }

    void wrongPort(int id, String source, String group) {
        pim.onEvent(new RoutingEvent.WrongPort(id, address(source), address(group)), nowNs);
    }

    void wants(int id, String group, boolean wanted) {
        receivers.any(id, address(group), wanted);
        pim.onReceiversChanged(id, address(group), nowNs);
    }

    void wantsSource(int id, String source, String group, boolean wanted) {
        receivers.include(id, address(source), address(group), wanted);
        pim.onReceiversChanged(id, address(group), nowNs);
    }

    // Time and what came out

    void pass(double seconds) {
        long untilNs = nowNs + (long) (seconds * SECOND);
        while (pim.nextDeadlineNs() != Long.MAX_VALUE && pim.nextDeadlineNs() - untilNs <= 0) {
            nowNs = Math.max(nowNs, pim.nextDeadlineNs());
            pim.onDeadline(nowNs);
        }
        nowNs = untilNs;
    }

    /// What was sent since the last call, without Hellos: `1 10.0.1.2 join 239.1.1.1 *(10.9.9.9)`.
    List<String> said() {
        List<String> said = List.copyOf(lines);
        lines.clear();
        return said;
    }

    Macros macros() {
        return pim.core().macros;
    }

    GroupTree tree(String group) {
        return pim.core().trees.find(address(group)).orElseThrow();
    }

    SourceTree tree(String source, String group) {
        return pim.core().trees.find(address(source), address(group)).orElseThrow();
    }

    int trees() {
        return pim.core().trees.size();
    }

    long count(PimCounters.Event event) {
        return pim.core().counters.of(event);
    }

    /// The route of that source as `1>[2, 3]`, with `register` where packets are registered; `-` for none.
    String route(String source, String group) {
        @Nullable
        GroupRoute route = plane.route(address(source), address(group));
        return route == null
                ? "-"
                : route.incoming() + ">" + new java.util.TreeSet<>(route.outgoing())
                        + (route.wholePackets() ? " register" : "");
    }

    private void note(String way, Packet packet) {
        PimMessage message = ((PimParse.Parsed) requireNonNull(PimMessage.parse(packet.payload()))).message();
        switch (message) {
            case PimMessage.JoinPrune joinPrune -> {
                for (GroupSet set : joinPrune.groups()) {
                    set.joins().forEach(each -> lines
                            .add(way + joinPrune.upstreamNeighbor() + " join " + set.group() + " " + each));
                    set.prunes().forEach(each -> lines
                            .add(way + joinPrune.upstreamNeighbor() + " prune " + set.group() + " " + each));
                }
            }
            case PimMessage.Register register -> lines.add(way + packet.source() + " to " + packet.destination()
                    + (register.nullRegister() ? " null-register " : " register ") + register.source() + " "
                    + register.group());
            case PimMessage.RegisterStop stop -> lines.add(way + packet.source() + " to " + packet.destination()
                    + " register-stop " + stop.source() + " " + stop.group());
            case PimMessage.Assert claim -> lines.add(way + "assert " + claim.source() + " " + claim.group() + " "
                    + (claim.rpt() ? "rpt " : "") + claim.metricPreference() + "/" + claim.metric());
            default -> {}
        }
    }
}
