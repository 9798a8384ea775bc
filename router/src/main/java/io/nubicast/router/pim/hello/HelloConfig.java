package io.nubicast.router.pim.hello;

import io.nubicast.router.policy.AccessList;
import java.util.Optional;

/// What is configured about Hellos on an interface that runs PIM. Immutable.
///
/// @param passive `ip pim passive`: no Hello is sent and none is heard; this router is the designated one (PIM-028)
/// @param intervalMs Hello_Period, 1..65535000
/// @param holdtimeSeconds what our Hellos say, 1..65535, 65535 for ever; 0 would be goodbye
/// @param drPriority 0..2^32 - 1
/// @param propagationDelayMs what we think of the link, 0..32767
/// @param overrideIntervalMs 0..65535
/// @param stateRefreshIntervalSeconds 1..255 where dense mode runs with State Refresh; 0 where it does not
/// @param neighborFilter a standard list: Hellos of addresses that it denies are not heard
/// @param mostNeighbors on the interface; Hellos of more are counted and not heard (GEN-009)
public record HelloConfig(boolean passive, int intervalMs, int holdtimeSeconds, long drPriority,
        int propagationDelayMs, int overrideIntervalMs, int stateRefreshIntervalSeconds,
        Optional<AccessList> neighborFilter, int mostNeighbors) {
    /// The defaults of RFC 7761 section 4.11.
    public static final HelloConfig DEFAULT = new HelloConfig(false, 30_000, 105, 1, 500, 2500, 0, Optional.empty(),
            500);

    public HelloConfig {
        if (intervalMs < 1 || holdtimeSeconds < 1 || holdtimeSeconds > 0xFFFF || drPriority < 0
                || drPriority > 0xFFFF_FFFFL || propagationDelayMs < 0 || propagationDelayMs > 0x7FFF
                || overrideIntervalMs < 0 || overrideIntervalMs > 0xFFFF || stateRefreshIntervalSeconds < 0
                || stateRefreshIntervalSeconds > 255 || mostNeighbors < 0) {
            throw new IllegalArgumentException("a value of Hellos is out of its range");
        }
    }
}
