package io.nubicast.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import java.util.Random;
import org.junit.jupiter.api.Test;

class UdpChecksumTest {
    private static final int SOURCE = 0x0A000001;
    private static final int GROUP = 0xEF010101;

    private static UdpChecksum.Verdict judge(int checksum, int source, int destination, byte[] payload) {
        int length = UdpHeader.LENGTH + payload.length;
        int rest = UdpChecksum.headerSum(5000, 5001, length)
                + InternetChecksum.sum(MemorySegment.ofArray(payload), 0, payload.length);
        return UdpChecksum.judge(checksum, UdpChecksum.pseudoHeaderSum(source, destination, length), rest);
    }

    private static int correct(int source, int destination, byte[] payload) {
        int length = UdpHeader.LENGTH + payload.length;
        return UdpChecksum.finish(UdpChecksum.pseudoHeaderSum(source, destination, length)
                + UdpChecksum.headerSum(5000, 5001, length)
                + InternetChecksum.sum(MemorySegment.ofArray(payload), 0, payload.length));
    }

    @Test
    void zeroMeansNone() {
        assertThat(judge(0, SOURCE, GROUP, new byte[]{1, 2, 3})).isEqualTo(UdpChecksum.Verdict.NONE);
    }

    @Test
    void aRightChecksumIsValidAndAFlippedBitIsWrong() {
        Random random = new Random(4);
        for (int i = 0; i < 10_000; i++) {
            byte[] payload = new byte[1 + random.nextInt(40)];
            random.nextBytes(payload);
            int source = random.nextInt();
            int destination = random.nextInt();
            int checksum = correct(source, destination, payload);

            assertThat(judge(checksum, source, destination, payload)).isEqualTo(UdpChecksum.Verdict.VALID);
            payload[random.nextInt(payload.length)] ^= (byte) (1 << random.nextInt(8));
            assertThat(judge(checksum, source, destination, payload)).isNotEqualTo(UdpChecksum.Verdict.VALID);
        }
    }

    @Test
    void thePseudoHeadersSumAloneIsUnfinished() {
        byte[] payload = {1, 2, 3, 4};
        int unfinished = InternetChecksum.fold(UdpChecksum.pseudoHeaderSum(SOURCE, GROUP, 12));

        assertThat(judge(unfinished, SOURCE, GROUP, payload)).isEqualTo(UdpChecksum.Verdict.UNFINISHED);
        assertThat(judge(unfinished + 1, SOURCE, GROUP, payload)).isEqualTo(UdpChecksum.Verdict.WRONG);
    }

    @Test
    void aChecksumThatComesOutAsZeroIsSentAsAllOnes() {
        byte[] payload = new byte[2];
        int checksum = correct(SOURCE, GROUP, payload);
        payload[0] = (byte) (checksum >>> 8);
        payload[1] = (byte) checksum;

        assertThat(correct(SOURCE, GROUP, payload)).isEqualTo(0xFFFF);
        assertThat(judge(0xFFFF, SOURCE, GROUP, payload)).isEqualTo(UdpChecksum.Verdict.VALID);
    }

    /// `hello` from 192.0.2.1:40000 to 192.0.2.2:5001, summed by hand below.
    @Test
    void judgesAWholeDatagram() {
        MemorySegment packet = Bytes.segment("45000021 1c464000 40119a82 c0000201 c0000202", "9c40 1389 000d 0000",
                "68656c6c6f");
        Ipv4Header ip = new Ipv4Header().wrap(packet, 0);
        UdpHeader udp = new UdpHeader().wrap(packet, 20);
        int payload = InternetChecksum.sum(packet, udp.payloadOffset(), udp.payloadLength());
        // 0xc000+0x0201+0xc000+0x0202+17+13 + 0x9c40+0x1389+13 + 0x6865+0x6c6c+0x6f00
        udp.checksum(0x8834);

        assertThat(UdpChecksum.judge(ip, udp, payload)).isEqualTo(UdpChecksum.Verdict.VALID);
    }
}
