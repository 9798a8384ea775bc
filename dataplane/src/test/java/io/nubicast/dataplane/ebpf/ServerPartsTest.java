package io.nubicast.dataplane.ebpf;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class ServerPartsTest {
    /// struct member of server.c
    @Test
    void aMemberIsWrittenAsProgramsReadIt() {
        long source = 0x020000000001L;
        ByteBuffer words = ByteBuffer.allocate(24).order(ByteOrder.LITTLE_ENDIAN);
        words.putLong(MemberWords.first(0x0A0B0C0D0E0FL, source)).putLong(MemberWords.second(source, 7))
                .putLong(MemberWords.third(0x0A00000B, 64));

        assertThat(HexFormat.of().formatHex(words.array()))
                .isEqualTo("0a0b0c0d0e0f" // destination
                        + "020000000001" // source
                        + "07000000" // interface
                        + "0a00000b" // address
                        + "40000000"); // TTL
    }

    @Test
    void processorsAreCountedUpToTheHighest() {
        assertThat(ServerPrograms.processors("0\n")).isEqualTo(1);
        assertThat(ServerPrograms.processors("0-3\n")).isEqualTo(4);
        assertThat(ServerPrograms.processors("0-3,8\n")).isEqualTo(9);
        assertThat(ServerPrograms.processors("0,2-5\n")).isEqualTo(6);
    }
}
