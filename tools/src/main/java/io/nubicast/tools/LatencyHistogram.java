package io.nubicast.tools;

import java.util.Arrays;

/// Counts durations in a fixed table of log-linear buckets: 64 a power of two, so that what it says is at most 1.6 % above the
/// truth. Values 0 to 2^42 ns (73 minutes); longer ones count as that. Allocates nothing after construction. One thread.
public final class LatencyHistogram {
    private static final int SUB_BITS = 6;
    private static final int SUB_BUCKETS = 1 << SUB_BITS;
    private static final int MAX_BITS = 42;
    /// The longest duration that is told apart, in nanoseconds.
    public static final long LONGEST_NS = (1L << MAX_BITS) - 1;

    private final long[] counts = new long[(MAX_BITS - SUB_BITS + 1) * SUB_BUCKETS];
    private long count;
    private long sumNs;
    private long minNs = Long.MAX_VALUE;
    private long maxNs;

    /// Counts one duration; a negative one counts as 0.
    public void record(long durationNs) {
        long value = Math.clamp(durationNs, 0, LONGEST_NS);
        counts[index(value)]++;
        count++;
        sumNs += value;
        minNs = Math.min(minNs, value);
        maxNs = Math.max(maxNs, value);
    }

    /// Below 64 a bucket a value; above, 64 buckets for each doubling.
    private static int index(long value) {
        int shift = Math.max(0, Long.SIZE - SUB_BITS - 1 - Long.numberOfLeadingZeros(value | 1));
        return shift * SUB_BUCKETS + (int) (value >>> shift);
    }

    /// The largest value that falls into a bucket.
    private static long highest(int index) {
        if (index < 2 * SUB_BUCKETS) {
            return index;
        }
        int shift = index / SUB_BUCKETS - 1;
        long first = (long) (index - shift * SUB_BUCKETS) << shift;
        return first + (1L << shift) - 1;
    }

    public long count() {
        return count;
    }

    /// Nanoseconds; 0 when nothing was recorded.
    public long minNs() {
        return count == 0 ? 0 : minNs;
    }

    /// Nanoseconds, exact.
    public long maxNs() {
        return maxNs;
    }

    /// Nanoseconds; 0 when nothing was recorded.
    public long meanNs() {
        return count == 0 ? 0 : sumNs / count;
    }

    /// The duration that `percent` of the recorded ones do not exceed, in nanoseconds; 0 when nothing was recorded.
    ///
    /// @param percent 0..100
    public long percentileNs(double percent) {
        long wanted = Math.max(1, (long) Math.ceil(count * Math.clamp(percent, 0, 100) / 100));
        long seen = 0;
        for (int i = 0; i < counts.length; i++) {
            seen += counts[i];
            if (seen >= wanted) {
                return Math.min(highest(i), maxNs);
            }
        }
        return 0;
    }

    /// Adds what another one counted.
    public void add(LatencyHistogram other) {
        for (int i = 0; i < counts.length; i++) {
            counts[i] += other.counts[i];
        }
        count += other.count;
        sumNs += other.sumNs;
        minNs = Math.min(minNs, other.minNs);
        maxNs = Math.max(maxNs, other.maxNs);
    }

    public void reset() {
        Arrays.fill(counts, 0);
        count = 0;
        sumNs = 0;
        minNs = Long.MAX_VALUE;
        maxNs = 0;
    }
}
