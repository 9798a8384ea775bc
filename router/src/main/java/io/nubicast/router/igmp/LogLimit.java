package io.nubicast.router.igmp;

/// Lets one line a minute into the log for one cause.
final class LogLimit {
    private static final long INTERVAL_NS = Nanos.seconds(60);

    private boolean logged;
    private long lastNs;

    boolean mayLog(long nowNs) {
        if (logged && nowNs - lastNs < INTERVAL_NS) {
            return false;
        }
        logged = true;
        lastNs = nowNs;
        return true;
    }
}
