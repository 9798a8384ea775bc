package io.nubicast.forwarding;

/// The most that a route lets in; what is beyond is dropped as `RATE_LIMITED`. 0 means no limit.
///
/// @param packetsPerSecond datagrams in, before they are copied
/// @param bitsPerSecond of UDP payload, before it is copied
public record RateLimit(long packetsPerSecond, long bitsPerSecond) {
    public static final RateLimit NONE = new RateLimit(0, 0);

    public RateLimit {
        if (packetsPerSecond < 0 || bitsPerSecond < 0) {
            throw new IllegalArgumentException("a rate limit is 0 (none) or positive");
        }
    }

    public boolean isNone() {
        return packetsPerSecond == 0 && bitsPerSecond == 0;
    }
}
