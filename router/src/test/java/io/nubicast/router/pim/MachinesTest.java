package io.nubicast.router.pim;

import static org.assertj.core.api.Assertions.assertThat;

import io.nubicast.engine.Timers;
import io.nubicast.wire.Address;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Every cell of the tables of RFC 7761: state and event, then actions and next state (T-PIM-01). An action `-` is none.
class MachinesTest {
    private static final long SECOND = 1_000_000_000L;
    private static final Upstream A = new Upstream(1, Address.ipv4("10.0.1.2"));
    private static final Upstream B = new Upstream(2, Address.ipv4("10.0.2.2"));
    private static final Upstream A_WINNER = new Upstream(1, Address.ipv4("10.0.1.3"), true);

    private final Timers timers = new Timers();
    private final List<String> done = new ArrayList<>();
    private long now;

    private void pass(long seconds) {
        now += seconds * SECOND;
        timers.run(now);
    }

    private void runTo(long time) {
        now = time;
        timers.run(now);
    }

    private String done() {
        return done.isEmpty() ? "-" : String.join(" ", done);
    }

    // Figures 4 and 5 of section 4.5: downstream (*,G) and (S,G)

    @ParameterizedTest
    @CsvSource({
            "NO_INFO,       join,  310, -,    JOIN",
            "NO_INFO,       prune, 0,   -,    NO_INFO",
            "JOIN,          join,  310, -,    JOIN",
            "JOIN,          prune, 210, -,    PRUNE_PENDING",
            "JOIN,          ppt,   210, -,    JOIN",
            "JOIN,          et,    0,   -,    NO_INFO",
            "PRUNE_PENDING, join,  310, -,    JOIN",
            "PRUNE_PENDING, prune, 210, -,    PRUNE_PENDING",
            "PRUNE_PENDING, ppt,   0,   echo, NO_INFO",
            "PRUNE_PENDING, et,    0,   -,    NO_INFO"})
    void downstream(DownstreamMachine.State state, String event, long expirySeconds, String action,
            DownstreamMachine.State next) {
        DownstreamMachine machine = new DownstreamMachine(timers, new DownstreamMachine.Effects() {
            @Override
            public long prunePendingNs() {
                return event.equals("et") ? 1000 * SECOND : 3 * SECOND;
            }

            @Override
            public void pruneEcho(long nowNs) {
                done.add("echo");
            }

            @Override
            public void changed() {}
        }, now);
        if (state != DownstreamMachine.State.NO_INFO) {
            machine.receiveJoin(210, now);
        }
        if (state == DownstreamMachine.State.PRUNE_PENDING) {
            machine.receivePrune(now);
        }
        assertThat(machine.state()).isEqualTo(state);

        long start = now;
        switch (event) {
            case "join" -> machine.receiveJoin(310, now);
            case "prune" -> machine.receivePrune(now);
            case "ppt" -> pass(3);
            default -> pass(210);
        }

        assertThat(machine.state()).isEqualTo(next);
        assertThat(done()).isEqualTo(action);
        assertThat(machine.expiresNs()).isEqualTo(expirySeconds == 0 ? Long.MAX_VALUE : start + expirySeconds * SECOND);
        assertThat(machine.isPrunePending()).isEqualTo(next == DownstreamMachine.State.PRUNE_PENDING);
    }

    // Section 4.5.3: downstream (S,G,rpt)

    @ParameterizedTest
    @CsvSource({
            "NO_INFO,           join-group, NO_INFO",
            "NO_INFO,           join,       NO_INFO",
            "NO_INFO,           prune,      PRUNE_PENDING",
            "NO_INFO,           end,        NO_INFO",
            "PRUNE,             join-group, PRUNE_TMP",
            "PRUNE,             join,       NO_INFO",
            "PRUNE,             prune,      PRUNE",
            "PRUNE,             end,        PRUNE",
            "PRUNE,             et,         NO_INFO",
            "PRUNE_PENDING,     join-group, PRUNE_PENDING_TMP",
            "PRUNE_PENDING,     join,       NO_INFO",
            "PRUNE_PENDING,     prune,      PRUNE_PENDING",
            "PRUNE_PENDING,     end,        PRUNE_PENDING",
            "PRUNE_PENDING,     ppt,        PRUNE",
            "PRUNE_TMP,         join-group, PRUNE_TMP",
            "PRUNE_TMP,         join,       PRUNE_TMP",
            "PRUNE_TMP,         prune,      PRUNE",
            "PRUNE_TMP,         end,        NO_INFO",
            "PRUNE_PENDING_TMP, join-group, PRUNE_PENDING_TMP",
            "PRUNE_PENDING_TMP, join,       PRUNE_PENDING_TMP",
            "PRUNE_PENDING_TMP, prune,      PRUNE_PENDING",
            "PRUNE_PENDING_TMP, end,        NO_INFO"})
    void downstreamRpt(DownstreamRptMachine.State state, String event, DownstreamRptMachine.State next) {
        DownstreamRptMachine machine = new DownstreamRptMachine(timers, new DownstreamRptMachine.Effects() {
            @Override
            public long prunePendingNs() {
                return 3 * SECOND;
            }

            @Override
            public void changed() {}
        });
        if (state != DownstreamRptMachine.State.NO_INFO) {
            machine.receivePrune(210, now);
        }
        if (state == DownstreamRptMachine.State.PRUNE || state == DownstreamRptMachine.State.PRUNE_TMP) {
            pass(3);
        }
        if (state == DownstreamRptMachine.State.PRUNE_TMP || state == DownstreamRptMachine.State.PRUNE_PENDING_TMP) {
            machine.receiveJoinOfGroup();
        }
        assertThat(machine.state()).isEqualTo(state);

        switch (event) {
            case "join-group" -> machine.receiveJoinOfGroup();
            case "join" -> machine.receiveJoin();
            case "prune" -> machine.receivePrune(310, now);
            case "end" -> machine.endOfMessage();
            case "ppt" -> pass(3);
            default -> pass(210);
        }

        assertThat(machine.state()).isEqualTo(next);
        boolean refreshed = event.equals("prune") && state != DownstreamRptMachine.State.PRUNE_PENDING;
        if (refreshed) {
            assertThat(machine.expiresNs()).isEqualTo(now + 310 * SECOND);
        }
        assertThat(machine.expiresNs() == Long.MAX_VALUE).isEqualTo(next == DownstreamRptMachine.State.NO_INFO);
        assertThat(machine.isPruned()).isEqualTo(
                next == DownstreamRptMachine.State.PRUNE || next == DownstreamRptMachine.State.PRUNE_TMP);
    }

    // Sections 4.5.4 and 4.5.5: upstream (*,G) and (S,G)

    /// The Join Timer runs out in 60 s after a Join; overrides come after 2 s, suppression holds 70 s.
    @ParameterizedTest
    @CsvSource({
            "NOT_JOINED, desired,        join-A,         JOINED,     60",
            "NOT_JOINED, not-desired,    -,              NOT_JOINED, 0",
            "NOT_JOINED, see-join,       -,              NOT_JOINED, 0",
            "NOT_JOINED, see-prune,      -,              NOT_JOINED, 0",
            "NOT_JOINED, other-neighbor, -,              NOT_JOINED, 0",
            "JOINED,     desired,        -,              JOINED,     60",
            "JOINED,     not-desired,    prune-A,        NOT_JOINED, 0",
            "JOINED,     timer,          join-A,         JOINED,     60",
            "JOINED,     see-join,       -,              JOINED,     70",
            "JOINED,     see-join-at-B,  -,              JOINED,     60",
            "JOINED,     see-short-join, -,              JOINED,     60",
            "JOINED,     see-prune,      -,              JOINED,     2",
            "JOINED,     see-prune-at-B, -,              JOINED,     60",
            "JOINED,     other-neighbor, join-B prune-A, JOINED,     60",
            "JOINED,     assert,         -,              JOINED,     2",
            "JOINED,     gen-id,         -,              JOINED,     2"})
    void upstream(UpstreamMachine.State state, String event, String action, UpstreamMachine.State next,
            long joinTimerSeconds) {
        UpstreamMachine machine = new UpstreamMachine(timers, new UpstreamMachine.Effects() {
            @Override
            public void sendJoin(Upstream to) {
                done.add("join-" + name(to));
            }

            @Override
            public void sendPrune(Upstream to) {
                done.add("prune-" + name(to));
            }

            @Override
            public long nextJoinNs(boolean first, long nowNs) {
                return nowNs + 60 * SECOND;
            }

            @Override
            public long overrideNs(int interfaceId) {
                return 2 * SECOND;
            }

            @Override
            public long suppressedNs(int interfaceId) {
                return 70 * SECOND;
            }

            @Override
            public void entered(UpstreamMachine.State entered) {}
        });
        boolean joined = state == UpstreamMachine.State.JOINED;
        machine.update(joined, A, now);
        done.clear();

        switch (event) {
            case "desired" -> machine.update(true, A, now);
            case "not-desired" -> machine.update(false, A, now);
            case "timer" -> pass(60);
            case "see-join" -> machine.seeJoin(A, 210, now);
            case "see-join-at-B" -> machine.seeJoin(B, 210, now);
            case "see-short-join" -> machine.seeJoin(A, 5, now);
            case "see-prune" -> machine.seePrune(A, now);
            case "see-prune-at-B" -> machine.seePrune(B, now);
            case "other-neighbor" -> machine.update(joined, B, now);
            case "assert" -> machine.update(true, A_WINNER, now);
            default -> machine.onGenerationChanged(A, now);
        }

        assertThat(machine.state()).isEqualTo(next);
        assertThat(done()).isEqualTo(action);
        assertThat(machine.joinTimerNs())
                .isEqualTo(joinTimerSeconds == 0 ? Long.MAX_VALUE : now + joinTimerSeconds * SECOND);
    }

    private static String name(Upstream to) {
        return to.sameNeighbor(A) ? "A" : to.sameNeighbor(B) ? "B" : "W";
    }

    // Section 4.5.6: upstream (S,G,rpt)

    @ParameterizedTest
    @CsvSource({
            "RPT_NOT_JOINED, prune-desired,     -,       PRUNED,         false",
            "RPT_NOT_JOINED, not-prune-desired, -,       NOT_PRUNED,     false",
            "RPT_NOT_JOINED, not-joined,        -,       RPT_NOT_JOINED, false",
            "RPT_NOT_JOINED, see-prune,         -,       RPT_NOT_JOINED, false",
            "PRUNED,         prune-desired,     -,       PRUNED,         false",
            "PRUNED,         not-prune-desired, join-A,  NOT_PRUNED,     false",
            "PRUNED,         not-joined,        -,       RPT_NOT_JOINED, false",
            "PRUNED,         see-prune,         -,       PRUNED,         false",
            "NOT_PRUNED,     prune-desired,     prune-A, PRUNED,         false",
            "NOT_PRUNED,     not-prune-desired, -,       NOT_PRUNED,     false",
            "NOT_PRUNED,     not-joined,        -,       RPT_NOT_JOINED, false",
            "NOT_PRUNED,     see-prune,         -,       NOT_PRUNED,     true",
            "NOT_PRUNED,     see-prune-join,    -,       NOT_PRUNED,     false",
            "NOT_PRUNED,     see-prune-timer,   join-A,  NOT_PRUNED,     false",
            "NOT_PRUNED,     see-prune-pruned,  prune-A, PRUNED,         false",
            "NOT_PRUNED,     back-from-assert,  -,       NOT_PRUNED,     true"})
    void upstreamRpt(UpstreamRptMachine.State state, String event, String action, UpstreamRptMachine.State next,
            boolean overriding) {
        UpstreamRptMachine machine = new UpstreamRptMachine(timers, new UpstreamRptMachine.Effects() {
            @Override
            public void sendJoin(Upstream to) {
                done.add("join-" + name(to));
            }

            @Override
            public void sendPrune(Upstream to) {
                done.add("prune-" + name(to));
            }

            @Override
            public long overrideNs(int interfaceId) {
                return 2 * SECOND;
            }

            @Override
            public void entered(UpstreamRptMachine.State entered) {}
        });
        if (state != UpstreamRptMachine.State.RPT_NOT_JOINED) {
            machine.update(true, state == UpstreamRptMachine.State.PRUNED, A, !event.equals("back-from-assert"), now);
        }
        if (event.startsWith("see-prune")) {
            machine.seePrune(A, now);
        }

        switch (event) {
            case "prune-desired", "see-prune-pruned" -> machine.update(true, true, A, true, now);
            case "not-prune-desired", "back-from-assert" -> machine.update(true, false, A, true, now);
            case "not-joined" -> machine.update(false, false, A, true, now);
            case "see-prune-join" -> machine.seeJoin(A);
            case "see-prune-timer" -> pass(2);
            default -> {}
        }

        assertThat(machine.state()).isEqualTo(next);
        assertThat(done()).isEqualTo(action);
        assertThat(machine.overrideTimerNs()).isEqualTo(overriding ? now + 2 * SECOND : Long.MAX_VALUE);
    }

    // Section 4.4.1: register machine

    @ParameterizedTest
    @CsvSource({
            "NO_INFO,      could,      -,    JOIN",
            "NO_INFO,      could-not,  -,    NO_INFO",
            "NO_INFO,      stop,       -,    NO_INFO",
            "NO_INFO,      rp,         -,    NO_INFO",
            "JOIN,         could,      -,    JOIN",
            "JOIN,         could-not,  -,    NO_INFO",
            "JOIN,         stop,       -,    PRUNE",
            "JOIN,         rp,         -,    JOIN",
            "PRUNE,        could,      -,    PRUNE",
            "PRUNE,        could-not,  -,    NO_INFO",
            "PRUNE,        stop,       -,    PRUNE",
            "PRUNE,        rp,         -,    JOIN",
            "PRUNE,        timer,      null, JOIN_PENDING",
            "JOIN_PENDING, could,      -,    JOIN_PENDING",
            "JOIN_PENDING, could-not,  -,    NO_INFO",
            "JOIN_PENDING, stop,       -,    PRUNE",
            "JOIN_PENDING, rp,         -,    JOIN",
            "JOIN_PENDING, timer,      -,    JOIN"})
    void register(RegisterMachine.State state, String event, String action, RegisterMachine.State next) {
        RegisterMachine machine = new RegisterMachine(timers, new Random(1), new RegisterMachine.Effects() {
            @Override
            public void sendNullRegister(long nowNs) {
                done.add("null");
            }

            @Override
            public void changed() {}
        });
        if (state != RegisterMachine.State.NO_INFO) {
            machine.update(true);
        }
        if (state == RegisterMachine.State.PRUNE || state == RegisterMachine.State.JOIN_PENDING) {
            machine.onRegisterStop(now);
        }
        if (state == RegisterMachine.State.JOIN_PENDING) {
            runTo(machine.registerStopTimerNs());
        }
        assertThat(machine.state()).isEqualTo(state);
        done.clear();
        long start = now;

        switch (event) {
            case "could" -> machine.update(true);
            case "could-not" -> machine.update(false);
            case "stop" -> machine.onRegisterStop(now);
            case "rp" -> machine.onRpChanged();
            default -> runTo(machine.registerStopTimerNs());
        }

        assertThat(machine.state()).isEqualTo(next);
        assertThat(done()).isEqualTo(action);
        assertThat(machine.isTunnelling()).isEqualTo(next == RegisterMachine.State.JOIN);
        switch (next) {
            case PRUNE -> assertThat(machine.registerStopTimerNs()).isBetween(start + 25 * SECOND, start + 85 * SECOND);
            case JOIN_PENDING -> assertThat(machine.registerStopTimerNs()).isEqualTo(
                    event.equals("timer") ? now + 5 * SECOND : start + 5 * SECOND);
            default -> assertThat(machine.registerStopTimerNs()).isEqualTo(Long.MAX_VALUE);
        }
    }

    // Figures 10 and 11 of section 4.6: asserts

    private static final AssertMetric MINE = new AssertMetric(false, 110, 20, Address.ipv4("10.0.3.1"));
    private static final AssertMetric BETTER = new AssertMetric(false, 110, 10, Address.ipv4("10.0.3.2"));
    private static final AssertMetric BEST = new AssertMetric(false, 90, 10, Address.ipv4("10.0.3.3"));
    private static final AssertMetric WORSE = new AssertMetric(false, 120, 10, Address.ipv4("10.0.3.2"));
    private static final AssertMetric RPT = new AssertMetric(true, 0, 0, Address.ipv4("10.0.3.2"));
    private static final AssertMetric CANCEL = new AssertMetric(true, 0x7FFFFFFF, 0xFFFFFFFFL,
            Address.ipv4("10.0.3.2"));

    private static final class AssertWorld implements AssertMachine.Effects {
        private final List<String> done;
        private final boolean ofSource;
        private boolean could = true;
        private boolean tracking = true;
        private boolean rpf;
        private AssertMetric mine = MINE;

        AssertWorld(List<String> done, boolean ofSource) {
            this.done = done;
            this.ofSource = ofSource;
            if (!ofSource) {
                mine = rpt(mine);
            }
        }

        @Override
        public boolean ofSource() {
            return ofSource;
        }

        @Override
        public boolean couldAssert() {
            return could;
        }

        @Override
        public boolean trackingDesired() {
            return tracking;
        }

        @Override
        public AssertMetric metric() {
            return could ? mine : AssertMetric.INFINITE;
        }

        @Override
        public boolean isRpfInterface() {
            return rpf;
        }

        @Override
        public void sendAssert(AssertMetric metric, long nowNs) {
            done.add("assert");
        }

        @Override
        public void sendCancel(long nowNs) {
            done.add("cancel");
        }

        @Override
        public void lostFromNoInfo() {
            done.add("lost");
        }

        @Override
        public void changed() {}
    }

    private static AssertMetric rpt(AssertMetric metric) {
        return new AssertMetric(true, metric.preference(), metric.metric(), metric.address());
    }

    /// Timers: 177 s as winner, 180 s as loser, 0 for none.
    @ParameterizedTest
    @CsvSource({
            "NO_INFO, worse,                 assert, WINNER,  177",
            "NO_INFO, worse-could-not,       lost,   LOSER,   180",
            "NO_INFO, worse-not-tracking,    -,      NO_INFO, 0",
            "NO_INFO, rpt,                   assert, WINNER,  177",
            "NO_INFO, rpt-could-not,         -,      NO_INFO, 0",
            "NO_INFO, data,                  assert, WINNER,  177",
            "NO_INFO, data-could-not,        -,      NO_INFO, 0",
            "NO_INFO, better,                lost,   LOSER,   180",
            "NO_INFO, better-not-tracking,   -,      NO_INFO, 0",
            "NO_INFO, cancel-could-not,      -,      NO_INFO, 0",
            "WINNER,  timer,                 assert, WINNER,  177",
            "WINNER,  worse,                 assert, WINNER,  177",
            "WINNER,  rpt,                   assert, WINNER,  177",
            "WINNER,  better,                -,      LOSER,   180",
            "WINNER,  data,                  -,      WINNER,  177",
            "WINNER,  update,                -,      WINNER,  177",
            "WINNER,  could-not,             cancel, NO_INFO, 0",
            "LOSER,   best,                  -,      LOSER,   180",
            "LOSER,   better,                -,      LOSER,   180",
            "LOSER,   worse,                 -,      NO_INFO, 0",
            "LOSER,   cancel,                -,      NO_INFO, 0",
            "LOSER,   timer,                 -,      NO_INFO, 0",
            "LOSER,   winner-lost,           -,      NO_INFO, 0",
            "LOSER,   other-lost,            -,      LOSER,   180",
            "LOSER,   not-tracking,          -,      NO_INFO, 0",
            "LOSER,   mine-better,           -,      NO_INFO, 0",
            "LOSER,   rpf-moves,             -,      NO_INFO, 0",
            "LOSER,   join,                  -,      NO_INFO, 0",
            "LOSER,   update,                -,      LOSER,   180"})
    void assertOfSource(AssertMachine.State state, String event, String action, AssertMachine.State next,
            long timerSeconds) {
        AssertWorld world = new AssertWorld(done, true);
        AssertMachine machine = new AssertMachine(timers, world);
        happen(machine, world, state, event, true);

        assertThat(machine.state()).isEqualTo(next);
        assertThat(done()).isEqualTo(action);
        assertThat(machine.assertTimerNs()).isEqualTo(timerSeconds == 0 ? Long.MAX_VALUE : now + timerSeconds * SECOND);
    }

    @ParameterizedTest
    @CsvSource({
            "NO_INFO, worse,               assert, WINNER,  177",
            "NO_INFO, worse-could-not,     lost,   LOSER,   180",
            "NO_INFO, spt,                 -,      NO_INFO, 0",
            "NO_INFO, data,                assert, WINNER,  177",
            "NO_INFO, better,              lost,   LOSER,   180",
            "NO_INFO, better-not-tracking, -,      NO_INFO, 0",
            "WINNER,  timer,               assert, WINNER,  177",
            "WINNER,  worse,               assert, WINNER,  177",
            "WINNER,  better,              -,      LOSER,   180",
            "WINNER,  could-not,           cancel, NO_INFO, 0",
            "LOSER,   best,                -,      LOSER,   180",
            "LOSER,   better,              -,      LOSER,   180",
            "LOSER,   worse,               -,      NO_INFO, 0",
            "LOSER,   cancel,              -,      NO_INFO, 0",
            "LOSER,   timer,               -,      NO_INFO, 0",
            "LOSER,   winner-lost,         -,      NO_INFO, 0",
            "LOSER,   not-tracking,        -,      NO_INFO, 0",
            "LOSER,   mine-better,         -,      NO_INFO, 0",
            "LOSER,   rpf-moves,           -,      NO_INFO, 0",
            "LOSER,   join,                -,      NO_INFO, 0"})
    void assertOfGroup(AssertMachine.State state, String event, String action, AssertMachine.State next,
            long timerSeconds) {
        AssertWorld world = new AssertWorld(done, false);
        AssertMachine machine = new AssertMachine(timers, world);
        happen(machine, world, state, event, false);

        assertThat(machine.state()).isEqualTo(next);
        assertThat(done()).isEqualTo(action);
        assertThat(machine.assertTimerNs()).isEqualTo(timerSeconds == 0 ? Long.MAX_VALUE : now + timerSeconds * SECOND);
    }

    private void happen(AssertMachine machine, AssertWorld world, AssertMachine.State state, String event,
            boolean ofSource) {
        world.rpf = event.equals("rpf-moves");
        switch (state) {
            case NO_INFO -> {}
            case WINNER -> machine.onData(now);
            case LOSER -> machine.onAssert(ofSource ? BETTER : rpt(BETTER), now);
        }
        assertThat(machine.state()).isEqualTo(state);
        done.clear();
        if (event.endsWith("could-not")) {
            world.could = false;
        }
        if (event.endsWith("not-tracking")) {
            world.tracking = false;
            world.could = !event.startsWith("worse");
        }
        switch (event) {
            case "worse", "worse-could-not", "worse-not-tracking" ->
                machine.onAssert(ofSource ? WORSE : rpt(WORSE), now);
            case "better", "better-not-tracking" -> machine.onAssert(ofSource ? BETTER : rpt(BETTER), now);
            case "best" -> machine.onAssert(ofSource ? BEST : rpt(BEST), now);
            case "rpt", "rpt-could-not" -> machine.onAssert(RPT, now);
            case "spt" -> machine.onAssert(BETTER, now);
            case "cancel", "cancel-could-not" -> machine.onAssert(CANCEL, now);
            case "data", "data-could-not" -> machine.onData(now);
            case "timer" -> runTo(machine.assertTimerNs());
            case "winner-lost" -> machine.onNeighborLost(BETTER.address());
            case "other-lost" -> machine.onNeighborLost(BEST.address());
            case "mine-better" -> {
                world.mine = new AssertMetric(!ofSource, 1, 1, MINE.address());
                machine.update(now);
            }
            case "rpf-moves" -> {
                world.rpf = false;
                machine.update(now);
            }
            case "join" -> machine.onJoin();
            default -> machine.update(now);
        }
    }
}
