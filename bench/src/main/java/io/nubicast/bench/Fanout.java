package io.nubicast.bench;

import io.nubicast.bench.Laboratory.FarEnd;
import io.nubicast.bench.Laboratory.Offload;
import io.nubicast.bench.Measurement.Members;
import io.nubicast.bench.Results.Case;
import io.nubicast.bench.Results.Checked;
import io.nubicast.bench.Results.Latency;
import io.nubicast.bench.Results.Paced;
import io.nubicast.bench.Results.Throughput;
import io.nubicast.bench.Results.Window;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// `bench/fanout`: what a copy costs and how many get through, beside C and plain NIO, variants taking turns in one run.
/// `docs/performance.md` says how to read it.
public final class Fanout {
    static final Cell LATENCY_CELL = new Cell(3, 200);
    /// Of stream and curve.
    static final Cell PACED_CELL = new Cell(64, 200);

    private static final double WARM_UP_SECONDS = 1.5;
    /// A rate is held when less is lost, and this part of the copies is in time.
    private static final double MOST_LOSS = 0.001;
    private static final double MOST_P99_US = 50_000;
    /// From one rate to the next lower one that is tried.
    private static final double STEP = 1.03;
    private static final double FIRST_LOOK_SECONDS = 1.5;
    private static final double LATENCY_COPIES_PER_SECOND = 3 * 10_000;

    private final Options options;
    private final Measurement measurement;
    private final Relays relays;
    private final Laboratories laboratories;
    private final Report report;

    private Fanout(Options options, Laboratories laboratories, Relays relays, Report report) {
        this.options = options;
        this.laboratories = laboratories;
        this.relays = relays;
        this.measurement = new Measurement(laboratories, relays, options);
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
        Optional<Path> from = options.from();
        Summary summary = from.isPresent() ? Summary.read(from.get()) : measure(options);
        Tables tables = new Tables(summary);
        System.out.println(options.markdown() ? tables.ofTheDocument() : tables.all());
        Path plot = options.json().resolveSibling(Plot.FILE);
        Plot.write(summary, plot);
        if (from.isEmpty()) {
            System.err.println("written: " + options.json() + ", " + plot);
        }
        if (options.document().isPresent()) {
            Document.update(options.document().get(), summary);
        }
    }

    private static Summary measure(Options options) throws IOException {
        Report report = new Report(options);
        progress("starting the relays");
        try (Laboratories laboratories = new Laboratories(options)) {
            new Fanout(options, laboratories, new Relays(laboratories, options), report).run();
        }
        report.write();
        return report.summary();
    }

    private static void progress(String line) {
        System.err.println("bench/fanout: " + line);
    }

    private void run() throws IOException {
        laboratories.farEnd(FarEnd.DROP);
        progress("warming up");
        for (int members : options.memberCounts()) {
            for (Variant variant : variants(Phase.CHECK, 0)) {
                if (variant.isJava() && !variant.copiesInSource()) {
                    measurement.saturate(new Cell(members, 200), variant, WARM_UP_SECONDS);
                }
            }
        }
        for (Phase phase : options.phases()) {
            laboratories.farEnd(switch (phase) {
                case COST, SPLIT, KERNEL -> FarEnd.DROP;
                case STREAM, CURVE -> FarEnd.SAMPLE;
                case DELAY, BUSY -> FarEnd.SAMPLE_OF_FEW;
                case CHECK, THROUGHPUT, WOKEN, GRO, HOLD, LATENCY -> FarEnd.RECEIVE;
            });
            measure(phase);
            report.write();
        }
    }

    private void measure(Phase phase) throws IOException {
        switch (phase) {
            case CHECK -> check();
            case COST -> cost(Phase.COST, options.cells());
            case SPLIT -> {
                laboratories.offload(Offload.NO_SEGMENTATION);
                cost(Phase.SPLIT, options.cellsOf64());
                laboratories.offload(Offload.ALL);
            }
            case STREAM -> {
                for (int round = 1; round <= options.holdRounds(); round++) {
                    paced(Phase.STREAM, new Load(Collections.max(options.rates()), Load.Shape.EVEN),
                            options.holdSeconds(), round);
                }
            }
            case CURVE -> {
                for (int round = 1; round <= (options.rounds() + 1) / 2; round++) {
                    for (int rate : options.rates()) {
                        for (Load.Shape shape : Load.Shape.values()) {
                            paced(Phase.CURVE, new Load(rate, shape), options.seconds(), round);
                        }
                    }
                }
            }
            case THROUGHPUT -> throughput(Phase.THROUGHPUT, options.cells(), Members.SWEEP);
            case WOKEN -> throughput(Phase.WOKEN, options.cellsOf64(), Members.APPLY);
            case GRO -> throughput(Phase.GRO, options.cellsOf64(), Members.GRO);
            case HOLD -> {
                for (int round = 1; round <= options.holdRounds(); round++) {
                    hold(round);
                }
            }
            case LATENCY -> latency();
            case KERNEL -> cost(Phase.KERNEL, options.cells());
            case DELAY, BUSY -> delay(phase);
        }
    }

    private void delay(Phase phase) throws IOException {
        Load load = new Load(10_000, Load.Shape.EVEN);
        for (int round = 1; round <= options.rounds(); round++) {
            progress((phase == Phase.BUSY ? "delay beside other work" : "delay") + ", round " + round + " of "
                    + options.rounds());
            for (Variant variant : variants(phase, round)) {
                (phase == Phase.BUSY ? report.busy() : report.delay()).add(new Case(LATENCY_CELL, load), variant,
                        measurement.delay(LATENCY_CELL, variant, load, 2 * options.seconds(), phase == Phase.BUSY));
            }
        }
    }

    /// The order changes from round to round, so that none always follows the same other.
    private List<Variant> variants(Phase phase, int round) {
        List<Variant> order = new ArrayList<>(relays.variants().stream().filter(phase::takes).toList());
        Collections.rotate(order, round);
        return order;
    }

    /// With each kind of device; first that the members' kernel really looks at checksums.
    private void check() throws IOException {
        Cell cell = new Cell(options.memberCounts().get(0), 200);
        List<Variant> variants = variants(Phase.CHECK, 0);
        laboratories.offload(Offload.NONE);
        laboratories.farEnd(FarEnd.SPOIL);
        Checked spoiled = measurement.check(cell, variants.get(0));
        laboratories.farEnd(FarEnd.RECEIVE);
        // one in 65,536 is right by chance
        if (spoiled.badChecksums() == 0 || spoiled.copies() > spoiled.badChecksums() / 100) {
            throw new IOException("check: spoiled checksums were not found: " + spoiled);
        }
        for (Offload offload : Offload.values()) {
            laboratories.offload(offload);
            for (Variant variant : variants) {
                Checked checked = measurement.check(cell, variant);
                if (!checked.faults().isEmpty()) {
                    throw new IOException("check: " + options.label(variant) + ", offload " + offload + ": "
                            + checked.faults());
                }
                report.checks().add(cell, variant, checked);
            }
        }
        laboratories.offload(Offload.ALL);
        progress("check: every copy whole, in order, with its source and a right checksum: "
                + variants.stream().map(options::label).toList());
    }

    private void cost(Phase phase, List<Cell> cells) throws IOException {
        Results<Window> results = switch (phase) {
            case SPLIT -> report.split();
            case KERNEL -> report.kernel();
            default -> report.cost();
        };
        for (int round = 1; round <= options.rounds(); round++) {
            progress(switch (phase) {
                case SPLIT -> "cost without segmentation offload";
                case KERNEL -> "cost of source and relay";
                default -> "cost";
            } + ", round " + round + " of " + options.rounds());
            for (Cell cell : cells) {
                for (Variant variant : variants(phase, round)) {
                    for (Window window : measurement.saturate(cell, variant, options.seconds())) {
                        results.add(cell, variant, window);
                    }
                }
            }
        }
    }

    private void paced(Phase phase, Load load, double seconds, int round) throws IOException {
        Results<Paced> results = phase == Phase.STREAM ? report.stream() : report.curve();
        progress((phase == Phase.STREAM ? "stream, " : "curve, ") + load + ", round " + round);
        for (Variant variant : variants(phase, round)) {
            results.add(new Case(PACED_CELL, load), variant, measurement.paced(PACED_CELL, variant, load, seconds));
        }
    }

    private void throughput(Phase phase, List<Cell> cells, Members how) throws IOException {
        Results<Throughput> results = switch (phase) {
            case WOKEN -> report.woken();
            case GRO -> report.gro();
            default -> report.throughput();
        };
        for (int round = 1; round <= options.rounds(); round++) {
            progress("throughput with real receivers (" + how.name().toLowerCase(Locale.ROOT) + "), round " + round
                    + " of " + options.rounds());
            for (Cell cell : cells) {
                for (Variant variant : variants(phase, round)) {
                    results.add(cell, variant, measurement.saturateMembers(cell, variant, options.seconds(), how));
                }
            }
        }
    }

    /// From the saturated rate downwards until one is held; the variants of a cell take turns.
    private void hold(int round) throws IOException {
        for (Cell cell : options.cells()) {
            Map<Variant, Double> next = new EnumMap<>(Variant.class);
            for (Variant variant : variants(Phase.HOLD, 0)) {
                double best = saturated(cell, variant);
                // on the same grid for all
                next.put(variant, Math.pow(STEP, Math.ceil(Math.log(best) / Math.log(STEP))));
            }
            while (!next.isEmpty()) {
                for (Variant variant : variants(Phase.HOLD, round)) {
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
                                "held in cell " + cell + ": " + options.label(variant) + " " + Math.round(rate)
                                        + " copies/s");
                        report.held().add(cell, variant, held);
                        next.remove(variant);
                    }
                }
            }
        }
    }

    private double saturated(Cell cell, Variant variant) throws IOException {
        if (report.throughput().of(cell, variant).isEmpty()) {
            report.throughput().add(cell, variant,
                    measurement.saturateMembers(cell, variant, options.seconds(), Members.SWEEP));
        }
        return report.throughput().of(cell, variant).stream().mapToDouble(Throughput::leftPerSecond).max().orElse(0);
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
            for (Variant variant : variants(Phase.LATENCY, round)) {
                report.latency().add(LATENCY_CELL, variant, measurement.atRate(LATENCY_CELL, variant,
                        LATENCY_COPIES_PER_SECOND, 2 * options.seconds(), true));
            }
        }
    }
}
