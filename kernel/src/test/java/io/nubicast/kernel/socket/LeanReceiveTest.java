package io.nubicast.kernel.socket;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.Test;

/// What the server's capture leaves out, because it would cost something with each datagram.
class LeanReceiveTest {
    private static final int LOOPBACK = 0x7F000001;

    @Test
    void whatTheReceiveBufferHadNoRoomForIsKnownWithoutAnotherDatagram() throws Exception {
        try (UdpSocket receiver = UdpSocket.open(); Arena arena = Arena.ofConfined()) {
            receiver.bind(LOOPBACK, 0);
            assertThat(receiver.receiveBuffer(1)).isPositive();
            assertThat(receiver.receiveOverflow()).isZero();
            for (int i = 0; i < 50; i++) {
                receiver.sendTo(new byte[1000], LOOPBACK, receiver.localPort());
            }

            int kept = new ReceiveBatch(arena, 64, 2048, 0, false).receiveNow(receiver);

            assertThat(kept).isBetween(1, 49);
            assertThat(receiver.receiveOverflow()).isEqualTo(50 - kept);
        }
    }

    @Test
    void withoutSourcesEachDatagramIsStillWholeInItsSlot() throws Exception {
        try (UdpSocket receiver = UdpSocket.open(); Arena arena = Arena.ofConfined()) {
            receiver.bind(LOOPBACK, 0);
            ReceiveBatch in = new ReceiveBatch(arena, 8, 4, 0, false);
            for (int turn = 0; turn < 2; turn++) {
                for (int i = 0; i < 8; i++) {
                    receiver.sendTo(new byte[]{(byte) i, 1, 2, (byte) (i + 100)}, LOOPBACK, receiver.localPort());
                }

                assertThat(in.receiveNow(receiver)).isEqualTo(8);

                for (int i = 0; i < 8; i++) {
                    assertThat(in.segment().get(ValueLayout.JAVA_BYTE, in.offset(i))).isEqualTo((byte) i);
                    assertThat(in.segment().get(ValueLayout.JAVA_BYTE, in.offset(i) + 3)).isEqualTo((byte) (i + 100));
                    assertThat(in.length(i)).isEqualTo(4);
                    assertThat(in.sourceAddress(i)).isZero();
                    assertThat(in.sourcePort(i)).isZero();
                    assertThat(in.truncated(i)).isFalse();
                }
            }
        }
    }
}
