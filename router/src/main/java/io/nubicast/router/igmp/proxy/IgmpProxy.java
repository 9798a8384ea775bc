package io.nubicast.router.igmp.proxy;

import io.nubicast.engine.Timers;
import io.nubicast.engine.Timers.Timer;
import io.nubicast.forwarding.routing.GroupRoute;
import io.nubicast.router.iface.RouterInterface;
import io.nubicast.router.igmp.IgmpInstance;
import io.nubicast.router.igmp.SourceFilter;
import io.nubicast.router.mrib.LocalReceivers;
import io.nubicast.router.mrib.Mrib;
import io.nubicast.router.port.Packet;
import io.nubicast.router.port.PacketPort;
import io.nubicast.router.port.Protocol;
import io.nubicast.wire.Address;
import io.nubicast.wire.igmp.IgmpMessage;
import io.nubicast.wire.igmp.IgmpMessage.MembershipQuery;
import io.nubicast.wire.igmp.IgmpMessage.V1Report;
import io.nubicast.wire.igmp.IgmpMessage.V2Report;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// The IGMP proxy (RFC 4605). It listens to an [IgmpInstance] that has IGMP on the downstream interfaces, is given the packets of the
/// upstream interface, and writes routes.
///
/// What the plane asks comes by [#onNoRoute] and [#onWrongPort]; both say whether the port is the proxy's.
public final class IgmpProxy implements Protocol, LocalReceivers.Listener, IgmpInstance.QuerierListener {
    /// The owner of its routes.
    public static final String OWNER = "igmp proxy";
    /// Most (source, group) pairs that are routed (GEN-009).
    static final int MOST_ROUTES = 65_536;

    private static final long SWEEP_NS = 30_000_000_000L;
    private static final long IDLE_NS = 210_000_000_000L;

    private record Key(Address source, Address group) {}

    private static final class Flow {
        int incoming;
        long packets;
        long movedNs;
        long packetsAtWrongPort = -1;

        Flow(int incoming, long nowNs) {
            this.incoming = incoming;
            movedNs = nowNs;
        }
    }

    private final Timers timers = new Timers();
    private final PacketPort port;
    private final IgmpInstance igmp;
    private final Mrib mrib;
    private final RandomGenerator random;
    private final Map<Integer, RouterInterface> states = new HashMap<>();
    private final Map<Key, Flow> flows = new HashMap<>();
    private final Map<Address, Map<Key, Flow>> flowsOfGroups = new HashMap<>();
    private final Timer sweep = timers.timer(this::onSweep);
    private IgmpProxyConfig config = IgmpProxyConfig.NONE;
    private @Nullable IgmpHost host;
    private int upstream;
    private long refusedRoutes;

    /// A proxy without configuration. Registers itself as a listener of `igmp`.
    ///
    /// @param port where reports leave
    /// @param igmp what members of the downstream interfaces want
    /// @param mrib where routes go
    public IgmpProxy(PacketPort port, IgmpInstance igmp, Mrib mrib, RandomGenerator random) {
        this.port = port;
        this.igmp = igmp;
        this.mrib = mrib;
        this.random = random;
        igmp.addListener(this);
        igmp.addQuerierListener(this);
    }

    /// Puts a configuration in force. With another upstream or robustness everything is left and joined anew.
    public void configure(IgmpProxyConfig newConfig, long nowNs) {
        timers.run(nowNs);
        if (newConfig.equals(config)) {
            return;
        }
        stopHost(nowNs);
        config = newConfig;
        for (Map.Entry<Key, Flow> entry : List.copyOf(flows.entrySet())) {
            forget(entry.getKey());
        }
        startHost(nowNs);
    }

    @Override
    public void onInterface(RouterInterface state, long nowNs) {
        timers.run(nowNs);
        states.put(state.id(), state);
        if (config.upstream().map(state.name()::equals).orElse(false)) {
            boolean usable = usable(state);
            if (usable && host == null) {
                startHost(nowNs);
            } else if (!usable && host != null) {
                stopHost(nowNs);
            }
        }
        reroute(nowNs);
    }

    @Override
    public void onInterfaceGone(int interfaceId, long nowNs) {
        timers.run(nowNs);
        states.remove(interfaceId);
        if (host != null && interfaceId == upstream) {
            stopHost(nowNs);
        }
        for (Map.Entry<Key, Flow> entry : List.copyOf(flows.entrySet())) {
            if (entry.getValue().incoming == interfaceId) {
                forget(entry.getKey());
            }
        }
        reroute(nowNs);
    }

    private static boolean usable(RouterInterface state) {
        return state.up() && state.address().isPresent();
    }

    private void startHost(long nowNs) {
        for (RouterInterface state : states.values()) {
            if (config.upstream().map(state.name()::equals).orElse(false) && usable(state)) {
                upstream = state.id();
                host = new IgmpHost(timers, this::send, random, config.robustnessVariable(), state.mtu());
                for (Address group : wantedGroups()) {
                    host.set(group, merged(group), nowNs);
                }
            }
        }
    }

    private void stopHost(long nowNs) {
        if (host != null) {
            host.stop(nowNs);
            host = null;
        }
    }

    private void send(Address destination, IgmpMessage message) {
        RouterInterface state = states.get(upstream);
        if (state != null && usable(state)) {
            port.send(upstream, new Packet(state.address().orElseThrow(), destination, Packet.IGMP, 1, Packet.CONTROL,
                    true, message.bytes()));
        }
    }

    @Override
    public void onPacket(int interfaceId, Packet packet, long nowNs) {
        timers.run(nowNs);
        if (host == null || interfaceId != upstream || packet.ttl() != 1
                || states.values().stream().anyMatch(state -> state.has(packet.source()))) {
            return;
        }
        switch (IgmpMessage.parse(packet.payload())) {
            case MembershipQuery query -> host.onQuery(query, nowNs);
            case V1Report report -> host.onOlderReport(report.group(), nowNs);
            case V2Report report -> host.onOlderReport(report.group(), nowNs);
            default -> {}
        }
    }

    // Membership

    @Override
    public void onReceiversChanged(int interfaceId, Address group, long nowNs) {
        RouterInterface state = states.get(interfaceId);
        if (state == null || !config.downstream().contains(state.name())) {
            return;
        }
        if (host != null) {
            host.set(group, merged(group), nowNs);
        }
        flowsOfGroups.getOrDefault(group, Map.of()).forEach(this::put);
    }

    @Override
    public void onQuerierChanged(int interfaceId, long nowNs) {
        RouterInterface state = states.get(interfaceId);
        if (state != null && config.downstream().contains(state.name()) && !config.forwardAsNonQuerier()) {
            reroute(nowNs);
        }
    }

    /// Everything anew: what is reported, and where flows go.
    private void reroute(long nowNs) {
        if (host != null) {
            Set<Address> groups = new HashSet<>(wantedGroups());
            groups.addAll(host.groups());
            for (Address group : groups) {
                host.set(group, merged(group), nowNs);
            }
        }
        flows.forEach(this::put);
    }

    private Set<Address> wantedGroups() {
        Set<Address> groups = new HashSet<>();
        for (RouterInterface link : downstream()) {
            groups.addAll(igmp.groups(link.id()));
        }
        return groups;
    }

    /// RFC 3376 section 3.2 over all links that are served.
    private SourceFilter merged(Address group) {
        List<SourceFilter> filters = new ArrayList<>();
        for (RouterInterface link : downstream()) {
            filters.add(igmp.wanted(link.id(), group));
        }
        return SourceFilter.merge(filters);
    }

    /// The downstream links that are there and served (IGMP-052).
    private List<RouterInterface> downstream() {
        return states.values().stream().filter(state -> config.downstream().contains(state.name()) && state.up()
                && (config.forwardAsNonQuerier() || igmp.isQuerier(state.id()))).toList();
    }

    // Routes

    /// A packet has no route.
    ///
    /// @return whether it arrived on a link of the proxy, so that nobody else need care
    public boolean onNoRoute(int arrivedOn, Address source, Address group, long nowNs) {
        timers.run(nowNs);
        if (!isOurs(arrivedOn) || !group.isMulticast() || group.isLinkLocalMulticast()) {
            return false;
        }
        Key key = new Key(source, group);
        Flow flow = flows.get(key);
        if (flow == null) {
            if (flows.size() >= MOST_ROUTES) {
                refusedRoutes++;
                return true;
            }
            flow = new Flow(home(source).orElse(arrivedOn), nowNs);
            flows.put(key, flow);
            flowsOfGroups.computeIfAbsent(group, each -> new HashMap<>()).put(key, flow);
            if (!sweep.isRunning()) {
                sweep.set(nowNs + SWEEP_NS);
            }
        }
        put(key, flow);
        return true;
    }

    /// A packet arrived elsewhere than its route says. A source that is on a link of ours stays there (IGMP-053); any other is
    /// followed when nothing came on the old way since it was seen on the new one before.
    ///
    /// @return whether the route is the proxy's
    public boolean onWrongPort(int arrivedOn, Address source, Address group, long nowNs) {
        timers.run(nowNs);
        Key key = new Key(source, group);
        Flow flow = flows.get(key);
        if (flow == null) {
            return false;
        }
        if (isOurs(arrivedOn) && home(source).isEmpty() && arrivedOn != flow.incoming) {
            long packets = mrib.traffic(source, group).packets();
            if (flow.packetsAtWrongPort == packets) {
                flow.incoming = arrivedOn;
                flow.packetsAtWrongPort = -1;
                put(key, flow);
            } else {
                flow.packetsAtWrongPort = packets;
            }
        }
        return true;
    }

    private boolean isOurs(int interfaceId) {
        RouterInterface state = states.get(interfaceId);
        return state != null && (config.downstream().contains(state.name())
                || config.upstream().map(state.name()::equals).orElse(false));
    }

    /// The link of the proxy that the source is on.
    private Optional<Integer> home(Address source) {
        return states.values().stream().filter(state -> isOurs(state.id()) && state.isOnLink(source))
                .map(RouterInterface::id).findFirst();
    }

    /// Upstream always, unless it came from there; downstream where it is wanted.
    private void put(Key key, Flow flow) {
        Set<Integer> outgoing = new HashSet<>();
        for (RouterInterface link : downstream()) {
            if (igmp.includes(link.id(), key.source(), key.group()) || igmp.includesAny(link.id(), key.group())
                    && !igmp.excludes(link.id(), key.source(), key.group())) {
                outgoing.add(link.id());
            }
        }
        if (host != null) {
            outgoing.add(upstream);
        }
        outgoing.remove(flow.incoming);
        mrib.put(new GroupRoute(OWNER, key.source(), key.group(), flow.incoming, outgoing, false));
    }

    private void forget(Key key) {
        flows.remove(key);
        flowsOfGroups.computeIfPresent(key.group(), (group, rest) -> {
            rest.remove(key);
            return rest.isEmpty() ? null : rest;
        });
        mrib.remove(OWNER, key.source(), key.group());
        if (flows.isEmpty()) {
            sweep.stop();
        }
    }

    private void onSweep(long nowNs) {
        for (Map.Entry<Key, Flow> entry : List.copyOf(flows.entrySet())) {
            Key key = entry.getKey();
            Flow flow = entry.getValue();
            long packets = mrib.traffic(key.source(), key.group()).packets();
            if (packets != flow.packets) {
                flow.packets = packets;
                flow.movedNs = nowNs;
            } else if (nowNs - flow.movedNs >= IDLE_NS) {
                forget(key);
            }
        }
        if (!flows.isEmpty()) {
            sweep.set(nowNs + SWEEP_NS);
        }
    }

    // What is there

    /// The version that is spoken upstream; 0 while the upstream interface is not there.
    public int upstreamVersion(long nowNs) {
        return host == null ? 0 : host.version(nowNs);
    }

    /// What is reported upstream.
    public Map<Address, SourceFilter> reported() {
        Map<Address, SourceFilter> reported = new HashMap<>();
        if (host != null) {
            for (Address group : host.groups()) {
                reported.put(group, host.filter(group));
            }
        }
        return reported;
    }

    /// How many (source, group) pairs are routed.
    public int routes() {
        return flows.size();
    }

    /// Sources that got no route because there are too many.
    public long refusedRoutes() {
        return refusedRoutes;
    }

    public IgmpProxyConfig config() {
        return config;
    }

    @Override
    public long nextDeadlineNs() {
        return timers.nextDeadlineNs();
    }

    @Override
    public void onDeadline(long nowNs) {
        timers.run(nowNs);
    }

    @Override
    public void stop(long nowNs) {
        configure(IgmpProxyConfig.NONE, nowNs);
    }
}
