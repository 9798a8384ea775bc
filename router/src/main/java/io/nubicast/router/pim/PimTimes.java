package io.nubicast.router.pim;

/// The times of RFC 7761 section 4.11, in nanoseconds.
final class PimTimes {
    static final long SECOND = 1_000_000_000L;
    static final long MILLISECOND = 1_000_000L;

    /// Keepalive_Period.
    static final long KEEPALIVE = 210 * SECOND;
    /// Register_Suppression_Time.
    static final long REGISTER_SUPPRESSION = 60 * SECOND;
    /// Register_Probe_Time.
    static final long REGISTER_PROBE = 5 * SECOND;
    /// RP_Keepalive_Period, 3 * Register_Suppression_Time + Register_Probe_Time, and not below Keepalive_Period.
    static final long RP_KEEPALIVE = Math.max(KEEPALIVE, 3 * REGISTER_SUPPRESSION + REGISTER_PROBE);
    /// Assert_Time.
    static final long ASSERT = 180 * SECOND;
    /// Assert_Override_Interval.
    static final long ASSERT_OVERRIDE = 3 * SECOND;

    /// How often counters are read to see whether a source still sends (MFC-010).
    static final long TRAFFIC_POLL = 25 * SECOND;
    /// The same while a rate is to be measured.
    static final long RATE_POLL = 5 * SECOND;
    /// How long changes of routes are collected (PIM-046).
    static final long ROUTE_CHANGES = 100 * MILLISECOND;
    /// Periodic Joins go out on these ticks, so that those of a tick share messages.
    static final long TICK = SECOND;

    private PimTimes() {}

    static long seconds(long seconds) {
        return seconds * SECOND;
    }
}
