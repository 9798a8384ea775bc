package io.nubicast.router.igmp;

import io.nubicast.engine.Timers;
import io.nubicast.engine.TokenBucket;
import io.nubicast.router.iface.RouterInterface;
import io.nubicast.router.igmp.IgmpGroup.Compatibility;
import io.nubicast.router.policy.AccessList;
import io.nubicast.router.port.Packet;
import io.nubicast.wire.Address;
import io.nubicast.wire.igmp.GroupRecord;
import io.nubicast.wire.igmp.IgmpDrop;
import io.nubicast.wire.igmp.IgmpMessage;
import io.nubicast.wire.igmp.IgmpMessage.Leave;
import io.nubicast.wire.igmp.IgmpMessage.MembershipQuery;
import io.nubicast.wire.igmp.IgmpMessage.V1Query;
import io.nubicast.wire.igmp.IgmpMessage.V1Report;
import io.nubicast.wire.igmp.IgmpMessage.V2Query;
import io.nubicast.wire.igmp.IgmpMessage.V2Report;
import io.nubicast.wire.igmp.IgmpMessage.V3Query;
import io.nubicast.wire.igmp.IgmpMessage.V3Report;
import io.nubicast.wire.igmp.RecordType;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// IGMP on one link: what is accepted, who has which groups, and, with [Querier], who asks.
final class IgmpInterface {
    /// Specific queries that leaves may cause: a second, and at once.
    private static final int CHECKS_A_SECOND = 1_000;
    private static final int CHECKS_AT_ONCE = 2_000;

    private final IgmpInstance instance;
    private final Timers timers;
    private final IgmpOutput output;
    private final IgmpCounters counters = new IgmpCounters();
    private final Map<Address, IgmpGroup> groups = new HashMap<>();
    private final Querier querier;
    private final TokenBucket checks;
    private final LogLimit limitLog = new LogLimit();
    private RouterInterface state;
    private IgmpInterfaceConfig config;
    private Set<Membership> joined = Set.of();
    private boolean running;
    private int groupsWithMembers;
    private int groupsForLimit;

    IgmpInterface(IgmpInstance instance, Timers timers, IgmpOutput output, RouterInterface state,
            IgmpInterfaceConfig config, long nowNs) {
        this.instance = instance;
        this.timers = timers;
        this.output = output;
        this.state = state;
        this.config = config;
        querier = new Querier(this, timers);
        checks = new TokenBucket(CHECKS_A_SECOND, CHECKS_AT_ONCE, nowNs);
    }

    // Configuration and state

    /// The first call of all.
    void start(HostMembership host, long nowNs) {
        host.join(state.id(), IgmpMessage.ALL_ROUTERS, Optional.empty());
        host.join(state.id(), IgmpMessage.ALL_V3_ROUTERS, Optional.empty());
        configureMemberships(host, nowNs);
        onState(state, nowNs);
    }

    /// The last call of all.
    void stop(HostMembership host, long nowNs) {
        down(nowNs);
        config = config.but().withoutMemberships().build();
        configureMemberships(host, nowNs);
        host.leave(state.id(), IgmpMessage.ALL_ROUTERS, Optional.empty());
        host.leave(state.id(), IgmpMessage.ALL_V3_ROUTERS, Optional.empty());
    }

    void configure(IgmpInterfaceConfig newConfig, HostMembership host, long nowNs) {
        IgmpInterfaceConfig old = config;
        config = newConfig;
        groupsForLimit = (int) groups.values().stream()
                .filter(group -> group.hasMembers() && countsForLimit(group.group())).count();
        configureMemberships(host, nowNs);
        if (!running || old.equals(newConfig)) {
            return;
        }
        if (old.version() != newConfig.version()) {
            // What hosts said in the other version may mean something else in this one: ask anew.
            down(nowNs);
            up(nowNs);
            return;
        }
        querier.onConfigured(nowNs);
    }

    private void configureMemberships(HostMembership host, long nowNs) {
        for (Membership membership : joined) {
            if (!config.joinGroups().contains(membership)) {
                host.leave(state.id(), membership.group(), membership.source());
            }
        }
        for (Membership membership : config.joinGroups()) {
            if (!joined.contains(membership)) {
                host.join(state.id(), membership.group(), membership.source());
            }
        }
        joined = config.joinGroups();
        Set<Address> configured = new HashSet<>();
        config.staticGroups().forEach(membership -> configured.add(membership.group()));
        config.joinGroups().forEach(membership -> configured.add(membership.group()));
        for (Address group : configured) {
            groups.computeIfAbsent(group, address -> new IgmpGroup(this, timers, address, nowNs));
        }
        for (IgmpGroup group : List.copyOf(groups.values())) {
            if (group.isConfigured() || configured.contains(group.group())) {
                group.configure(of(group.group(), config.staticGroups()), of(group.group(), config.joinGroups()),
                        nowNs);
            }
        }
    }

    private static Set<Membership> of(Address group, Set<Membership> memberships) {
        Set<Membership> found = new HashSet<>();
        for (Membership membership : memberships) {
            if (membership.group().equals(group)) {
                found.add(membership);
            }
        }
        return found;
    }

    void onState(RouterInterface newState, long nowNs) {
        boolean renumbered = !state.address().equals(newState.address());
        state = newState;
        boolean usable = state.up() && state.address().isPresent();
        if (usable && !running) {
            up(nowNs);
        } else if (!usable && running) {
            down(nowNs);
        } else if (usable && renumbered) {
            // Members stay; the election is a new one.
            querier.start(nowNs);
        }
    }

    private void up(long nowNs) {
        running = true;
        querier.start(nowNs);
    }

    private void down(long nowNs) {
        running = false;
        querier.stop(nowNs);
        for (IgmpGroup group : List.copyOf(groups.values())) {
            group.clearMembers(nowNs);
        }
    }

    /// Forgets members that access lists, boundary or the range of source-specific multicast no longer allow.
    void purge(long nowNs) {
        for (IgmpGroup group : List.copyOf(groups.values())) {
            boolean any = !instance.isSsm(group.group()) && denial(Address.ANY_IPV4, group.group()).isEmpty();
            group.purge(source -> denial(source, group.group()).isEmpty(), any, nowNs);
        }
    }

    // Packets

    void onPacket(Packet packet, long nowNs) {
        if (!running) {
            counters.count(IgmpIgnored.INTERFACE_DOWN);
        } else if (instance.isOwn(packet.source())) {
            counters.count(IgmpIgnored.OWN_SOURCE);
        } else if (packet.ttl() != 1) {
            counters.count(IgmpIgnored.NOT_TTL_1);
        } else if (!packet.routerAlert() && config.routerAlertCheck()) {
            counters.count(IgmpIgnored.NO_ROUTER_ALERT);
        } else {
            if (!packet.routerAlert()) {
                counters.countWithoutRouterAlert();
            }
            switch (IgmpMessage.parse(packet.payload())) {
                case IgmpDrop drop -> counters.count(drop);
                case IgmpMessage message -> {
                    counters.countReceived(message);
                    onMessage(message, packet.source(), nowNs);
                }
            }
        }
    }

    private void onMessage(IgmpMessage message, Address source, long nowNs) {
        if (message instanceof IgmpMessage.Unknown) {
            counters.count(IgmpIgnored.UNKNOWN_TYPE);
            return;
        }
        if (config.sourceCheck() && !source.isUnspecified() && !state.isOnLink(source)) {
            counters.count(IgmpIgnored.OFF_LINK_SOURCE);
            return;
        }
        int version = switch (message) {
            case V2Report ignored -> 2;
            case Leave ignored -> 2;
            case V3Report ignored -> 3;
            default -> 1;
        };
        if (version > config.version()) {
            counters.count(IgmpIgnored.OTHER_VERSION);
            return;
        }
        switch (message) {
            case MembershipQuery query -> onQuery(query, source, nowNs);
            case V1Report report -> onOlderReport(true, report.group(), source, nowNs);
            case V2Report report -> onOlderReport(false, report.group(), source, nowNs);
            case Leave leave -> onLeave(leave.group(), source, nowNs);
            case V3Report report -> {
                if (report.unknownRecords() > 0) {
                    counters.count(IgmpIgnored.UNKNOWN_RECORD, report.unknownRecords());
                }
                for (GroupRecord each : report.records()) {
                    onRecord(each, source, nowNs);
                }
            }
            case IgmpMessage.Unknown ignored -> {}
        }
    }

    private void onQuery(MembershipQuery query, Address source, long nowNs) {
        querier.onQuery(query, source, nowNs);
        if (querier.isQuerier() || source.isUnspecified()) {
            return;
        }
        switch (query) {
            case V1Query ignored -> {}
            case V2Query specific -> onSpecificQuery(specific.group(), List.of(), specific.maxResponseTenths(), nowNs);
            case V3Query specific -> {
                if (!specific.suppress()) {
                    onSpecificQuery(specific.group(), specific.sources(), specific.maxResponseTenths(), nowNs);
                }
            }
        }
    }

    /// IGMP-033. A general query has no group and finds none here.
    private void onSpecificQuery(Address group, List<Address> sources, int maxResponseTenths, long nowNs) {
        IgmpGroup known = groups.get(group);
        if (known != null) {
            known.onQuery(sources, nowNs + Nanos.tenths(maxResponseTenths) * lastMemberQueryCount());
        }
    }

    private void onOlderReport(boolean v1, Address group, Address reporter, long nowNs) {
        if (!isRouted(group)) {
            return;
        }
        if (instance.isSsm(group)) {
            Set<Address> mapped = instance.ssmSources(group);
            if (mapped.isEmpty()) {
                counters.count(IgmpIgnored.SSM_RANGE);
            } else {
                apply(RecordType.MODE_IS_INCLUDE, group, mapped, reporter, nowNs);
            }
            return;
        }
        Optional<IgmpIgnored> denial = denial(Address.ANY_IPV4, group);
        if (denial.isPresent()) {
            counters.count(denial.get());
            return;
        }
        IgmpGroup known = admitted(group, reporter, nowNs);
        if (known != null) {
            known.onOlderReport(v1, reporter, nowNs);
        }
    }

    private void onLeave(Address group, Address reporter, long nowNs) {
        if (!isRouted(group)) {
            return;
        }
        if (instance.isSsm(group)) {
            Set<Address> mapped = instance.ssmSources(group);
            if (mapped.isEmpty()) {
                counters.count(IgmpIgnored.SSM_RANGE);
            } else {
                apply(RecordType.BLOCK_OLD_SOURCES, group, mapped, reporter, nowNs);
            }
            return;
        }
        apply(RecordType.CHANGE_TO_INCLUDE_MODE, group, Set.of(), reporter, nowNs);
    }

    private void onRecord(GroupRecord received, Address reporter, long nowNs) {
        Address group = received.group();
        if (!isRouted(group)) {
            return;
        }
        Set<Address> sources = new HashSet<>(received.sources());
        for (Address source : sources) {
            if (source.isMulticast() || source.isUnspecified() || source.isLimitedBroadcast()) {
                counters.count(IgmpIgnored.BAD_SOURCE);
                return;
            }
        }
        boolean anySource = received.type() == RecordType.MODE_IS_EXCLUDE
                || received.type() == RecordType.CHANGE_TO_EXCLUDE_MODE;
        if (anySource && instance.isSsm(group)) {
            counters.count(IgmpIgnored.SSM_RANGE);
            return;
        }
        if (received.type() == RecordType.BLOCK_OLD_SOURCES) {
            apply(received.type(), group, sources, reporter, nowNs);
            return;
        }
        Optional<IgmpIgnored> denial = anySource ? denial(Address.ANY_IPV4, group) : Optional.empty();
        if (!anySource) {
            for (Address source : received.sources()) {
                Optional<IgmpIgnored> why = denial(source, group);
                if (why.isPresent()) {
                    sources.remove(source);
                    denial = why;
                }
            }
        }
        denial.ifPresent(counters::count);
        if (denial.isEmpty() || !anySource) {
            apply(received.type(), group, sources, reporter, nowNs);
        }
    }

    /// Applies what is well-formed and permitted, as far as older hosts of the group let it (RFC 3376 section 7.3.2).
    private void apply(RecordType type, Address group, Set<Address> sources, Address reporter, long nowNs) {
        IgmpGroup known = groups.get(group);
        Compatibility mode = known == null ? Compatibility.V3 : known.compatibility(nowNs);
        Set<Address> heeded = sources;
        if (mode != Compatibility.V3) {
            boolean leaving = type == RecordType.BLOCK_OLD_SOURCES
                    || mode == Compatibility.V1 && type == RecordType.CHANGE_TO_INCLUDE_MODE;
            if (leaving) {
                counters.count(IgmpIgnored.OLDER_HOST);
                return;
            }
            if (type == RecordType.CHANGE_TO_EXCLUDE_MODE) {
                heeded = Set.of();
            }
        }
        boolean wants = switch (type) {
            case MODE_IS_EXCLUDE, CHANGE_TO_EXCLUDE_MODE -> true;
            case MODE_IS_INCLUDE, ALLOW_NEW_SOURCES, CHANGE_TO_INCLUDE_MODE -> !heeded.isEmpty();
            case BLOCK_OLD_SOURCES -> false;
        };
        if (wants) {
            known = admitted(group, reporter, nowNs);
        }
        if (known != null && (wants || known.hasMembers())) {
            known.onRecord(type, heeded, reporter, nowNs);
        }
    }

    private boolean isRouted(Address group) {
        if (!group.isMulticast()) {
            counters.count(IgmpIgnored.BAD_GROUP);
            return false;
        }
        if (group.isLinkLocalMulticast()) {
            counters.count(IgmpIgnored.LINK_LOCAL_GROUP);
            return false;
        }
        return true;
    }

    private Optional<IgmpIgnored> denial(Address source, Address group) {
        if (denies(config.boundary(), source, group)) {
            return Optional.of(IgmpIgnored.BOUNDARY);
        }
        return denies(config.accessGroup(), source, group)
                ? Optional.of(IgmpIgnored.ACCESS_GROUP)
                : Optional.empty();
    }

    private static boolean denies(Optional<AccessList> list, Address source, Address group) {
        return list.isPresent() && !list.get().permitsGroup(source, group);
    }

    // Limits (GEN-009)

    /// The group, made if it is new and may be; null if it may not.
    private @Nullable IgmpGroup admitted(Address group, Address reporter, long nowNs) {
        IgmpGroup known = groups.get(group);
        if (known != null && known.hasMembers()) {
            return known;
        }
        IgmpIgnored refusal = null;
        if (groupsWithMembers >= IgmpInstance.MOST_GROUPS_ON_AN_INTERFACE || config.limit().isPresent()
                && countsForLimit(group) && groupsForLimit >= config.limit().getAsInt()) {
            refusal = IgmpIgnored.INTERFACE_LIMIT;
        } else if (!instance.admitsGroup()) {
            refusal = IgmpIgnored.GLOBAL_LIMIT;
        }
        if (refusal != null) {
            counters.count(refusal);
            if (limitLog.mayLog(nowNs)) {
                IgmpInstance.LOG.warn(
                        "%IGMP-6-IGMP_GROUP_LIMIT: IGMP limit exceeded for group (*, {}) on {} by host {}",
                        group, state.name(), reporter);
            }
            return null;
        }
        return groups.computeIfAbsent(group, address -> new IgmpGroup(this, timers, address, nowNs));
    }

    private boolean countsForLimit(Address group) {
        return config.limitExcept().isEmpty() || !config.limitExcept().get().permits(group);
    }

    /// Whether a group that has so many sources may get one more.
    boolean admitSource(Address group, int sources) {
        if (sources < IgmpInstance.MOST_SOURCES_OF_A_GROUP && instance.admitSource()) {
            return true;
        }
        counters.count(IgmpIgnored.SOURCE_LIMIT);
        return false;
    }

    /// Whether a leave may cause queries now.
    boolean mayCheck(long nowNs) {
        if (checks.take(1, nowNs)) {
            return true;
        }
        counters.count(IgmpIgnored.QUERY_RATE);
        return false;
    }

    // What groups tell

    void onFirstMember(Address group) {
        groupsWithMembers++;
        groupsForLimit += countsForLimit(group) ? 1 : 0;
        instance.onGroupAdmitted();
        counters.countJoin();
    }

    void onLastMemberGone(Address group) {
        groupsWithMembers--;
        groupsForLimit -= countsForLimit(group) ? 1 : 0;
        instance.onGroupGone();
        counters.countLeave();
    }

    void onSourceGone() {
        instance.onSourceGone();
    }

    /// What is wanted of the group is no longer what it was.
    void onChanged(IgmpGroup group, long nowNs) {
        if (!group.hasMembers() && !group.isConfigured()) {
            groups.remove(group.group());
        }
        instance.tell(state.id(), group.group(), nowNs);
    }

    // What the querier tells

    void onQuerierChanged(long nowNs) {
        if (!querier.isQuerier()) {
            groups.values().forEach(IgmpGroup::cancelQueries);
        }
        instance.tellQuerier(state.id(), nowNs);
    }

    void sendGeneralQuery() {
        if (!state.loopback()) {
            output.generalQuery(this);
        }
    }

    void sendGroupQuery(Address group, boolean suppress) {
        output.groupQuery(this, group, suppress);
    }

    void sendSourceQueries(Address group, boolean suppress, List<Address> sources) {
        if (config.version() == 3) {
            output.sourceQueries(this, group, suppress, sources);
        } else if (!suppress && !sources.isEmpty()) {
            // Mapped sources of a group whose members cannot name one.
            output.groupQuery(this, group, false);
        }
    }

    // Values in force

    boolean leavesAtOnce(Address group) {
        return config.immediateLeave().isPresent() && config.immediateLeave().get().permits(group);
    }

    long groupMembershipIntervalNs() {
        return querier.groupMembershipIntervalNs();
    }

    long lastMemberQueryIntervalNs() {
        return Nanos.millis(config.lastMemberQueryIntervalMillis());
    }

    int lastMemberQueryCount() {
        return config.lastMemberQueryCount().orElse(querier.robustnessVariable());
    }

    long lastMemberQueryTimeNs() {
        return lastMemberQueryIntervalNs() * lastMemberQueryCount();
    }

    // What is there

    RouterInterface state() {
        return state;
    }

    IgmpInterfaceConfig config() {
        return config;
    }

    IgmpCounters counters() {
        return counters;
    }

    Querier querier() {
        return querier;
    }

    boolean isQuerier() {
        return querier.isQuerier();
    }

    boolean isRunning() {
        return running;
    }

    int groupsForLimit() {
        return groupsForLimit;
    }

    Collection<IgmpGroup> groups() {
        return groups.values();
    }

    Optional<IgmpGroup> group(Address group) {
        return Optional.ofNullable(groups.get(group));
    }
}
