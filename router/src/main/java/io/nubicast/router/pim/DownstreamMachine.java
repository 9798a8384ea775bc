package io.nubicast.router.pim;

import io.nubicast.engine.Timers;

/// The downstream machine of (\*,G) or (S,G) on one interface (RFC 7761 sections 4.5.1 and 4.5.2).
final class DownstreamMachine {
    enum State {
        NO_INFO, JOIN, PRUNE_PENDING
    }

    /// What a machine does to the world.
    interface Effects {
        /// J/P_Override_Interval(I) when the interface has more than one neighbour, else 0.
        long prunePendingNs();

        /// Sends a PruneEcho, unless the interface has one neighbour only.
        void pruneEcho(long nowNs);

        /// The state is not what it was.
        void changed();
    }

    /// A holdtime that never runs out.
    static final int FOREVER = 0xFFFF;

    private final Effects effects;
    private final Timers.Timer expiryTimer;
    private final Timers.Timer prunePendingTimer;
    private final long sinceNs;
    private State state = State.NO_INFO;

    DownstreamMachine(Timers timers, Effects effects, long nowNs) {
        this.effects = effects;
        this.expiryTimer = timers.timer(now -> enter(State.NO_INFO));
        this.prunePendingTimer = timers.timer(this::onPrunePendingExpired);
        this.sinceNs = nowNs;
    }

    void receiveJoin(int holdtimeSeconds, long nowNs) {
        prunePendingTimer.stop();
        hold(holdtimeSeconds, nowNs);
        enter(State.JOIN);
    }

    void receivePrune(long nowNs) {
        switch (state) {
            case NO_INFO, PRUNE_PENDING -> {}
            case JOIN -> {
                long pendingNs = effects.prunePendingNs();
                enter(State.PRUNE_PENDING);
                if (pendingNs == 0) {
                    // "If the router has only one PIM neighbor on that interface, ... the timer is set to zero" (section 4.5.1).
                    onPrunePendingExpired(nowNs);
                } else {
                    prunePendingTimer.set(nowNs + pendingNs);
                }
            }
        }
    }

    /// Forgets everything, as if the Expiry Timer had run out.
    void clear() {
        enter(State.NO_INFO);
    }

    State state() {
        return state;
    }

    /// Whether the interface is in joins().
    boolean isJoined() {
        return state != State.NO_INFO;
    }

    long sinceNs() {
        return sinceNs;
    }

    /// When the Expiry Timer runs out; [Long#MAX_VALUE] for never.
    long expiresNs() {
        return expiryTimer.dueNs();
    }

    boolean isPrunePending() {
        return prunePendingTimer.isRunning();
    }

    private void hold(int holdtimeSeconds, long nowNs) {
        if (holdtimeSeconds == FOREVER) {
            expiryTimer.stop();
        } else if (state == State.NO_INFO) {
            expiryTimer.set(nowNs + PimTimes.seconds(holdtimeSeconds));
        } else if (expiryTimer.isRunning()) {
            // "The Expiry Timer (ET) is restarted, set to maximum of its current value and the HoldTime".
            expiryTimer.setAtLeast(nowNs + PimTimes.seconds(holdtimeSeconds));
        }
    }

    private void onPrunePendingExpired(long nowNs) {
        enter(State.NO_INFO);
        effects.pruneEcho(nowNs);
    }

    private void enter(State next) {
        if (next == State.NO_INFO) {
            expiryTimer.stop();
            prunePendingTimer.stop();
        }
        if (next != state) {
            state = next;
            effects.changed();
        }
    }
}
