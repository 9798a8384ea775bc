package io.nubicast.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class Ipv4HeaderTest {
    private static final String[] UDP_TO_GROUP = {
            "45", // version 4, IHL 5
            "b8", // DSCP EF
            "0020", // total length 32
            "1234", // identification
            "4000", // DF
            "01", // TTL
            "11", // UDP
            "b533", // checksum
            "c0a80001", // 192.168.0.1
            "ef010203", // 239.1.2.3
    };
    private static final String PAYLOAD = "13881389000c000061626364";

    private final Ipv4Header header = new Ipv4Header();

    @Test
    void readsEveryField() {
        MemorySegment packet = Bytes.segment(String.join("", UDP_TO_GROUP), PAYLOAD);
        header.wrap(packet, 0);

        assertThat(header.check(packet.byteSize())).isNull();
        assertThat(header.version()).isEqualTo(4);
        assertThat(header.headerLength()).isEqualTo(20);
        assertThat(header.typeOfService()).isEqualTo(0xB8);
        assertThat(header.totalLength()).isEqualTo(32);
        assertThat(header.identification()).isEqualTo(0x1234);
        assertThat(header.dontFragment()).isTrue();
        assertThat(header.moreFragments()).isFalse();
        assertThat(header.isFragment()).isFalse();
        assertThat(header.fragmentOffset()).isZero();
        assertThat(header.timeToLive()).isEqualTo(1);
        assertThat(header.protocol()).isEqualTo(17);
        assertThat(header.headerChecksumIsValid()).isTrue();
        assertThat(Address.ofIpv4(header.source())).hasToString("192.168.0.1");
        assertThat(Address.ofIpv4(header.destination())).hasToString("239.1.2.3");
    }

    @Test
    void writesTheSameBytesOverOldOnes() {
        MemorySegment packet = MemorySegment.ofArray(new byte[20]);
        packet.fill((byte) 0xA5);

        header.wrap(packet, 0).versionAndHeaderLength(20).typeOfService(0xB8).totalLength(32).identification(0x1234)
                .fragmentation(true, false, 0).timeToLive(1).protocol(17).source(0xC0A80001).destination(0xEF010203)
                .finishHeaderChecksum();

        assertThat(Bytes.hex(packet)).isEqualTo(String.join("", UDP_TO_GROUP));
    }

    @Test
    void aMiddleFragment() {
        MemorySegment packet = MemorySegment.ofArray(new byte[20]);

        header.wrap(packet, 0).fragmentation(false, true, 2960);

        assertThat(header.isFragment()).isTrue();
        assertThat(header.moreFragments()).isTrue();
        assertThat(header.dontFragment()).isFalse();
        assertThat(header.fragmentOffset()).isEqualTo(2960);
    }

    @Test
    void truncationAtEveryLengthIsTooShort() {
        MemorySegment packet = Bytes.segment(String.join("", UDP_TO_GROUP), PAYLOAD);
        for (int length = 0; length < packet.byteSize(); length++) {
            assertThat(header.wrap(packet.asSlice(0, length), 0).check(length)).isEqualTo(DropReason.TOO_SHORT);
        }
    }

    @Test
    void paddingOfTheLinkIsNoPayload() {
        MemorySegment packet = Bytes.segment(String.join("", UDP_TO_GROUP), PAYLOAD, "000000000000");

        assertThat(header.wrap(packet, 0).check(packet.byteSize())).isNull();
        assertThat(header.totalLength()).isEqualTo(32);
    }

    @Test
    void everyVersionAndHeaderLength() {
        for (int first = 0; first < 256; first++) {
            MemorySegment packet = MemorySegment.ofArray(new byte[60]);
            packet.set(java.lang.foreign.ValueLayout.JAVA_BYTE, 0, (byte) first);
            header.wrap(packet, 0).totalLength(60);

            boolean right = first >>> 4 == 4 && (first & 15) >= 5;
            assertThat(header.check(60)).isEqualTo(right ? null : DropReason.BAD_IP_HEADER);
        }
    }

    @Test
    void aTotalLengthBelowTheHeadersIsBad() {
        MemorySegment packet = MemorySegment.ofArray(new byte[60]);
        header.wrap(packet, 0).versionAndHeaderLength(24).totalLength(23);

        assertThat(header.check(60)).isEqualTo(DropReason.BAD_IP_HEADER);
    }

    @Test
    void mutationsNeverReadOutside() {
        mutate(10_000, 5);
    }

    @Test
    @Tag("ci")
    void aMillionMutationsNeverReadOutside() {
        mutate(1_000_000, 6);
    }

    /// Mutated headers over exactly as many bytes as they are told: a read beyond would throw.
    private static void mutate(int rounds, long seed) {
        Random random = new Random(seed);
        byte[] golden = Bytes.hex(String.join("", UDP_TO_GROUP), PAYLOAD);
        Ipv4Header ip = new Ipv4Header();
        UdpHeader udp = new UdpHeader();
        int passed = 0;
        for (int round = 0; round < rounds; round++) {
            byte[] bytes = java.util.Arrays.copyOf(golden, random.nextInt(golden.length + 8));
            for (int flips = random.nextInt(4); flips > 0 && bytes.length > 0; flips--) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
            }
            MemorySegment packet = MemorySegment.ofArray(bytes);
            if (ip.wrap(packet, 0).check(bytes.length) != null) {
                continue;
            }
            assertThat(ip.totalLength()).isBetween(ip.headerLength(), bytes.length);
            udp.wrap(packet, ip.headerLength());
            if (udp.check(ip.totalLength() - ip.headerLength()) == null) {
                passed++;
                InternetChecksum.sum(packet, udp.payloadOffset(), udp.payloadLength());
                UdpChecksum.judge(ip, udp, 0);
            }
        }
        assertThat(passed).isPositive();
    }
}
