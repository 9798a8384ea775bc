package io.nubicast.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class IcmpUnreachableTest {
    private static final String QUOTED_UDP = "13881389000c0000";

    private final IcmpUnreachable message = new IcmpUnreachable();

    /// Port unreachable for 192.168.0.1:5000 → 10.0.0.9:5001, with that many bytes of IP options in the quote.
    private static byte[] portUnreachable(int optionBytes) {
        byte[] bytes = Bytes.hex("03 03 0000 0000 0000", // type, code, checksum, unused, next-hop MTU
                "4" + Integer.toHexString(5 + optionBytes / 4), "00 0020 0000 0000 40 11 0000 c0a80001 0a000009",
                "01".repeat(optionBytes), QUOTED_UDP);
        return withChecksum(bytes);
    }

    private static byte[] withChecksum(byte[] bytes) {
        bytes[2] = 0;
        bytes[3] = 0;
        int checksum = InternetChecksum.finish(InternetChecksum.sum(MemorySegment.ofArray(bytes), 0, bytes.length));
        bytes[2] = (byte) (checksum >>> 8);
        bytes[3] = (byte) checksum;
        return bytes;
    }

    private @Nullable DropReason check(byte[] bytes) {
        return message.wrap(MemorySegment.ofArray(bytes), 0).check(bytes.length);
    }

    @Test
    void readsWhomTheDatagramDidNotReach() {
        for (int options = 0; options <= 40; options += 4) {
            assertThat(check(portUnreachable(options))).isNull();
            assertThat(message.code()).isEqualTo(IcmpUnreachable.CODE_PORT_UNREACHABLE);
            assertThat(Address.ofIpv4(message.quotedSource())).hasToString("192.168.0.1");
            assertThat(Address.ofIpv4(message.quotedDestination())).hasToString("10.0.0.9");
            assertThat(message.quotedSourcePort()).isEqualTo(5000);
            assertThat(message.quotedDestinationPort()).isEqualTo(5001);
        }
    }

    @Test
    void readsTheMtuOfFragmentationNeeded() {
        byte[] bytes = portUnreachable(0);
        bytes[1] = 4;
        bytes[6] = 0x05;
        bytes[7] = (byte) 0xDC;

        assertThat(check(withChecksum(bytes))).isNull();
        assertThat(message.code()).isEqualTo(IcmpUnreachable.CODE_FRAGMENTATION_NEEDED);
        assertThat(message.nextHopMtu()).isEqualTo(1500);
    }

    @Test
    void truncationAtEveryLengthIsTooShort() {
        byte[] whole = portUnreachable(12);
        for (int length = 0; length < whole.length; length++) {
            assertThat(check(Arrays.copyOf(whole, length))).isEqualTo(DropReason.TOO_SHORT);
        }
    }

    @Test
    void otherMessagesAndOtherQuotesAreIgnored() {
        byte[] echo = portUnreachable(0);
        echo[0] = 8;
        byte[] tcp = portUnreachable(0);
        tcp[8 + 9] = 6;
        byte[] laterFragment = portUnreachable(0);
        laterFragment[8 + 7] = 1;
        byte[] version6 = portUnreachable(0);
        version6[8] = 0x65;

        for (byte[] bytes : new byte[][]{echo, tcp, laterFragment, version6}) {
            assertThat(check(withChecksum(bytes))).isEqualTo(DropReason.BAD_IP_HEADER);
        }
    }

    @Test
    void aBadChecksumIsIgnored() {
        byte[] bytes = portUnreachable(0);
        bytes[bytes.length - 1] ^= 1;

        assertThat(check(bytes)).isEqualTo(DropReason.BAD_CHECKSUM);
    }

    @Test
    void mutationsNeverReadOutside() {
        mutate(10_000);
    }

    @Test
    @Tag("ci")
    void aMillionMutationsNeverReadOutside() {
        mutate(1_000_000);
    }

    private void mutate(int rounds) {
        Random random = new Random(7);
        int passed = 0;
        for (int round = 0; round < rounds; round++) {
            byte[] bytes = Arrays.copyOf(portUnreachable(random.nextInt(4) * 4), random.nextInt(56));
            for (int flips = random.nextInt(3); flips > 0 && bytes.length > 0; flips--) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
            }
            MemorySegment segment = MemorySegment.ofArray(bytes.length >= 4 ? withChecksum(bytes) : bytes);
            if (message.wrap(segment, 0).check(bytes.length) == null) {
                passed++;
                assertThat(message.quotedSourcePort() + message.quotedDestinationPort() + message.code()
                        + message.nextHopMtu()).isNotNegative();
                assertThat(segment.get(ValueLayout.JAVA_BYTE, 0)).isEqualTo((byte) 3);
            }
        }
        assertThat(passed).isPositive();
    }
}
