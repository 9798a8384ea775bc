package io.nubicast.wire.igmp;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/// IGMP-004.
class FloatCodeTest {
    @Test
    void theValuesOfTheRfc() {
        assertThat(FloatCode.decode(0x7F)).isEqualTo(127);
        assertThat(FloatCode.decode(0x80)).isEqualTo(128);
        assertThat(FloatCode.decode(0x8F)).isEqualTo(248);
        assertThat(FloatCode.decode(0xFF)).isEqualTo(31_744).isEqualTo(FloatCode.MAXIMUM);
    }

    @Test
    void everyCodeGoesThereAndBack() {
        for (int code = 0; code < 256; code++) {
            assertThat(FloatCode.encode(FloatCode.decode(code))).isEqualTo(code);
        }
    }

    @Test
    void everyValueGetsTheGreatestThatIsNotAbove() {
        for (int value = 0; value <= 40_000; value++) {
            int best = 0;
            for (int code = 0; code < 256; code++) {
                int decoded = code < 128 ? code : (code % 16 + 16) * (1 << code / 16 % 8 + 3);
                if (decoded <= value) {
                    best = Math.max(best, decoded);
                }
            }
            assertThat(FloatCode.decode(FloatCode.encode(value))).as("value %d", value).isEqualTo(best);
        }
    }
}
