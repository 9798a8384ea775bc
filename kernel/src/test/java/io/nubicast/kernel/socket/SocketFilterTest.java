package io.nubicast.kernel.socket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nubicast.kernel.sys.Descriptor;
import java.lang.foreign.Arena;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SocketFilterTest {
    private static final int LOOPBACK = 0x7F000001;
    private static final SocketFilter.Metadata NONE = new SocketFilter.Metadata(0, 0, 0);

    @AfterEach
    void nothingStaysOpen() {
        assertThat(Descriptor.stillOpen()).isEmpty();
    }

    private static byte[] datagramTo(int destination) {
        byte[] packet = new byte[28];
        packet[0] = 0x45;
        for (int i = 0; i < 4; i++) {
            packet[16 + i] = (byte) (destination >>> 24 - 8 * i);
        }
        return packet;
    }

    private static SocketFilter destinationIn(int... groups) {
        SocketFilter.Assembler assembler = new SocketFilter.Assembler();
        int hit = assembler.label();
        int miss = assembler.label();
        return assembler.loadWord(16).inSet(groups, hit, miss).place(hit).accept().place(miss).drop().assemble();
    }

    @Test
    void aSearchOverFifteenHundredGroupsFindsEachAndNoOther() {
        Random random = new Random(7);
        int[] groups = random.ints(1500, 0xE0000000, 0xEFFFFFFF).distinct().toArray();
        SocketFilter filter = destinationIn(groups);
        int[] sorted = groups.clone();
        Arrays.sort(sorted);

        assertThat(filter.length()).isLessThan(2600);
        for (int group : groups) {
            assertThat(filter.run(datagramTo(group), 0, NONE)).isEqualTo(SocketFilter.ACCEPT);
            for (int near : new int[]{group - 1, group + 1, group ^ 0x80000000}) {
                int expected = Arrays.binarySearch(sorted, near) >= 0 ? SocketFilter.ACCEPT : 0;
                assertThat(filter.run(datagramTo(near), 0, NONE)).isEqualTo(expected);
            }
        }
    }

    @Test
    void setsOfEverySmallSizeWork() {
        for (int size = 0; size < 70; size++) {
            int first = 0xE1000000;
            int[] groups = IntStream.range(0, size).map(i -> first + 2 * i).toArray();
            SocketFilter filter = destinationIn(groups);
            for (int i = -1; i < 2 * size + 1; i++) {
                boolean in = i >= 0 && i < 2 * size && i % 2 == 0;
                assertThat(filter.run(datagramTo(first + i), 0, NONE)).isEqualTo(in ? SocketFilter.ACCEPT : 0);
            }
        }
    }

    @Test
    void aConditionalJumpReachesFartherThanItsEightBits() {
        SocketFilter.Assembler assembler = new SocketFilter.Assembler();
        int far = assembler.label();
        assembler.loadByte(0).ifEqual(1, far).ifNotEqual(2, far).loadByte(1);
        for (int i = 0; i < 600; i++) {
            assembler.and(0xFF);
        }
        SocketFilter filter = assembler.ifAnyBit(4, far).accept().place(far).drop().assemble();

        assertThat(filter.run(new byte[]{1, 0}, 0, NONE)).isZero();
        assertThat(filter.run(new byte[]{3, 0}, 0, NONE)).isZero();
        assertThat(filter.run(new byte[]{2, 0}, 0, NONE)).isEqualTo(SocketFilter.ACCEPT);
        assertThat(filter.run(new byte[]{2, 4}, 0, NONE)).isZero();
    }

    @Test
    void ancillaryValuesHeaderLengthAndUnsignedComparisonsWork() {
        SocketFilter.Assembler assembler = new SocketFilter.Assembler();
        int drop = assembler.label();
        SocketFilter filter = assembler.load(SocketFilter.Ancillary.MARK).ifEqual(0x6e756269, drop)
                .load(SocketFilter.Ancillary.IFINDEX).ifNotEqual(3, drop)
                .load(SocketFilter.Ancillary.PKTTYPE).ifEqual(5, drop)
                .loadWord(SocketFilter.IP_HEADER + 16).ifGreater(0xF0000000, drop)
                .loadHeaderLength(0).loadHalfIndexed(2).ifNotEqual(5000, drop)
                .accept().place(drop).drop().assemble();
        byte[] packet = datagramTo(0xE0010203);
        packet[22] = 5000 >> 8;
        packet[23] = (byte) 5000;

        assertThat(filter.run(packet, 0, new SocketFilter.Metadata(2, 3, 0))).isEqualTo(SocketFilter.ACCEPT);
        assertThat(filter.run(packet, 0, new SocketFilter.Metadata(5, 3, 0))).isZero();
        assertThat(filter.run(packet, 0, new SocketFilter.Metadata(2, 4, 0))).isZero();
        assertThat(filter.run(packet, 0, new SocketFilter.Metadata(2, 3, 0x6e756269))).isZero();
        assertThat(filter.run(Arrays.copyOf(packet, 21), 0, new SocketFilter.Metadata(2, 3, 0))).isZero();
        packet[16] = (byte) 0xFF;
        assertThat(filter.run(packet, 0, new SocketFilter.Metadata(2, 3, 0))).isZero();
    }

    @Test
    void aProgramThatCannotBeIsRefused() {
        SocketFilter.Assembler back = new SocketFilter.Assembler();
        int start = back.label();
        back.place(start).loadByte(0).ifEqual(1, start).drop();
        assertThatThrownBy(back::assemble).isInstanceOf(IllegalStateException.class).hasMessage("a jump goes back");

        SocketFilter.Assembler open = new SocketFilter.Assembler();
        open.loadByte(0).ifEqual(1, open.label()).drop();
        assertThatThrownBy(open::assemble).hasMessage("a label has no place");

        assertThatThrownBy(new SocketFilter.Assembler().loadByte(0)::assemble).hasMessage("the program does not end");
        assertThatThrownBy(() -> destinationIn(IntStream.range(0, 4000).toArray()))
                .hasMessageContaining("4096 are allowed");
    }

    @Test
    void theKernelTakesABigFilterAndDecidesAsTheInterpreterDoes() throws Exception {
        int[] ports = new Random(3).ints(1500, 1, 65536).distinct().toArray();
        SocketFilter.Assembler assembler = new SocketFilter.Assembler();
        int hit = assembler.label();
        int miss = assembler.label();
        // On a UDP socket offset 8 is the payload, offset 0 the source port.
        SocketFilter filter = assembler.loadHalf(8).inSet(ports, hit, miss).place(hit).accept().place(miss).drop()
                .assemble();
        try (Arena arena = Arena.ofConfined();
                UdpSocket receiver = UdpSocket.open();
                UdpSocket sender = UdpSocket.open()) {
            receiver.bind(LOOPBACK, 0);
            receiver.attach(filter);
            int port = receiver.localPort();
            ReceiveBatch in = new ReceiveBatch(arena, 4, 64, 0);
            for (int value = 0; value < 65536; value += 13) {
                byte[] payload = {(byte) (value >>> 8), (byte) value};
                byte[] datagram = {0, 0, 0, 0, 0, 0, 0, 0, payload[0], payload[1]};

                assertThat(sender.sendTo(payload, LOOPBACK, port)).isEqualTo(2);

                assertThat(in.receiveNow(receiver)).as("value %d", value)
                        .isEqualTo(filter.run(datagram, 0, NONE) != 0 ? 1 : 0);
            }
        }
    }

    @Test
    void theDropAllFilterLeavesNothing() throws Exception {
        try (Arena arena = Arena.ofConfined(); UdpSocket receiver = UdpSocket.open()) {
            receiver.bind(LOOPBACK, 0);
            receiver.attach(SocketFilter.DROP_ALL);

            assertThat(receiver.sendTo(new byte[]{1}, LOOPBACK, receiver.localPort())).isEqualTo(1);

            assertThat(new ReceiveBatch(arena, 1, 64, 0).receiveNow(receiver)).isZero();
        }
    }
}
