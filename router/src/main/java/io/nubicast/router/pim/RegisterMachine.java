package io.nubicast.router.pim;

import io.nubicast.engine.Timers;
import java.util.random.RandomGenerator;

/// The register machine of (S,G) at the designated router of the source (RFC 7761 section 4.4.1).
final class RegisterMachine {
    enum State {
        NO_INFO, JOIN, JOIN_PENDING, PRUNE
    }

    /// What a machine does to the world.
    interface Effects {
        void sendNullRegister(long nowNs);

        /// The tunnel came or went.
        void changed();
    }

    private final Effects effects;
    private final RandomGenerator random;
    private final Timers.Timer registerStopTimer;
    private State state = State.NO_INFO;

    RegisterMachine(Timers timers, RandomGenerator random, Effects effects) {
        this.effects = effects;
        this.random = random;
        this.registerStopTimer = timers.timer(this::onRegisterStopTimer);
    }

    /// CouldRegister(S,G) is that now.
    void update(boolean couldRegister) {
        if (!couldRegister) {
            registerStopTimer.stop();
            enter(State.NO_INFO);
        } else if (state == State.NO_INFO) {
            enter(State.JOIN);
        }
    }

    void onRegisterStop(long nowNs) {
        if (state == State.JOIN || state == State.JOIN_PENDING) {
            double spread = 0.5 + random.nextDouble();
            registerStopTimer
                    .set(nowNs + (long) (spread * PimTimes.REGISTER_SUPPRESSION) - PimTimes.REGISTER_PROBE);
            enter(State.PRUNE);
        }
    }

    /// RP(G) is another one.
    void onRpChanged() {
        if (state != State.NO_INFO) {
            registerStopTimer.stop();
            enter(State.JOIN);
        }
    }

    /// Ends without a word.
    void stop() {
        registerStopTimer.stop();
        state = State.NO_INFO;
    }

    State state() {
        return state;
    }

    /// Whether packets go into the tunnel.
    boolean isTunnelling() {
        return state == State.JOIN;
    }

    /// When the Register-Stop Timer runs out.
    long registerStopTimerNs() {
        return registerStopTimer.dueNs();
    }

    private void onRegisterStopTimer(long nowNs) {
        if (state == State.PRUNE) {
            registerStopTimer.set(nowNs + PimTimes.REGISTER_PROBE);
            effects.sendNullRegister(nowNs);
            enter(State.JOIN_PENDING);
        } else {
            enter(State.JOIN);
        }
    }

    private void enter(State next) {
        if (next != state) {
            state = next;
            effects.changed();
        }
    }
}
