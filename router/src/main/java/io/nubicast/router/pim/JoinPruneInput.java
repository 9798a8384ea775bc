package io.nubicast.router.pim;

import io.nubicast.wire.Address;
import io.nubicast.wire.pim.GroupSet;
import io.nubicast.wire.pim.PimMessage;
import io.nubicast.wire.pim.SourceEntry;
import java.util.List;
import java.util.Optional;

/// What Join/Prunes of neighbours do: those for this router to the downstream machines, those for others to the upstream machines
/// (RFC 7761 section 4.5).
final class JoinPruneInput {
    private final PimCore core;

    JoinPruneInput(PimCore core) {
        this.core = core;
    }

    void onJoinPrune(int interfaceId, PimMessage.JoinPrune message, long nowNs) {
        boolean forUs = core.isOwn(interfaceId, message.upstreamNeighbor());
        Upstream seenAt = new Upstream(interfaceId, core.neighbors
                .neighborOf(interfaceId, message.upstreamNeighbor())
                .map(each -> each.address()).orElse(message.upstreamNeighbor()));
        for (GroupSet set : message.groups()) {
            if (!core.admits(interfaceId, Address.ANY_IPV4, set.group())) {
                core.counters.count(PimCounters.Event.BOUNDARY, set.size());
            } else if (forUs) {
                receive(interfaceId, set, message.holdtimeSeconds(), nowNs);
            } else {
                core.trees.find(set.group()).ifPresent(
                        tree -> see(tree, set, seenAt, message.holdtimeSeconds(), nowNs));
            }
        }
    }

    private void receive(int interfaceId, GroupSet set, int holdtimeSeconds, long nowNs) {
        Address group = set.group();
        boolean ssm = core.config().ssm().contains(group);
        for (List<SourceEntry> entries : List.of(set.joins(), set.prunes())) {
            long shared = ssm ? entries.stream().filter(SourceEntry::rpt).count() : 0;
            core.counters.count(PimCounters.Event.SSM_GROUP, shared);
        }
        // (*,G) first: what it says about the RP's tree goes for all (S,G,rpt) of the message (section 4.5).
        if (!ssm) {
            set.joins().stream().filter(SourceEntry::wildcard)
                    .forEach(entry -> joinGroup(interfaceId, group, entry, holdtimeSeconds, nowNs));
            set.prunes().stream().filter(SourceEntry::wildcard).forEach(entry -> core.trees.find(group)
                    .map(tree -> tree.downstream.get(interfaceId)).ifPresent(each -> each.receivePrune(nowNs)));
        }
        for (SourceEntry entry : set.joins()) {
            if (entry.isSource()) {
                joinSource(interfaceId, group, entry.address(), holdtimeSeconds, nowNs);
            } else if (entry.isOnRpt() && !ssm) {
                core.trees.find(entry.address(), group).map(tree -> tree.rptDownstream.get(interfaceId))
                        .ifPresent(DownstreamRptMachine::receiveJoin);
            }
        }
        for (SourceEntry entry : set.prunes()) {
            if (entry.isSource()) {
                core.trees.find(entry.address(), group).map(tree -> tree.downstream.get(interfaceId))
                        .ifPresent(each -> each.receivePrune(nowNs));
            } else if (entry.isOnRpt() && !ssm) {
                core.trees.tree(entry.address(), group, nowNs).ifPresent(
                        tree -> tree.rptDownstream(interfaceId).receivePrune(holdtimeSeconds, nowNs));
            }
        }
        core.trees.find(group).ifPresent(tree -> tree.sources.values().forEach(source -> Optional
                .ofNullable(source.rptDownstream.get(interfaceId)).ifPresent(DownstreamRptMachine::endOfMessage)));
    }

    private void joinGroup(int interfaceId, Address group, SourceEntry entry, int holdtimeSeconds, long nowNs) {
        Address rp = core.rps.rp(group).orElse(Address.ANY_IPV4);
        if (!rp.equals(entry.address())) {
            // "If the RP in the message does not match RP(G), the Join(*,G) should be silently dropped" (section 4.5.1).
            core.counters.count(PimCounters.Event.WRONG_RP);
            return;
        }
        if (!PimInstance.acceptsRp(core, rp, group)) {
            core.counters.count(PimCounters.Event.RP_NOT_ACCEPTED);
            return;
        }
        core.trees.tree(group, nowNs).ifPresent(tree -> {
            tree.downstream(interfaceId, nowNs).receiveJoin(holdtimeSeconds, nowNs);
            Optional.ofNullable(tree.asserts.get(interfaceId)).ifPresent(AssertMachine::onJoin);
            tree.sources.values().forEach(source -> Optional.ofNullable(source.rptDownstream.get(interfaceId))
                    .ifPresent(DownstreamRptMachine::receiveJoinOfGroup));
        });
    }

    private void joinSource(int interfaceId, Address group, Address source, int holdtimeSeconds, long nowNs) {
        core.trees.tree(source, group, nowNs).ifPresent(tree -> {
            tree.downstream(interfaceId, nowNs).receiveJoin(holdtimeSeconds, nowNs);
            Optional.ofNullable(tree.asserts.get(interfaceId)).ifPresent(AssertMachine::onJoin);
        });
    }

    /// Somebody else speaks to another router of the link: Joins suppress ours, Prunes have us override them.
    private static void see(GroupTree tree, GroupSet set, Upstream at, int holdtimeSeconds, long nowNs) {
        for (SourceEntry entry : set.joins()) {
            if (entry.wildcard()) {
                tree.upstream.seeJoin(at, holdtimeSeconds, nowNs);
                continue;
            }
            SourceTree source = tree.sources.get(entry.address());
            if (source != null && entry.isSource()) {
                source.upstream.seeJoin(at, holdtimeSeconds, nowNs);
            } else if (source != null) {
                source.rptUpstream.seeJoin(at);
            }
        }
        for (SourceEntry entry : set.prunes()) {
            if (entry.wildcard()) {
                tree.upstream.seePrune(at, nowNs);
                // "See Prune(*,G) to RPF'(S,G)" (section 4.5.5).
                tree.sources.values().forEach(each -> each.upstream.seePrune(at, nowNs));
                continue;
            }
            SourceTree source = tree.sources.get(entry.address());
            if (source != null) {
                // A Prune(S,G,rpt) to RPF'(S,G) may cut the tree of the source, too, and the other way round.
                source.upstream.seePrune(at, nowNs);
                source.rptUpstream.seePrune(at, nowNs);
            }
        }
    }
}
