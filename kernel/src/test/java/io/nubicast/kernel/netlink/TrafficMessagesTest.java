package io.nubicast.kernel.netlink;

import static org.assertj.core.api.Assertions.assertThat;

import io.nubicast.kernel.netlink.TrafficControl.Filter;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// Bytes without a kernel; AttachmentTest has the kernel's opinion.
class TrafficMessagesTest {
    private static final int INTERFACE = 3;

    /// struct tcmsg of a dump's answer, then its attributes.
    private static final String FILTER = """
            00 00 00 00  03 00 00 00  01 00 00 00  f3 ff ff ff  00 03 01 00
            08 00 01 00  62 70 66 00
            08 00 0b 00  00 00 00 00
            28 00 02 00
               0c 00 07 00  63 6f 75 6e 74 65 72 00
               08 00 0b 00  2a 00 00 00
               08 00 08 00  01 00 00 00
               08 00 09 00  00 00 00 00
            """;

    private final MemorySegment buffer = Arena.ofAuto().allocate(TrafficMessages.MOST_BYTES, 8);

    private String hex(long length) {
        return HexFormat.ofDelimiter(" ").formatHex(buffer.asSlice(0, length).toArray(ValueLayout.JAVA_BYTE));
    }

    private static String compact(String text) {
        return text.strip().replaceAll("\\s+", " ");
    }

    @Test
    void aRequestForClsact() {
        buffer.fill((byte) 0xA5);

        long length = TrafficMessages.clsact(buffer, TrafficMessages.RTM_NEWQDISC, 0x605, 7, INTERFACE);

        assertThat(hex(length)).isEqualTo(compact("""
                30 00 00 00  24 00 05 06  07 00 00 00  00 00 00 00
                00 00 00 00  03 00 00 00  00 00 ff ff  f1 ff ff ff  00 00 00 00
                0b 00 01 00  63 6c 73 61  63 74 00 00
                """));
    }

    @Test
    void aRequestForAFilter() {
        buffer.fill((byte) 0xA5);

        long length = TrafficMessages.filter(buffer, TrafficMessages.RTM_NEWTFILTER, 0x605, 8, INTERFACE,
                TrafficControl.EGRESS, 0, 9, "counter");

        assertThat(hex(length)).isEqualTo(compact("""
                4c 00 00 00  2c 00 05 06  08 00 00 00  00 00 00 00
                00 00 00 00  03 00 00 00  00 00 00 00  f3 ff ff ff  00 03 01 00
                08 00 01 00  62 70 66 00
                20 00 02 00
                   08 00 06 00  09 00 00 00
                   0c 00 07 00  63 6f 75 6e  74 65 72 00
                   08 00 08 00  01 00 00 00
                """));
    }

    @Test
    void aFilterIsReadAndThoseOfOthersAreNot() {
        MemorySegment bytes = MemorySegment.ofArray(HexFormat.ofDelimiter(" ").parseHex(compact(FILTER)));

        assertThat(TrafficMessages.filter(bytes, 0, bytes.byteSize(), INTERFACE))
                .contains(new Filter(1, 1, "counter", 42));
        assertThat(TrafficMessages.filter(bytes, 0, bytes.byteSize(), INTERFACE + 1)).isEmpty();
        bytes.set(ValueLayout.JAVA_BYTE, 24, (byte) 'c');
        assertThat(TrafficMessages.filter(bytes, 0, bytes.byteSize(), INTERFACE)).as("cpf").isEmpty();
    }

    @Test
    void anyBytesGiveAFilterOrNothing() {
        byte[] good = HexFormat.ofDelimiter(" ").parseHex(compact(FILTER));
        for (int length = 0; length < good.length; length++) {
            MemorySegment cut = MemorySegment.ofArray(Arrays.copyOf(good, length));
            Optional<Filter> found = TrafficMessages.filter(cut, 0, length, INTERFACE);
            assertThat(found.filter(filter -> filter.name().equals("counter") && filter.program() == 42)).isEmpty();
        }
        Random random = new Random(20_26);
        for (int i = 0; i < 20_000; i++) {
            byte[] mutated = good.clone();
            for (int changes = random.nextInt(1, 4); changes > 0; changes--) {
                mutated[random.nextInt(mutated.length)] = (byte) random.nextInt();
            }
            MemorySegment bytes = MemorySegment.ofArray(mutated);
            assertThat(TrafficMessages.filter(bytes, 0, bytes.byteSize(), INTERFACE)).isNotNull();
            assertThat(TrafficMessages.ingressQdisc(bytes, 0, bytes.byteSize(), INTERFACE)).isNotNull();
        }
    }
}
