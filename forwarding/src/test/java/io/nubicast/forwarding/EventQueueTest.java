package io.nubicast.forwarding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class EventQueueTest {
    private static PlaneEvent notice(String text) {
        return new PlaneEvent.Notice(text);
    }

    @Test
    void eventsComeInTheirOrder() {
        EventQueue queue = new EventQueue(2);
        queue.add(notice("a"));
        queue.add(notice("b"));

        assertThat(queue.poll()).contains(notice("a"));
        assertThat(queue.poll()).contains(notice("b"));
        assertThat(queue.poll()).isEmpty();
        assertThat(queue.lost()).isZero();
    }

    @Test
    void theOldestGoesWhenItIsFullAndIsCounted() {
        EventQueue queue = new EventQueue(2);
        queue.add(notice("a"));
        queue.add(notice("b"));
        queue.add(notice("c"));

        assertThat(queue.poll()).contains(notice("b"));
        assertThat(queue.lost()).isEqualTo(1);
    }

    @Test
    void aQueueWithoutRoomIsAnError() {
        assertThatThrownBy(() -> new EventQueue(0)).isInstanceOf(IllegalArgumentException.class);
    }
}
