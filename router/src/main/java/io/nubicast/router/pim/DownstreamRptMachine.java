package io.nubicast.router.pim;

import io.nubicast.engine.Timers;

/// The downstream machine of (S,G,rpt) on one interface (RFC 7761 section 4.5.3).
final class DownstreamRptMachine {
    enum State {
        NO_INFO, PRUNE_PENDING, PRUNE,
        /// Prune', while the message is read that joined (\*,G).
        PRUNE_TMP,
        /// Prune-Pending', likewise.
        PRUNE_PENDING_TMP
    }

    /// What a machine does to the world.
    interface Effects {
        /// J/P_Override_Interval(I) when the interface has more than one neighbour, else 0.
        long prunePendingNs();

        /// The state is not what it was.
        void changed();
    }

    private final Effects effects;
    private final Timers.Timer expiryTimer;
    private final Timers.Timer prunePendingTimer;
    private State state = State.NO_INFO;

    DownstreamRptMachine(Timers timers, Effects effects) {
        this.effects = effects;
        this.expiryTimer = timers.timer(now -> enter(State.NO_INFO));
        this.prunePendingTimer = timers.timer(now -> enter(State.PRUNE));
    }

    /// A Join(\*,G) for this router is in the message that is being read.
    void receiveJoinOfGroup() {
        switch (state) {
            case PRUNE -> enter(State.PRUNE_TMP);
            case PRUNE_PENDING -> enter(State.PRUNE_PENDING_TMP);
            case NO_INFO, PRUNE_TMP, PRUNE_PENDING_TMP -> {}
        }
    }

    void receiveJoin() {
        switch (state) {
            case PRUNE, PRUNE_PENDING -> enter(State.NO_INFO);
            case NO_INFO, PRUNE_TMP, PRUNE_PENDING_TMP -> {}
        }
    }

    void receivePrune(int holdtimeSeconds, long nowNs) {
        switch (state) {
            case NO_INFO -> {
                expire(holdtimeSeconds, nowNs);
                long pendingNs = effects.prunePendingNs();
                if (pendingNs == 0) {
                    enter(State.PRUNE);
                } else {
                    enter(State.PRUNE_PENDING);
                    prunePendingTimer.set(nowNs + pendingNs);
                }
            }
            case PRUNE_PENDING -> {}
            case PRUNE, PRUNE_TMP -> {
                extend(holdtimeSeconds, nowNs);
                enter(State.PRUNE);
            }
            case PRUNE_PENDING_TMP -> {
                extend(holdtimeSeconds, nowNs);
                enter(State.PRUNE_PENDING);
            }
        }
    }

    void endOfMessage() {
        switch (state) {
            case PRUNE_TMP, PRUNE_PENDING_TMP -> enter(State.NO_INFO);
            case NO_INFO, PRUNE, PRUNE_PENDING -> {}
        }
    }

    /// Forgets everything.
    void clear() {
        enter(State.NO_INFO);
    }

    State state() {
        return state;
    }

    /// Whether the interface is in prunes(S,G,rpt).
    boolean isPruned() {
        return state == State.PRUNE || state == State.PRUNE_TMP;
    }

    long expiresNs() {
        return expiryTimer.dueNs();
    }

    private void expire(int holdtimeSeconds, long nowNs) {
        if (holdtimeSeconds != DownstreamMachine.FOREVER) {
            expiryTimer.set(nowNs + PimTimes.seconds(holdtimeSeconds));
        }
    }

    private void extend(int holdtimeSeconds, long nowNs) {
        if (holdtimeSeconds == DownstreamMachine.FOREVER) {
            expiryTimer.stop();
        } else if (expiryTimer.isRunning()) {
            expiryTimer.setAtLeast(nowNs + PimTimes.seconds(holdtimeSeconds));
        }
    }

    private void enter(State next) {
        if (next == State.NO_INFO) {
            expiryTimer.stop();
        }
        // Prune-Pending' keeps the timer: should it run out meanwhile, messages are read in no time, so it cannot.
        if (next == State.NO_INFO || next == State.PRUNE) {
            prunePendingTimer.stop();
        }
        if (next != state) {
            state = next;
            effects.changed();
        }
    }
}
