package io.nubicast.app.demo;

import io.nubicast.tools.mpegts.TsError;
import io.nubicast.tools.mpegts.TsHealth;
import java.util.Locale;

/// A stream's health in a few words. What counts here is whether the network damaged it: a machine too busy to send on time
/// shows as jitter, not as a fault.
final class Health {
    private Health() {}

    static boolean well(TsHealth health) {
        return health.count(TsError.CONTINUITY_COUNT_ERROR) + health.count(TsError.TS_SYNC_LOSS)
                + health.count(TsError.SYNC_BYTE_ERROR) + health.count(TsError.TRANSPORT_ERROR)
                + health.count(TsError.CRC_ERROR) == 0;
    }

    static String text(TsHealth health) {
        if (health.packets() == 0) {
            return "";
        }
        if (well(health)) {
            return String.format(Locale.ROOT, "jitter %.1f ms", health.pcrJitterP99Ns() / 1e6);
        }
        long continuity = health.count(TsError.CONTINUITY_COUNT_ERROR);
        return continuity > 0 ? continuity + " CC errors" : "sync lost " + health.count(TsError.TS_SYNC_LOSS);
    }
}
