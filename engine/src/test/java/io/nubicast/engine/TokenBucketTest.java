package io.nubicast.engine;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TokenBucketTest {
    private static final long SECOND = 1_000_000_000L;

    @Test
    void startsFullAndGivesNoMoreThanTheBurst() {
        TokenBucket bucket = new TokenBucket(10, 3, 0);

        assertThat(bucket.take(1, 0)).isTrue();
        assertThat(bucket.take(2, 0)).isTrue();
        assertThat(bucket.take(1, 0)).isFalse();
    }

    @Test
    void givesTheRateOverALongTime() {
        TokenBucket bucket = new TokenBucket(1000, 10, 0);
        int taken = 0;
        for (long nowNs = 0; nowNs < 10 * SECOND; nowNs += 333_333) {
            taken += bucket.take(1, nowNs) ? 1 : 0;
        }

        assertThat(taken).isBetween(9_990, 10_011);
    }

    @Test
    void aLongPauseFillsItToTheBurstAndNotBeyond() {
        TokenBucket bucket = new TokenBucket(1L << 40, 5, 0);
        assertThat(bucket.take(5, 0)).isTrue();

        assertThat(bucket.take(5, 1_000_000 * SECOND)).isTrue();
        assertThat(bucket.take(1, 1_000_000 * SECOND)).isFalse();
    }

    @Test
    void timeThatStandsStillOrGoesBackGivesNothing() {
        TokenBucket bucket = new TokenBucket(1000, 1, SECOND);
        assertThat(bucket.take(1, SECOND)).isTrue();

        assertThat(bucket.take(1, SECOND)).isFalse();
        assertThat(bucket.take(1, 0)).isFalse();
    }
}
