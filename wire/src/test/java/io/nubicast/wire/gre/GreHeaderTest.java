package io.nubicast.wire.gre;

import static org.assertj.core.api.Assertions.assertThat;

import io.nubicast.wire.gre.GreFields.Parsed;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.OptionalInt;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GreHeaderTest {
    /// Begins like an IPv4 header, and has an odd length.
    private static final String PAYLOAD = "4500 0003 ff";

    private static byte[] hex(String text) {
        return HexFormat.of().parseHex(text.replace(" ", ""));
    }

    private static OptionalInt optional(String hex) {
        return hex.equals("-") ? OptionalInt.empty() : OptionalInt.of(Integer.parseUnsignedInt(hex, 16));
    }

    private static GreDropReason dropped(byte[] packet) {
        return switch (GreFields.parse(MemorySegment.ofArray(packet))) {
            case Parsed.Dropped dropped -> dropped.reason();
            case Parsed.Header header -> throw new AssertionError(header);
        };
    }

    /// T-GRE-01, GRE-001: flags and version, protocol type, checksum and reserved1, key, sequence number.
    @ParameterizedTest(name = "checksum {0}, key {1}, sequence {2}")
    @CsvSource({
            "false, -, -, 0000 0800",
            "false, 5, -, 2000 0800 00000005",
            "false, -, 7, 1000 0800 00000007",
            "false, ffffffff, 7, 3000 0800 ffffffff 00000007",
            // 8000 + 0800 + 4500 + 0003 + ff00 = 1cc03 -> cc04
            "true, -, -, 8000 0800 33fb 0000",
            // a000 + 0800 + 4500 + 0003 + ff00 + 5 -> ec09
            "true, 5, -, a000 0800 13f6 0000 00000005",
            // 9000 + 0800 + 4500 + 0003 + ff00 + 7 -> dc0b
            "true, -, 7, 9000 0800 23f4 0000 00000007",
            // b000 + 0800 + 4500 + 0003 + ff00 + 5 + 7 -> fc10
            "true, 5, 7, b000 0800 03ef 0000 00000005 00000007"})
    void allCombinationsOfOptionsAreTheseBytes(boolean checksummed, String key, String sequence, String header) {
        GreFields fields = new GreFields(GreHeader.TYPE_IPV4, checksummed, optional(key), optional(sequence));
        byte[] golden = hex(header + PAYLOAD);

        byte[] packet = new byte[fields.length() + hex(PAYLOAD).length];
        Arrays.fill(packet, (byte) 0xA5);
        System.arraycopy(hex(PAYLOAD), 0, packet, fields.length(), hex(PAYLOAD).length);
        fields.emit(MemorySegment.ofArray(packet));

        assertThat(packet).isEqualTo(golden);
        assertThat(GreFields.parse(MemorySegment.ofArray(golden)))
                .isEqualTo(new Parsed.Header(fields, fields.length()));
    }

    /// GRE-003
    @Test
    void everyBitUnderTheChecksumIsCovered() {
        byte[] golden = hex("b000 0800 03ef 0000 00000005 00000007" + PAYLOAD);
        for (int bit = 32; bit < golden.length * 8; bit++) {
            byte[] damaged = golden.clone();
            damaged[bit / 8] ^= (byte) (1 << bit % 8);

            assertThat(dropped(damaged)).as("bit " + bit).isEqualTo(GreDropReason.BAD_CHECKSUM);
        }
    }

    /// RFC 2784 section 2.3: bits 1 to 5 must be zero but for K and S, bits 6 to 12 are ignored, the version is 0.
    @Test
    void allFirstSixteenBitsAreJudged() {
        byte[] packet = hex("0000 0800 0000 0000 00000000 00000000");
        MemorySegment segment = MemorySegment.ofArray(packet);
        GreHeader header = new GreHeader().wrap(segment, 0);
        for (int flags = 0; flags < 0x10000; flags++) {
            packet[0] = (byte) (flags >>> 8);
            packet[1] = (byte) flags;

            GreDropReason expected = (flags & 7) != 0
                    ? GreDropReason.BAD_VERSION
                    : (flags & 0x4C00) != 0 ? GreDropReason.RESERVED_BITS : null;
            assertThat(header.check(packet.length)).isEqualTo(expected);
        }
    }

    @Test
    void truncationAtEveryLengthIsTooShort() {
        for (String header : new String[]{"0000 0800", "2000 0800 00000005", "3000 0800 00000005 00000007",
                "b000 0800 ffff 0000 00000005 00000007"}) {
            byte[] whole = hex(header);
            for (int length = 0; length < whole.length; length++) {
                assertThat(dropped(Arrays.copyOf(whole, length))).isEqualTo(GreDropReason.TOO_SHORT);
            }
        }
    }

    @Test
    void mutationsNeverReadOutside() {
        mutate(Boolean.getBoolean("nubicast.ci") ? 1_000_000 : 10_000);
    }

    private static void mutate(int rounds) {
        Random random = new Random(2784);
        int passed = 0;
        for (int round = 0; round < rounds; round++) {
            byte[] bytes = Arrays.copyOf(hex("3000 0800 00000005 00000007" + PAYLOAD), random.nextInt(18));
            for (int flips = random.nextInt(4); flips > 0 && bytes.length > 0; flips--) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
            }
            if (GreFields.parse(MemorySegment.ofArray(bytes)) instanceof Parsed.Header header) {
                passed++;
                assertThat(header.bytes()).isLessThanOrEqualTo(bytes.length);
                byte[] again = bytes.clone();
                header.fields().emit(MemorySegment.ofArray(again));
                // what is ignored on receipt is sent as zero
                assertThat(Arrays.copyOfRange(again, 2, 4)).isEqualTo(Arrays.copyOfRange(bytes, 2, 4));
            }
        }
        assertThat(passed).isPositive();
    }

    @Test
    void reservedOneIsCoveredByTheChecksumButNotJudged() {
        byte[] packet = hex("8000 0800 0000 1234" + PAYLOAD);
        new GreHeader().wrap(MemorySegment.ofArray(packet), 0).finishChecksum(packet.length);

        assertThat(GreFields.parse(MemorySegment.ofArray(packet))).isInstanceOf(Parsed.Header.class);
        assertThat(MemorySegment.ofArray(packet).get(ValueLayout.JAVA_BYTE, 6)).isEqualTo((byte) 0x12);
    }
}
