package io.nubicast.router.pim;

import io.nubicast.engine.Timers;
import io.nubicast.forwarding.routing.RoutingEvent;
import io.nubicast.router.iface.RouterInterface;
import io.nubicast.router.mrib.LocalReceivers;
import io.nubicast.router.mrib.Mrib;
import io.nubicast.router.pim.hello.HelloConfig;
import io.nubicast.router.pim.hello.PimNeighbor;
import io.nubicast.router.pim.hello.PimNeighbors;
import io.nubicast.router.port.Packet;
import io.nubicast.router.port.PacketPort;
import io.nubicast.router.port.Protocol;
import io.nubicast.router.rib.Rpf;
import io.nubicast.router.rib.UnicastRoutes;
import io.nubicast.router.rp.RpTable;
import io.nubicast.wire.Address;
import io.nubicast.wire.pim.PimDropReason;
import io.nubicast.wire.pim.PimMessage;
import io.nubicast.wire.pim.PimParse;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;

/// PIM of one router: neighbours, trees, Registers, asserts. One thread, the router's.
///
/// Life: construct → [#configure(PimConfig, long)] and the interfaces, in any order and as often as they change → packets, events of
/// the plane, changes of receivers and routes, and deadlines → [#stop(long)].
public final class PimInstance implements Protocol, LocalReceivers.Listener {
    /// Neighbours of an interface that are heard (GEN-009).
    private static final int MOST_NEIGHBORS = 500;

    private final PimCore core;
    private final JoinPruneInput joinPrunes;
    private final Timers.Timer routesTimer;
    private boolean stopped;

    /// @param port where PIM messages leave
    /// @param routes how sources, RPs and DRs are reached
    /// @param receivers what IGMP knows; tells of changes by [#onReceiversChanged(int, Address, long)]
    /// @param mrib takes the routes
    /// @param random of jitter and generation ids
    public PimInstance(PacketPort port, UnicastRoutes routes, LocalReceivers receivers, Mrib mrib,
            RandomGenerator random) {
        core = new PimCore(port, routes, receivers, mrib, random, new NeighborEvents());
        joinPrunes = new JoinPruneInput(core);
        routesTimer = core.timers.timer(now -> core.trees.refreshAll());
    }

    /// This is configured from now on (GEN-010). State that the new configuration does not touch stays as it is.
    public void configure(PimConfig config, long nowNs) {
        core.configure(config);
        core.rps.configure(config.rps(), nowNs);
        core.rpf.configure(config.mroutes(), config.multipath());
        Map<String, HelloConfig> hellos = new HashMap<>();
        config.interfaces().forEach((name, each) -> {
            if (config.routing() && each.mode() != PimConfig.Mode.OFF) {
                hellos.put(name, hello(each));
            }
        });
        core.hello.configure(hellos, nowNs);
        forgetInactive();
        core.trees.refreshAll();
        core.trees.settle(nowNs);
    }

    private static HelloConfig hello(PimConfig.Interface each) {
        return new HelloConfig(each.mode() == PimConfig.Mode.PASSIVE, each.helloIntervalMs(),
                each.effectiveHoldtimeSeconds(), each.drPriority(), each.propagationDelayMs(),
                each.overrideIntervalMs(), 0, each.neighborFilter(), MOST_NEIGHBORS);
    }

    @Override
    public void onInterface(RouterInterface state, long nowNs) {
        core.onInterface(state);
        core.rpf.onInterface(state);
        core.hello.onInterface(state, nowNs);
        forgetInactive();
        core.trees.refreshAll();
        core.trees.settle(nowNs);
    }

    @Override
    public void onInterfaceGone(int interfaceId, long nowNs) {
        core.hello.onInterfaceGone(interfaceId, nowNs);
        core.onInterfaceGone(interfaceId);
        core.rpf.onInterfaceGone(interfaceId);
        core.trees.forget(interfaceId);
        core.trees.refreshAll();
        core.trees.settle(nowNs);
    }

    private void forgetInactive() {
        core.interfaces().stream().filter(each -> !each.isActive()).forEach(each -> core.trees.forget(each.id()));
    }

    @Override
    public void onPacket(int interfaceId, Packet packet, long nowNs) {
        if (core.isOwn(packet.source())) {
            core.counters.count(PimCounters.Event.OWN_PACKET);
            return;
        }
        switch (PimMessage.parse(packet.payload())) {
            case PimParse.Dropped dropped -> core.counters.count(event(dropped.reason()));
            case PimParse.Parsed parsed -> {
                core.counters.count(PimCounters.Event.SKIPPED, parsed.skipped());
                onMessage(interfaceId, packet, parsed.message(), nowNs);
                core.trees.settle(nowNs);
            }
        }
    }

    private void onMessage(int interfaceId, Packet packet, PimMessage message, long nowNs) {
        switch (message) {
            case PimMessage.Register register -> core.tunnel.onRegister(packet, register, nowNs);
            case PimMessage.RegisterStop stop -> core.tunnel.onRegisterStop(packet.source(), stop, nowNs);
            case PimMessage.Hello hello -> {
                if (isFromLink(interfaceId, packet)) {
                    core.hello.onHello(interfaceId, packet.source(), hello, nowNs);
                }
            }
            case PimMessage.JoinPrune joinPrune -> {
                if (isFromNeighbor(interfaceId, packet)) {
                    core.counters.count(PimCounters.Event.JOIN_PRUNE_RECEIVED);
                    joinPrunes.onJoinPrune(interfaceId, joinPrune, nowNs);
                }
            }
            case PimMessage.Assert claim -> {
                if (isFromNeighbor(interfaceId, packet)) {
                    core.counters.count(PimCounters.Event.ASSERT_RECEIVED);
                    onAssert(interfaceId, packet.source(), claim, nowNs);
                }
            }
            // Bootstrap, Auto-RP's and dense mode's messages have their places here.
            case PimMessage.Bootstrap other -> ignored(other);
            case PimMessage.CandidateRpAdvertisement other -> ignored(other);
            case PimMessage.Graft other -> ignored(other);
            case PimMessage.GraftAck other -> ignored(other);
            case PimMessage.StateRefresh other -> ignored(other);
            case PimMessage.Unknown other -> ignored(other);
        }
    }

    @SuppressWarnings("UnusedVariable") // the message is what will not be ignored one day
    private void ignored(PimMessage message) {
        core.counters.count(PimCounters.Event.OTHER_RECEIVED);
    }

    private static PimCounters.Event event(PimDropReason reason) {
        return PimCounters.Event.valueOf(reason.name());
    }

    /// PIM-002, PIM-006.
    private boolean isFromLink(int interfaceId, Packet packet) {
        if (!core.isActive(interfaceId)) {
            core.counters.count(PimCounters.Event.NOT_ENABLED);
            return false;
        }
        if (packet.ttl() != 1 || !packet.destination().equals(PimMessage.ALL_PIM_ROUTERS)) {
            core.counters.count(PimCounters.Event.NOT_LINK_LOCAL);
            return false;
        }
        core.of(interfaceId).ifPresent(each -> each.traffic.received++);
        return true;
    }

    /// PIM-005.
    private boolean isFromNeighbor(int interfaceId, Packet packet) {
        if (!isFromLink(interfaceId, packet)) {
            return false;
        }
        if (!core.neighbors.isNeighbor(interfaceId, packet.source())) {
            core.counters.count(PimCounters.Event.NO_NEIGHBOR);
            return false;
        }
        return true;
    }

    /// An Assert with a source goes to the machine of (S,G) first, and to the one of (\*,G) when that one does not care (RFC 7761
    /// section 4.6.2).
    private void onAssert(int interfaceId, Address from, PimMessage.Assert message, long nowNs) {
        if (!core.admits(interfaceId, message.source(), message.group())) {
            core.counters.count(PimCounters.Event.BOUNDARY);
            return;
        }
        GroupTree group = core.trees.find(message.group()).orElse(null);
        if (group == null) {
            return;
        }
        AssertMetric claim = new AssertMetric(message.rpt(), message.metricPreference(), message.metric(), from);
        // A (S,G) whose loser this router may become has a machine, whatever else is known of the source; it goes again unless it
        // is needed.
        SourceTree source = PimCore.isRoutable(message.source(), message.group())
                ? core.trees.tree(message.source(), message.group(), nowNs).orElse(null)
                : null;
        if (source != null) {
            AssertMachine machine = source.assertMachine(interfaceId);
            boolean cared = machine.state() != AssertMachine.State.NO_INFO;
            machine.onAssert(claim, nowNs);
            core.trees.dirty(source);
            if (cared || machine.state() != AssertMachine.State.NO_INFO) {
                return;
            }
        }
        if (message.rpt() && !group.isSsm()) {
            group.assertMachine(interfaceId).onAssert(claim, nowNs);
            core.trees.dirty(group);
        }
    }

    @Override
    public void onReceiversChanged(int interfaceId, Address group, long nowNs) {
        core.trees.onReceiversChanged(interfaceId, group, nowNs);
        core.trees.settle(nowNs);
    }

    /// Unicast routes are not as they were. What that means for the trees is worked out once, within 500 ms (PIM-046).
    public void onRoutesChanged(long nowNs) {
        routesTimer.setAtMost(nowNs + PimTimes.ROUTE_CHANGES);
    }

    /// What the plane has to tell. A [RoutingEvent.NoRoute] is answered with a route before this returns (MFC-004, MFC-006).
    public void onEvent(RoutingEvent event, long nowNs) {
        if (stopped) {
            return;
        }
        switch (event) {
            case RoutingEvent.NoRoute none ->
                core.trees.data().onNoRoute(none.port(), none.source(), none.group(), nowNs);
            case RoutingEvent.WrongPort wrong ->
                core.trees.data().onWrongPort(wrong.port(), wrong.source(), wrong.group(), nowNs);
            case RoutingEvent.WholePacket whole ->
                core.tunnel.onWholePacket(whole.source(), whole.group(), whole.packet(), nowNs);
            case RoutingEvent.Notice notice -> {}
        }
    }

    @Override
    public long nextDeadlineNs() {
        return stopped ? Long.MAX_VALUE : core.timers.nextDeadlineNs();
    }

    @Override
    public void onDeadline(long nowNs) {
        if (!stopped) {
            core.timers.run(nowNs);
            core.trees.settle(nowNs);
        }
    }

    @Override
    public void stop(long nowNs) {
        if (!stopped) {
            core.hello.stop(nowNs);
            core.trees.clear();
            core.tunnel.stop();
            routesTimer.stop();
            stopped = true;
        }
    }

    /// Who is there on the links.
    public PimNeighbors neighbors() {
        return core.neighbors;
    }

    /// Where packets of an address must come in.
    public Rpf rpf() {
        return core.rpf;
    }

    /// The RPs of all groups.
    public RpTable rps() {
        return core.rps;
    }

    PimCore core() {
        return core;
    }

    /// `accept-rp` (PIM-051).
    static boolean acceptsRp(PimCore core, Address rp, Address group) {
        List<PimConfig.AcceptRp> filters = core.config().acceptRps();
        return filters.isEmpty() || filters.stream().anyMatch(each -> each.accepts(rp, group));
    }

    /// What changes with neighbours. It is told while Hello runs, and acted upon when the call ends.
    private final class NeighborEvents implements PimNeighbors.Listener {
        @Override
        public void neighborUp(PimNeighbor neighbor, long nowNs) {
            core.trees.refreshAll();
        }

        @Override
        public void neighborDown(PimNeighbor neighbor, long nowNs) {
            lost(neighbor);
            core.trees.refreshAll();
        }

        @Override
        public void generationIdChanged(PimNeighbor neighbor, long nowNs) {
            lost(neighbor);
            Upstream anew = new Upstream(neighbor.interfaceId(), neighbor.address());
            for (GroupTree tree : core.trees.groups()) {
                tree.upstream.onGenerationChanged(anew, nowNs);
                tree.sources.values().forEach(each -> each.upstream.onGenerationChanged(anew, nowNs));
            }
        }

        @Override
        public void addressesChanged(PimNeighbor neighbor, long nowNs) {
            core.trees.dirtyAll();
        }

        @Override
        public void designatedRouterChanged(int interfaceId, long nowNs) {
            core.trees.dirtyAll();
        }

        private void lost(PimNeighbor neighbor) {
            for (GroupTree tree : core.trees.groups()) {
                lost(tree.asserts, neighbor);
                tree.sources.values().forEach(each -> lost(each.asserts, neighbor));
            }
        }

        private void lost(Map<Integer, AssertMachine> machines, PimNeighbor neighbor) {
            AssertMachine machine = machines.get(neighbor.interfaceId());
            if (machine != null) {
                machine.onNeighborLost(neighbor.address());
            }
        }
    }
}
