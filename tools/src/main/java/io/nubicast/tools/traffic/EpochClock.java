package io.nubicast.tools.traffic;

import java.time.Instant;

/// The time of day in nanoseconds since 1970, to the resolution of the system clock, without an object a call: the monotonic
/// clock, set by the system clock once a second. One thread.
final class EpochClock {
    private static final long RESET_NS = 1_000_000_000;

    private long setAtNs;
    private long offsetNs;
    private boolean set;

    /// @param monotonicNs `System.nanoTime()` of now
    long nowNs(long monotonicNs) {
        if (!set || monotonicNs - setAtNs > RESET_NS) {
            set = true;
            setAtNs = monotonicNs;
            Instant now = Instant.now();
            offsetNs = now.getEpochSecond() * 1_000_000_000 + now.getNano() - System.nanoTime();
        }
        return monotonicNs + offsetNs;
    }
}
