package io.nubicast.router.igmp.proxy;

import io.nubicast.engine.Timers;
import io.nubicast.engine.Timers.Timer;
import io.nubicast.router.igmp.SourceFilter;
import io.nubicast.wire.Address;
import io.nubicast.wire.igmp.GroupRecord;
import io.nubicast.wire.igmp.IgmpMessage;
import io.nubicast.wire.igmp.IgmpMessage.Leave;
import io.nubicast.wire.igmp.IgmpMessage.MembershipQuery;
import io.nubicast.wire.igmp.IgmpMessage.V1Query;
import io.nubicast.wire.igmp.IgmpMessage.V1Report;
import io.nubicast.wire.igmp.IgmpMessage.V2Query;
import io.nubicast.wire.igmp.IgmpMessage.V2Report;
import io.nubicast.wire.igmp.IgmpMessage.V3Query;
import io.nubicast.wire.igmp.RecordType;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.random.RandomGenerator;

/// The host's side of IGMP on one interface: reports what changes, answers queries, speaks the querier's version (RFC 3376 sections 5
/// and 7.2, RFC 2236 section 3).
///
/// Given the time, through the timers; one thread.
public final class IgmpHost {
    private static final long SECOND_NS = 1_000_000_000L;
    /// Between the reports of one change: RFC 3376 section 8.11, and RFC 2236 section 8.10 for older versions.
    private static final long UNSOLICITED_REPORT_INTERVAL_NS = SECOND_NS;
    private static final long OLDER_UNSOLICITED_REPORT_INTERVAL_NS = 10 * SECOND_NS;
    private static final int V1_MAX_RESPONSE_TENTHS = 100;

    /// Where messages leave.
    @FunctionalInterface
    public interface Output {
        void send(Address destination, IgmpMessage message);
    }

    private final class Membership {
        final Address group;
        final Timer changeTimer = timers.timer(this::onChangeTimer);
        final Timer responseTimer = timers.timer(this::onResponseTimer);
        /// Sources that a pending answer is about; empty: about the group.
        final Set<Address> asked = new TreeSet<>();
        /// How often a changed source is still to be reported.
        final Map<Address, Integer> sourcesLeft = new TreeMap<>();
        SourceFilter filter = SourceFilter.NOTHING;
        int modeLeft;
        int olderLeft;

        Membership(Address group) {
            this.group = group;
        }

        void change(SourceFilter to, long nowNs) {
            SourceFilter from = filter;
            filter = to;
            if (version(nowNs) != 3) {
                changeOlder(from.isNothing(), nowNs);
                return;
            }
            if (from.exclude() != to.exclude()) {
                modeLeft = robustness;
                sourcesLeft.clear();
            } else {
                Set<Address> changed = new HashSet<>(from.sources());
                changed.addAll(to.sources());
                changed.removeIf(source -> from.sources().contains(source) && to.sources().contains(source));
                changed.forEach(source -> sourcesLeft.put(source, robustness));
            }
            onChangeTimer(nowNs);
        }

        private void changeOlder(boolean wasNothing, long nowNs) {
            if (filter.isNothing()) {
                responseTimer.stop();
                changeTimer.stop();
                if (version(nowNs) == 2) {
                    output.send(IgmpMessage.ALL_ROUTERS, new Leave(group));
                }
                memberships.remove(group);
            } else if (wasNothing) {
                olderLeft = robustness;
                onChangeTimer(nowNs);
            }
        }

        /// Reports what changed, and sets the time of the next report.
        private void onChangeTimer(long nowNs) {
            changeTimer.stop();
            int version = version(nowNs);
            if (version != 3) {
                reportOlder(version);
                olderLeft--;
                if (olderLeft > 0) {
                    changeTimer.set(nowNs + random.nextLong(OLDER_UNSOLICITED_REPORT_INTERVAL_NS) + 1);
                }
                return;
            }
            send(changes());
            if (modeLeft > 0 || !sourcesLeft.isEmpty()) {
                changeTimer.set(nowNs + random.nextLong(UNSOLICITED_REPORT_INTERVAL_NS) + 1);
            } else if (filter.isNothing()) {
                responseTimer.stop();
                memberships.remove(group);
            }
        }

        /// RFC 3376 section 5.1: a change of the mode first, then changed sources as they are now.
        private List<GroupRecord> changes() {
            if (modeLeft > 0) {
                modeLeft--;
                return List.of(new GroupRecord(filter.exclude()
                        ? RecordType.CHANGE_TO_EXCLUDE_MODE
                        : RecordType.CHANGE_TO_INCLUDE_MODE, group, sorted(filter.sources())));
            }
            List<Address> allowed = new ArrayList<>();
            List<Address> blocked = new ArrayList<>();
            for (Address source : List.copyOf(sourcesLeft.keySet())) {
                (filter.wants(source) ? allowed : blocked).add(source);
                if (sourcesLeft.merge(source, -1, Integer::sum) == 0) {
                    sourcesLeft.remove(source);
                }
            }
            List<GroupRecord> records = new ArrayList<>();
            if (!allowed.isEmpty()) {
                records.add(new GroupRecord(RecordType.ALLOW_NEW_SOURCES, group, allowed));
            }
            if (!blocked.isEmpty()) {
                records.add(new GroupRecord(RecordType.BLOCK_OLD_SOURCES, group, blocked));
            }
            return records;
        }

        /// RFC 3376 section 5.2, rules 3 to 5.
        void ask(Collection<Address> sources, long untilNs) {
            if (!responseTimer.isRunning()) {
                asked.clear();
                asked.addAll(sources);
            } else if (sources.isEmpty() || asked.isEmpty()) {
                asked.clear();
            } else {
                asked.addAll(sources);
            }
            responseTimer.setAtMost(untilNs);
        }

        private void onResponseTimer(long nowNs) {
            int version = version(nowNs);
            if (version != 3) {
                reportOlder(version);
                return;
            }
            if (asked.isEmpty()) {
                send(current());
                return;
            }
            List<Address> wanted = asked.stream().filter(filter::wants).toList();
            asked.clear();
            if (!wanted.isEmpty()) {
                send(List.of(new GroupRecord(RecordType.MODE_IS_INCLUDE, group, wanted)));
            }
        }

        List<GroupRecord> current() {
            return filter.isNothing()
                    ? List.of()
                    : List.of(new GroupRecord(
                            filter.exclude() ? RecordType.MODE_IS_EXCLUDE : RecordType.MODE_IS_INCLUDE, group,
                            sorted(filter.sources())));
        }

        private void reportOlder(int version) {
            if (!filter.isNothing()) {
                output.send(group, version == 1 ? new V1Report(group) : new V2Report(group));
            }
        }

        void cancel() {
            changeTimer.stop();
            responseTimer.stop();
            modeLeft = 0;
            olderLeft = 0;
            sourcesLeft.clear();
        }
    }

    private final Timers timers;
    private final Output output;
    private final RandomGenerator random;
    private final int robustness;
    private final int recordBytes;
    private final Map<Address, Membership> memberships = new HashMap<>();
    private final Timer generalTimer;
    private final Timer olderQuerierTimer;
    private boolean heardV1;
    private boolean heardV2;
    private long v1UntilNs;
    private long v2UntilNs;
    private long queryIntervalSeconds = 125;
    private int lastVersion = 3;

    /// A host without memberships.
    ///
    /// @param robustness 1..7: how often a change is reported
    /// @param mtu of the interface, bytes of an IP packet
    public IgmpHost(Timers timers, Output output, RandomGenerator random, int robustness, int mtu) {
        this.timers = timers;
        this.output = output;
        this.random = random;
        this.robustness = robustness;
        recordBytes = Math.max(64, mtu - 24 - IgmpMessage.V3Report.HEADER_LENGTH);
        generalTimer = timers.timer(this::onGeneralTimer);
        olderQuerierTimer = timers.timer(this::versionMayHaveChanged);
    }

    /// This is what is wanted of the group from now on.
    public void set(Address group, SourceFilter filter, long nowNs) {
        versionMayHaveChanged(nowNs);
        Membership membership = memberships.get(group);
        if (membership == null) {
            if (filter.isNothing()) {
                return;
            }
            membership = new Membership(group);
            memberships.put(group, membership);
        }
        if (!membership.filter.equals(filter)) {
            membership.change(filter, nowNs);
        }
    }

    /// What is wanted of that group.
    public SourceFilter filter(Address group) {
        Membership membership = memberships.get(group);
        return membership == null ? SourceFilter.NOTHING : membership.filter;
    }

    /// The groups that something is wanted of, in order.
    public List<Address> groups() {
        return memberships.values().stream().filter(membership -> !membership.filter.isNothing())
                .map(membership -> membership.group).sorted().toList();
    }

    /// A query arrived, from whatever address.
    public void onQuery(MembershipQuery query, long nowNs) {
        switch (query) {
            case V1Query ignored -> {
                heardV1 = true;
                v1UntilNs = olderQuerier(V1_MAX_RESPONSE_TENTHS, nowNs);
                onGeneralQuery(V1_MAX_RESPONSE_TENTHS, nowNs);
            }
            case V2Query v2 -> {
                if (v2.isGeneral()) {
                    heardV2 = true;
                    v2UntilNs = olderQuerier(v2.maxResponseTenths(), nowNs);
                    onGeneralQuery(v2.maxResponseTenths(), nowNs);
                } else {
                    onSpecificQuery(v2.group(), List.of(), v2.maxResponseTenths(), nowNs);
                }
            }
            case V3Query v3 -> {
                if (v3.queryIntervalSeconds() > 0) {
                    queryIntervalSeconds = v3.queryIntervalSeconds();
                }
                int tenths = Math.max(1, v3.maxResponseTenths());
                if (v3.isGeneral()) {
                    onGeneralQuery(tenths, nowNs);
                } else {
                    onSpecificQuery(v3.group(), v3.sources(), tenths, nowNs);
                }
            }
        }
    }

    /// Older Version Querier Present Timeout, RFC 3376 section 8.12.
    private long olderQuerier(int maxResponseTenths, long nowNs) {
        long untilNs = nowNs + robustness * queryIntervalSeconds * SECOND_NS + tenths(maxResponseTenths);
        olderQuerierTimer.setAtMost(untilNs);
        return untilNs;
    }

    private void onGeneralQuery(int tenths, long nowNs) {
        versionMayHaveChanged(nowNs);
        if (version(nowNs) == 3) {
            generalTimer.setAtMost(nowNs + delay(tenths));
            return;
        }
        for (Membership membership : memberships.values()) {
            membership.ask(List.of(), nowNs + delay(tenths));
        }
    }

    private void onSpecificQuery(Address group, Collection<Address> sources, int tenths, long nowNs) {
        versionMayHaveChanged(nowNs);
        Membership membership = memberships.get(group);
        long untilNs = nowNs + delay(tenths);
        if (membership != null && generalTimer.dueNs() - untilNs > 0) {
            membership.ask(version(nowNs) == 3 ? sources : List.of(), untilNs);
        }
    }

    /// Another host of an older version answered: one answer is enough for an older querier (RFC 2236 section 3).
    public void onOlderReport(Address group, long nowNs) {
        Membership membership = memberships.get(group);
        if (membership != null && version(nowNs) != 3) {
            membership.responseTimer.stop();
        }
    }

    private void onGeneralTimer(long nowNs) {
        if (version(nowNs) == 3) {
            List<GroupRecord> records = new ArrayList<>();
            memberships.values().stream().sorted((a, b) -> a.group.compareTo(b.group))
                    .forEach(membership -> records.addAll(membership.current()));
            send(records);
        }
    }

    /// The version of the oldest querier of late: 1, 2 or 3.
    public int version(long nowNs) {
        if (heardV1 && v1UntilNs - nowNs > 0) {
            return 1;
        }
        return heardV2 && v2UntilNs - nowNs > 0 ? 2 : 3;
    }

    /// "Whenever a host changes its compatibility mode, it cancels all its pending response and retransmission timers": RFC 3376
    /// section 7.2.1.
    private void versionMayHaveChanged(long nowNs) {
        int version = version(nowNs);
        if (version != lastVersion) {
            lastVersion = version;
            generalTimer.stop();
            memberships.values().forEach(Membership::cancel);
            memberships.values().removeIf(membership -> membership.filter.isNothing());
        }
        if (version != 3 && !olderQuerierTimer.isRunning()) {
            olderQuerierTimer.set(version == 1 ? v1UntilNs : v2UntilNs);
        }
    }

    /// Leaves everything, saying so once.
    public void stop(long nowNs) {
        List<GroupRecord> records = new ArrayList<>();
        for (Membership membership : List.copyOf(memberships.values())) {
            membership.cancel();
            if (!membership.filter.isNothing()) {
                if (version(nowNs) == 3) {
                    records.add(membership.filter.exclude()
                            ? new GroupRecord(RecordType.CHANGE_TO_INCLUDE_MODE, membership.group, List.of())
                            : new GroupRecord(RecordType.BLOCK_OLD_SOURCES, membership.group,
                                    sorted(membership.filter.sources())));
                } else if (version(nowNs) == 2) {
                    output.send(IgmpMessage.ALL_ROUTERS, new Leave(membership.group));
                }
            }
        }
        send(records);
        memberships.clear();
        generalTimer.stop();
        olderQuerierTimer.stop();
    }

    /// In as many reports as the MTU asks for. A list of sources that does not fit is cut into several records, but for EXCLUDE, which
    /// is cut off (RFC 3376 section 4.2.16): then more is delivered than is wanted.
    private void send(List<GroupRecord> records) {
        List<GroupRecord> packed = new ArrayList<>();
        int bytes = 0;
        for (GroupRecord each : records) {
            for (GroupRecord part : parts(each)) {
                if (bytes + part.length() > recordBytes) {
                    output.send(IgmpMessage.ALL_V3_ROUTERS, new IgmpMessage.V3Report(packed));
                    packed = new ArrayList<>();
                    bytes = 0;
                }
                packed.add(part);
                bytes += part.length();
            }
        }
        if (!packed.isEmpty()) {
            output.send(IgmpMessage.ALL_V3_ROUTERS, new IgmpMessage.V3Report(packed));
        }
    }

    private List<GroupRecord> parts(GroupRecord whole) {
        int most = (recordBytes - GroupRecord.HEADER_LENGTH) / 4;
        if (whole.sources().size() <= most) {
            return List.of(whole);
        }
        List<GroupRecord> parts = new ArrayList<>();
        RecordType type = whole.type();
        for (int from = 0; from < whole.sources().size(); from += most) {
            parts.add(new GroupRecord(type, whole.group(),
                    whole.sources().subList(from, Math.min(from + most, whole.sources().size()))));
            if (type == RecordType.MODE_IS_EXCLUDE || type == RecordType.CHANGE_TO_EXCLUDE_MODE) {
                break;
            }
            // A second TO_IN would take the sources of the first back.
            type = type == RecordType.CHANGE_TO_INCLUDE_MODE ? RecordType.ALLOW_NEW_SOURCES : type;
        }
        return parts;
    }

    private long delay(int tenths) {
        return random.nextLong(tenths(tenths)) + 1;
    }

    private static long tenths(int tenths) {
        return tenths * (SECOND_NS / 10);
    }

    private static List<Address> sorted(Collection<Address> sources) {
        return sources.stream().sorted().toList();
    }
}
