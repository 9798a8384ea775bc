package io.nubicast.router.igmp;

import io.nubicast.engine.Timers;
import io.nubicast.engine.Timers.Timer;
import io.nubicast.wire.Address;
import io.nubicast.wire.igmp.IgmpMessage.MembershipQuery;
import io.nubicast.wire.igmp.IgmpMessage.V1Query;
import io.nubicast.wire.igmp.IgmpMessage.V2Query;
import io.nubicast.wire.igmp.IgmpMessage.V3Query;

/// Who asks on a link: the router with the lowest address (RFC 3376 section 6.6.2, RFC 2236 section 7).
///
/// The times of the link come from here: its own, or, while another is the querier, that one's (IGMP-012).
final class Querier {
    enum State {
        INITIAL, QUERIER, NON_QUERIER
    }

    private final IgmpInterface link;
    private final Timer generalQuery;
    private final Timer otherQuerierPresent;
    private final LogLimit versionLog = new LogLimit();
    private State state = State.INITIAL;
    private Address address = Address.ANY_IPV4;
    private int startupQueriesLeft;
    private long sinceNs;
    private long lastHeardNs;
    private int heardRobustness;
    private int heardIntervalSeconds;
    private int heardResponseTenths;

    Querier(IgmpInterface link, Timers timers) {
        this.link = link;
        generalQuery = timers.timer(this::onGeneralQueryTimer);
        otherQuerierPresent = timers.timer(this::enterQuerier);
    }

    /// The interface is up: everybody begins as querier, and asks more often at first.
    void start(long nowNs) {
        startupQueriesLeft = link.config().robustnessVariable();
        enterQuerier(nowNs);
    }

    void stop(long nowNs) {
        generalQuery.stop();
        otherQuerierPresent.stop();
        state = State.INITIAL;
        address = Address.ANY_IPV4;
        forgetHeard();
        link.onQuerierChanged(nowNs);
    }

    private void enterQuerier(long nowNs) {
        boolean changed = state != State.QUERIER;
        state = State.QUERIER;
        sinceNs = changed ? nowNs : sinceNs;
        address = link.state().address().orElse(Address.ANY_IPV4);
        otherQuerierPresent.stop();
        forgetHeard();
        onGeneralQueryTimer(nowNs);
        if (changed) {
            link.onQuerierChanged(nowNs);
        }
    }

    private void forgetHeard() {
        heardRobustness = 0;
        heardIntervalSeconds = 0;
        heardResponseTenths = 0;
    }

    private void onGeneralQueryTimer(long nowNs) {
        link.sendGeneralQuery();
        if (startupQueriesLeft > 0) {
            startupQueriesLeft--;
        }
        long intervalNs = Nanos.seconds(link.config().queryIntervalSeconds());
        generalQuery.set(nowNs + (startupQueriesLeft > 0 ? intervalNs / 4 : intervalNs));
    }

    /// A query of another router.
    void onQuery(MembershipQuery query, Address source, long nowNs) {
        int version = switch (query) {
            case V1Query ignored -> 1;
            case V2Query ignored -> 2;
            case V3Query ignored -> 3;
        };
        if (version != link.config().version() && versionLog.mayLog(nowNs)) {
            // RFC 3376 section 7.3.1: all routers of a link must have one version, by hand.
            IgmpInstance.LOG.warn("%IGMP-3-QUERY_VERSION: {} asks in version {} on {}, which has version {}:"
                    + " set 'ip igmp version' to the lowest of all routers there", source, version, link.state().name(),
                    link.config().version());
        }
        Address own = link.state().address().orElse(Address.ANY_IPV4);
        if (source.isUnspecified() || source.compareTo(own) >= 0) {
            return;
        }
        boolean changed = state != State.NON_QUERIER;
        // A router between the querier and us that asks while the querier still does will cease: keep the querier.
        boolean silent = nowNs - lastHeardNs > Nanos.seconds(queryIntervalSeconds()) + responseIntervalNs();
        if (changed || silent || source.compareTo(address) <= 0) {
            if (changed || !source.equals(address)) {
                sinceNs = nowNs;
                forgetHeard();
            }
            state = State.NON_QUERIER;
            address = source;
            lastHeardNs = nowNs;
            adopt(query);
            generalQuery.stop();
            startupQueriesLeft = 0;
        }
        otherQuerierPresent.set(nowNs + otherQuerierPresentIntervalNs());
        if (changed) {
            link.onQuerierChanged(nowNs);
        }
    }

    private void adopt(MembershipQuery query) {
        switch (query) {
            case V1Query ignored -> {}
            case V2Query v2 -> {
                if (v2.isGeneral()) {
                    heardResponseTenths = v2.maxResponseTenths();
                }
            }
            case V3Query v3 -> {
                heardRobustness = v3.robustnessVariable();
                heardIntervalSeconds = v3.queryIntervalSeconds();
                if (v3.isGeneral()) {
                    heardResponseTenths = v3.maxResponseTenths();
                }
            }
        }
    }

    /// Times have another length from now on.
    void onConfigured(long nowNs) {
        if (generalQuery.isRunning()) {
            generalQuery.setAtMost(nowNs + Nanos.seconds(link.config().queryIntervalSeconds()));
        }
        if (otherQuerierPresent.isRunning()) {
            otherQuerierPresent.set(lastHeardNs + otherQuerierPresentIntervalNs());
        }
    }

    boolean isQuerier() {
        return state == State.QUERIER;
    }

    State state() {
        return state;
    }

    /// [Address#ANY_IPV4] for none.
    Address address() {
        return address;
    }

    long sinceNs() {
        return sinceNs;
    }

    /// When the querier is given up, or the next query leaves.
    long dueNs() {
        return Math.min(otherQuerierPresent.dueNs(), generalQuery.dueNs());
    }

    int robustnessVariable() {
        return heardRobustness > 0 ? heardRobustness : link.config().robustnessVariable();
    }

    int queryIntervalSeconds() {
        return heardIntervalSeconds > 0 ? heardIntervalSeconds : link.config().queryIntervalSeconds();
    }

    private long responseIntervalNs() {
        return heardResponseTenths > 0
                ? Nanos.tenths(heardResponseTenths)
                : Nanos.seconds(link.config().queryMaxResponseTimeSeconds());
    }

    long groupMembershipIntervalNs() {
        return robustnessVariable() * Nanos.seconds(queryIntervalSeconds()) + responseIntervalNs();
    }

    /// What [#otherQuerierPresentIntervalNs()] would be by the configuration alone.
    long configuredTimeoutNs() {
        IgmpInterfaceConfig config = link.config();
        return config.querierTimeoutSeconds().isPresent()
                ? Nanos.seconds(config.querierTimeoutSeconds().getAsInt())
                : config.robustnessVariable() * Nanos.seconds(config.queryIntervalSeconds())
                        + Nanos.seconds(config.queryMaxResponseTimeSeconds()) / 2;
    }

    long otherQuerierPresentIntervalNs() {
        return link.config().querierTimeoutSeconds().isPresent()
                ? Nanos.seconds(link.config().querierTimeoutSeconds().getAsInt())
                : robustnessVariable() * Nanos.seconds(queryIntervalSeconds()) + responseIntervalNs() / 2;
    }
}
