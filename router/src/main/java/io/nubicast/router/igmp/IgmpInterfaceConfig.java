package io.nubicast.router.igmp;

import io.nubicast.router.policy.AccessList;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/// The configuration of IGMP on one interface. Immutable; made by a [Builder].
///
/// @param version 1..3 (`ip igmp version`)
/// @param robustnessVariable 1..7: how many lost messages are borne, less one (`ip igmp robustness-variable`)
/// @param queryIntervalSeconds 1..18000 (`ip igmp query-interval`)
/// @param queryMaxResponseTimeSeconds 1..25, below the query interval (`ip igmp query-max-response-time`)
/// @param querierTimeoutSeconds 60..300: how long the querier may be silent (`ip igmp querier-timeout`); empty for the RFC's:
///     robustness × query interval + half the response time
/// @param lastMemberQueryIntervalMillis 100..25500 (`ip igmp last-member-query-interval`)
/// @param lastMemberQueryCount 1..7 (`ip igmp last-member-query-count`); empty for the robustness
/// @param accessGroup which groups may be joined: a standard list by group, an extended one by source and group
///     (`ip igmp access-group`)
/// @param boundary groups that it denies have no state here (`ip multicast boundary`)
/// @param immediateLeave groups that are forgotten with the first leave (`ip igmp immediate-leave group-list`)
/// @param limit 1..64000: most groups (`ip igmp limit`)
/// @param limitExcept groups that do not count for the limit (`ip igmp limit N except`)
/// @param routerAlertCheck whether messages without the Router Alert option are dropped (`ip igmp router-alert-check`)
/// @param sourceCheck whether messages from addresses that are not on the link are dropped (`no ip igmp source-check` switches it
///     off)
/// @param staticGroups forwarded always, without a member (`ip igmp static-group`)
/// @param joinGroups that the router itself is a member of (`ip igmp join-group`)
public record IgmpInterfaceConfig(int version, int robustnessVariable, int queryIntervalSeconds,
        int queryMaxResponseTimeSeconds, OptionalInt querierTimeoutSeconds, int lastMemberQueryIntervalMillis,
        OptionalInt lastMemberQueryCount, Optional<AccessList> accessGroup, Optional<AccessList> boundary,
        Optional<AccessList> immediateLeave, OptionalInt limit, Optional<AccessList> limitExcept,
        boolean routerAlertCheck, boolean sourceCheck, Set<Membership> staticGroups, Set<Membership> joinGroups) {
    /// What holds where nothing is configured: RFC 3376 section 8.
    public static final IgmpInterfaceConfig DEFAULT = new Builder().build();

    /// Judges the values.
    ///
    /// @throws IllegalArgumentException with what to change, when a value is out of its range or two contradict each other
    public IgmpInterfaceConfig {
        within("version", version, 1, 3);
        within("robustness-variable", robustnessVariable, 1, 7);
        within("query-interval", queryIntervalSeconds, 1, 18_000);
        within("query-max-response-time", queryMaxResponseTimeSeconds, 1, 25);
        querierTimeoutSeconds.ifPresent(seconds -> within("querier-timeout", seconds, 60, 300));
        within("last-member-query-interval", lastMemberQueryIntervalMillis, 100, 25_500);
        lastMemberQueryCount.ifPresent(count -> within("last-member-query-count", count, 1, 7));
        limit.ifPresent(most -> within("limit", most, 1, 64_000));
        if (queryMaxResponseTimeSeconds >= queryIntervalSeconds) {
            throw new IllegalArgumentException("query-max-response-time " + queryMaxResponseTimeSeconds
                    + " must be below query-interval " + queryIntervalSeconds);
        }
        staticGroups = Set.copyOf(staticGroups);
        joinGroups = Set.copyOf(joinGroups);
    }

    static void within(String name, int value, int least, int most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException(name + " " + value + " is not within " + least + ".." + most);
        }
    }

    /// A builder that starts with these values.
    public Builder but() {
        return new Builder(this);
    }

    /// Collects what the configuration says, line by line. Fields have the names and ranges of the record; nothing is judged before
    /// [#build()].
    public static final class Builder {
        private int version = 3;
        private int robustnessVariable = 2;
        private int queryIntervalSeconds = 125;
        private int queryMaxResponseTimeSeconds = 10;
        private OptionalInt querierTimeoutSeconds = OptionalInt.empty();
        private int lastMemberQueryIntervalMillis = 1_000;
        private OptionalInt lastMemberQueryCount = OptionalInt.empty();
        private Optional<AccessList> accessGroup = Optional.empty();
        private Optional<AccessList> boundary = Optional.empty();
        private Optional<AccessList> immediateLeave = Optional.empty();
        private OptionalInt limit = OptionalInt.empty();
        private Optional<AccessList> limitExcept = Optional.empty();
        private boolean routerAlertCheck;
        private boolean sourceCheck = true;
        private final Set<Membership> staticGroups = new LinkedHashSet<>();
        private final Set<Membership> joinGroups = new LinkedHashSet<>();

        /// Starts with the defaults.
        public Builder() {}

        private Builder(IgmpInterfaceConfig from) {
            version = from.version;
            robustnessVariable = from.robustnessVariable;
            queryIntervalSeconds = from.queryIntervalSeconds;
            queryMaxResponseTimeSeconds = from.queryMaxResponseTimeSeconds;
            querierTimeoutSeconds = from.querierTimeoutSeconds;
            lastMemberQueryIntervalMillis = from.lastMemberQueryIntervalMillis;
            lastMemberQueryCount = from.lastMemberQueryCount;
            accessGroup = from.accessGroup;
            boundary = from.boundary;
            immediateLeave = from.immediateLeave;
            limit = from.limit;
            limitExcept = from.limitExcept;
            routerAlertCheck = from.routerAlertCheck;
            sourceCheck = from.sourceCheck;
            staticGroups.addAll(from.staticGroups);
            joinGroups.addAll(from.joinGroups);
        }

        public Builder version(int value) {
            version = value;
            return this;
        }

        public Builder robustnessVariable(int value) {
            robustnessVariable = value;
            return this;
        }

        public Builder queryIntervalSeconds(int value) {
            queryIntervalSeconds = value;
            return this;
        }

        public Builder queryMaxResponseTimeSeconds(int value) {
            queryMaxResponseTimeSeconds = value;
            return this;
        }

        public Builder querierTimeoutSeconds(int value) {
            querierTimeoutSeconds = OptionalInt.of(value);
            return this;
        }

        public Builder lastMemberQueryIntervalMillis(int value) {
            lastMemberQueryIntervalMillis = value;
            return this;
        }

        public Builder lastMemberQueryCount(int value) {
            lastMemberQueryCount = OptionalInt.of(value);
            return this;
        }

        public Builder accessGroup(AccessList list) {
            accessGroup = Optional.of(list);
            return this;
        }

        public Builder boundary(AccessList list) {
            boundary = Optional.of(list);
            return this;
        }

        public Builder immediateLeave(AccessList groups) {
            immediateLeave = Optional.of(groups);
            return this;
        }

        public Builder limit(int most) {
            limit = OptionalInt.of(most);
            return this;
        }

        public Builder limitExcept(AccessList groups) {
            limitExcept = Optional.of(groups);
            return this;
        }

        public Builder routerAlertCheck(boolean value) {
            routerAlertCheck = value;
            return this;
        }

        public Builder sourceCheck(boolean value) {
            sourceCheck = value;
            return this;
        }

        public Builder staticGroup(Membership membership) {
            staticGroups.add(membership);
            return this;
        }

        public Builder joinGroup(Membership membership) {
            joinGroups.add(membership);
            return this;
        }

        Builder withoutMemberships() {
            staticGroups.clear();
            joinGroups.clear();
            return this;
        }

        /// Makes the configuration.
        ///
        /// @throws IllegalArgumentException with what to change
        public IgmpInterfaceConfig build() {
            return new IgmpInterfaceConfig(version, robustnessVariable, queryIntervalSeconds,
                    queryMaxResponseTimeSeconds, querierTimeoutSeconds, lastMemberQueryIntervalMillis,
                    lastMemberQueryCount, accessGroup, boundary, immediateLeave, limit, limitExcept, routerAlertCheck,
                    sourceCheck, staticGroups, joinGroups);
        }
    }
}
