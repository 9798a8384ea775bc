package io.nubicast.engine;

/// A token bucket: `ratePerSecond` tokens flow in, up to `burst` are kept. Given the time, reads no clock. One thread.
public final class TokenBucket {
    private static final long NANOS = 1_000_000_000L;

    private final long ratePerSecond;
    private final long burst;
    private long tokens;
    private long lastNs;
    /// Token fractions, in 1/NANOS of a token, so that no rate is rounded away.
    private long fraction;

    /// Starts full.
    ///
    /// @param ratePerSecond tokens a second, 1..2^40
    /// @param burst the most that is kept, at least 1
    public TokenBucket(long ratePerSecond, long burst, long nowNs) {
        if (ratePerSecond < 1 || ratePerSecond > 1L << 40 || burst < 1) {
            throw new IllegalArgumentException("rate " + ratePerSecond + ", burst " + burst);
        }
        this.ratePerSecond = ratePerSecond;
        this.burst = burst;
        this.tokens = burst;
        this.lastNs = nowNs;
    }

    /// Takes `wanted` tokens, or none and returns false.
    public boolean take(long wanted, long nowNs) {
        refill(nowNs);
        if (tokens < wanted) {
            return false;
        }
        tokens -= wanted;
        return true;
    }

    private void refill(long nowNs) {
        long elapsedNs = nowNs - lastNs;
        if (elapsedNs <= 0) {
            return;
        }
        lastNs = nowNs;
        if (elapsedNs >= NANOS) {
            long seconds = elapsedNs / NANOS;
            elapsedNs %= NANOS;
            tokens = seconds > burst / ratePerSecond ? burst : Math.min(burst, tokens + seconds * ratePerSecond);
        }
        long whole = Math.multiplyHigh(ratePerSecond, elapsedNs) == 0 && ratePerSecond * elapsedNs >= 0
                ? ratePerSecond * elapsedNs
                : Long.MAX_VALUE - NANOS;
        fraction += whole;
        tokens = Math.min(burst, tokens + fraction / NANOS);
        fraction %= NANOS;
    }
}
