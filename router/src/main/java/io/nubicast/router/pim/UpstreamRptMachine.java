package io.nubicast.router.pim;

import io.nubicast.engine.Timers;

/// The upstream machine of (S,G,rpt) (RFC 7761 section 4.5.6).
final class UpstreamRptMachine {
    enum State {
        /// RPTNotJoined(G).
        RPT_NOT_JOINED,
        /// Pruned(S,G,rpt).
        PRUNED,
        /// NotPruned(S,G,rpt).
        NOT_PRUNED
    }

    /// What a machine does to the world.
    interface Effects {
        void sendJoin(Upstream to);

        void sendPrune(Upstream to);

        /// t_override on that interface, random.
        long overrideNs(int interfaceId);

        /// Is in another state.
        void entered(State state);
    }

    private final Effects effects;
    private final Timers.Timer overrideTimer;
    private State state = State.RPT_NOT_JOINED;
    private Upstream upstream = Upstream.NONE;
    private boolean follows;

    UpstreamRptMachine(Timers timers, Effects effects) {
        this.effects = effects;
        this.overrideTimer = timers.timer(now -> effects.sendJoin(upstream));
    }

    /// Takes in what the conditions are now.
    ///
    /// @param rpf RPF'(S,G,rpt)
    /// @param sameAsGroup whether it is RPF'(*,G)
    void update(boolean rptJoinDesired, boolean pruneDesired, Upstream rpf, boolean sameAsGroup, long nowNs) {
        boolean cameBack = sameAsGroup && !follows && !upstream.isNone();
        upstream = rpf;
        follows = sameAsGroup;
        if (!rptJoinDesired) {
            overrideTimer.stop();
            enter(State.RPT_NOT_JOINED);
            return;
        }
        switch (state) {
            // The Join(*,G) that goes out with this change says which sources are pruned.
            case RPT_NOT_JOINED -> enter(pruneDesired ? State.PRUNED : State.NOT_PRUNED);
            case PRUNED -> {
                if (!pruneDesired) {
                    effects.sendJoin(rpf);
                    enter(State.NOT_PRUNED);
                }
            }
            case NOT_PRUNED -> {
                if (pruneDesired) {
                    effects.sendPrune(rpf);
                    overrideTimer.stop();
                    enter(State.PRUNED);
                } else if (cameBack) {
                    // RPF'(S,G,rpt) -> RPF'(*,G).
                    override(rpf, nowNs);
                }
            }
        }
    }

    /// Somebody else pruned (S,G,rpt), or (S,G), at that neighbour.
    void seePrune(Upstream to, long nowNs) {
        if (state == State.NOT_PRUNED && !to.isNone() && upstream.sameNeighbor(to)) {
            override(to, nowNs);
        }
    }

    /// Somebody else joined (S,G,rpt) at that neighbour.
    void seeJoin(Upstream to) {
        if (state == State.NOT_PRUNED && upstream.sameNeighbor(to)) {
            overrideTimer.stop();
        }
    }

    /// Ends without a word.
    void stop() {
        overrideTimer.stop();
        state = State.RPT_NOT_JOINED;
    }

    State state() {
        return state;
    }

    long overrideTimerNs() {
        return overrideTimer.dueNs();
    }

    private void override(Upstream to, long nowNs) {
        overrideTimer.setAtMost(nowNs + effects.overrideNs(to.interfaceId()));
    }

    private void enter(State next) {
        if (next != state) {
            state = next;
            effects.entered(next);
        }
    }
}
