package io.nubicast.engine;

/// Monotonic time in nanoseconds from an arbitrary origin. Cores are given the time; only runners hold a clock.
@FunctionalInterface
public interface NanoClock {
    /// The machine's.
    NanoClock SYSTEM = System::nanoTime;

    long nowNs();
}
