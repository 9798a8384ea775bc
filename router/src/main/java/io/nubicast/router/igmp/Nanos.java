package io.nubicast.router.igmp;

/// Times of configuration and messages in nanoseconds.
final class Nanos {
    private Nanos() {}

    static long seconds(long seconds) {
        return seconds * 1_000_000_000L;
    }

    static long millis(long millis) {
        return millis * 1_000_000L;
    }

    static long tenths(long tenths) {
        return tenths * 100_000_000L;
    }
}
