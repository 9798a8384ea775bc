package io.nubicast.router.igmp;

import io.nubicast.engine.Timers;
import io.nubicast.engine.Timers.Timer;
import io.nubicast.wire.Address;
import io.nubicast.wire.igmp.RecordType;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// One group on one link: what its members want, by RFC 3376 section 6, and what the configuration adds.
///
/// With members the filter mode is INCLUDE(A), all sources with a running timer; or EXCLUDE(X,Y), X being the sources with a running
/// timer, Y those whose timer is zero: stopped here. Without members it is INCLUDE({}).
///
/// What a change means is done by [IgmpInterface#onChanged], told once for each input that changed what is wanted.
final class IgmpGroup {
    /// The versions of hosts that a group has (RFC 3376 section 7.3.2).
    enum Compatibility {
        V1, V2, V3
    }

    /// A source that some host named.
    final class Source {
        final Address address;
        final long sinceNs;
        /// Running: wanted. Stopped: of Y, blocked.
        final Timer timer;
        /// A host asked for it by name, so it is wanted whatever becomes of the group.
        boolean requested;
        int queriesLeft;
        long queryDueNs;

        Source(Address address, long nowNs) {
            this.address = address;
            sinceNs = nowNs;
            timer = timers.timer(now -> onSourceTimer(this, now));
        }
    }

    private final IgmpInterface link;
    private final Timers timers;
    private final Address group;
    private final Map<Address, Source> sources = new LinkedHashMap<>();
    private final Timer groupTimer;
    private final Timer queryTimer;
    private boolean exclude;
    private int groupQueriesLeft;
    private long groupQueryDueNs;
    private long v1HostUntilNs;
    private long v2HostUntilNs;
    private boolean hadV1Host;
    private boolean hadV2Host;
    private Address lastReporter = Address.ANY_IPV4;
    private long sinceNs;
    private Set<Membership> configuredStatic = Set.of();
    private Set<Membership> configuredJoin = Set.of();
    /// What [#hasMembers()] was when the link was told last.
    private boolean members;
    private boolean changed;

    IgmpGroup(IgmpInterface link, Timers timers, Address group, long nowNs) {
        this.link = link;
        this.timers = timers;
        this.group = group;
        sinceNs = nowNs;
        groupTimer = timers.timer(this::onGroupTimer);
        queryTimer = timers.timer(this::onQueryTimer);
    }

    // What a host says

    /// A host of version 1 or 2 is there: IS_EX({}), and the group falls back to its version for a while.
    void onOlderReport(boolean v1, Address reporter, long nowNs) {
        if (v1) {
            hadV1Host = true;
            v1HostUntilNs = nowNs + link.groupMembershipIntervalNs();
        } else {
            hadV2Host = true;
            v2HostUntilNs = nowNs + link.groupMembershipIntervalNs();
        }
        onRecord(RecordType.MODE_IS_EXCLUDE, Set.of(), reporter, nowNs);
    }

    /// The table of RFC 3376 section 6.4. The caller has filtered what is ignored (section 7.3.2, access lists, limits).
    void onRecord(RecordType type, Set<Address> named, Address reporter, long nowNs) {
        lastReporter = reporter;
        switch (type) {
            case MODE_IS_INCLUDE, ALLOW_NEW_SOURCES -> want(named, nowNs);
            case CHANGE_TO_INCLUDE_MODE -> {
                List<Source> others = running(named, false);
                want(named, nowNs);
                checkSources(others, nowNs);
                if (exclude) {
                    checkGroup(nowNs);
                }
            }
            case BLOCK_OLD_SOURCES -> {
                if (exclude) {
                    addUnknown(named, groupTimer.dueNs(), nowNs);
                }
                checkSources(running(named, true), nowNs);
            }
            case MODE_IS_EXCLUDE -> {
                excludeOnly(named, nowNs + link.groupMembershipIntervalNs(), nowNs);
                groupTimer.set(nowNs + link.groupMembershipIntervalNs());
            }
            case CHANGE_TO_EXCLUDE_MODE -> {
                excludeOnly(named, groupTimer.dueNs(), nowNs);
                checkSources(running(named, true), nowNs);
                groupTimer.set(nowNs + link.groupMembershipIntervalNs());
            }
        }
        settle(nowNs);
    }

    /// (A)=GMI: these are wanted, whether they were unknown, blocked or wanted already.
    private void want(Set<Address> named, long nowNs) {
        for (Address address : named) {
            Source source = sources.get(address);
            if (source == null) {
                source = add(address, nowNs);
                if (source == null) {
                    continue;
                }
                changed = true;
            } else if (!source.timer.isRunning() || !source.requested) {
                changed = true;
            }
            source.requested = true;
            source.timer.set(nowNs + link.groupMembershipIntervalNs());
        }
    }

    /// To EXCLUDE of what is named: sources not named are forgotten. What is named and unknown is blocked when it comes from INCLUDE,
    /// and has that time to be asked for when it comes from EXCLUDE.
    private void excludeOnly(Set<Address> named, long unknownUntilNs, long nowNs) {
        for (Source source : List.copyOf(sources.values())) {
            if (!named.contains(source.address)) {
                forget(source);
            }
        }
        if (exclude) {
            addUnknown(named, unknownUntilNs, nowNs);
            return;
        }
        exclude = true;
        changed = true;
        for (Address address : named) {
            if (!sources.containsKey(address)) {
                add(address, nowNs);
            }
        }
    }

    /// (A-X-Y)=time, in EXCLUDE.
    private void addUnknown(Set<Address> named, long untilNs, long nowNs) {
        for (Address address : named) {
            if (!sources.containsKey(address)) {
                Source source = add(address, nowNs);
                if (source != null) {
                    source.timer.set(untilNs);
                }
            }
        }
    }

    /// Null when there may be no more.
    private @Nullable Source add(Address address, long nowNs) {
        if (!link.admitSource(group, sources.size())) {
            return null;
        }
        Source source = new Source(address, nowNs);
        sources.put(address, source);
        return source;
    }

    private void forget(Source source) {
        source.timer.stop();
        source.queriesLeft = 0;
        sources.remove(source.address);
        link.onSourceGone();
        changed = true;
    }

    /// Those with a running timer that are named, or that are not.
    private List<Source> running(Set<Address> named, boolean isNamed) {
        List<Source> found = new ArrayList<>();
        for (Source source : sources.values()) {
            if (source.timer.isRunning() && named.contains(source.address) == isNamed) {
                found.add(source);
            }
        }
        return found;
    }

    // Timers

    private void onGroupTimer(long nowNs) {
        // "EXCLUDE -> INCLUDE: sources with running timers", RFC 3376 section 6.5
        groupQueriesLeft = 0;
        exclude = false;
        changed = true;
        for (Source source : List.copyOf(sources.values())) {
            if (source.timer.isRunning()) {
                source.requested = true;
            } else {
                forget(source);
            }
        }
        settle(nowNs);
    }

    private void onSourceTimer(Source source, long nowNs) {
        changed = true;
        source.queriesLeft = 0;
        source.requested = false;
        if (!exclude) {
            forget(source);
        }
        settle(nowNs);
    }

    /// Draws the consequences of whatever happened.
    private void settle(long nowNs) {
        if (members != hasMembers()) {
            members = !members;
            if (members) {
                sinceNs = isConfigured() ? sinceNs : nowNs;
                link.onFirstMember(group);
            } else {
                queryTimer.stop();
                groupTimer.stop();
                hadV1Host = false;
                hadV2Host = false;
                link.onLastMemberGone(group);
            }
        }
        if (changed) {
            changed = false;
            link.onChanged(this, nowNs);
        }
    }

    // Queries that follow a leave

    /// Q(G): section 6.6.3.1.
    private void checkGroup(long nowNs) {
        if (!link.isQuerier()) {
            return;
        }
        if (link.leavesAtOnce(group)) {
            groupTimer.stop();
            onGroupTimer(nowNs);
            return;
        }
        long lastMemberQueryTimeNs = link.lastMemberQueryTimeNs();
        boolean checking = groupQueriesLeft > 0 && groupTimer.remainingNs(nowNs) <= lastMemberQueryTimeNs;
        if (checking || !link.mayCheck(nowNs)) {
            return;
        }
        groupTimer.setAtMost(nowNs + lastMemberQueryTimeNs);
        groupQueriesLeft = link.lastMemberQueryCount();
        groupQueryDueNs = nowNs;
        onQueryTimer(nowNs);
    }

    /// Q(G,A): section 6.6.3.2. Of sources whose time runs out anyway nothing is asked.
    private void checkSources(List<Source> checked, long nowNs) {
        if (checked.isEmpty() || !link.isQuerier()) {
            return;
        }
        if (link.leavesAtOnce(group)) {
            for (Source source : checked) {
                source.timer.stop();
                source.requested = false;
                changed = true;
                if (!exclude) {
                    forget(source);
                }
            }
            return;
        }
        long untilNs = nowNs + link.lastMemberQueryTimeNs();
        boolean any = false;
        boolean admitted = false;
        for (Source source : checked) {
            if (source.timer.dueNs() - untilNs <= 0) {
                continue;
            }
            if (!admitted && !link.mayCheck(nowNs)) {
                return;
            }
            admitted = true;
            any = true;
            source.timer.set(untilNs);
            source.queriesLeft = link.lastMemberQueryCount();
            source.queryDueNs = nowNs;
        }
        if (any) {
            onQueryTimer(nowNs);
        }
    }

    private void onQueryTimer(long nowNs) {
        queryTimer.stop();
        if (!link.isQuerier()) {
            cancelQueries();
            return;
        }
        long nextNs = Long.MAX_VALUE;
        long lastMemberQueryTimeNs = link.lastMemberQueryTimeNs();
        if (groupQueriesLeft > 0) {
            if (groupQueryDueNs - nowNs <= 0) {
                link.sendGroupQuery(group, groupTimer.remainingNs(nowNs) > lastMemberQueryTimeNs);
                groupQueriesLeft--;
                groupQueryDueNs = nowNs + link.lastMemberQueryIntervalNs();
            }
            if (groupQueriesLeft > 0) {
                nextNs = groupQueryDueNs;
            }
        }
        List<Address> suppressed = new ArrayList<>();
        List<Address> asked = new ArrayList<>();
        for (Source source : sources.values()) {
            if (source.queriesLeft > 0) {
                if (source.queryDueNs - nowNs <= 0) {
                    boolean alive = source.timer.remainingNs(nowNs) > lastMemberQueryTimeNs;
                    (alive ? suppressed : asked).add(source.address);
                    source.queriesLeft--;
                    source.queryDueNs = nowNs + link.lastMemberQueryIntervalNs();
                }
                if (source.queriesLeft > 0) {
                    nextNs = Math.min(nextNs, source.queryDueNs);
                }
            }
        }
        link.sendSourceQueries(group, true, suppressed);
        link.sendSourceQueries(group, false, asked);
        if (nextNs != Long.MAX_VALUE) {
            queryTimer.set(nextNs);
        }
    }

    void cancelQueries() {
        groupQueriesLeft = 0;
        for (Source source : sources.values()) {
            source.queriesLeft = 0;
        }
        queryTimer.stop();
    }

    /// The querier asks: what nobody answers for is gone by then (section 6.6.1).
    void onQuery(Collection<Address> asked, long untilNs) {
        if (asked.isEmpty()) {
            if (groupTimer.isRunning()) {
                groupTimer.setAtMost(untilNs);
            }
            return;
        }
        for (Address address : asked) {
            Source source = sources.get(address);
            if (source != null && source.timer.isRunning()) {
                source.timer.setAtMost(untilNs);
            }
        }
    }

    // Configuration

    void configure(Set<Membership> statics, Set<Membership> joins, long nowNs) {
        if (!configuredStatic.equals(statics) || !configuredJoin.equals(joins)) {
            configuredStatic = statics;
            configuredJoin = joins;
            link.onChanged(this, nowNs);
        }
    }

    /// All members are gone, as if they had left.
    void clearMembers(long nowNs) {
        clear();
        settle(nowNs);
    }

    private void clear() {
        changed |= exclude;
        exclude = false;
        groupQueriesLeft = 0;
        for (Source source : List.copyOf(sources.values())) {
            forget(source);
        }
    }

    /// Forgets what is no longer permitted.
    void purge(Predicate<Address> permitted, boolean anySourcePermitted, long nowNs) {
        if (exclude && !anySourcePermitted) {
            clear();
        } else if (!exclude) {
            for (Source source : List.copyOf(sources.values())) {
                if (!permitted.test(source.address)) {
                    forget(source);
                }
            }
        }
        settle(nowNs);
    }

    // What is there

    Address group() {
        return group;
    }

    IgmpInterface link() {
        return link;
    }

    boolean isExclude() {
        return exclude;
    }

    Collection<Source> sources() {
        return sources.values();
    }

    Timer groupTimer() {
        return groupTimer;
    }

    Address lastReporter() {
        return lastReporter;
    }

    long sinceNs() {
        return sinceNs;
    }

    /// Whether a host wants anything.
    boolean hasMembers() {
        return exclude || !sources.isEmpty();
    }

    boolean isConfigured() {
        return isStatic() || isJoined();
    }

    boolean isStatic() {
        return !configuredStatic.isEmpty();
    }

    boolean isJoined() {
        return !configuredJoin.isEmpty();
    }

    Set<Membership> configuredStatic() {
        return configuredStatic;
    }

    Set<Membership> configuredJoin() {
        return configuredJoin;
    }

    Compatibility compatibility(long nowNs) {
        if (hadV1Host && v1HostUntilNs - nowNs > 0) {
            return Compatibility.V1;
        }
        return hadV2Host && v2HostUntilNs - nowNs > 0 ? Compatibility.V2 : Compatibility.V3;
    }

    /// local_receiver_include(S,G,I).
    boolean includes(Address source) {
        Source known = sources.get(source);
        Membership named = Membership.of(group, source);
        return known != null && known.requested && known.timer.isRunning() || configuredStatic.contains(named)
                || configuredJoin.contains(named);
    }

    /// local_receiver_include(*,G,I).
    boolean includesAny() {
        return exclude || configuresAny();
    }

    private boolean configuresAny() {
        Membership any = Membership.of(group);
        return configuredStatic.contains(any) || configuredJoin.contains(any);
    }

    /// local_receiver_exclude(S,G,I).
    boolean excludes(Address source) {
        if (!exclude || configuresAny()) {
            return false;
        }
        Source known = sources.get(source);
        return known != null && !known.timer.isRunning() && !includes(source);
    }

    /// The sources that members or the configuration named, to have or not to have.
    Set<Address> named() {
        Set<Address> named = new HashSet<>();
        for (Source source : sources.values()) {
            if (source.requested || !source.timer.isRunning()) {
                named.add(source.address);
            }
        }
        configuredStatic.forEach(membership -> membership.source().ifPresent(named::add));
        configuredJoin.forEach(membership -> membership.source().ifPresent(named::add));
        return named;
    }

    /// When the last member is forgotten; [Long#MAX_VALUE] for never.
    long expiresNs() {
        if (isConfigured()) {
            return Long.MAX_VALUE;
        }
        long latest = groupTimer.dueNs();
        if (!exclude) {
            latest = 0;
            for (Source source : sources.values()) {
                latest = Math.max(latest, source.timer.dueNs());
            }
        }
        return latest;
    }

    /// What is wanted, by members and by configuration.
    SourceFilter wanted() {
        List<SourceFilter> filters = new ArrayList<>();
        Set<Address> named = new HashSet<>();
        for (Source source : sources.values()) {
            if (source.timer.isRunning() != exclude) {
                named.add(source.address);
            }
        }
        filters.add(new SourceFilter(exclude, named));
        for (Set<Membership> configured : List.of(configuredStatic, configuredJoin)) {
            for (Membership membership : configured) {
                filters.add(membership.source().map(source -> SourceFilter.include(Set.of(source)))
                        .orElse(SourceFilter.EVERYTHING));
            }
        }
        return SourceFilter.merge(filters);
    }
}
