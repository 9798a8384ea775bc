package io.nubicast.tools.traffic;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class StreamTrackerTest {
    private final StreamTracker tracker = new StreamTracker();

    private void arrive(long... sequences) {
        for (long sequence : sequences) {
            tracker.onProbe(sequence, 1000);
        }
    }

    private void expect(long received, long lost, long duplicates, long reordered) {
        assertThat(List.of(tracker.received(), tracker.lost(), tracker.duplicates(), tracker.reordered()))
                .as("received, lost, duplicates, reordered").containsExactly(received, lost, duplicates, reordered);
    }

    @Test
    void inOrderNothingIsWrong() {
        arrive(7, 8, 9, 10);

        expect(4, 0, 0, 0);
    }

    @Test
    void aGapIsLossUntilTheLateOneArrives() {
        arrive(1, 2, 4);
        expect(3, 1, 0, 0);

        arrive(3);

        expect(4, 0, 0, 1);
    }

    @Test
    void aSecondArrivalIsADuplicateAndNeitherLossNorReordering() {
        arrive(1, 2, 2, 1, 3);

        expect(3, 0, 2, 0);
    }

    @Test
    void oneThatWasSentBeforeTheFirstSeenMakesTheStreamLonger() {
        arrive(5, 3, 6);

        expect(3, 1, 0, 1);
    }

    @Test
    void aGapLongerThanTheWindowIsAllLoss() {
        arrive(1, 1_000_000);

        expect(2, 999_998, 0, 0);
    }

    @Test
    void aSenderThatBeganAnewIsNoLoss() {
        arrive(1L << 40, (1L << 40) + 2, 1, 2);

        expect(4, 1, 0, 0);
    }

    @Test
    void clocksThatDifferAreNoticed() {
        tracker.onProbe(1, -5_000_000);

        assertThat(tracker.negativeLatencies()).isEqualTo(1);
    }

    @Test
    void lossDuplicatesAndShufflesAreCountedAsTheyWereMade() {
        Random random = new Random(6);
        for (int round = 0; round < 200; round++) {
            StreamTracker each = new StreamTracker();
            List<Long> arrivals = new ArrayList<>();
            int lost = 0;
            int duplicates = 0;
            for (long i = 0; i < 2000; i++) {
                boolean edge = i == 0 || i == 1999;
                if (!edge && random.nextInt(20) == 0) {
                    lost++;
                    continue;
                }
                arrivals.add(i);
                if (!edge && random.nextInt(20) == 0) {
                    duplicates++;
                    arrivals.add(i);
                }
            }
            Collections.shuffle(arrivals.subList(1, arrivals.size()), random);

            arrivals.forEach(sequence -> each.onProbe(sequence, 0));

            assertThat(each.lost()).isEqualTo(lost);
            assertThat(each.duplicates()).isEqualTo(duplicates);
            assertThat(each.received()).isEqualTo(2000 - lost);
        }
    }
}
