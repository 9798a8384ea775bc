package io.nubicast.tools.mpegts;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;

class TsPacketTest {
    /// A packet with PCR and the PES header of a video frame with PTS and DTS, filled up with 0xFF.
    private static byte[] videoPacket() {
        byte[] packet = new byte[TsPacket.LENGTH];
        Arrays.fill(packet, (byte) 0xFF);
        byte[] head = HexFormat.ofDelimiter(" ").parseHex("47 41 00 37" // sync, payload unit start, PID 0x100, both, CC 7
                + " 07 50" // adaptation field of 7: random access, PCR
                + " 00 00 7b 0c fe 2a" // base 0xF619 = 63001 and one bit: 63001, extension 42
                + " 00 00 01 e0 00 00 80 c0 0a" // PES, video, PTS and DTS, 10 bytes of header
                + " 31 00 07 f4 81" // PTS 129600
                + " 11 00 07 d8 61"); // DTS 126000
        System.arraycopy(head, 0, packet, 0, head.length);
        return packet;
    }

    @Test
    void headerFieldsAreRead() {
        TsPacket packet = new TsPacket().wrap(videoPacket(), 0);

        assertThat(packet.wellFormed()).isTrue();
        assertThat(packet.transportError()).isFalse();
        assertThat(packet.payloadUnitStart()).isTrue();
        assertThat(packet.pid()).isEqualTo(0x100);
        assertThat(packet.scrambling()).isZero();
        assertThat(packet.hasAdaptationField()).isTrue();
        assertThat(packet.hasPayload()).isTrue();
        assertThat(packet.continuityCounter()).isEqualTo(7);
        assertThat(packet.adaptationFieldLength()).isEqualTo(7);
        assertThat(packet.discontinuityIndicator()).isFalse();
        assertThat(packet.payloadOffset()).isEqualTo(12);
        assertThat(packet.payloadLength()).isEqualTo(176);
    }

    @Test
    void theClockReferenceIsBaseTimes300PlusExtension() {
        TsPacket packet = new TsPacket().wrap(videoPacket(), 0);

        assertThat(packet.hasPcr()).isTrue();
        assertThat(packet.hasOpcr()).isFalse();
        // 0x00007b0c << 1 | 1 = 63001
        assertThat(packet.pcr()).isEqualTo(63_001L * 300 + 42);
    }

    @Test
    void pesTimestampsAreRead() {
        PesHeader pes = new PesHeader();

        assertThat(pes.wrap(new TsPacket().wrap(videoPacket(), 0))).isTrue();

        assertThat(pes.hasPts()).isTrue();
        assertThat(pes.pts()).isEqualTo(129_600);
        assertThat(pes.hasDts()).isTrue();
        assertThat(pes.dts()).isEqualTo(126_000);
    }

    @Test
    void writingWhatWasReadChangesNothing() {
        byte[] bytes = videoPacket();
        TsPacket packet = new TsPacket().wrap(bytes, 0);
        PesHeader pes = new PesHeader();
        assertThat(pes.wrap(packet)).isTrue();

        packet.pcr(packet.pcr());
        packet.continuityCounter(packet.continuityCounter());
        pes.pts(pes.pts());
        pes.dts(pes.dts());

        assertThat(bytes).isEqualTo(videoPacket());
    }

    @Test
    void everyTimestampSurvivesWritingAndReading() {
        byte[] bytes = videoPacket();
        TsPacket packet = new TsPacket().wrap(bytes, 0);
        PesHeader pes = new PesHeader();
        assertThat(pes.wrap(packet)).isTrue();
        Random random = new Random(2);

        for (int i = 0; i < 10_000; i++) {
            long pcr = i < 2 ? i * (Timestamps.PCR_WRAP - 1) : random.nextLong(Timestamps.PCR_WRAP);
            long pts = i < 2 ? i * (Timestamps.PTS_WRAP - 1) : random.nextLong(Timestamps.PTS_WRAP);
            packet.pcr(pcr);
            pes.pts(pts);
            pes.dts(Timestamps.PTS_WRAP - 1 - pts);

            assertThat(packet.pcr()).isEqualTo(pcr);
            assertThat(pes.pts()).isEqualTo(pts);
            assertThat(pes.dts()).isEqualTo(Timestamps.PTS_WRAP - 1 - pts);
        }
        assertThat(packet.wellFormed()).isTrue();
        assertThat(pes.wrap(packet)).isTrue();
    }

    @Test
    void anAdaptationFieldLongerThanThePacketIsMalformed() {
        byte[] bytes = videoPacket();
        TsPacket packet = new TsPacket().wrap(bytes, 0);

        for (int length = 0; length < 256; length++) {
            bytes[4] = (byte) length;
            assertThat(packet.wellFormed()).isEqualTo(length <= 182);
        }
        bytes[3] = 0x27;
        bytes[4] = (byte) 183;
        assertThat(packet.wellFormed()).isTrue();
        assertThat(packet.payloadLength()).isZero();
    }

    @Test
    void tablesOfSectionsAndPaddingHaveNoTimestamps() {
        for (int streamId : new int[]{0xBC, 0xBE, 0xBF, 0xF0, 0xF1, 0xF2, 0xF8, 0xFF, 0x42}) {
            byte[] bytes = videoPacket();
            bytes[15] = (byte) streamId;
            assertThat(new PesHeader().wrap(new TsPacket().wrap(bytes, 0))).as("stream_id %x", streamId).isFalse();
        }
    }

    @Test
    void mutatedPacketsNeverReadOutsideThePacket() {
        Random random = new Random(3);
        PesHeader pes = new PesHeader();
        TsPacket packet = new TsPacket();
        int mutations = Boolean.getBoolean("nubicast.ci") ? 1_000_000 : 100_000;
        for (int i = 0; i < mutations; i++) {
            byte[] bytes = videoPacket();
            for (int k = random.nextInt(8); k >= 0; k--) {
                bytes[random.nextInt(random.nextBoolean() ? 32 : bytes.length)] = (byte) random.nextInt();
            }
            packet.wrap(bytes, 0);
            if (!packet.wellFormed()) {
                continue;
            }
            assertThat(packet.payloadOffset() + packet.payloadLength()).isLessThanOrEqualTo(188);
            assertThat(packet.hasPcr() && packet.pcr() < 0).isFalse();
            assertThat(packet.hasOpcr() && packet.opcr() < 0).isFalse();
            if (pes.wrap(packet)) {
                assertThat(pes.hasPts() && pes.pts() < 0).isFalse();
                assertThat(pes.hasDts() && pes.dts() < 0).isFalse();
            }
        }
    }

    @Test
    void differencesGoTheShorterWayRoundTheWrap() {
        assertThat(Timestamps.difference(5, Timestamps.PTS_WRAP - 5, Timestamps.PTS_WRAP)).isEqualTo(10);
        assertThat(Timestamps.difference(Timestamps.PTS_WRAP - 5, 5, Timestamps.PTS_WRAP)).isEqualTo(-10);
        assertThat(Timestamps.plus(Timestamps.PCR_WRAP - 1, 2, Timestamps.PCR_WRAP)).isEqualTo(1);
        assertThat(Timestamps.plus(1, -2, Timestamps.PCR_WRAP)).isEqualTo(Timestamps.PCR_WRAP - 1);
        assertThat(Timestamps.pcrToNs(27_000_000L * 3600)).isEqualTo(3_600_000_000_000L);
        assertThat(Timestamps.nsToPcr(1_000_000_000)).isEqualTo(27_000_000);
    }

    @Test
    void theCrcOfAKnownTableIsZeroOverAll() {
        // The Program Association Table that ffmpeg writes: one program, map table on PID 0x1000.
        byte[] pat = HexFormat.of().parseHex("00b00d0001c100000001f0002ab104b2");

        assertThat(Crc32Mpeg.of(pat, 0, pat.length)).isZero();
        assertThat(Crc32Mpeg.of(pat, 0, pat.length - 4)).isEqualTo(0x2ab104b2);
    }
}
