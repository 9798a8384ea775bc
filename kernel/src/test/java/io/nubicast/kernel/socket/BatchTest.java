package io.nubicast.kernel.socket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.nubicast.kernel.sys.Descriptor;
import io.nubicast.kernel.sys.Errno;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class BatchTest {
    private static final long COMPILED_WITHIN_NS = 60_000_000_000L;
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

    @Test
    void aDatagramLongerThanItsSlotIsMarkedTruncated() throws Exception {
        try (Arena arena = Arena.ofConfined(); UdpSocket receiver = UdpSocket.open()) {
            receiver.bind(LOOPBACK, 0);
            ReceiveBatch in = new ReceiveBatch(arena, 2, 8, 0);

            receiver.sendTo(new byte[9], LOOPBACK, receiver.localPort());
            receiver.sendTo(new byte[0], LOOPBACK, receiver.localPort());

            assertThat(in.receiveNow(receiver)).isEqualTo(2);
            assertThat(in.truncated(0)).isTrue();
            assertThat(in.length(0)).isEqualTo(8);
            assertThat(in.truncated(1)).isFalse();
            assertThat(in.length(1)).isZero();
        }
    }

    @Test
    void aFullReceiveBufferIsReportedByTheNextDatagram() throws Exception {
        try (Arena arena = Arena.ofConfined(); UdpSocket receiver = UdpSocket.open()) {
            receiver.bind(LOOPBACK, 0);
            receiver.reportOverflow(true);
            assertThat(receiver.receiveBuffer(1)).isPositive();
            ReceiveBatch in = new ReceiveBatch(arena, 64, 2048, 64);
            for (int i = 0; i < 50; i++) {
                receiver.sendTo(new byte[1000], LOOPBACK, receiver.localPort());
            }

            int kept = in.receiveNow(receiver);
            receiver.sendTo(new byte[1], LOOPBACK, receiver.localPort());

            assertThat(kept).isBetween(1, 49);
            assertThat(in.receiveNow(receiver)).isEqualTo(1);
            assertThat(in.overflow(0)).isEqualTo(50 - kept);
        }
    }

    @Test
    void gluedDatagramsTellTheirCuts() throws Exception {
        try (Arena arena = Arena.ofConfined();
                UdpSocket receiver = UdpSocket.open();
                UdpSocket sender = UdpSocket.open()) {
            receiver.bind(LOOPBACK, 0);
            receiver.receiveOffload(true);
            receiver.receiveTimeout(2000);
            sender.segmentBytes(100);
            ReceiveBatch in = new ReceiveBatch(arena, 4, 65536, 128);

            sender.sendTo(new byte[950], LOOPBACK, receiver.localPort());

            assertThat(in.receive(receiver)).isEqualTo(1);
            assertThat(in.length(0)).isEqualTo(950);
            assertThat(in.segmentBytes(0)).isEqualTo(100);
        }
    }

    @Test
    void sendingStopsAtTheFirstMessageThatFailsAndSaysWhyWhenItBeginsThere() throws Exception {
        try (Arena arena = Arena.ofConfined();
                UdpSocket receiver = UdpSocket.open();
                UdpSocket sender = UdpSocket.open()) {
            receiver.bind(LOOPBACK, 0);
            MemorySegment payload = arena.allocate(65536);
            SendBatch out = new SendBatch(arena, 3, 0);
            for (int i = 0; i < 3; i++) {
                out.destination(i, LOOPBACK, receiver.localPort());
                out.payload(i, payload, 0, i == 1 ? 65508 : 10);
            }

            assertThat(out.send(sender, 0, 3)).isEqualTo(1);
            assertThat(out.send(sender, 1, 2)).isEqualTo(-Errno.EMSGSIZE);
            assertThat(out.send(sender, 2, 1)).isEqualTo(1);
        }
    }

    @Test
    void controlMessagesChooseSourceTtlAndTos() throws Exception {
        assumeTrue(RawSocket.permitted(), "raw sockets need CAP_NET_RAW");
        try (Arena arena = Arena.ofConfined();
                UdpSocket port = UdpSocket.open();
                RawSocket receiver = RawSocket.open(RawSocket.IPPROTO_UDP);
                UdpSocket sender = UdpSocket.open()) {
            port.bind(LOOPBACK, 0);
            SocketFilter.Assembler ours = new SocketFilter.Assembler();
            int drop = ours.label();
            receiver.attach(
                    ours.loadHalf(22).ifNotEqual(port.localPort(), drop).accept().place(drop).drop().assemble());
            receiver.receiveTimeout(2000);
            SendBatch out = new SendBatch(arena, 1, 0, SendBatch.CONTROL_BYTES);
            out.destination(0, LOOPBACK, port.localPort());
            out.payload(0, arena.allocate(8), 0, 3);
            out.clearControl(0);
            out.addPacketInfo(0, 0, 0x7F000009);
            out.addTtl(0, 17);
            out.addTos(0, 0xE0);
            ReceiveBatch in = new ReceiveBatch(arena, 1, 2048, 0);

            assertThat(out.send(sender, 0, 1)).isEqualTo(1);

            assertThat(in.receive(receiver)).isEqualTo(1);
            assertThat(in.length(0)).isEqualTo(31);
            assertThat(in.segment().get(ValueLayout.JAVA_BYTE, 1)).isEqualTo((byte) 0xE0);
            assertThat(in.segment().get(ValueLayout.JAVA_BYTE, 8)).isEqualTo((byte) 17);
            assertThat(in.segment().get(ValueLayout.JAVA_BYTE, 15)).isEqualTo((byte) 9);
            assertThat(in.sourceAddress(0)).isEqualTo(0x7F000009);
        }
    }

    @Test
    void aCycleOfSendingAndReceivingAllocatesNothing() throws Exception {
        try (Arena arena = Arena.ofShared();
                UdpSocket receiver = UdpSocket.open();
                UdpSocket sender = UdpSocket.open()) {
            receiver.bind(LOOPBACK, 0);
            receiver.receivePacketInfo(true);
            SendBatch out = new SendBatch(arena, 16, 8, SendBatch.CONTROL_BYTES);
            ReceiveBatch in = new ReceiveBatch(arena, 16, 256, 128);
            Poller poller = new Poller(arena, 2);
            MemorySegment payload = arena.allocate(64);
            int port = receiver.localPort();
            long[] received = new long[1];

            // Each call makes a slice of the capture segment that the compiler removes once it has compiled the call.
            long bytes = leastAllocated(() -> {
                fill(out, payload, port);
                received[0] += out.send(sender, 0, 1) + out.send(sender, 1, 15);
                poller.clear();
                poller.add(receiver);
                received[0] += poller.poll(1000) + in.receive(receiver);
            });
            bytes += leastAllocated(() -> {
                for (int slot = 0; slot < 16; slot++) {
                    received[0] += in.length(slot) + in.interfaceIndex(slot) + in.overflow(slot) + in.tos(slot);
                }
            });
            bytes += leastAllocated(() -> received[0] += in.receiveNow(receiver));

            assertThat(received[0]).isPositive();
            assertThat(bytes).isZero();
        }
    }

    private static long leastAllocated(Runnable cycle) {
        com.sun.management.ThreadMXBean threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        long least = Long.MAX_VALUE;
        // Real time: the compiler works beside us, and may have to wait for a processor.
        long deadlineNs = System.nanoTime() + COMPILED_WITHIN_NS;
        while (least != 0 && System.nanoTime() - deadlineNs < 0) {
            long before = threads.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < 500; i++) {
                cycle.run();
            }
            least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
            LockSupport.parkNanos(100_000);
        }
        return least;
    }

    private static void fill(SendBatch out, MemorySegment payload, int port) {
        for (int slot = 0; slot < 16; slot++) {
            out.headers().set(ValueLayout.JAVA_INT, out.headerOffset(slot), slot);
            out.destination(slot, LOOPBACK, port);
            out.payload(slot, payload, slot, 20);
            out.clearControl(slot);
            out.addTos(slot, 0x20);
        }
    }
}
