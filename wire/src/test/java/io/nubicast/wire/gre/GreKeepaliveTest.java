package io.nubicast.wire.gre;

import static org.assertj.core.api.Assertions.assertThat;

import io.nubicast.wire.Ipv4Header;
import java.lang.foreign.MemorySegment;
import java.util.HexFormat;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

/// GRE-040
class GreKeepaliveTest {
    private static boolean isAnswer(byte[] packet) {
        MemorySegment segment = MemorySegment.ofArray(packet);
        Ipv4Header ip = new Ipv4Header().wrap(segment, 0);
        return ip.check(packet.length) == null && GreKeepalive.isAnswer(ip, new GreHeader(), segment, 0);
    }

    @Test
    void theAnswerIsAPacketOfThePeerToUs() {
        byte[] answer = GreKeepalive.answer(0xC0A80081, 0x08D0590A, OptionalInt.empty());

        assertThat(HexFormat.of().formatHex(answer)).isEqualTo("45c00018" // version, TOS, length 24
                + "00000000" // identification, no fragment
                + "ff2f" + "97f3" // TTL 255, GRE, header checksum
                + "08d0590a" + "c0a80081" // peer, self
                + "00000000"); // GRE, type 0
        assertThat(new Ipv4Header().wrap(MemorySegment.ofArray(answer), 0).headerChecksumIsValid()).isTrue();
        assertThat(isAnswer(answer)).isTrue();
    }

    @Test
    void withAKeyTheAnswerCarriesIt() {
        byte[] answer = GreKeepalive.answer(0xC0A80081, 0x08D0590A, OptionalInt.of(5));

        assertThat(HexFormat.of().formatHex(answer)).endsWith("2000000000000005");
        assertThat(answer).hasSize(GreKeepalive.length(OptionalInt.of(5)));
        assertThat(isAnswer(answer)).isTrue();
    }

    @Test
    void otherPacketsAreNone() {
        byte[] answer = GreKeepalive.answer(0xC0A80081, 0x08D0590A, OptionalInt.empty());
        byte[] tunnelled = answer.clone();
        tunnelled[22] = 8;
        byte[] udp = answer.clone();
        udp[9] = 17;
        byte[] version1 = answer.clone();
        version1[21] = 1;

        assertThat(isAnswer(tunnelled)).isFalse();
        assertThat(isAnswer(udp)).isFalse();
        assertThat(isAnswer(version1)).isFalse();
    }
}
