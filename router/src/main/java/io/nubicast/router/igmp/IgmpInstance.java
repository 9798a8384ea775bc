package io.nubicast.router.igmp;

import io.nubicast.engine.Timers;
import io.nubicast.router.iface.RouterInterface;
import io.nubicast.router.mrib.LocalReceivers;
import io.nubicast.router.policy.AccessList;
import io.nubicast.router.port.Packet;
import io.nubicast.router.port.PacketPort;
import io.nubicast.router.port.Protocol;
import io.nubicast.wire.Address;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// IGMP of the whole router. See the package for how it is made up.
///
/// An interface takes part while it is both configured and there. Configured memberships hold also while it is down.
public final class IgmpInstance implements Protocol, LocalReceivers {
    /// Bounds on what hosts can make us remember, whatever is configured (GEN-009).
    static final int MOST_GROUPS_ON_AN_INTERFACE = 32_768;
    static final int MOST_GROUPS = 131_072;
    static final int MOST_SOURCES_OF_A_GROUP = 4_096;
    static final int MOST_SOURCES = 262_144;

    static final Logger LOG = LoggerFactory.getLogger(IgmpInstance.class);

    /// Is told when this router becomes, or ceases to be, the querier of a link.
    @FunctionalInterface
    public interface QuerierListener {
        void onQuerierChanged(int interfaceId, long nowNs);
    }

    private final Timers timers = new Timers();
    private final IgmpOutput output;
    private final HostMembership host;
    private final List<Listener> listeners = new ArrayList<>();
    private final List<QuerierListener> querierListeners = new ArrayList<>();
    private final Map<Integer, RouterInterface> states = new HashMap<>();
    private final Map<Integer, IgmpInterface> links = new HashMap<>();
    private final IgmpCounters gone = new IgmpCounters();
    private Set<Address> own = Set.of();
    private IgmpConfig config = IgmpConfig.NONE;
    private int groups;
    private int sources;

    /// Makes an instance without interfaces and configuration.
    ///
    /// @param port where queries leave
    /// @param host the router's own memberships
    public IgmpInstance(PacketPort port, HostMembership host) {
        output = new IgmpOutput(port);
        this.host = host;
    }

    /// Adds somebody who is told, in the same call that changed them, of receivers that came, changed or left.
    public void addListener(Listener listener) {
        listeners.add(listener);
    }

    /// Adds somebody who is told who asks.
    public void addQuerierListener(QuerierListener listener) {
        querierListeners.add(listener);
    }

    /// Puts a configuration in force, at once and without losing what it does not touch (GEN-010). May be called any time.
    /// A changed version forgets the members of that interface and asks for them anew.
    public void configure(IgmpConfig newConfig, long nowNs) {
        timers.run(nowNs);
        config = newConfig;
        for (RouterInterface state : List.copyOf(states.values())) {
            update(state, nowNs);
        }
        for (IgmpInterface link : links.values()) {
            link.purge(nowNs);
        }
    }

    @Override
    public void onInterface(RouterInterface state, long nowNs) {
        timers.run(nowNs);
        states.put(state.id(), state);
        updateOwn();
        update(state, nowNs);
    }

    @Override
    public void onInterfaceGone(int interfaceId, long nowNs) {
        timers.run(nowNs);
        states.remove(interfaceId);
        updateOwn();
        remove(interfaceId, nowNs);
    }

    private void update(RouterInterface state, long nowNs) {
        IgmpInterfaceConfig wanted = config.interfaces().get(state.name());
        IgmpInterface link = links.get(state.id());
        if (wanted == null) {
            remove(state.id(), nowNs);
        } else if (link == null) {
            IgmpInterface added = new IgmpInterface(this, timers, output, state, wanted, nowNs);
            links.put(state.id(), added);
            added.start(host, nowNs);
        } else {
            link.onState(state, nowNs);
            link.configure(wanted, host, nowNs);
        }
    }

    private void remove(int interfaceId, long nowNs) {
        IgmpInterface link = links.get(interfaceId);
        if (link != null) {
            link.stop(host, nowNs);
            links.remove(interfaceId);
            gone.add(link.counters());
        }
    }

    private void updateOwn() {
        own = states.values().stream().flatMap(state -> state.addresses().stream())
                .map(address -> address.address()).collect(Collectors.toUnmodifiableSet());
    }

    @Override
    public void onPacket(int interfaceId, Packet packet, long nowNs) {
        timers.run(nowNs);
        IgmpInterface link = links.get(interfaceId);
        if (link != null) {
            link.onPacket(packet, nowNs);
        }
    }

    @Override
    public long nextDeadlineNs() {
        return timers.nextDeadlineNs();
    }

    @Override
    public void onDeadline(long nowNs) {
        timers.run(nowNs);
    }

    /// IGMP has no goodbye of a router; the host memberships are taken back.
    @Override
    public void stop(long nowNs) {
        configure(IgmpConfig.NONE, nowNs);
    }

    // Receivers

    @Override
    public boolean includes(int interfaceId, Address source, Address group) {
        return group(interfaceId, group).map(known -> known.includes(source)).orElse(false);
    }

    @Override
    public boolean includesAny(int interfaceId, Address group) {
        return group(interfaceId, group).map(IgmpGroup::includesAny).orElse(false);
    }

    @Override
    public boolean excludes(int interfaceId, Address source, Address group) {
        return group(interfaceId, group).map(known -> known.excludes(source)).orElse(false);
    }

    @Override
    public Collection<Address> sources(int interfaceId, Address group) {
        return group(interfaceId, group).map(IgmpGroup::named).orElse(Set.of());
    }

    @Override
    public long expiresNs(int interfaceId, Address group) {
        return group(interfaceId, group).map(IgmpGroup::expiresNs).orElse(Long.MAX_VALUE);
    }

    @Override
    public boolean joinedByRouter(Address group) {
        return links.values().stream().anyMatch(link -> link.group(group).map(IgmpGroup::isJoined).orElse(false));
    }

    /// What receivers on that interface want of the group.
    public SourceFilter wanted(int interfaceId, Address group) {
        return group(interfaceId, group).map(IgmpGroup::wanted).orElse(SourceFilter.NOTHING);
    }

    /// The groups that receivers on that interface want something of, in order.
    public List<Address> groups(int interfaceId) {
        IgmpInterface link = links.get(interfaceId);
        return link == null ? List.of() : link.groups().stream().map(IgmpGroup::group).sorted().toList();
    }

    /// Whether this router is the querier of that link.
    public boolean isQuerier(int interfaceId) {
        IgmpInterface link = links.get(interfaceId);
        return link != null && link.isQuerier();
    }

    private Optional<IgmpGroup> group(int interfaceId, Address group) {
        IgmpInterface link = links.get(interfaceId);
        return link == null ? Optional.empty() : link.group(group);
    }

    /// `clear ip igmp group`: forgets members, until they report again. What is configured stays.
    ///
    /// @param interfaceName empty for every interface
    /// @param group empty for every group
    public void clear(Optional<String> interfaceName, Optional<Address> group, long nowNs) {
        for (IgmpInterface link : links.values()) {
            if (interfaceName.map(link.state().name()::equals).orElse(true)) {
                List.copyOf(link.groups()).stream().filter(each -> group.map(each.group()::equals).orElse(true))
                        .forEach(each -> each.clearMembers(nowNs));
            }
        }
    }

    // Counters

    /// Of all interfaces together, also of those that are gone.
    public IgmpCounters counters() {
        IgmpCounters total = new IgmpCounters();
        total.add(gone);
        links.values().forEach(link -> total.add(link.counters()));
        return total;
    }

    /// Of one interface; zeros where IGMP does not run.
    public IgmpCounters counters(int interfaceId) {
        IgmpCounters copy = new IgmpCounters();
        IgmpInterface link = links.get(interfaceId);
        if (link != null) {
            copy.add(link.counters());
        }
        return copy;
    }

    // For the package

    /// Interfaces in the order of their ids.
    Collection<IgmpInterface> links() {
        return links.values().stream().sorted(Comparator.comparingInt(link -> link.state().id())).toList();
    }

    IgmpConfig config() {
        return config;
    }

    int groupsWithMembers() {
        return groups;
    }

    boolean isOwn(Address address) {
        return own.contains(address);
    }

    boolean isSsm(Address group) {
        Optional<AccessList> range = config.ssmRange();
        return range.isPresent() && range.get().permits(group);
    }

    /// Sources that the configuration maps the group to; none: no mapping.
    Set<Address> ssmSources(Address group) {
        Set<Address> mapped = new LinkedHashSet<>();
        for (IgmpConfig.SsmMapping mapping : config.ssmMappings()) {
            if (mapping.groups().permits(group)) {
                mapped.add(mapping.source());
            }
        }
        return mapped;
    }

    boolean admitsGroup() {
        return groups < config.limit().orElse(MOST_GROUPS);
    }

    void onGroupAdmitted() {
        groups++;
    }

    void onGroupGone() {
        groups--;
    }

    boolean admitSource() {
        if (sources >= MOST_SOURCES) {
            return false;
        }
        sources++;
        return true;
    }

    void onSourceGone() {
        sources--;
    }

    void tell(int interfaceId, Address group, long nowNs) {
        for (Listener listener : listeners) {
            listener.onReceiversChanged(interfaceId, group, nowNs);
        }
    }

    void tellQuerier(int interfaceId, long nowNs) {
        for (QuerierListener listener : querierListeners) {
            listener.onQuerierChanged(interfaceId, nowNs);
        }
    }
}
