package io.nubicast.router.pim;

import io.nubicast.wire.Address;
import io.nubicast.wire.pim.GroupSet;
import io.nubicast.wire.pim.JoinPrunePacker;
import io.nubicast.wire.pim.PimMessage;
import io.nubicast.wire.pim.SourceEntry;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Collects what is to be joined and pruned, and sends it when the call that caused it ends: one run of messages for each upstream
/// neighbour, packed to the MTU (PIM-009).
///
/// Periodic Joins run out on ticks of a second. The first one after a change comes at a random tick within the period, so those of
/// thousands of trees that were joined at once spread over it, while those of one tick share messages.
final class JoinPruneOutput {
    /// Bytes of an IPv4 header without options.
    private static final int IP_HEADER = 20;
    /// So that a link with a strange MTU gets messages, too.
    private static final int LEAST_LENGTH = 50;

    private record Receiver(int interfaceId, Address neighbor) {}

    private static final class Entries {
        private final Set<SourceEntry> joins = new LinkedHashSet<>();
        private final Set<SourceEntry> prunes = new LinkedHashSet<>();
    }

    private final PimCore core;
    private final Map<Receiver, Map<Address, Entries>> pending = new LinkedHashMap<>();

    JoinPruneOutput(PimCore core) {
        this.core = core;
    }

    void join(Upstream to, Address group, SourceEntry entry) {
        if (!to.isNone()) {
            Entries entries = entries(to, group);
            entries.prunes.remove(entry);
            entries.joins.add(entry);
        }
    }

    void prune(Upstream to, Address group, SourceEntry entry) {
        if (!to.isNone()) {
            Entries entries = entries(to, group);
            entries.joins.remove(entry);
            entries.prunes.add(entry);
        }
    }

    private Entries entries(Upstream to, Address group) {
        return pending.computeIfAbsent(new Receiver(to.interfaceId(), to.neighbor()), each -> new LinkedHashMap<>())
                .computeIfAbsent(group, each -> new Entries());
    }

    /// When the next periodic Join is due.
    long nextJoinNs(boolean first, long nowNs) {
        long periodNs = core.periodNs();
        long delayNs = first ? 1 + core.random.nextLong(periodNs) : periodNs - core.random.nextLong(periodNs / 20 + 1);
        long tick = Math.floorDiv(nowNs + delayNs, PimTimes.TICK) * PimTimes.TICK;
        return tick - nowNs > 0 ? tick : tick + PimTimes.TICK;
    }

    /// Sends what was collected.
    void flush(long nowNs) {
        if (pending.isEmpty()) {
            return;
        }
        List<Map.Entry<Receiver, Map<Address, Entries>>> now = new ArrayList<>(pending.entrySet());
        pending.clear();
        for (Map.Entry<Receiver, Map<Address, Entries>> each : now) {
            send(each.getKey(), each.getValue(), nowNs);
        }
    }

    private void send(Receiver to, Map<Address, Entries> groups, long nowNs) {
        boolean gone = !core.isOwn(to.interfaceId(), to.neighbor())
                && !core.neighbors.isNeighbor(to.interfaceId(), to.neighbor());
        if (!core.isActive(to.interfaceId()) || gone) {
            return;
        }
        List<GroupSet> sets = new ArrayList<>();
        groups.forEach((group, entries) -> {
            if (core.admits(to.interfaceId(), Address.ANY_IPV4, group)) {
                sets.add(new GroupSet(group, List.copyOf(entries.joins), List.copyOf(entries.prunes)));
            }
        });
        int mtu = core.of(to.interfaceId()).map(each -> each.state().mtu()).orElse(0);
        for (PimMessage.JoinPrune message : JoinPrunePacker.pack(to.neighbor(), core.joinPruneHoldtimeSeconds(), sets,
                Math.max(LEAST_LENGTH, mtu - IP_HEADER))) {
            core.counters.count(PimCounters.Event.JOIN_PRUNE_SENT);
            core.sendOnLink(to.interfaceId(), message, nowNs);
        }
    }
}
