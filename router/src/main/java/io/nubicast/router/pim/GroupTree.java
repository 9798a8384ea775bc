package io.nubicast.router.pim;

import io.nubicast.forwarding.routing.RoutingPort;
import io.nubicast.router.rib.RpfRoute;
import io.nubicast.wire.Address;
import io.nubicast.wire.pim.PimMessage;
import io.nubicast.wire.pim.SourceEntry;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// The state of (\*,G), and the sources of the group. A source-specific group has sources only.
final class GroupTree {
    final PimCore core;
    final Address group;
    final long sinceNs;
    final Map<Integer, DownstreamMachine> downstream = new TreeMap<>();
    final Map<Integer, AssertMachine> asserts = new TreeMap<>();
    final UpstreamMachine upstream;
    final Map<Address, SourceTree> sources = new TreeMap<>();
    private boolean ssm;
    private Address rp = Address.ANY_IPV4;
    private boolean rpIsSelf;
    private Optional<RpfRoute> route = Optional.empty();

    GroupTree(PimCore core, Address group, long nowNs) {
        this.core = core;
        this.group = group;
        this.sinceNs = nowNs;
        this.upstream = new UpstreamMachine(core.timers, new UpstreamEffects());
    }

    /// Looks RP(G) and the way to it up again.
    ///
    /// @return whether another RP was there before
    boolean refresh() {
        ssm = core.config().ssm().contains(group);
        Address now = ssm ? Address.ANY_IPV4 : core.rps.rp(group).orElse(Address.ANY_IPV4);
        boolean changed = !now.equals(rp);
        if (changed) {
            // The Prune names the RP that was joined.
            upstream.leave();
            rp = now;
        }
        rpIsSelf = hasRp() && core.isOwn(rp);
        route = hasRp() && !rpIsSelf ? core.rpf.lookup(rp) : Optional.empty();
        return changed;
    }

    boolean isSsm() {
        return ssm;
    }

    boolean hasRp() {
        return !rp.isUnspecified();
    }

    /// RP(G); [Address#ANY_IPV4] when the group has none.
    Address rp() {
        return rp;
    }

    /// I_am_RP(G).
    boolean isRp() {
        return rpIsSelf;
    }

    /// How the RP is reached.
    Optional<RpfRoute> route() {
        return route;
    }

    /// RPF_interface(RP(G)): the register tunnel at the RP itself; that of [Upstream#NONE] when there is none.
    int rpfInterface() {
        if (rpIsSelf) {
            return RoutingPort.REGISTER;
        }
        int id = route.map(RpfRoute::interfaceId).orElse(Upstream.NONE.interfaceId());
        return core.isActive(id) ? id : Upstream.NONE.interfaceId();
    }

    DownstreamMachine downstream(int interfaceId, long nowNs) {
        return downstream.computeIfAbsent(interfaceId, id -> new DownstreamMachine(core.timers,
                new DownstreamMachine.Effects() {
                    @Override
                    public long prunePendingNs() {
                        return core.neighbors.joinPruneOverrideIntervalNs(id);
                    }

                    @Override
                    public void pruneEcho(long now) {
                        if (core.neighbors.count(id) > 1) {
                            core.output.prune(new Upstream(id, core.addressOf(id)), group, SourceEntry.anySource(rp));
                        }
                    }

                    @Override
                    public void changed() {
                        core.trees.dirty(GroupTree.this);
                    }
                }, nowNs));
    }

    AssertMachine assertMachine(int interfaceId) {
        return asserts.computeIfAbsent(interfaceId,
                id -> new AssertMachine(core.timers, new AssertMachine.Effects() {
                    @Override
                    public boolean ofSource() {
                        return false;
                    }

                    @Override
                    public boolean couldAssert() {
                        return core.macros.couldAssert(GroupTree.this, id);
                    }

                    @Override
                    public boolean trackingDesired() {
                        return core.macros.assertTrackingDesired(GroupTree.this, id);
                    }

                    @Override
                    public AssertMetric metric() {
                        return core.macros.myAssertMetric(GroupTree.this, id);
                    }

                    @Override
                    public boolean isRpfInterface() {
                        return rpfInterface() == id;
                    }

                    @Override
                    public void sendAssert(AssertMetric metric, long nowNs) {
                        send(metric, nowNs);
                    }

                    @Override
                    public void sendCancel(long nowNs) {
                        send(AssertMetric.INFINITE, nowNs);
                    }

                    private void send(AssertMetric metric, long nowNs) {
                        core.counters.count(PimCounters.Event.ASSERT_SENT);
                        core.sendOnLink(id, new PimMessage.Assert(group, Address.ANY_IPV4, true, metric.preference(),
                                metric.metric()), nowNs);
                    }

                    @Override
                    public void lostFromNoInfo() {}

                    @Override
                    public void changed() {
                        core.trees.dirty(GroupTree.this);
                    }
                }));
    }

    /// AssertWinner(*,G,I) is somebody else, or this router.
    boolean isAssertLoser(int interfaceId) {
        AssertMachine machine = asserts.get(interfaceId);
        return machine != null && machine.isLoser();
    }

    boolean isAssertWinner(int interfaceId) {
        AssertMachine machine = asserts.get(interfaceId);
        return machine != null && machine.isWinner();
    }

    /// Drops the state of an interface through which nothing passes any more.
    void forget(int interfaceId) {
        DownstreamMachine machine = downstream.remove(interfaceId);
        if (machine != null) {
            machine.clear();
        }
        AssertMachine claim = asserts.remove(interfaceId);
        if (claim != null) {
            claim.stop();
        }
        core.trees.dirty(this);
    }

    /// Whether nothing holds it: it may be forgotten.
    boolean isIdle() {
        return sources.isEmpty() && !upstream.isJoined()
                && downstream.values().stream().allMatch(each -> each.state() == DownstreamMachine.State.NO_INFO)
                && asserts.values().stream().allMatch(each -> each.state() == AssertMachine.State.NO_INFO)
                && !core.macros.hasLocalReceivers(this);
    }

    void stop() {
        upstream.stop();
        downstream.values().forEach(DownstreamMachine::clear);
        asserts.values().forEach(AssertMachine::stop);
    }

    private final class UpstreamEffects implements UpstreamMachine.Effects {
        @Override
        public void sendJoin(Upstream to) {
            core.output.join(to, group, SourceEntry.anySource(rp));
            for (SourceTree source : sources.values()) {
                if (core.macros.prunedInJoinOfGroup(source)) {
                    core.output.prune(to, group, SourceEntry.onRpt(source.source));
                }
            }
        }

        @Override
        public void sendPrune(Upstream to) {
            core.output.prune(to, group, SourceEntry.anySource(rp));
        }

        @Override
        public long nextJoinNs(boolean first, long nowNs) {
            return core.output.nextJoinNs(first, nowNs);
        }

        @Override
        public long overrideNs(int interfaceId) {
            return core.overrideNs(interfaceId);
        }

        @Override
        public long suppressedNs(int interfaceId) {
            return core.suppressedNs(interfaceId);
        }

        @Override
        public void entered(UpstreamMachine.State state) {
            core.trees.dirty(GroupTree.this);
        }
    }
}
