package io.nubicast.router.igmp;

import io.nubicast.wire.igmp.IgmpDrop;
import io.nubicast.wire.igmp.IgmpMessage;

/// What was received and sent, and what was not taken and why; of one interface, or of all. On the router's thread.
public final class IgmpCounters {
    /// What is counted as received and sent.
    public enum Kind {
        V1_QUERY("v1 queries"), V2_QUERY("v2 queries"), V3_QUERY("v3 queries"), V1_REPORT("v1 reports"), V2_REPORT(
                "v2 reports"), V3_REPORT("v3 reports"), LEAVE("v2 leaves"), OTHER("other types");

        private final String description;

        Kind(String description) {
            this.description = description;
        }

        /// For people.
        public String description() {
            return description;
        }

        static Kind of(IgmpMessage message) {
            return switch (message) {
                case IgmpMessage.V1Query ignored -> V1_QUERY;
                case IgmpMessage.V2Query ignored -> V2_QUERY;
                case IgmpMessage.V3Query ignored -> V3_QUERY;
                case IgmpMessage.V1Report ignored -> V1_REPORT;
                case IgmpMessage.V2Report ignored -> V2_REPORT;
                case IgmpMessage.V3Report ignored -> V3_REPORT;
                case IgmpMessage.Leave ignored -> LEAVE;
                case IgmpMessage.Unknown ignored -> OTHER;
            };
        }
    }

    private final long[] received = new long[Kind.values().length];
    private final long[] sent = new long[Kind.values().length];
    private final long[] dropped = new long[IgmpDrop.values().length];
    private final long[] ignored = new long[IgmpIgnored.values().length];
    private long withoutRouterAlert;
    private long joins;
    private long leaves;

    /// Messages that were read, also those that were then ignored.
    public long received(Kind kind) {
        return received[kind.ordinal()];
    }

    public long sent(Kind kind) {
        return sent[kind.ordinal()];
    }

    /// Packets that are no message.
    public long dropped(IgmpDrop reason) {
        return dropped[reason.ordinal()];
    }

    /// Messages, or records of reports, that were not applied.
    public long ignored(IgmpIgnored reason) {
        return ignored[reason.ordinal()];
    }

    /// Messages that were taken although their Router Alert option is missing (IGMP-008).
    public long withoutRouterAlert() {
        return withoutRouterAlert;
    }

    /// Groups that got their first member.
    public long joins() {
        return joins;
    }

    /// Groups that lost their last member.
    public long leaves() {
        return leaves;
    }

    void countReceived(IgmpMessage message) {
        received[Kind.of(message).ordinal()]++;
    }

    void countSent(IgmpMessage message) {
        sent[Kind.of(message).ordinal()]++;
    }

    void count(IgmpDrop reason) {
        dropped[reason.ordinal()]++;
    }

    void count(IgmpIgnored reason) {
        count(reason, 1);
    }

    void count(IgmpIgnored reason, long times) {
        ignored[reason.ordinal()] += times;
    }

    void countWithoutRouterAlert() {
        withoutRouterAlert++;
    }

    void countJoin() {
        joins++;
    }

    void countLeave() {
        leaves++;
    }

    void add(IgmpCounters other) {
        add(received, other.received);
        add(sent, other.sent);
        add(dropped, other.dropped);
        add(ignored, other.ignored);
        withoutRouterAlert += other.withoutRouterAlert;
        joins += other.joins;
        leaves += other.leaves;
    }

    private static void add(long[] to, long[] from) {
        for (int i = 0; i < to.length; i++) {
            to[i] += from[i];
        }
    }
}
