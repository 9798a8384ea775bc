package io.nubicast.dataplane.gre;

import io.nubicast.dataplane.gre.TunnelConfig.KeepaliveTimes;
import io.nubicast.engine.Timers;

/// Finds out whether the far end answers (GRE-040), without I/O and clock. One thread.
///
/// A keepalive goes every period. Without an answer for `period` × `retries` the far end is taken for dead, and keepalives go on; the
/// first answer brings it back.
final class Keepalive {
    private final long periodNs;
    private final long toleranceNs;
    private final Runnable send;
    private final Timers.Timer next;
    private final Timers.Timer dead;
    private boolean answered = true;

    /// @param send sends one
    Keepalive(Timers timers, KeepaliveTimes times, Runnable send) {
        periodNs = times.periodSeconds() * 1_000_000_000L;
        toleranceNs = periodNs * times.retries();
        this.send = send;
        next = timers.timer(this::send);
        dead = timers.timer(nowNs -> answered = false);
    }

    /// Begins with an answer assumed.
    void start(long nowNs) {
        answered = true;
        dead.set(nowNs + toleranceNs);
        send(nowNs);
    }

    private void send(long nowNs) {
        send.run();
        next.set(nowNs + periodNs);
    }

    void onAnswer(long nowNs) {
        answered = true;
        dead.set(nowNs + toleranceNs);
    }

    /// Sends no more.
    void stop() {
        next.stop();
        dead.stop();
    }

    /// Whether the far end is taken for alive.
    boolean isAnswered() {
        return answered;
    }
}
