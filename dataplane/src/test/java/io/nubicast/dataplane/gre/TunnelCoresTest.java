package io.nubicast.dataplane.gre;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nubicast.dataplane.gre.LineProtocol.Conditions;
import io.nubicast.dataplane.gre.TunnelConfig.KeepaliveTimes;
import io.nubicast.dataplane.gre.TunnelConfig.Mode;
import io.nubicast.dataplane.gre.TunnelConfig.Source;
import io.nubicast.engine.Timers;
import io.nubicast.wire.Address;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What decides about tunnels, in virtual time.
class TunnelCoresTest {
    private static final long SECOND = 1_000_000_000L;
    private static final Conditions GOOD = new Conditions(false, true, true, false, true, true);
    private static final Conditions RECURSIVE = new Conditions(false, true, true, true, true, true);

    /// T-GRE-02, GRE-004
    @Test
    void onlyNewerNumbersAreAccepted() {
        SequenceGuard guard = new SequenceGuard();
        List<Boolean> accepted = new ArrayList<>();
        for (int sequence : new int[]{0, 1, 3, 2, 3}) {
            accepted.add(guard.accepts(sequence, 0));
        }

        assertThat(accepted).containsExactly(true, true, true, false, false);
    }

    /// T-GRE-02
    @Test
    void numbersWrap() {
        SequenceGuard guard = new SequenceGuard();

        assertThat(guard.accepts(0xFFFFFFFF, 0)).isTrue();
        assertThat(guard.accepts(0, 0)).isTrue();
        assertThat(guard.accepts(0xFFFFFFFF, 0)).isFalse();
    }

    /// GRE-004: a peer that starts anew is followed after three in order, or after silence.
    @Test
    void aPeerThatRestartsIsHeardAgain() {
        SequenceGuard guard = new SequenceGuard();
        assertThat(guard.accepts(1_000, 0)).isTrue();

        assertThat(guard.accepts(0, 0)).isFalse();
        assertThat(guard.accepts(1, 0)).isFalse();
        assertThat(guard.accepts(2, 0)).isTrue();
        assertThat(guard.accepts(3, 0)).isTrue();
        assertThat(guard.accepts(2, 9 * SECOND)).isFalse();
        assertThat(guard.accepts(2, 10 * SECOND)).isTrue();
        guard.reset();
        assertThat(guard.accepts(1, 10 * SECOND)).isTrue();
    }

    @Test
    void lateOnesThatAreNotInOrderDoNotMoveTheWindow() {
        SequenceGuard guard = new SequenceGuard();
        assertThat(guard.accepts(1_000, 0)).isTrue();
        for (int sequence = 0; sequence < 900; sequence += 2) {
            assertThat(guard.accepts(sequence, 0)).isFalse();
        }
    }

    /// T-GRE-07, GRE-040: period 10 s, 3 retries.
    @Test
    void thirtySecondsWithoutAnAnswerTakeThePeerForDead() {
        Timers timers = new Timers();
        List<Long> sent = new ArrayList<>();
        long[] now = new long[1];
        Keepalive keepalive = new Keepalive(timers, KeepaliveTimes.DEFAULT, () -> sent.add(now[0] / SECOND));
        keepalive.start(0);
        for (now[0] = 0; now[0] <= 20 * SECOND; now[0] += SECOND) {
            timers.run(now[0]);
        }
        keepalive.onAnswer(20 * SECOND);
        long downAt = -1;
        for (now[0] = 21 * SECOND; now[0] <= 90 * SECOND; now[0] += SECOND) {
            timers.run(now[0]);
            if (downAt < 0 && !keepalive.isAnswered()) {
                downAt = now[0] / SECOND;
            }
        }

        assertThat(downAt).isEqualTo(50);
        assertThat(sent).containsExactly(0L, 10L, 20L, 30L, 40L, 50L, 60L, 70L, 80L, 90L);
        keepalive.onAnswer(91 * SECOND);
        assertThat(keepalive.isAnswered()).isTrue();
    }

    /// GRE-031
    @Test
    void theLineIsUpWhenAllOfItIs() {
        assertThat(new LineProtocol().on(GOOD, 0).up()).isTrue();
        assertThat(new LineProtocol().on(new Conditions(true, true, true, false, true, true), 0).reason())
                .isEqualTo("administratively down");
        assertThat(new LineProtocol().on(new Conditions(false, false, true, false, true, true), 0).reason())
                .isEqualTo("tunnel source has no usable address");
        assertThat(new LineProtocol().on(new Conditions(false, true, false, false, true, true), 0).reason())
                .isEqualTo("no route to the tunnel destination");
        assertThat(new LineProtocol().on(new Conditions(false, true, true, false, false, true), 0).reason())
                .isEqualTo("keepalives are not answered");
        assertThat(new LineProtocol().on(new Conditions(false, true, true, false, true, false), 0).reason())
                .isEqualTo("tracked object is down");
    }

    /// GRE-030: 10 s, then longer, up to 60 s; forgotten after a good minute.
    @Test
    void aRecursiveTunnelIsHeldDownLongerEachTime() {
        LineProtocol line = new LineProtocol();
        List<Long> holds = new ArrayList<>();
        long now = SECOND;
        for (int round = 0; round < 5; round++) {
            assertThat(line.on(RECURSIVE, now).up()).isFalse();
            holds.add((line.nextDeadlineNs() - now) / SECOND);
            assertThat(line.on(GOOD, line.nextDeadlineNs() - 1).up()).isFalse();
            now = line.nextDeadlineNs();
            assertThat(line.on(GOOD, now).up()).isTrue();
            now += SECOND;
        }
        now += 60 * SECOND;
        assertThat(line.on(RECURSIVE, now).up()).isFalse();
        holds.add((line.nextDeadlineNs() - now) / SECOND);

        assertThat(holds).containsExactly(10L, 20L, 40L, 60L, 60L, 10L);
    }

    /// GRE-030: tunnels 1 to 9, the rest are none.
    @Test
    void aTunnelThatLeadsBackToItselfIsRecursive() {
        assertThat(Recursion.isRecursive(1, Map.of(1, 1)::get)).isTrue();
        assertThat(Recursion.isRecursive(1, index -> Map.of(1, 2, 2, 1).getOrDefault(index, 0))).isTrue();
        assertThat(Recursion.isRecursive(1, index -> Map.of(1, 2, 2, 99).getOrDefault(index, 0))).isFalse();
        // four others inside one another are allowed, five are not
        assertThat(Recursion.isRecursive(1, index -> index < 5 ? index + 1 : 0)).isFalse();
        assertThat(Recursion.isRecursive(1, index -> index < 6 ? index + 1 : 0)).isTrue();
        // others that lead around without this one end too
        assertThat(Recursion.isRecursive(1, index -> index == 2 ? 3 : 2)).isTrue();
    }

    /// The table of RFC 2784 and 2890 overheads, GRE-020.
    @ParameterizedTest
    @CsvSource({"false, false, false, false, 1476", "true, false, false, false, 1472",
            "false, true, false, false, 1472",
            "false, false, true, false, 1472", "true, false, true, false, 1468", "true, true, true, false, 1464",
            "false, false, false, true, 1468", "true, false, true, true, 1460"})
    void theMtuIsWhatTheUnderlayLeaves(boolean key, boolean checksum, boolean sequence, boolean udp, int mtu) {
        TunnelConfig config = TunnelConfig
                .to(new Source.OfInterface("eth0"), Address.ipv4("192.0.2.2"))
                .withKey(key ? OptionalInt.of(1) : OptionalInt.empty()).withOptions(checksum, sequence)
                .withMode(udp ? Mode.Udp.standard() : new Mode.Gre());

        assertThat(config.transportMtu(1_500)).isEqualTo(mtu);
        assertThat(config.deviceMtu(1_500)).isEqualTo(1_500);
    }

    @Test
    void aConfigurationThatCannotWorkIsRefused() {
        Source source = new Source.OfInterface("eth0");
        for (String destination : List.of("239.1.1.1", "0.0.0.0", "255.255.255.255")) {
            assertThatThrownBy(() -> TunnelConfig.to(source, Address.ipv4(destination)))
                    .hasMessageStartingWith("tunnel destination " + destination);
        }
        TunnelConfig good = TunnelConfig.to(source, Address.ipv4("192.0.2.2"));
        assertThatThrownBy(() -> good.withOuter(0, OptionalInt.empty())).hasMessage("tunnel ttl 0 is not 1..255");
        assertThatThrownBy(() -> new KeepaliveTimes(0, 3)).hasMessageStartingWith("keepalive 0 3");
        assertThatThrownBy(() -> new Mode.Udp(0, true, false, false)).hasMessage("a port is 1..65535, not 0");
    }
}
