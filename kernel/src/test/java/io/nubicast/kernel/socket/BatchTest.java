package io.nubicast.kernel.socket;

import static org.assertj.core.api.Assertions.assertThat;

import io.nubicast.kernel.sys.Descriptor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class BatchTest {
    private static final int LOOPBACK = 0x7F000001;

    @AfterEach
    void nothingStaysOpen() {
        assertThat(Descriptor.stillOpen()).isEmpty();
    }

    @Test
    void aBatchSentIsABatchReceived() throws Exception {
        try (Arena arena = Arena.ofConfined();
                UdpSocket receiver = UdpSocket.open();
                UdpSocket sender = UdpSocket.open()) {
            receiver.bind(LOOPBACK, 0);
            receiver.receiveTimeout(2000);
            receiver.receivePacketInfo(true);
            receiver.receiveTos(true);
            sender.bind(LOOPBACK, 0);
            sender.tos(0xB8);
            SendBatch out = new SendBatch(arena, 8, 4);
            MemorySegment payload = arena.allocateFrom("payload", StandardCharsets.US_ASCII);
            for (int i = 0; i < 8; i++) {
                out.headers().set(ValueLayout.JAVA_INT, out.headerOffset(i), i);
                out.destination(i, LOOPBACK, receiver.localPort());
                out.payload(i, payload, 0, 7);
            }
            ReceiveBatch in = new ReceiveBatch(arena, 64, 2048, 128);

            int sent = out.send(sender, 3, 5);
            int received = in.receive(receiver);

            assertThat(sent).isEqualTo(5);
            assertThat(received).isEqualTo(5);
            for (int i = 0; i < 5; i++) {
                assertThat(in.length(i)).isEqualTo(11);
                assertThat(in.truncated(i)).isFalse();
                assertThat(in.segment().get(ValueLayout.JAVA_INT_UNALIGNED, in.offset(i))).isEqualTo(3 + i);
                assertThat(in.sourceAddress(i)).isEqualTo(LOOPBACK);
                assertThat(in.sourcePort(i)).isEqualTo(sender.localPort());
                assertThat(in.tos(i)).isEqualTo(0xB8);
                assertThat(in.interfaceIndex(i)).isEqualTo(1);
                assertThat(in.destinationAddress(i)).isEqualTo(LOOPBACK);
                assertThat(in.segmentBytes(i)).isZero();
                assertThat(in.overflow(i)).isZero();
            }
            assertThat(in.receiveNow(receiver)).isZero();
        }
    }
}
