package io.nubicast.router.pim;

import io.nubicast.engine.Timers;

/// The upstream machine of (\*,G) or (S,G) (RFC 7761 sections 4.5.4 and 4.5.5).
final class UpstreamMachine {
    enum State {
        NOT_JOINED, JOINED
    }

    /// What a machine does to the world.
    interface Effects {
        void sendJoin(Upstream to);

        void sendPrune(Upstream to);

        /// When the next periodic Join goes out.
        ///
        /// @param first whether it follows the one that a change sent
        long nextJoinNs(boolean first, long nowNs);

        /// t_override on that interface, random.
        long overrideNs(int interfaceId);

        /// t_suppressed on that interface, random; 0 where suppression is off.
        long suppressedNs(int interfaceId);

        /// Is in another state.
        void entered(State state);
    }

    private final Effects effects;
    private final Timers.Timer joinTimer;
    private State state = State.NOT_JOINED;
    private Upstream upstream = Upstream.NONE;

    UpstreamMachine(Timers timers, Effects effects) {
        this.effects = effects;
        this.joinTimer = timers.timer(this::onJoinTimer);
    }

    /// Takes in what JoinDesired and RPF' are now: all events of the table that are changes of these.
    void update(boolean joinDesired, Upstream rpf, long nowNs) {
        Upstream before = upstream;
        upstream = rpf;
        if (state == State.NOT_JOINED) {
            if (joinDesired) {
                effects.sendJoin(rpf);
                joinTimer.set(effects.nextJoinNs(true, nowNs));
                enter(State.JOINED);
            }
        } else if (!joinDesired) {
            effects.sendPrune(before);
            joinTimer.stop();
            enter(State.NOT_JOINED);
        } else if (!rpf.sameNeighbor(before)) {
            if (rpf.interfaceId() == before.interfaceId() && (rpf.byAssert() || before.byAssert())) {
                // RPF' changes due to an Assert.
                joinTimer.setAtMost(nowNs + effects.overrideNs(rpf.interfaceId()));
            } else {
                effects.sendJoin(rpf);
                effects.sendPrune(before);
                joinTimer.set(effects.nextJoinNs(true, nowNs));
            }
        }
    }

    /// Somebody else joined at that neighbour.
    void seeJoin(Upstream to, int holdtimeSeconds, long nowNs) {
        long suppressedNs = follows(to) ? effects.suppressedNs(to.interfaceId()) : 0;
        if (suppressedNs > 0) {
            joinTimer.setAtLeast(nowNs + Math.min(suppressedNs, PimTimes.seconds(holdtimeSeconds)));
        }
    }

    /// Somebody else pruned at that neighbour.
    void seePrune(Upstream to, long nowNs) {
        if (follows(to)) {
            joinTimer.setAtMost(nowNs + effects.overrideNs(to.interfaceId()));
        }
    }

    /// That neighbour has started anew (RPF' GenID changes).
    void onGenerationChanged(Upstream neighbor, long nowNs) {
        seePrune(neighbor, nowNs);
    }

    /// Prunes and stays out until the next [#update].
    void leave() {
        if (state == State.JOINED) {
            effects.sendPrune(upstream);
            joinTimer.stop();
            enter(State.NOT_JOINED);
        }
    }

    /// Ends without a word.
    void stop() {
        joinTimer.stop();
        state = State.NOT_JOINED;
    }

    State state() {
        return state;
    }

    boolean isJoined() {
        return state == State.JOINED;
    }

    /// RPF' as last taken in.
    Upstream upstream() {
        return upstream;
    }

    /// When the Join Timer runs out.
    long joinTimerNs() {
        return joinTimer.dueNs();
    }

    private boolean follows(Upstream neighbor) {
        return state == State.JOINED && !neighbor.isNone() && upstream.sameNeighbor(neighbor);
    }

    private void onJoinTimer(long nowNs) {
        effects.sendJoin(upstream);
        joinTimer.set(effects.nextJoinNs(false, nowNs));
    }

    private void enter(State next) {
        state = next;
        effects.entered(next);
    }
}
