package io.nubicast.router.pim;

import java.util.EnumMap;
import java.util.Map;

/// What an instance counts (GEN-005). One constant is one counter; on the router's thread.
final class PimCounters {
    /// What happened.
    enum Event {
        HELLO_RECEIVED("Hello received"), HELLO_SENT("Hello sent"), JOIN_PRUNE_RECEIVED(
                "Join-Prune received"), JOIN_PRUNE_SENT("Join-Prune sent"), REGISTER_RECEIVED(
                        "Register received"), REGISTER_SENT("Register sent"), NULL_REGISTER_RECEIVED(
                                "Null-Register received"), NULL_REGISTER_SENT(
                                        "Null-Register sent"), REGISTER_STOP_RECEIVED(
                                                "Register-Stop received"), REGISTER_STOP_SENT(
                                                        "Register-Stop sent"), ASSERT_RECEIVED(
                                                                "Assert received"), ASSERT_SENT(
                                                                        "Assert sent"), OTHER_RECEIVED(
                                                                                "of other types, ignored"),

        TRUNCATED("shorter than its fields say"), BAD_VERSION("not PIM version 2"), BAD_CHECKSUM(
                "wrong checksum"), UNKNOWN_ADDRESS_FAMILY("unknown address family"), BAD_ADDRESS(
                        "address or mask that does not belong there"), BAD_INNER_PACKET(
                                "Register that carries no packet to a group"), SKIPPED(
                                        "entries or options left out"), OWN_PACKET("our own"), NO_NEIGHBOR(
                                                "not from a neighbour"), NOT_ENABLED(
                                                        "PIM does not run there"), NOT_LINK_LOCAL(
                                                                "link message with a TTL other than 1, or not to a link address"), BOUNDARY(
                                                                        "group denied by a boundary"), SSM_GROUP(
                                                                                "shared tree of a source-specific group"), WRONG_RP(
                                                                                        "Join for another RP"), RP_NOT_ACCEPTED(
                                                                                                "RP denied by accept-rp"), NOT_FOR_US(
                                                                                                        "Register to an address that is not ours"), NOT_RP(
                                                                                                                "Register for a group whose RP we are not"), REGISTER_LOOP(
                                                                                                                        "Register of a packet that must not be registered"), REGISTER_DENIED(
                                                                                                                                "Register denied by accept-register"), REGISTER_RATE(
                                                                                                                                        "not registered: over the rate limit"), REGISTER_TTL(
                                                                                                                                                "not registered: TTL is used up"), UNEXPECTED_REGISTER_STOP(
                                                                                                                                                        "Register-Stop for a source that is not registered"), STATE_LIMIT(
                                                                                                                                                                "no state made: over the route limit"), NO_PIM_ON_INTERFACE(
                                                                                                                                                                        "source seen on an interface without PIM"), RPF_FAILED(
                                                                                                                                                                                "packets on another interface than the RPF interface");

        private final String text;

        Event(String text) {
            this.text = text;
        }

        String text() {
            return text;
        }

        /// As it stands in JSON and metrics.
        String label() {
            return name().toLowerCase(java.util.Locale.ROOT);
        }
    }

    private final Map<Event, long[]> counts = new EnumMap<>(Event.class);

    PimCounters() {
        for (Event event : Event.values()) {
            counts.put(event, new long[1]);
        }
    }

    void count(Event event) {
        count(event, 1);
    }

    void count(Event event, long times) {
        long[] cell = counts.get(event);
        if (cell != null) {
            cell[0] += times;
        }
    }

    long of(Event event) {
        long[] cell = counts.get(event);
        return cell == null ? 0 : cell[0];
    }
}
