package io.nubicast.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class TimersTest {
    private final Timers timers = new Timers();
    private final List<String> done = new ArrayList<>();

    private Timers.Timer named(String name) {
        return timers.timer(nowNs -> done.add(nowNs + " " + name));
    }

    @Test
    void timersGoOffInTheOrderOfTheirTimesAndOnce() {
        named("late").set(30);
        named("early").set(10);
        named("middle").set(20);

        assertThat(timers.nextDeadlineNs()).isEqualTo(10);
        timers.run(20);
        timers.run(20);

        assertThat(done).containsExactly("20 early", "20 middle");
        assertThat(timers.nextDeadlineNs()).isEqualTo(30);
    }

    @Test
    void ofTheSameTimeTheOneSetFirstGoesFirst() {
        List<Timers.Timer> all = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            all.add(named("" + i));
        }
        all.forEach(timer -> timer.set(5));
        all.getFirst().set(5);

        timers.run(5);

        assertThat(done.getFirst()).isEqualTo("5 1");
        assertThat(done.getLast()).isEqualTo("5 0");
    }

    @Test
    void aTimerThatIsStoppedOrMovedDoesNotGoOffAtItsOldTime() {
        Timers.Timer stopped = named("stopped");
        Timers.Timer moved = named("moved");
        stopped.set(10);
        moved.set(10);
        stopped.stop();
        moved.set(40);

        timers.run(39);

        assertThat(done).isEmpty();
        assertThat(stopped.isRunning()).isFalse();
        assertThat(stopped.remainingNs(39)).isEqualTo(Long.MAX_VALUE);
        assertThat(moved.remainingNs(39)).isEqualTo(1);
    }

    @Test
    void anActionMaySetItsOwnTimerAgain() {
        Timers.Timer[] periodic = new Timers.Timer[1];
        periodic[0] = timers.timer(nowNs -> {
            done.add("" + nowNs);
            periodic[0].set(nowNs + 10);
        });
        periodic[0].set(10);

        for (long now = 0; now <= 35; now++) {
            timers.run(now);
        }

        assertThat(done).containsExactly("10", "20", "30");
    }

    @Test
    void atMostOnlyHastensAndAtLeastOnlyDelays() {
        Timers.Timer timer = named("it");
        timer.setAtMost(20);
        timer.setAtMost(30);
        assertThat(timer.dueNs()).isEqualTo(20);
        timer.setAtLeast(10);
        assertThat(timer.dueNs()).isEqualTo(20);
        timer.setAtLeast(40);
        assertThat(timer.dueNs()).isEqualTo(40);
    }

    @Test
    void aClockThatPassesTheLargestNumberIsFollowed() {
        Timers.Timer timer = named("it");
        timer.set(Long.MIN_VALUE + 4);

        timers.run(Long.MAX_VALUE - 5);
        assertThat(done).isEmpty();
        timers.run(Long.MIN_VALUE + 20);
        assertThat(done).hasSize(1);
    }

    @Test
    void anyMixOfOrdersGivesWhatASortedListGives() {
        for (int seed = 0; seed < 200; seed++) {
            Random random = new Random(seed);
            Map<Integer, Long> plain = new HashMap<>();
            List<Integer> fired = new ArrayList<>();
            Timers heap = new Timers();
            List<Timers.Timer> all = new ArrayList<>();
            for (int i = 0; i < 30; i++) {
                int number = i;
                all.add(heap.timer(nowNs -> fired.add(number)));
            }
            long now = 0;
            for (int step = 0; step < 300; step++) {
                int which = random.nextInt(all.size());
                if (random.nextInt(4) == 0) {
                    all.get(which).stop();
                    plain.remove(which);
                } else {
                    // distinct times, so that the order is certain
                    long when = now + 1 + random.nextInt(1_000) * 1_000L + step % 1_000;
                    all.get(which).set(when);
                    plain.put(which, when);
                }
                now += random.nextInt(5_000);
                long until = now;
                List<Integer> expected = plain.entrySet().stream().filter(entry -> entry.getValue() <= until)
                        .sorted(Comparator.comparingLong(Map.Entry::getValue)).map(Map.Entry::getKey).toList();
                expected.forEach(plain::remove);
                fired.clear();
                heap.run(now);
                assertThat(fired).as("seed %d step %d", seed, step).isEqualTo(expected);
                assertThat(heap.running()).isEqualTo(plain.size());
            }
        }
    }
}
