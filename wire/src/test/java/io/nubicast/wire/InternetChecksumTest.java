package io.nubicast.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class InternetChecksumTest {
    /// The definition, word by word.
    private static int naiveSum(byte[] bytes) {
        long sum = 0;
        for (int i = 0; i < bytes.length; i += 2) {
            sum += (bytes[i] & 0xFF) << 8 | (i + 1 < bytes.length ? bytes[i + 1] & 0xFF : 0);
        }
        while (sum >>> 16 != 0) {
            sum = (sum & 0xFFFF) + (sum >>> 16);
        }
        return (int) sum;
    }

    @Test
    void theExampleOfRfc1071Section3() {
        assertThat(InternetChecksum.sum(Bytes.segment("0001 f203 f4f5 f6f7"), 0, 8)).isEqualTo(0xddf2);
    }

    @Test
    void theExampleOfRfc1624Section4() {
        assertThat(InternetChecksum.update(0xDD2F, 0x5555, 0x3285)).isEqualTo(0x0000);
    }

    @Test
    void everyLengthAndAlignmentSumsAsTheDefinitionSays() {
        Random random = new Random(1);
        for (int length = 0; length < 300; length++) {
            int offset = random.nextInt(9);
            byte[] bytes = new byte[offset + length + 3];
            random.nextBytes(bytes);

            int sum = InternetChecksum.sum(MemorySegment.ofArray(bytes), offset, length);

            assertThat(sum).as("length " + length)
                    .isEqualTo(naiveSum(Arrays.copyOfRange(bytes, offset, offset + length)));
        }
    }

    @Test
    void carriesAreNeverLost() {
        byte[] bytes = new byte[65_535];
        Arrays.fill(bytes, (byte) 0xFF);

        assertThat(InternetChecksum.sum(MemorySegment.ofArray(bytes), 0, 65_535)).isEqualTo(naiveSum(bytes));
        assertThat(InternetChecksum.sum(MemorySegment.ofArray(bytes), 1, 65_534)).isEqualTo(0xFFFF);
    }

    @Test
    void sumsOfPartsAreTheSumOfTheWhole() {
        Random random = new Random(2);
        for (int i = 0; i < 1_000; i++) {
            byte[] bytes = new byte[2 + random.nextInt(200)];
            random.nextBytes(bytes);
            int cut = random.nextInt(bytes.length / 2) * 2;
            MemorySegment segment = MemorySegment.ofArray(bytes);

            int first = InternetChecksum.sum(segment, 0, cut);
            int second = InternetChecksum.sum(segment, cut, bytes.length - cut);

            assertThat(InternetChecksum.fold(first + second)).isEqualTo(naiveSum(bytes));
        }
    }

    @Test
    void anIncrementalUpdateIsAFullComputation() {
        Random random = new Random(3);
        for (int i = 0; i < 10_000; i++) {
            byte[] bytes = new byte[20];
            random.nextBytes(bytes);
            MemorySegment segment = MemorySegment.ofArray(bytes);
            Ipv4Header header = new Ipv4Header().wrap(segment, 0).versionAndHeaderLength(20).finishHeaderChecksum();
            int before = header.headerChecksum();
            int oldDestination = header.destination();
            int newDestination = random.nextInt();
            int oldTotal = header.totalLength();
            int newTotal = random.nextInt(65_536);

            int updated = InternetChecksum.update(
                    InternetChecksum.updateAddress(before, oldDestination, newDestination), oldTotal, newTotal);

            header.destination(newDestination).totalLength(newTotal).finishHeaderChecksum();
            assertThat(updated).isEqualTo(header.headerChecksum());
        }
    }
}
