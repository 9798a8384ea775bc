package io.nubicast.router.pim;

import io.nubicast.engine.Timers;
import io.nubicast.wire.Address;

/// The assert machine of (S,G) or (\*,G) on one interface (RFC 7761 sections 4.6.1 and 4.6.2).
final class AssertMachine {
    enum State {
        NO_INFO, WINNER, LOSER
    }

    /// What a machine asks about and does to the world.
    interface Effects {
        /// Whether it is the machine of (S,G).
        boolean ofSource();

        /// CouldAssert.
        boolean couldAssert();

        /// AssertTrackingDesired.
        boolean trackingDesired();

        /// my_assert_metric.
        AssertMetric metric();

        /// Whether the interface is RPF_interface of the source, or of the RP.
        boolean isRpfInterface();

        void sendAssert(AssertMetric metric, long nowNs);

        /// Sends an AssertCancel.
        void sendCancel(long nowNs);

        /// Has lost with an Assert for (S,G) (action A6).
        void lostFromNoInfo();

        /// The state or the winner is not what it was.
        void changed();
    }

    private final Effects effects;
    private final Timers.Timer assertTimer;
    private State state = State.NO_INFO;
    private AssertMetric winner = AssertMetric.INFINITE;
    private boolean wasRpfInterface;

    AssertMachine(Timers timers, Effects effects) {
        this.effects = effects;
        this.assertTimer = timers.timer(this::onAssertTimer);
    }

    /// Data of the tree arrived on this interface, where it ought to leave.
    void onData(long nowNs) {
        if (state == State.NO_INFO && effects.couldAssert()) {
            win(nowNs);
        }
    }

    /// An Assert arrived.
    ///
    /// @param claim its metric, with the address of its sender
    void onAssert(AssertMetric claim, long nowNs) {
        if (!effects.ofSource() && !claim.rpt()) {
            return;
        }
        AssertMetric mine = effects.metric();
        boolean acceptable = claim.isBetterThan(mine);
        boolean wrongTree = effects.ofSource() && claim.rpt();
        switch (state) {
            case NO_INFO -> {
                if ((wrongTree || !acceptable) && effects.couldAssert()) {
                    win(nowNs);
                } else if (!wrongTree && acceptable && !claim.isInfinite() && effects.trackingDesired()) {
                    lose(claim, nowNs);
                    effects.lostFromNoInfo();
                }
            }
            case WINNER -> {
                if (acceptable) {
                    lose(claim, nowNs);
                } else {
                    win(nowNs);
                }
            }
            case LOSER -> {
                if (claim.address().equals(winner.address())) {
                    if (claim.isInfinite() || !acceptable) {
                        forget();
                    } else if (!wrongTree) {
                        lose(claim, nowNs);
                    }
                } else if (!wrongTree && claim.isBetterThan(winner)) {
                    lose(claim, nowNs);
                }
            }
        }
    }

    /// A Join for the tree arrived on this interface.
    void onJoin() {
        if (state == State.LOSER) {
            forget();
        }
    }

    /// That neighbour is gone, or has started anew.
    void onNeighborLost(Address neighbor) {
        if (state == State.LOSER && winner.address().equals(neighbor)) {
            forget();
        }
    }

    /// Takes in what the conditions are now.
    void update(long nowNs) {
        switch (state) {
            case NO_INFO -> {}
            case WINNER -> {
                if (!effects.couldAssert()) {
                    effects.sendCancel(nowNs);
                    forget();
                }
            }
            case LOSER -> {
                boolean rpfInterface = effects.isRpfInterface();
                if (!effects.trackingDesired() || effects.metric().isBetterThan(winner)
                        || wasRpfInterface && !rpfInterface) {
                    forget();
                }
                wasRpfInterface = rpfInterface;
            }
        }
    }

    /// Ends without a word.
    void stop() {
        assertTimer.stop();
        state = State.NO_INFO;
        winner = AssertMetric.INFINITE;
    }

    State state() {
        return state;
    }

    boolean isWinner() {
        return state == State.WINNER;
    }

    boolean isLoser() {
        return state == State.LOSER;
    }

    /// AssertWinnerMetric with the address of AssertWinner; infinite in NoInfo.
    AssertMetric winner() {
        return winner;
    }

    /// When the Assert Timer runs out.
    long assertTimerNs() {
        return assertTimer.dueNs();
    }

    private void onAssertTimer(long nowNs) {
        switch (state) {
            case NO_INFO -> {}
            case WINNER -> win(nowNs);
            case LOSER -> forget();
        }
    }

    /// Actions A1 and A3.
    private void win(long nowNs) {
        AssertMetric mine = effects.metric();
        effects.sendAssert(mine, nowNs);
        assertTimer.set(nowNs + PimTimes.ASSERT - PimTimes.ASSERT_OVERRIDE);
        enter(State.WINNER, mine);
    }

    /// Actions A2 and A6.
    private void lose(AssertMetric claim, long nowNs) {
        assertTimer.set(nowNs + PimTimes.ASSERT);
        wasRpfInterface = effects.isRpfInterface();
        enter(State.LOSER, claim);
    }

    /// Actions A4 and A5.
    private void forget() {
        assertTimer.stop();
        enter(State.NO_INFO, AssertMetric.INFINITE);
    }

    private void enter(State next, AssertMetric newWinner) {
        if (next != state || !newWinner.equals(winner)) {
            state = next;
            winner = newWinner;
            effects.changed();
        }
    }
}
