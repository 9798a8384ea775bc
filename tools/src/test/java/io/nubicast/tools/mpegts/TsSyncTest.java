package io.nubicast.tools.mpegts;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class TsSyncTest {
    private final List<Integer> given = new ArrayList<>();
    private final TsSync sync = new TsSync((bytes, offset) -> given.add(bytes[offset + 1] & 0xFF));

    /// Packets that carry their number and nothing that looks like a sync byte.
    private static byte[] packets(int count) {
        byte[] bytes = new byte[count * TsPacket.LENGTH];
        Arrays.fill(bytes, (byte) 0xFF);
        for (int i = 0; i < count; i++) {
            bytes[i * TsPacket.LENGTH] = TsPacket.SYNC_BYTE;
            bytes[i * TsPacket.LENGTH + 1] = (byte) (i == 0x47 ? 0 : i);
        }
        return bytes;
    }

    private static List<Integer> numbers(int from, int until) {
        List<Integer> numbers = new ArrayList<>();
        for (int i = from; i < until; i++) {
            numbers.add(i);
        }
        return numbers;
    }

    @Test
    void anyCutIntoDatagramsGivesTheSamePackets() {
        byte[] stream = packets(60);
        for (int size = 1; size <= 1500; size += 37) {
            given.clear();
            TsSync each = new TsSync((bytes, offset) -> given.add(bytes[offset + 1] & 0xFF));
            for (int at = 0; at < stream.length; at += size) {
                each.accept(stream, at, Math.min(size, stream.length - at));
            }
            each.flush();

            assertThat(given).isEqualTo(numbers(0, 60));
            assertThat(each.skippedBytes()).isZero();
            assertThat(each.syncByteErrors()).isZero();
        }
    }

    @Test
    void aStreamJoinedInTheMiddleOfAPacketIsNoFault() {
        byte[] stream = packets(20);

        sync.accept(stream, 100, stream.length - 100);
        sync.flush();

        assertThat(given).isEqualTo(numbers(1, 20));
        assertThat(sync.skippedBytes()).isEqualTo(88);
        assertThat(sync.syncLosses()).isZero();
        assertThat(sync.syncByteErrors()).isZero();
    }

    @Test
    void aLostDatagramOfStraddlingPacketsCostsTheSyncOnceAndItIsFoundAgain() {
        byte[] stream = packets(60);

        for (int at = 0; at < stream.length; at += 1000) {
            if (at != 3000) {
                sync.accept(stream, at, Math.min(1000, stream.length - at));
            }
        }
        sync.flush();

        assertThat(sync.syncLosses()).isEqualTo(1);
        assertThat(sync.syncByteErrors()).isEqualTo(1);
        // 3000 = 15 whole packets and 180 bytes: packet 15 is completed with foreign bytes, 22 is the first whole one again.
        assertThat(given).isEqualTo(concat(numbers(0, 16), numbers(22, 60)));
    }

    @Test
    void oneDamagedSyncByteIsNoLossOfSync() {
        byte[] stream = packets(20);
        stream[7 * TsPacket.LENGTH] = 0x48;

        sync.accept(stream, 0, stream.length);
        sync.flush();

        assertThat(sync.syncByteErrors()).isEqualTo(1);
        assertThat(sync.syncLosses()).isZero();
        assertThat(given).isEqualTo(concat(numbers(0, 7), numbers(8, 20)));
    }

    @Test
    void noiseGivesNoPackets() {
        byte[] noise = new byte[100_000];
        Arrays.fill(noise, (byte) 0x11);

        sync.accept(noise, 0, noise.length);
        sync.flush();

        assertThat(given).isEmpty();
        assertThat(sync.skippedBytes()).isEqualTo(100_000);
        assertThat(sync.locked()).isFalse();
    }

    @Test
    void whateverIsThrownAtItEveryByteIsAccountedFor() {
        Random random = new Random(4);
        for (int round = 0; round < 300; round++) {
            ByteArrayOutputStream sent = new ByteArrayOutputStream();
            long[] packets = {0};
            TsSync each = new TsSync((bytes, offset) -> packets[0]++);
            byte[] stream = packets(40);
            for (int at = 0; at < stream.length;) {
                int size = Math.min(stream.length - at, 1 + random.nextInt(1500));
                byte[] datagram = Arrays.copyOfRange(stream, at, at + size);
                at += size;
                switch (random.nextInt(6)) {
                    case 0 -> datagram = new byte[0];
                    case 1 -> random.nextBytes(datagram);
                    case 2 -> datagram[random.nextInt(size)] = TsPacket.SYNC_BYTE;
                    default -> {}
                }
                each.accept(datagram, 0, datagram.length);
                sent.writeBytes(datagram);
            }
            each.flush();

            assertThat(packets[0] * TsPacket.LENGTH + each.skippedBytes()).isEqualTo(sent.size());
        }
    }

    private static List<Integer> concat(List<Integer> first, List<Integer> second) {
        List<Integer> all = new ArrayList<>(first);
        all.addAll(second);
        return all;
    }
}
