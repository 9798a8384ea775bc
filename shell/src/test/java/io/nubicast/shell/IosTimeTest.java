package io.nubicast.shell;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class IosTimeTest {
    @ParameterizedTest
    @CsvSource({"0, 00:00:00", "58, 00:00:58", "-3, 00:00:00", "86399, 23:59:59", "86400, 1d00h", "93600, 1d02h",
            "604799, 6d23h", "604800, 1w0d", "777600, 1w2d", "31535999, 52w0d", "31536000, 1y0w", "63072000, 2y0w"})
    void aSpanIsPrintedAsIosDoes(long seconds, String text) {
        assertThat(IosTime.span(seconds * 1_000_000_000L)).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource({"999999999, 00:00:00", "9223372036854775807, never"})
    void partsOfASecondAreLeftOffAndForeverIsNever(long ns, String text) {
        assertThat(IosTime.span(ns)).isEqualTo(text);
    }
}
