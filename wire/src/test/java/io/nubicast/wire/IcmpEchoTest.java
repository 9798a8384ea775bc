package io.nubicast.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import java.util.Random;
import org.junit.jupiter.api.Test;

class IcmpEchoTest {
    private static final byte[] ECHO = {
            8, 0, // type, code
            (byte) 0xC4, (byte) 0xCA, // checksum
            0x30, 0x39, // identifier
            0, 1, // sequence number
            0, 1, 2, (byte) 0xFA}; // data

    @Test
    void anEchoIsReadAsItWasWritten() {
        byte[] message = new IcmpEcho(false, 12_345, 7).emit(56);

        assertThat(message).hasSize(64);
        assertThat(IcmpEcho.parse(MemorySegment.ofArray(message))).contains(new IcmpEcho(false, 12_345, 7));
        assertThat(IcmpEcho.parse(MemorySegment.ofArray(new IcmpEcho(true, 65_535, 65_535).emit(0))))
                .contains(new IcmpEcho(true, 65_535, 65_535));
    }

    @Test
    void aCaptureIsReadAndAWrongChecksumIsNot() {
        assertThat(IcmpEcho.parse(MemorySegment.ofArray(ECHO))).contains(new IcmpEcho(false, 12_345, 1));

        ECHO[11]++;
        assertThat(IcmpEcho.parse(MemorySegment.ofArray(ECHO))).isEmpty();
        ECHO[11]--;
    }

    @Test
    void whatIsCutOffIsNone() {
        for (int length = 0; length < ECHO.length; length++) {
            assertThat(IcmpEcho.parse(MemorySegment.ofArray(ECHO).asSlice(0, length))).isEmpty();
        }
    }

    @Test
    void anyBytesAreSurvived() {
        Random random = new Random(1);
        for (int i = 0; i < 10_000; i++) {
            byte[] bytes = new byte[random.nextInt(40)];
            random.nextBytes(bytes);
            IcmpEcho.parse(MemorySegment.ofArray(bytes));
        }
    }
}
