package io.nubicast.router.pim;

import io.nubicast.forwarding.routing.GroupRoute;
import io.nubicast.forwarding.routing.RoutingPort;
import io.nubicast.wire.Address;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/// All trees. Whatever changes the state of one marks it; [#settle(long)], at the end of each call, works out what follows from it:
/// for upstream, asserts, Registers, and the route.
final class Trees {
    static final String OWNER = "pim";

    /// After that many rounds a tree that still changes waits for the next call. Conditions settle in two or three.
    private static final int MOST_ROUNDS = 16;

    private final PimCore core;
    private final DataRules data;
    private final Map<Address, GroupTree> groups = new HashMap<>();
    private final Set<GroupTree> dirtyGroups = new LinkedHashSet<>();
    private final Set<SourceTree> dirtySources = new LinkedHashSet<>();
    /// Groups with receivers on an interface, whether PIM runs there or not.
    private final Map<Address, Set<Integer>> wanted = new HashMap<>();
    private int size;

    Trees(PimCore core) {
        this.core = core;
        this.data = new DataRules(core);
    }

    DataRules data() {
        return data;
    }

    /// Groups and sources together.
    int size() {
        return size;
    }

    Collection<GroupTree> groups() {
        return groups.values();
    }

    Optional<GroupTree> find(Address group) {
        return Optional.ofNullable(groups.get(group));
    }

    Optional<SourceTree> find(Address source, Address group) {
        GroupTree tree = groups.get(group);
        return tree == null ? Optional.empty() : Optional.ofNullable(tree.sources.get(source));
    }

    /// The tree of that group, made if there is none; empty when the limit is reached (GEN-009).
    Optional<GroupTree> tree(Address group, long nowNs) {
        GroupTree found = groups.get(group);
        if (found == null) {
            if (size >= core.config().routeLimit()) {
                core.counters.count(PimCounters.Event.STATE_LIMIT);
                return Optional.empty();
            }
            found = new GroupTree(core, group, nowNs);
            groups.put(group, found);
            size++;
            found.refresh();
            dirty(found);
        }
        return Optional.of(found);
    }

    /// The tree of that source, made if there is none; empty when the limit is reached.
    Optional<SourceTree> tree(Address source, Address group, long nowNs) {
        Optional<SourceTree> found = find(source, group);
        if (found.isPresent()) {
            return found;
        }
        Optional<GroupTree> tree = tree(group, nowNs);
        if (tree.isEmpty()) {
            return Optional.empty();
        }
        if (size >= core.config().routeLimit()) {
            core.counters.count(PimCounters.Event.STATE_LIMIT);
            return Optional.empty();
        }
        SourceTree made = new SourceTree(tree.get(), source, nowNs);
        tree.get().sources.put(source, made);
        size++;
        made.refresh();
        dirty(made);
        return Optional.of(made);
    }

    void dirty(GroupTree tree) {
        dirtyGroups.add(tree);
    }

    void dirty(SourceTree tree) {
        dirtySources.add(tree);
    }

    void dirtyAll() {
        dirtyGroups.addAll(groups.values());
    }

    /// Looks up all RPs and all ways to RPs and sources again, and works out what follows.
    void refreshAll() {
        for (GroupTree tree : groups.values()) {
            boolean otherRp = tree.refresh();
            for (SourceTree source : tree.sources.values()) {
                source.refresh();
                if (otherRp) {
                    source.register.onRpChanged();
                }
            }
            if (otherRp) {
                tree.asserts.values().forEach(AssertMachine::stop);
            }
            dirty(tree);
        }
        new ArrayList<>(wanted.entrySet())
                .forEach(each -> Set.copyOf(each.getValue()).forEach(id -> wantedAgain(id, each.getKey())));
    }

    private final Set<Address> unmade = new TreeSet<>();

    /// PIM may have come to an interface where somebody has been waiting.
    private void wantedAgain(int interfaceId, Address group) {
        if (core.isActive(interfaceId)) {
            unmade.add(group);
        }
    }

    /// Receivers of the interface want something else of that group.
    void onReceiversChanged(int interfaceId, Address group, long nowNs) {
        boolean any = core.receivers.includesAny(interfaceId, group)
                || core.receivers.sources(interfaceId, group).stream()
                        .anyMatch(source -> core.receivers.includes(interfaceId, source, group));
        if (any) {
            wanted.computeIfAbsent(group, each -> new TreeSet<>()).add(interfaceId);
        } else {
            wanted.computeIfPresent(group, (each, ids) -> {
                ids.remove(interfaceId);
                return ids.isEmpty() ? null : ids;
            });
        }
        if (any && core.isActive(interfaceId)) {
            makeWanted(interfaceId, group, nowNs);
        }
        find(group).ifPresent(this::dirty);
    }

    private void makeWanted(int interfaceId, Address group, long nowNs) {
        if (!group.isMulticast() || group.isLinkLocalMulticast()
                || !core.admits(interfaceId, Address.ANY_IPV4, group)) {
            return;
        }
        tree(group, nowNs);
        for (Address source : core.receivers.sources(interfaceId, group)) {
            tree(source, group, nowNs);
        }
    }

    /// Works out what follows from all changes since, and sends what is to be sent.
    void settle(long nowNs) {
        for (Address group : unmade) {
            wanted.getOrDefault(group, Set.of()).stream().filter(core::isActive).toList()
                    .forEach(id -> makeWanted(id, group, nowNs));
        }
        unmade.clear();
        for (int round = 0; round < MOST_ROUNDS && !(dirtyGroups.isEmpty() && dirtySources.isEmpty()); round++) {
            List<GroupTree> changedGroups = List.copyOf(dirtyGroups);
            List<SourceTree> changedSources = List.copyOf(dirtySources);
            dirtyGroups.clear();
            dirtySources.clear();
            Set<SourceTree> sources = new LinkedHashSet<>(changedSources);
            for (GroupTree tree : changedGroups) {
                evaluate(tree, nowNs);
                sources.addAll(tree.sources.values());
            }
            for (SourceTree source : sources) {
                evaluate(source, nowNs);
            }
            for (SourceTree source : sources) {
                sweep(source);
            }
            for (GroupTree tree : changedGroups) {
                sweep(tree);
            }
        }
        core.output.flush(nowNs);
    }

    private void evaluate(GroupTree tree, long nowNs) {
        if (groups.get(tree.group) != tree) {
            return;
        }
        List.copyOf(tree.asserts.values()).forEach(each -> each.update(nowNs));
        tree.upstream.update(core.macros.joinDesired(tree), core.macros.upstream(tree), nowNs);
    }

    /// What follows for a source from the state as it is; changes of that state mark it again.
    void evaluate(SourceTree tree, long nowNs) {
        if (tree.tree.sources.get(tree.source) != tree) {
            return;
        }
        Macros macros = core.macros;
        tree.register.update(macros.couldRegister(tree) && tree.tree.hasRp() && !tree.tree.isRp());
        tree.upstream.update(macros.joinDesired(tree), macros.upstream(tree), nowNs);
        if (tree.upstream.isJoined() && tree.isDirectlyConnected() && tree.hasPackets()
                && tree.lastIncoming() == tree.rpfInterface()) {
            // Update_SPTbit with the next packet, which is not waited for: its way is known already (PIM-053).
            tree.sptBit(true);
        }
        List.copyOf(tree.asserts.values()).forEach(each -> each.update(nowNs));
        if (!tree.tree.isSsm()) {
            Upstream ofGroup = macros.upstream(tree.tree);
            Upstream rpt = macros.upstreamRpt(tree);
            tree.rptUpstream.update(macros.rptJoinDesired(tree.tree), macros.pruneDesired(tree), rpt,
                    rpt.sameNeighbor(ofGroup), nowNs);
        }
        route(tree);
    }

    /// Writes what RFC 7761 section 4.2 says about packets of the source as a route (spec section 3.2).
    private void route(SourceTree tree) {
        Address group = tree.group();
        boolean expected = tree.tree.isSsm() && tree.upstream.isJoined();
        if (!tree.hasPackets() && !tree.isKeptAlive() && !expected) {
            core.mrib.remove(OWNER, tree.source, group);
            return;
        }
        Macros macros = core.macros;
        int rpfOfSource = tree.rpfInterface();
        int rpfOfRp = tree.tree.rpfInterface();
        int none = Upstream.NONE.interfaceId();
        int incoming = rpfOfSource;
        InterfaceSet outgoing = new InterfaceSet();
        if (rpfOfSource != none && (tree.sptBit() || tree.tree.isSsm())) {
            if (tree.upstream.isJoined()) {
                outgoing = macros.inheritedOlist(tree);
            }
        } else if (rpfOfRp != none && !tree.tree.isSsm() && !(tree.isDirectlyConnected() && rpfOfSource != none
                && !tree.upstream.isJoined())) {
            incoming = rpfOfRp;
            // Where both trees come in by one interface, from different neighbours, section 4.2.2 waits for an Assert to set the
            // SPTbit. There is none when the RP's neighbour has the source from that LAN itself: it does not forward back. Whoever
            // joined only the source would starve; what arrives here is for them too.
            outgoing = rpfOfSource == rpfOfRp && tree.upstream.isJoined()
                    ? macros.inheritedOlist(tree)
                    : macros.inheritedOlistRpt(tree);
        }
        if (incoming == none) {
            incoming = tree.lastIncoming() == none ? RoutingPort.REGISTER : tree.lastIncoming();
        }
        boolean registers = outgoing.contains(RoutingPort.REGISTER) && incoming != RoutingPort.REGISTER;
        outgoing.remove(RoutingPort.REGISTER);
        outgoing.remove(incoming);
        Set<Integer> ids = new TreeSet<>();
        if (core.admits(incoming, tree.source, group)) {
            outgoing.forEach(id -> {
                if (core.isActive(id) && core.admits(id, tree.source, group)) {
                    ids.add(id);
                }
            });
        } else {
            registers = false;
        }
        core.mrib.put(new GroupRoute(OWNER, tree.source, group, incoming, ids, registers));
    }

    private void sweep(SourceTree tree) {
        if (tree.tree.sources.get(tree.source) == tree && tree.isIdle()) {
            tree.tree.sources.remove(tree.source);
            size--;
            tree.stop();
            core.mrib.remove(OWNER, tree.source, tree.group());
            dirty(tree.tree);
        } else {
            tree.downstream.values().removeIf(each -> each.state() == DownstreamMachine.State.NO_INFO);
            tree.rptDownstream.values().removeIf(each -> each.state() == DownstreamRptMachine.State.NO_INFO);
            tree.asserts.values().removeIf(each -> each.state() == AssertMachine.State.NO_INFO);
        }
    }

    private void sweep(GroupTree tree) {
        if (groups.get(tree.group) == tree && tree.isIdle()) {
            groups.remove(tree.group);
            size--;
            tree.stop();
        } else {
            tree.downstream.values().removeIf(each -> each.state() == DownstreamMachine.State.NO_INFO);
            tree.asserts.values().removeIf(each -> each.state() == AssertMachine.State.NO_INFO);
        }
    }

    /// Nothing passes that interface any more.
    void forget(int interfaceId) {
        for (GroupTree tree : groups.values()) {
            tree.forget(interfaceId);
            tree.sources.values().forEach(each -> each.forget(interfaceId));
        }
    }

    /// Ends without a word, and takes all routes away.
    void clear() {
        for (GroupTree tree : groups.values()) {
            for (SourceTree source : tree.sources.values()) {
                source.stop();
                core.mrib.remove(OWNER, source.source, tree.group);
            }
            tree.stop();
        }
        groups.clear();
        dirtyGroups.clear();
        dirtySources.clear();
        size = 0;
    }
}
