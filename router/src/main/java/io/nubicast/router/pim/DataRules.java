package io.nubicast.router.pim;

import io.nubicast.forwarding.routing.RoutingPort;
import io.nubicast.wire.Address;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What a packet of a source sets going (RFC 7761 section 4.2, PIM-043). The plane forwards by routes and tells of packets that have
/// none or arrive on the wrong port; that packets pass a route is seen by its counters.
final class DataRules {
    private static final Logger LOG = LoggerFactory.getLogger(DataRules.class);

    private final PimCore core;

    DataRules(PimCore core) {
        this.core = core;
    }

    /// A packet has no route: it gets one, also when nobody wants it (MFC-006).
    void onNoRoute(int port, Address source, Address group, long nowNs) {
        if (!PimCore.isRoutable(source, group)) {
            return;
        }
        boolean hadRoute = core.mrib.route(source, group).isPresent();
        warnWithoutPim(port, source, group, nowNs);
        Optional<SourceTree> tree = core.trees.tree(source, group, nowNs);
        if (tree.isEmpty()) {
            return;
        }
        onPackets(tree.get(), port, nowNs);
        core.trees.settle(nowNs);
        if (hadRoute) {
            core.mrib.repeat(source, group);
        }
    }

    /// A packet arrived on another port than its route's incoming one.
    void onWrongPort(int port, Address source, Address group, long nowNs) {
        core.counters.count(PimCounters.Event.RPF_FAILED);
        core.trees.find(source, group).ifPresent(tree -> onPackets(tree, port, nowNs));
        core.trees.settle(nowNs);
    }

    /// Packets of the source arrived on that interface.
    void onPackets(SourceTree tree, int incoming, long nowNs) {
        Macros macros = core.macros;
        tree.onPackets(incoming, nowNs);
        if (incoming != RoutingPort.REGISTER && !core.isActive(incoming)
                || !core.admits(incoming, tree.source, tree.group())) {
            return;
        }
        boolean byRpfOfSource = incoming == tree.rpfInterface();
        if (byRpfOfSource && (tree.isDirectlyConnected()
                || tree.upstream.isJoined() && !macros.inheritedOlist(tree).isEmpty())) {
            tree.keepAlive(PimTimes.KEEPALIVE, nowNs);
            core.trees.evaluate(tree, nowNs);
        }
        if (tree.tree.isSsm()) {
            if (!byRpfOfSource && macros.inheritedOlist(tree).contains(incoming)) {
                tree.assertMachine(incoming).onData(nowNs);
            }
            updateSptBit(tree, incoming);
            return;
        }
        updateSptBit(tree, incoming);
        if (byRpfOfSource && tree.upstream.isJoined() && tree.sptBit()) {
            return;
        }
        if (incoming == tree.tree.rpfInterface() && !tree.sptBit()) {
            checkSwitchToSpt(tree, nowNs);
            // The next packet, which the plane forwards without a word, would set the bit: the neighbours are the same.
            updateSptBit(tree, incoming);
        } else if (incoming != RoutingPort.REGISTER) {
            if (macros.carriesSource(tree) && macros.inheritedOlist(tree).contains(incoming)) {
                tree.assertMachine(incoming).onData(nowNs);
            } else if (!tree.sptBit() && macros.inheritedOlistRpt(tree).contains(incoming)) {
                tree.tree.assertMachine(incoming).onData(nowNs);
            }
        }
    }

    /// Update_SPTbit(S,G,iif).
    private void updateSptBit(SourceTree tree, int incoming) {
        Macros macros = core.macros;
        if (tree.sptBit() || incoming != tree.rpfInterface() || !macros.joinDesired(tree)) {
            return;
        }
        Upstream ofSource = macros.upstream(tree);
        if (tree.isDirectlyConnected() || tree.tree.isSsm() || tree.rpfInterface() != tree.tree.rpfInterface()
                || macros.inheritedOlistRpt(tree).isEmpty()
                || ofSource.sameNeighbor(macros.upstream(tree.tree)) && !ofSource.isNone()
                || tree.isAssertLoser(incoming)) {
            tree.sptBit(true);
        }
    }

    /// CheckSwitchToSpt(S,G).
    private void checkSwitchToSpt(SourceTree tree, long nowNs) {
        Macros macros = core.macros;
        boolean members = !macros.pimInclude(tree.tree).minus(macros.pimExclude(tree)).plus(macros.pimInclude(tree))
                .isEmpty();
        if (members && macros.switchToSptDesired(tree)) {
            // "Restarting the KAT will result in the SPT switch".
            tree.keepAlive(PimTimes.KEEPALIVE, nowNs);
            core.trees.evaluate(tree, nowNs);
        }
    }

    /// E2E-001: what is missing in the configuration is said, with the line to add.
    private void warnWithoutPim(int port, Address source, Address group, long nowNs) {
        if (port == RoutingPort.REGISTER || core.isActive(port)) {
            return;
        }
        core.counters.count(PimCounters.Event.NO_PIM_ON_INTERFACE);
        core.of(port).filter(each -> !each.isEnabled() && each.warns(nowNs)).ifPresent(each -> LOG.warn(
                "source {} of group {} seen on non-PIM interface {}: dropped; add 'ip pim sparse-mode' under 'interface {}'",
                source, group, each.name(), each.name()));
    }
}
