package io.nubicast.dataplane.packet;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class CoalescerTest {
    private static final int CAPACITY = 64;

    private record Datagram(int flow, int treatment, int bytes, boolean alone) {}

    private static Datagram of(int flow, int bytes) {
        return new Datagram(flow, 0, bytes, false);
    }

    /// The runs, as lists of datagram numbers.
    private static List<List<Integer>> runs(Coalescer coalescer, List<Datagram> datagrams) {
        coalescer.clear();
        for (int i = 0; i < datagrams.size(); i++) {
            Datagram each = datagrams.get(i);
            coalescer.add(i, 0x0A00_0001_EF01_0101L, 5_000 << 16 | each.flow(), each.treatment(), each.bytes(),
                    each.alone());
        }
        List<List<Integer>> runs = new ArrayList<>();
        for (int run = 0; run < coalescer.runs(); run++) {
            List<Integer> numbers = new ArrayList<>();
            for (int each = coalescer.first(run); each >= 0; each = coalescer.next(each)) {
                numbers.add(each);
            }
            assertThat(coalescer.count(run)).isEqualTo(numbers.size());
            assertThat(coalescer.totalBytes(run))
                    .isEqualTo(numbers.stream().mapToInt(i -> datagrams.get(i).bytes()).sum());
            runs.add(numbers);
        }
        return runs;
    }

    private static List<List<Integer>> runs(Datagram... datagrams) {
        return runs(new Coalescer(CAPACITY, 64), List.of(datagrams));
    }

    @Test
    void equalSizesOfOneFlowMakeOneRun() {
        assertThat(runs(of(1, 200), of(1, 200), of(1, 200))).containsExactly(List.of(0, 1, 2));
    }

    @Test
    void interleavedFlowsMakeARunEach() {
        assertThat(runs(of(1, 200), of(2, 300), of(1, 200), of(2, 300)))
                .containsExactly(List.of(0, 2), List.of(1, 3));
    }

    @Test
    void aShorterOneEndsARunAndALongerOneBeginsTheNext() {
        assertThat(runs(of(1, 200), of(1, 100), of(1, 100), of(1, 200)))
                .containsExactly(List.of(0, 1), List.of(2), List.of(3));
    }

    @Test
    void anEmptyOneIsInNoRunWithOthers() {
        assertThat(runs(of(1, 200), of(1, 0), of(1, 200), of(1, 0), of(1, 0)))
                .containsExactly(List.of(0), List.of(1), List.of(2), List.of(3), List.of(4));
    }

    @Test
    void oneThatMustBeAloneKeepsItsPlaceInTheFlow() {
        assertThat(runs(of(1, 200), new Datagram(1, 0, 200, true), of(1, 200)))
                .containsExactly(List.of(0), List.of(1), List.of(2));
    }

    @Test
    void anotherTreatmentKeepsItsPlaceInTheFlow() {
        assertThat(runs(of(1, 200), new Datagram(1, 0xB8, 200, false), of(1, 200)))
                .containsExactly(List.of(0), List.of(1), List.of(2));
    }

    @Test
    void aRunHasNoMoreDatagramsThanABurst() {
        Datagram[] five = {of(1, 10), of(1, 10), of(1, 10), of(1, 10), of(1, 10)};

        assertThat(runs(new Coalescer(CAPACITY, 2), List.of(five)))
                .containsExactly(List.of(0, 1), List.of(2, 3), List.of(4));
        assertThat(runs(new Coalescer(CAPACITY, 1), List.of(five))).hasSize(5);
    }

    @Test
    void aRunFitsOneFrame() {
        Datagram[] ten = new Datagram[10];
        java.util.Arrays.fill(ten, of(1, 8_972));

        assertThat(runs(ten)).containsExactly(List.of(0, 1, 2, 3, 4, 5, 6), List.of(7, 8, 9));
    }

    /// Against a plain model: every datagram is in exactly one run, a run is what a frame can carry, runs that are sent one after
    /// the other keep the order of each flow, and no two neighbours of a flow that could share a run are apart.
    @Test
    void anyInterleavingKeepsTheOrderOfEachFlow() {
        Random random = new Random(11);
        int[] sizes = {0, 1, 100, 200, 1_000, 8_972, 40_000};
        for (int round = 0; round < 20_000; round++) {
            int burst = 1 + random.nextInt(64);
            Coalescer coalescer = new Coalescer(CAPACITY, burst);
            for (int call = 0; call < 3; call++) {
                List<Datagram> datagrams = new ArrayList<>();
                int flows = 1 + random.nextInt(5);
                int variety = 1 + random.nextInt(sizes.length);
                int count = random.nextInt(CAPACITY + 1);
                for (int i = 0; i < count; i++) {
                    datagrams.add(new Datagram(random.nextInt(flows), random.nextInt(8) == 0 ? 1 : 0,
                            sizes[random.nextInt(variety)], random.nextInt(10) == 0));
                }
                check(datagrams, runs(coalescer, datagrams), burst);
            }
        }
    }

    private static void check(List<Datagram> datagrams, List<List<Integer>> runs, int burst) {
        Map<Integer, List<Integer>> sent = new HashMap<>();
        for (List<Integer> run : runs) {
            Datagram first = datagrams.get(run.get(0));
            for (int i : run) {
                Datagram each = datagrams.get(i);
                sent.computeIfAbsent(each.flow(), f -> new ArrayList<>()).add(i);
                boolean last = i == run.getLast();
                assertThat(each.flow()).isEqualTo(first.flow());
                if (run.size() > 1) {
                    assertThat(each.alone()).isFalse();
                    assertThat(each.bytes()).isPositive();
                    assertThat(each.treatment()).isEqualTo(first.treatment());
                    assertThat(last ? each.bytes() <= first.bytes() : each.bytes() == first.bytes()).isTrue();
                }
            }
            assertThat(run.size()).isLessThanOrEqualTo(burst);
        }
        Map<Integer, List<Integer>> expected = new HashMap<>();
        for (int i = 0; i < datagrams.size(); i++) {
            expected.computeIfAbsent(datagrams.get(i).flow(), f -> new ArrayList<>()).add(i);
        }
        assertThat(sent).isEqualTo(expected);
        assertThat(runs.size()).isEqualTo(fewest(datagrams, burst));
    }

    /// How many runs there must be: counted flow by flow.
    private static int fewest(List<Datagram> datagrams, int burst) {
        int runs = 0;
        Map<Integer, Datagram> openers = new HashMap<>();
        Map<Integer, int[]> open = new HashMap<>();
        for (Datagram each : datagrams) {
            int[] run = open.get(each.flow());
            Datagram opener = openers.get(each.flow());
            if (run != null && opener != null && !each.alone() && each.bytes() > 0
                    && each.treatment() == opener.treatment() && each.bytes() <= opener.bytes() && run[0] < burst
                    && run[1] + each.bytes() <= Coalescer.MOST_RUN_BYTES) {
                run[0]++;
                run[1] += each.bytes();
                if (each.bytes() < opener.bytes()) {
                    open.remove(each.flow());
                }
                continue;
            }
            runs++;
            openers.put(each.flow(), each);
            if (each.alone() || each.bytes() == 0) {
                open.remove(each.flow());
            } else {
                open.put(each.flow(), new int[]{1, each.bytes()});
            }
        }
        return runs;
    }
}
