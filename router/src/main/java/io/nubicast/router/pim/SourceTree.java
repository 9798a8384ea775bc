package io.nubicast.router.pim;

import io.nubicast.engine.Timers;
import io.nubicast.forwarding.routing.GroupTraffic;
import io.nubicast.router.rib.RpfRoute;
import io.nubicast.wire.Address;
import io.nubicast.wire.pim.PimMessage;
import io.nubicast.wire.pim.SourceEntry;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// The state of (S,G) and of (S,G,rpt).
final class SourceTree {
    final PimCore core;
    final GroupTree tree;
    final Address source;
    final long sinceNs;
    final Map<Integer, DownstreamMachine> downstream = new TreeMap<>();
    final Map<Integer, DownstreamRptMachine> rptDownstream = new TreeMap<>();
    final Map<Integer, AssertMachine> asserts = new TreeMap<>();
    final UpstreamMachine upstream;
    final UpstreamRptMachine rptUpstream;
    final RegisterMachine register;
    private final Timers.Timer keepaliveTimer;
    /// Runs while packets come, wanted or not: a route without outgoing interfaces is worth keeping then (MFC-006).
    private final Timers.Timer packetsTimer;
    private final Timers.Timer pollTimer;
    private Optional<RpfRoute> route = Optional.empty();
    private boolean directlyConnected;
    private boolean sptBit;
    private int lastIncoming = Upstream.NONE.interfaceId();
    private GroupTraffic lastTraffic = GroupTraffic.NONE;
    private long lastPollNs;
    private long kbps;

    SourceTree(GroupTree tree, Address source, long nowNs) {
        this.core = tree.core;
        this.tree = tree;
        this.source = source;
        this.sinceNs = nowNs;
        this.upstream = new UpstreamMachine(core.timers, new UpstreamEffects());
        this.rptUpstream = new UpstreamRptMachine(core.timers, new RptUpstreamEffects());
        this.register = new RegisterMachine(core.timers, core.random, new RegisterMachine.Effects() {
            @Override
            public void sendNullRegister(long now) {
                core.tunnel.sendNullRegister(SourceTree.this);
            }

            @Override
            public void changed() {
                core.trees.dirty(SourceTree.this);
            }
        });
        this.keepaliveTimer = core.timers.timer(now -> core.trees.dirty(this));
        this.packetsTimer = core.timers.timer(now -> core.trees.dirty(this));
        this.pollTimer = core.timers.timer(this::poll);
    }

    Address group() {
        return tree.group;
    }

    /// Looks the way to the source up again.
    void refresh() {
        route = core.rpf.lookup(source);
        int id = route.map(RpfRoute::interfaceId).orElse(Upstream.NONE.interfaceId());
        if (admitsAsBorderSource(id)) {
            directlyConnected = true;
            return;
        }
        for (PimInterface each : core.interfaces()) {
            if (admitsAsBorderSource(each.id())) {
                directlyConnected = true;
                route = Optional.of(new RpfRoute(each.id(), Address.ANY_IPV4,
                        new io.nubicast.router.iface.InterfaceAddress(source, 32), "border-source", true, 0, 0, 0));
                return;
            }
        }
        directlyConnected = core.of(id).map(each -> each.state().isOnLink(source)).orElse(false);
    }

    /// PIM-048: the fabric brings packets of sources elsewhere to an interface where no router is.
    private boolean admitsAsBorderSource(int interfaceId) {
        return core.isActive(interfaceId) && core.neighbors.count(interfaceId) == 0 && core.of(interfaceId)
                .flatMap(each -> each.config().borderSource()).map(list -> list.permits(source)).orElse(false);
    }

    /// How the source is reached.
    Optional<RpfRoute> route() {
        return route;
    }

    /// RPF_interface(S); that of [Upstream#NONE] when there is none.
    int rpfInterface() {
        int id = route.map(RpfRoute::interfaceId).orElse(Upstream.NONE.interfaceId());
        return core.isActive(id) ? id : Upstream.NONE.interfaceId();
    }

    /// DirectlyConnected(S), or a border source.
    boolean isDirectlyConnected() {
        return directlyConnected;
    }

    /// SPTbit(S,G).
    boolean sptBit() {
        return sptBit;
    }

    void sptBit(boolean set) {
        if (sptBit != set) {
            sptBit = set;
            core.trees.dirty(this);
        }
    }

    /// Whether KeepaliveTimer(S,G) is running.
    boolean isKeptAlive() {
        return keepaliveTimer.isRunning();
    }

    long keepaliveNs() {
        return keepaliveTimer.dueNs();
    }

    void keepAlive(long periodNs, long nowNs) {
        if (!keepaliveTimer.isRunning()) {
            core.trees.dirty(this);
        }
        keepaliveTimer.set(nowNs + periodNs);
    }

    /// A packet of the source is known to have arrived.
    void onPackets(int incoming, long nowNs) {
        if (!packetsTimer.isRunning()) {
            core.trees.dirty(this);
        }
        packetsTimer.set(nowNs + PimTimes.KEEPALIVE);
        lastIncoming = incoming;
        if (!pollTimer.isRunning()) {
            lastTraffic = core.mrib.traffic(source, group());
            lastPollNs = nowNs;
            pollTimer.set(nowNs + pollNs());
        }
    }

    /// Whether packets come, as far as is known.
    boolean hasPackets() {
        return packetsTimer.isRunning();
    }

    long packetsUntilNs() {
        return packetsTimer.dueNs();
    }

    /// Where a packet arrived last, or the interface of [Upstream#NONE].
    int lastIncoming() {
        return lastIncoming;
    }

    /// What passed between the last two looks at the counters, 1000 bits a second.
    long kbps() {
        return kbps;
    }

    private long pollNs() {
        long periodNs = core.macros.thresholdKbps(group()) > 0 && !sptBit
                ? PimTimes.RATE_POLL
                : PimTimes.TRAFFIC_POLL;
        return periodNs - core.random.nextLong(periodNs / 8);
    }

    /// Asks the plane whether packets came since (MFC-010).
    private void poll(long nowNs) {
        GroupTraffic now = core.mrib.traffic(source, group());
        boolean came = now.packets() != lastTraffic.packets();
        boolean wrong = now.wrongPort() > lastTraffic.wrongPort();
        long bytes = Math.max(0, now.bytes() - lastTraffic.bytes());
        kbps = bytes * 8 * PimTimes.SECOND / 1000 / Math.max(1, nowNs - lastPollNs);
        lastTraffic = now;
        lastPollNs = nowNs;
        if (came) {
            core.mrib.route(source, group()).ifPresent(
                    each -> core.trees.data().onPackets(this, each.incoming(), nowNs));
        } else if (wrong) {
            packetsTimer.set(nowNs + PimTimes.KEEPALIVE);
        }
        if (packetsTimer.isRunning() || keepaliveTimer.isRunning()) {
            pollTimer.set(nowNs + pollNs());
        }
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
                            core.output.prune(new Upstream(id, core.addressOf(id)), group(), SourceEntry.of(source));
                        }
                    }

                    @Override
                    public void changed() {
                        core.trees.dirty(SourceTree.this);
                    }
                }, nowNs));
    }

    DownstreamRptMachine rptDownstream(int interfaceId) {
        return rptDownstream.computeIfAbsent(interfaceId, id -> new DownstreamRptMachine(core.timers,
                new DownstreamRptMachine.Effects() {
                    @Override
                    public long prunePendingNs() {
                        return core.neighbors.joinPruneOverrideIntervalNs(id);
                    }

                    @Override
                    public void changed() {
                        core.trees.dirty(SourceTree.this);
                    }
                }));
    }

    AssertMachine assertMachine(int interfaceId) {
        return asserts.computeIfAbsent(interfaceId,
                id -> new AssertMachine(core.timers, new SourceAssertEffects(this, id)));
    }

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
        Optional.ofNullable(downstream.remove(interfaceId)).ifPresent(DownstreamMachine::clear);
        Optional.ofNullable(rptDownstream.remove(interfaceId)).ifPresent(DownstreamRptMachine::clear);
        Optional.ofNullable(asserts.remove(interfaceId)).ifPresent(AssertMachine::stop);
        core.trees.dirty(this);
    }

    /// Whether nothing holds it: it may be forgotten.
    boolean isIdle() {
        return !keepaliveTimer.isRunning() && !packetsTimer.isRunning() && !upstream.isJoined()
                && register.state() == RegisterMachine.State.NO_INFO
                && downstream.values().stream().allMatch(each -> each.state() == DownstreamMachine.State.NO_INFO)
                && rptDownstream.values().stream()
                        .allMatch(each -> each.state() == DownstreamRptMachine.State.NO_INFO)
                && asserts.values().stream().allMatch(each -> each.state() == AssertMachine.State.NO_INFO)
                && !core.macros.hasLocalReceivers(this);
    }

    void stop() {
        upstream.stop();
        rptUpstream.stop();
        register.stop();
        keepaliveTimer.stop();
        packetsTimer.stop();
        pollTimer.stop();
        downstream.values().forEach(DownstreamMachine::clear);
        rptDownstream.values().forEach(DownstreamRptMachine::clear);
        asserts.values().forEach(AssertMachine::stop);
    }

    private final class UpstreamEffects implements UpstreamMachine.Effects {
        @Override
        public void sendJoin(Upstream to) {
            core.output.join(to, group(), SourceEntry.of(source));
        }

        @Override
        public void sendPrune(Upstream to) {
            core.output.prune(to, group(), SourceEntry.of(source));
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
            if (state == UpstreamMachine.State.NOT_JOINED) {
                // "Cancel the Join Timer (JT), and set SPTbit(S,G) to FALSE" (section 4.5.5).
                sptBit = false;
            }
            core.trees.dirty(SourceTree.this);
        }
    }

    private final class RptUpstreamEffects implements UpstreamRptMachine.Effects {
        @Override
        public void sendJoin(Upstream to) {
            core.output.join(to, group(), SourceEntry.onRpt(source));
        }

        @Override
        public void sendPrune(Upstream to) {
            core.output.prune(to, group(), SourceEntry.onRpt(source));
        }

        @Override
        public long overrideNs(int interfaceId) {
            return core.overrideNs(interfaceId);
        }

        @Override
        public void entered(UpstreamRptMachine.State state) {
            core.trees.dirty(SourceTree.this);
        }
    }

    /// Of (S,G) on one interface.
    private record SourceAssertEffects(SourceTree tree, int id) implements AssertMachine.Effects {
        @Override
        public boolean ofSource() {
            return true;
        }

        @Override
        public boolean couldAssert() {
            return tree.core.macros.couldAssert(tree, id);
        }

        @Override
        public boolean trackingDesired() {
            return tree.core.macros.assertTrackingDesired(tree, id);
        }

        @Override
        public AssertMetric metric() {
            return tree.core.macros.myAssertMetric(tree, id);
        }

        @Override
        public boolean isRpfInterface() {
            return tree.rpfInterface() == id;
        }

        @Override
        public void sendAssert(AssertMetric metric, long nowNs) {
            tree.core.counters.count(PimCounters.Event.ASSERT_SENT);
            tree.core.sendOnLink(id, new PimMessage.Assert(tree.group(), tree.source, metric.rpt(),
                    metric.preference(), metric.metric()), nowNs);
        }

        @Override
        public void sendCancel(long nowNs) {
            sendAssert(AssertMetric.INFINITE, nowNs);
        }

        @Override
        public void lostFromNoInfo() {
            // "If (I is RPF_interface(S)) AND (UpstreamJPState(S,G) == Joined) set SPTbit(S,G) to TRUE" (action A6).
            if (isRpfInterface() && tree.upstream.isJoined()) {
                tree.sptBit(true);
            }
        }

        @Override
        public void changed() {
            tree.core.trees.dirty(tree);
        }
    }
}
