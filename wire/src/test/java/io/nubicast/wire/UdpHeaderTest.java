package io.nubicast.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.Test;

class UdpHeaderTest {
    // source port 5000, destination port 65535, length 11, checksum
    private static final String HEADER = "1388ffff000b4321";

    private final UdpHeader header = new UdpHeader();

    @Test
    void readsEveryField() {
        MemorySegment datagram = Bytes.segment("ffff", HEADER, "616263");
        header.wrap(datagram, 2);

        assertThat(header.check(11)).isNull();
        assertThat(header.sourcePort()).isEqualTo(5000);
        assertThat(header.destinationPort()).isEqualTo(65_535);
        assertThat(header.length()).isEqualTo(11);
        assertThat(header.payloadLength()).isEqualTo(3);
        assertThat(header.payloadOffset()).isEqualTo(10);
        assertThat(header.checksum()).isEqualTo(0x4321);
    }

    @Test
    void writesTheSameBytesOverOldOnes() {
        MemorySegment datagram = MemorySegment.ofArray(new byte[8]);
        datagram.fill((byte) 0xA5);

        header.wrap(datagram, 0).sourcePort(5000).destinationPort(65_535).length(11).checksum(0x4321);

        assertThat(Bytes.hex(datagram)).isEqualTo(HEADER);
    }

    @Test
    void truncationAtEveryLengthIsSeen() {
        MemorySegment datagram = Bytes.segment(HEADER, "616263");
        for (int length = 0; length < 11; length++) {
            assertThat(header.wrap(datagram.asSlice(0, length), 0).check(length))
                    .isEqualTo(length < 8 ? DropReason.TOO_SHORT : DropReason.BAD_UDP_LENGTH);
        }
    }

    @Test
    void everyLengthFieldIsJudged() {
        MemorySegment datagram = MemorySegment.ofArray(new byte[20]);
        for (int length = 0; length < 65_536; length++) {
            header.wrap(datagram, 0).length(length);
            assertThat(header.check(20)).isEqualTo(length >= 8 && length <= 20 ? null : DropReason.BAD_UDP_LENGTH);
        }
    }

    @Test
    void anEmptyDatagramIsWhole() {
        assertThat(header.wrap(Bytes.segment("13881389 0008 0000"), 0).check(8)).isNull();
        assertThat(header.payloadLength()).isZero();
    }
}
