package io.nubicast.kernel.sys;

import static org.assertj.core.api.Assertions.assertThat;

import io.nubicast.kernel.socket.Poller;
import java.lang.foreign.Arena;
import org.junit.jupiter.api.Test;

final class WakeUpTest {
    @Test
    void isReadableFromTheFirstRingUntilItIsCleared() throws Exception {
        try (Arena arena = Arena.ofConfined(); WakeUp bell = WakeUp.open()) {
            Poller poller = new Poller(arena, 1);
            poller.add(bell);
            assertThat(poller.poll(0)).isZero();

            bell.ring();
            bell.ring();

            assertThat(poller.poll(0)).isOne();
            assertThat(poller.poll(0)).isOne();

            bell.clear();
            bell.clear();

            assertThat(poller.poll(0)).isZero();
        }
    }

    @Test
    void wakesAThreadThatWaits() throws Exception {
        try (Arena arena = Arena.ofShared(); WakeUp bell = WakeUp.open()) {
            Poller poller = new Poller(arena, 1);
            poller.add(bell);
            Thread waiting = Thread.ofPlatform().start(() -> poller.poll(-1));

            bell.ring();

            assertThat(waiting.join(java.time.Duration.ofSeconds(10))).isTrue();
        }
    }

    @Test
    void ringingAClosedOneDoesNothing() throws Exception {
        WakeUp bell = WakeUp.open();
        bell.close();

        bell.ring();
        bell.clear();

        assertThat(bell.isOpen()).isFalse();
    }
}
