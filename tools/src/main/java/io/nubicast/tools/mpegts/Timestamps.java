package io.nubicast.tools.mpegts;

/// Arithmetic of the 27 MHz clock (ISO/IEC 13818-1 section 2.4.2): a PCR is base (33 bits of 90 kHz) × 300 + extension (0..299),
/// PTS and DTS are 33 bits of 90 kHz. All wrap after 26.5 hours.
public final class Timestamps {
    /// PCR ticks a second.
    public static final long PCR_HZ = 27_000_000;
    /// PTS and DTS ticks a second.
    public static final long PTS_HZ = 90_000;
    /// The first PTS or DTS value that no longer exists.
    public static final long PTS_WRAP = 1L << 33;
    /// The first PCR value that no longer exists.
    public static final long PCR_WRAP = PTS_WRAP * 300;

    private Timestamps() {}

    /// `later` - `earlier` on a clock that wraps, as the shorter way round: -wrap/2..wrap/2.
    public static long difference(long later, long earlier, long wrap) {
        long ticks = Math.floorMod(later - earlier, wrap);
        return ticks >= wrap / 2 ? ticks - wrap : ticks;
    }

    /// `value` + `ticks` (which may be negative) on a clock that wraps.
    public static long plus(long value, long ticks, long wrap) {
        return Math.floorMod(value + ticks % wrap, wrap);
    }

    /// PCR ticks as nanoseconds, to the nearest below; exact for spans of many years.
    public static long pcrToNs(long ticks) {
        return ticks / 27 * 1000 + ticks % 27 * 1000 / 27;
    }

    /// Nanoseconds as PCR ticks.
    public static long nsToPcr(long ns) {
        return ns / 1000 * 27 + ns % 1000 * 27 / 1000;
    }
}
