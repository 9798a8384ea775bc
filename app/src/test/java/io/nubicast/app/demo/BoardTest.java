package io.nubicast.app.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.nubicast.app.demo.Hop.Reading;
import io.nubicast.app.demo.Hop.Role;
import io.nubicast.app.demo.Scene.Picture;
import java.util.List;
import org.junit.jupiter.api.Test;

class BoardTest {
    private long sent;
    private long received;
    private final Board board = new Board(List.of(new Picture("", "", "", List.of(
            new Hop("ECS1", "application sends", Role.SOURCE, () -> Reading.of(sent, sent)),
            new Hop("ECS2", "receives", Role.MEMBER, () -> Reading.of(received, received))))));

    private long lostAfter(long nowSent, long nowReceived, boolean expecting) {
        sent = nowSent;
        received = nowReceived;
        return board.frame("", 0, 1, expecting).parts().getFirst().rows().getLast().lost();
    }

    @Test
    void whatIsStillUnderWayIsNoLoss() {
        assertThat(lostAfter(0, 0, true)).isZero();
        for (int i = 1; i < 20; i++) {
            // Two behind, and now and then level.
            assertThat(lostAfter(100L * i, 100L * i - (i % 3 == 0 ? 0 : 2), true)).isZero();
        }
    }

    @Test
    void whatStaysMissingIsLossWithinFiveFrames() {
        lostAfter(100, 100, true);
        long lost = 0;
        for (int i = 2; i <= 6; i++) {
            lost = lostAfter(100L * i, 100L * i - 3, true);
        }

        assertThat(lost).isEqualTo(3);
    }

    @Test
    void withoutAProxyNothingCountsAsLost() {
        for (int i = 0; i < 6; i++) {
            assertThat(lostAfter(100L * i, 0, false)).isEqualTo(-1);
        }
    }
}
