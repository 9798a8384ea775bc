package io.nubicast.tools;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class LatencyHistogramTest {
    private final LatencyHistogram histogram = new LatencyHistogram();

    @Test
    void smallValuesAreExact() {
        for (int i = 1; i <= 100; i++) {
            histogram.record(i);
        }

        assertThat(histogram.percentileNs(50)).isEqualTo(50);
        assertThat(histogram.percentileNs(99)).isEqualTo(99);
        assertThat(histogram.percentileNs(100)).isEqualTo(100);
        assertThat(histogram.minNs()).isEqualTo(1);
        assertThat(histogram.meanNs()).isEqualTo(50);
    }

    @Test
    void percentilesAreAtMostOnePointSixPercentAboveTheTruth() {
        Random random = new Random(1);
        long[] values = new long[20_000];
        for (int i = 0; i < values.length; i++) {
            values[i] = (long) Math.pow(2, random.nextDouble() * 41);
            histogram.record(values[i]);
        }
        Arrays.sort(values);

        for (double percent : new double[]{0.1, 1, 10, 50, 90, 99, 99.9, 100}) {
            long truth = values[(int) Math.max(0, Math.ceil(values.length * percent / 100) - 1)];
            assertThat(histogram.percentileNs(percent)).isBetween(truth, truth + truth / 64 + 1);
        }
    }

    @Test
    void everyBucketBorderIsTold() {
        for (long value = 1; value < LatencyHistogram.LONGEST_NS; value = value * 3 / 2 + 1) {
            LatencyHistogram one = new LatencyHistogram();
            one.record(value);
            one.record(LatencyHistogram.LONGEST_NS);
            assertThat(one.percentileNs(50)).isBetween(value, value + value / 64);
        }
    }

    @Test
    void negativeAndEndlessDurationsCountAsTheLimits() {
        histogram.record(-5);
        histogram.record(Long.MAX_VALUE);

        assertThat(histogram.minNs()).isZero();
        assertThat(histogram.maxNs()).isEqualTo(LatencyHistogram.LONGEST_NS);
        assertThat(histogram.percentileNs(100)).isEqualTo(LatencyHistogram.LONGEST_NS);
    }

    @Test
    void anEmptyOneSaysZero() {
        assertThat(histogram.percentileNs(99)).isZero();
        assertThat(histogram.minNs()).isZero();
        assertThat(histogram.meanNs()).isZero();
    }

    @Test
    void addingIsAsIfAllWereRecordedInOne() {
        LatencyHistogram other = new LatencyHistogram();
        histogram.record(10);
        other.record(1_000_000);

        histogram.add(other);

        assertThat(histogram.count()).isEqualTo(2);
        assertThat(histogram.maxNs()).isEqualTo(1_000_000);
        assertThat(histogram.percentileNs(50)).isEqualTo(10);
    }
}
