package io.nubicast.bench;

import io.nubicast.bench.Options.Phase;
import io.nubicast.bench.Results.Latency;
import io.nubicast.bench.Results.Throughput;
import io.nubicast.bench.Results.Window;
import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/// `bench/fanout`: what a copy costs and how many get through, beside C and plain NIO, variants taking turns in one run.
/// `docs/performance.md` says how to read it.
public final class Fanout {
    private static final double WARM_UP_SECONDS = 1.5;
    /// A rate is held when less is lost, and this part of the copies is in time.
    private static final double MOST_LOSS = 0.001;
    private static final double MOST_P99_US = 50_000;
    /// From one rate to the next lower one that is tried.
    private static final double STEP = 1.03;
    private static final double FIRST_LOOK_SECONDS = 1.5;
    private static final Cell LATENCY_CELL = new Cell(3, 200);
    private static final double LATENCY_COPIES_PER_SECOND = 3 * 10_000;

    private final Options options;
    private final Measurement measurement;
    private final Laboratory laboratory;
    private final List<Variant> variants;
    private final Report report;

    private Fanout(Options options, Laboratory laboratory, Relays relays, Report report) {
        this.options = options;
        this.laboratory = laboratory;
        this.measurement = new Measurement(laboratory, relays, options);
        this.variants = List.copyOf(relays.variants());
        this.report = report;
    }

    public static void main(String[] arguments) throws IOException {
        if (List.of(arguments).contains("--help")) {
            System.out.print(Options.USAGE);
            return;
        }
        Options options;
        try {
            options = Options.parse(List.of(arguments));
        } catch (IllegalArgumentException e) {
            System.err.println("bench/fanout: " + e.getMessage());
            System.err.print(Options.USAGE);
            System.exit(64);
            return;
        }
        List<Integer> memberCounts = new ArrayList<>(options.memberCounts());
        if (options.phases().contains(Phase.LATENCY) && !memberCounts.contains(LATENCY_CELL.members())) {
            memberCounts.add(LATENCY_CELL.members());
        }
        Report report = new Report(options);
        try (Laboratory laboratory = new Laboratory(memberCounts.stream().max(Integer::compare).orElse(1),
                options.nice(), options.realTime() == Options.RealTime.ALL)) {
            progress("starting the relays");
            Relays relays = new Relays(laboratory, options.variants(), memberCounts, options.binaries());
            new Fanout(options, laboratory, relays, report).run();
        }
        report.write(options.json());
        System.out.println(report.text());
        System.out.println("written: " + options.json());
    }

    private static void progress(String line) {
        System.err.println("bench/fanout: " + line);
    }

    private void run() throws IOException {
        laboratory.dropCopies(true);
        progress("warming up");
        for (Cell cell : options.cells()) {
            for (Variant variant : variants) {
                measurement.saturate(cell, variant, WARM_UP_SECONDS);
            }
        }
        if (options.phases().contains(Phase.COST)) {
            cost();
            report.write(options.json());
        }
        laboratory.dropCopies(false);
        if (options.phases().contains(Phase.THROUGHPUT) || options.phases().contains(Phase.HOLD)) {
            throughput();
            report.write(options.json());
        }
        if (options.phases().contains(Phase.HOLD)) {
            for (int round = 1; round <= options.holdRounds(); round++) {
                hold(round);
                report.write(options.json());
            }
        }
        if (options.phases().contains(Phase.LATENCY)) {
            latency();
        }
    }

    /// The order changes from round to round, so that none always follows the same other.
    private List<Variant> order(int round) {
        List<Variant> order = new ArrayList<>(variants);
        java.util.Collections.rotate(order, round);
        return order;
    }

    private void cost() throws IOException {
        for (int round = 1; round <= options.rounds(); round++) {
            progress("cost, round " + round + " of " + options.rounds());
            for (Cell cell : options.cells()) {
                for (Variant variant : order(round)) {
                    for (Window window : measurement.saturate(cell, variant, options.seconds())) {
                        report.cost().add(cell, variant, window);
                    }
                }
            }
        }
    }

    private void throughput() throws IOException {
        for (int round = 1; round <= options.rounds(); round++) {
            progress("throughput with real receivers, round " + round + " of " + options.rounds());
            for (Cell cell : options.cells()) {
                for (Variant variant : order(round)) {
                    report.throughput().add(cell, variant,
                            measurement.saturateMembers(cell, variant, options.seconds()));
                }
            }
        }
    }

    /// From the saturated rate downwards until one is held; the variants of a cell take turns.
    private void hold(int round) throws IOException {
        for (Cell cell : options.cells()) {
            Map<Variant, Double> next = new EnumMap<>(Variant.class);
            for (Variant variant : variants) {
                double best = report.throughput().of(cell, variant).stream().mapToDouble(Throughput::copiesPerSecond)
                        .max().orElse(0);
                // on the same grid for all
                next.put(variant, Math.pow(STEP, Math.ceil(Math.log(best) / Math.log(STEP))));
            }
            while (!next.isEmpty()) {
                for (Variant variant : order(round)) {
                    Double rate = next.get(variant);
                    if (rate == null) {
                        continue;
                    }
                    if (!isWorthTrying(cell, variant, rate)) {
                        next.put(variant, rate / (STEP * STEP));
                        continue;
                    }
                    Latency held = measurement.atRate(cell, variant, rate, options.holdSeconds(), false);
                    if (!isHeld(held, rate)) {
                        next.put(variant, rate / STEP);
                    } else {
                        progress(
                                "held in cell " + cell + ": " + variant.label() + " " + Math.round(rate) + " copies/s");
                        report.held().add(cell, variant, held);
                        next.remove(variant);
                    }
                }
            }
        }
    }

    /// A short look first: most rates that are too high show it at once.
    private boolean isWorthTrying(Cell cell, Variant variant, double rate) throws IOException {
        return options.holdSeconds() <= 2 * FIRST_LOOK_SECONDS
                || isHeld(measurement.atRate(cell, variant, rate, FIRST_LOOK_SECONDS, false), rate);
    }

    private static boolean isHeld(Latency result, double rate) {
        // What the source could not send in time is not held either.
        return result.loss() < MOST_LOSS && result.p99Us() <= MOST_P99_US
                && result.copiesPerSecond() > rate * (1 - 2 * MOST_LOSS);
    }

    private void latency() throws IOException {
        for (int round = 1; round <= 2 * options.rounds(); round++) {
            progress("latency, round " + round + " of " + 2 * options.rounds());
            for (Variant variant : order(round)) {
                report.latency().add(LATENCY_CELL, variant, measurement.atRate(LATENCY_CELL, variant,
                        LATENCY_COPIES_PER_SECOND, 2 * options.seconds(), true));
            }
        }
    }
}
