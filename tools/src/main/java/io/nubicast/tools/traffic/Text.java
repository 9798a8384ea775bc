package io.nubicast.tools.traffic;

import java.util.Locale;

/// Numbers as people read them.
final class Text {
    private Text() {}

    @SuppressWarnings("AnnotateFormatMethod")
    static String format(String pattern, Object... values) {
        return String.format(Locale.ROOT, pattern, values);
    }

    /// `1.25 Mbit/s`.
    static String rate(double bitsPerSecond) {
        if (bitsPerSecond >= 1e9) {
            return format("%.2f Gbit/s", bitsPerSecond / 1e9);
        }
        return bitsPerSecond >= 1e6
                ? format("%.2f Mbit/s", bitsPerSecond / 1e6)
                : format("%.1f kbit/s", bitsPerSecond / 1e3);
    }

    /// `85 µs`, `1.20 ms`, `2.5 s`.
    static String duration(long ns) {
        if (ns < 1_000_000) {
            return format("%d µs", ns / 1000);
        }
        return ns < 1_000_000_000 ? format("%.2f ms", ns / 1e6) : format("%.2f s", ns / 1e9);
    }

    /// `0.0500 %` of what was sent.
    static String percent(long part, long whole) {
        return part == 0 ? "0 %" : format("%.3g %%", 100.0 * part / whole);
    }
}
