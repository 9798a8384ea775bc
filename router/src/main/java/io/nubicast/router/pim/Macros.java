package io.nubicast.router.pim;

import io.nubicast.forwarding.routing.RoutingPort;
import io.nubicast.router.pim.hello.PimNeighbor;
import io.nubicast.router.rib.RpfRoute;
import io.nubicast.wire.Address;
import java.util.Optional;

/// The macros of RFC 7761, by their names: sections 4.1.6 (state summarisation), 4.2 (data), 4.5 (what is desired upstream) and 4.6
/// (asserts). Each is worked out from the state of the machines when it is asked for; nothing is remembered.
final class Macros {
    private final PimCore core;

    Macros(PimCore core) {
        this.core = core;
    }

    // Section 4.1.6

    InterfaceSet joins(GroupTree tree) {
        InterfaceSet set = new InterfaceSet();
        tree.downstream.forEach((id, machine) -> {
            if (machine.isJoined()) {
                set.add(id);
            }
        });
        return set;
    }

    /// With the register tunnel, which the register machine joins and prunes (section 4.4.1).
    InterfaceSet joins(SourceTree tree) {
        InterfaceSet set = new InterfaceSet();
        tree.downstream.forEach((id, machine) -> {
            if (machine.isJoined()) {
                set.add(id);
            }
        });
        if (tree.register.isTunnelling()) {
            set.add(RoutingPort.REGISTER);
        }
        return set;
    }

    /// prunes(S,G,rpt).
    InterfaceSet prunes(SourceTree tree) {
        InterfaceSet set = new InterfaceSet();
        tree.rptDownstream.forEach((id, machine) -> {
            if (machine.isPruned()) {
                set.add(id);
            }
        });
        return set;
    }

    InterfaceSet pimInclude(GroupTree tree) {
        InterfaceSet set = new InterfaceSet();
        for (PimInterface each : core.interfaces()) {
            int id = each.id();
            if (each.isActive() && core.receivers.includesAny(id, tree.group)
                    && each.admits(Address.ANY_IPV4, tree.group)
                    && (isDr(id) && !lostAssert(tree, id) || tree.isAssertWinner(id)) && !tree.isSsm()) {
                set.add(id);
            }
        }
        return set;
    }

    InterfaceSet pimInclude(SourceTree tree) {
        InterfaceSet set = new InterfaceSet();
        for (PimInterface each : core.interfaces()) {
            int id = each.id();
            if (each.isActive() && core.receivers.includes(id, tree.source, tree.group())
                    && each.admits(tree.source, tree.group()) && servesMembers(tree, id)) {
                set.add(id);
            }
        }
        return set;
    }

    InterfaceSet pimExclude(SourceTree tree) {
        InterfaceSet set = new InterfaceSet();
        for (PimInterface each : core.interfaces()) {
            int id = each.id();
            if (each.isActive() && core.receivers.excludes(id, tree.source, tree.group()) && servesMembers(tree, id)) {
                set.add(id);
            }
        }
        return set;
    }

    private boolean servesMembers(SourceTree tree, int id) {
        return isDr(id) && !lostAssert(tree, id) || tree.isAssertWinner(id);
    }

    InterfaceSet immediateOlist(GroupTree tree) {
        return joins(tree).plus(pimInclude(tree)).minus(lostAssert(tree));
    }

    InterfaceSet immediateOlist(SourceTree tree) {
        return joins(tree).plus(pimInclude(tree)).minus(lostAssert(tree));
    }

    /// inherited_olist(S,G,rpt).
    InterfaceSet inheritedOlistRpt(SourceTree tree) {
        GroupTree group = tree.tree;
        return joins(group).minus(prunes(tree)).plus(pimInclude(group).minus(pimExclude(tree)))
                .minus(lostAssert(group).plus(lostAssertRpt(tree)));
    }

    /// inherited_olist(S,G).
    InterfaceSet inheritedOlist(SourceTree tree) {
        return inheritedOlistRpt(tree).plus(joins(tree)).plus(pimInclude(tree)).minus(lostAssert(tree));
    }

    boolean lostAssert(GroupTree tree, int id) {
        return id != tree.rpfInterface() && tree.isAssertLoser(id);
    }

    InterfaceSet lostAssert(GroupTree tree) {
        InterfaceSet set = new InterfaceSet();
        for (int id : tree.asserts.keySet()) {
            if (lostAssert(tree, id)) {
                set.add(id);
            }
        }
        return set;
    }

    boolean lostAssert(SourceTree tree, int id) {
        AssertMachine machine = tree.asserts.get(id);
        return machine != null && machine.isLoser() && id != tree.rpfInterface()
                && machine.winner().isBetterThan(sptAssertMetric(tree, id));
    }

    InterfaceSet lostAssert(SourceTree tree) {
        InterfaceSet set = new InterfaceSet();
        for (int id : tree.asserts.keySet()) {
            if (lostAssert(tree, id)) {
                set.add(id);
            }
        }
        return set;
    }

    /// lost_assert(S,G,rpt).
    InterfaceSet lostAssertRpt(SourceTree tree) {
        InterfaceSet set = new InterfaceSet();
        for (int id : tree.asserts.keySet()) {
            if (tree.isAssertLoser(id) && id != tree.tree.rpfInterface()
                    && !(id == tree.rpfInterface() && tree.sptBit())) {
                set.add(id);
            }
        }
        return set;
    }

    /// RPF'(*,G).
    Upstream upstream(GroupTree tree) {
        int id = tree.rpfInterface();
        if (id < 0 || !core.admits(id, Address.ANY_IPV4, tree.group)) {
            return Upstream.NONE;
        }
        if (tree.isAssertLoser(id)) {
            return winner(tree.asserts.get(id), id);
        }
        return neighbor(tree.route(), id, tree.rp());
    }

    /// RPF'(S,G).
    Upstream upstream(SourceTree tree) {
        int id = tree.rpfInterface();
        if (id < 0 || !core.admits(id, tree.source, tree.group())) {
            return Upstream.NONE;
        }
        if (tree.isAssertLoser(id)) {
            return winner(tree.asserts.get(id), id);
        }
        return tree.isDirectlyConnected() ? Upstream.NONE : neighbor(tree.route(), id, tree.source);
    }

    /// RPF'(S,G,rpt).
    Upstream upstreamRpt(SourceTree tree) {
        int id = tree.tree.rpfInterface();
        return id >= 0 && tree.isAssertLoser(id) ? winner(tree.asserts.get(id), id) : upstream(tree.tree);
    }

    private static Upstream winner(@org.jspecify.annotations.Nullable AssertMachine machine, int id) {
        return machine == null ? Upstream.NONE : new Upstream(id, machine.winner().address(), true);
    }

    /// NBR(I, MRIB.next_hop(A)).
    private Upstream neighbor(Optional<RpfRoute> route, int id, Address target) {
        Address nextHop = route.map(RpfRoute::nextHop).filter(hop -> !hop.isUnspecified()).orElse(target);
        Optional<PimNeighbor> found = core.neighbors.neighborOf(id, nextHop);
        if (found.isEmpty() && route.isPresent() && route.get().nextHop().isUnspecified()
                && nextHopIsImplied(id, target)
                && core.neighbors.count(id) == 1) {
            found = Optional.of(core.neighbors.neighbors(id).getFirst());
        }
        return found.map(each -> new Upstream(id, each.address())).orElse(Upstream.NONE);
    }

    /// A route that only names an interface, for addresses beyond it: the one router at the other end is meant.
    private boolean nextHopIsImplied(int id, Address target) {
        return core.of(id).map(each -> each.state().pointToPoint() || !each.state().isOnLink(target)).orElse(false);
    }

    // Sections 4.2, 4.4 and 4.5

    boolean joinDesired(GroupTree tree) {
        return !tree.isSsm() && !immediateOlist(tree).isEmpty();
    }

    boolean joinDesired(SourceTree tree) {
        return !immediateOlist(tree).isEmpty() || tree.isKeptAlive() && !inheritedOlist(tree).isEmpty();
    }

    /// RPTJoinDesired(G).
    boolean rptJoinDesired(GroupTree tree) {
        return joinDesired(tree);
    }

    /// PruneDesired(S,G,rpt).
    boolean pruneDesired(SourceTree tree) {
        return rptJoinDesired(tree.tree) && (inheritedOlistRpt(tree).isEmpty()
                || tree.sptBit() && !upstream(tree.tree).sameNeighbor(upstream(tree)));
    }

    /// Whether a Join(*,G) carries a Prune(S,G,rpt) (section 4.5.7).
    boolean prunedInJoinOfGroup(SourceTree tree) {
        if (tree.sptBit()) {
            return !upstream(tree.tree).sameNeighbor(upstream(tree));
        }
        return inheritedOlistRpt(tree).isEmpty() || !upstream(tree.tree).sameNeighbor(upstreamRpt(tree));
    }

    /// CouldRegister(S,G), also where this router is the RP itself and nothing is registered.
    boolean couldRegister(SourceTree tree) {
        return !tree.tree.isSsm() && tree.isDirectlyConnected() && tree.isKeptAlive() && tree.rpfInterface() >= 0
                && isDr(tree.rpfInterface());
    }

    /// `spt-threshold` of the group; [PimConfig.SptThreshold#INFINITY] for never.
    long thresholdKbps(Address group) {
        for (PimConfig.SptThreshold each : core.config().sptThresholds()) {
            if (each.groups().map(list -> list.permits(group)).orElse(true)) {
                return each.kbps();
            }
        }
        return 0;
    }

    /// SwitchToSptDesired(S,G).
    boolean switchToSptDesired(SourceTree tree) {
        long threshold = thresholdKbps(tree.group());
        return threshold != PimConfig.SptThreshold.INFINITY && tree.kbps() >= threshold;
    }

    // Section 4.6

    /// Whether who joined only the source is served: by the SPTbit, or because both trees come in by one interface.
    boolean carriesSource(SourceTree tree) {
        return tree.sptBit() || tree.upstream.isJoined() && tree.rpfInterface() == tree.tree.rpfInterface();
    }

    boolean couldAssert(SourceTree tree, int id) {
        return carriesSource(tree) && tree.rpfInterface() != id && forwarded(tree).plus(pimInclude(tree)).contains(id);
    }

    boolean couldAssert(GroupTree tree, int id) {
        return tree.rpfInterface() != id && joins(tree).plus(pimInclude(tree)).contains(id);
    }

    boolean assertTrackingDesired(SourceTree tree, int id) {
        GroupTree group = tree.tree;
        return forwarded(tree).contains(id)
                || core.receivers.includes(id, tree.source, tree.group()) && (isDr(id) || tree.isAssertWinner(id))
                || tree.rpfInterface() == id && joinDesired(tree)
                || group.rpfInterface() == id && joinDesired(group) && !tree.sptBit();
    }

    boolean assertTrackingDesired(GroupTree tree, int id) {
        return couldAssert(tree, id)
                || core.receivers.includesAny(id, tree.group) && (isDr(id) || tree.isAssertWinner(id))
                || tree.rpfInterface() == id && rptJoinDesired(tree);
    }

    /// What CouldAssert(S,G,I) and AssertTrackingDesired(S,G,I) have in common.
    private InterfaceSet forwarded(SourceTree tree) {
        GroupTree group = tree.tree;
        return joins(group).minus(prunes(tree)).plus(pimInclude(group).minus(pimExclude(tree)))
                .minus(lostAssert(group)).plus(joins(tree));
    }

    AssertMetric sptAssertMetric(SourceTree tree, int id) {
        return tree.route()
                .map(route -> new AssertMetric(false, route.preference(), route.metric(), core.addressOf(id)))
                .orElse(AssertMetric.INFINITE);
    }

    AssertMetric rptAssertMetric(GroupTree tree, int id) {
        if (tree.isRp()) {
            return new AssertMetric(true, 0, 0, core.addressOf(id));
        }
        return tree.route().map(route -> new AssertMetric(true, route.preference(), route.metric(), core.addressOf(id)))
                .orElse(AssertMetric.INFINITE);
    }

    AssertMetric myAssertMetric(SourceTree tree, int id) {
        return couldAssert(tree, id) ? sptAssertMetric(tree, id) : myAssertMetric(tree.tree, id);
    }

    AssertMetric myAssertMetric(GroupTree tree, int id) {
        return couldAssert(tree, id) ? rptAssertMetric(tree, id) : AssertMetric.INFINITE;
    }

    // What is not of the RFC

    boolean isDr(int id) {
        return core.neighbors.isDesignatedRouter(id);
    }

    boolean hasLocalReceivers(GroupTree tree) {
        for (PimInterface each : core.interfaces()) {
            if (each.isActive() && !tree.isSsm() && core.receivers.includesAny(each.id(), tree.group)) {
                return true;
            }
        }
        return false;
    }

    boolean hasLocalReceivers(SourceTree tree) {
        for (PimInterface each : core.interfaces()) {
            if (each.isActive() && (core.receivers.includes(each.id(), tree.source, tree.group())
                    || core.receivers.excludes(each.id(), tree.source, tree.group()))) {
                return true;
            }
        }
        return false;
    }
}
