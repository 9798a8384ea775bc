package io.nubicast.bench;

import io.nubicast.bench.Results.Case;
import io.nubicast.bench.Results.Checked;
import io.nubicast.bench.Results.Latency;
import io.nubicast.bench.Results.Paced;
import io.nubicast.bench.Results.Throughput;
import io.nubicast.bench.Results.Window;
import io.nubicast.bench.Summary.Row;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

/// Collects the samples of a run, and sums them up.
final class Report {
    private final Options options;
    private final double loadBefore;
    private final Results<Checked> checks = new Results<>();
    private final Results<Window> cost = new Results<>();
    private final Results<Window> split = new Results<>();
    private final Results<Paced> stream = new Results<>();
    private final Results<Paced> curve = new Results<>();
    private final Results<Throughput> throughput = new Results<>();
    private final Results<Throughput> woken = new Results<>();
    private final Results<Throughput> gro = new Results<>();
    private final Results<Latency> held = new Results<>();
    private final Results<Latency> latency = new Results<>();
    private final Results<Window> kernel = new Results<>();
    private final Results<Paced> delay = new Results<>();
    private final Results<Paced> busy = new Results<>();

    Report(Options options) {
        this.options = options;
        loadBefore = loadAverage();
    }

    /// Of the last minute; tells how much else ran.
    private static double loadAverage() {
        return ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
    }

    Results<Checked> checks() {
        return checks;
    }

    Results<Window> cost() {
        return cost;
    }

    Results<Window> split() {
        return split;
    }

    Results<Window> kernel() {
        return kernel;
    }

    Results<Paced> delay() {
        return delay;
    }

    Results<Paced> busy() {
        return busy;
    }

    Results<Paced> stream() {
        return stream;
    }

    Results<Paced> curve() {
        return curve;
    }

    Results<Throughput> throughput() {
        return throughput;
    }

    Results<Throughput> woken() {
        return woken;
    }

    Results<Throughput> gro() {
        return gro;
    }

    Results<Latency> held() {
        return held;
    }

    Results<Latency> latency() {
        return latency;
    }

    /// Writes what there is.
    void write() throws IOException {
        summary().write(options.json());
    }

    Summary summary() {
        Map<String, String> run = new LinkedHashMap<>();
        run.put("date", LocalDate.now(ZoneOffset.UTC).toString());
        run.put("kernel", System.getProperty("os.version"));
        run.put("java", Runtime.version().toString());
        run.put("cpus", Integer.toString(Runtime.getRuntime().availableProcessors()));
        run.put("loadBefore", String.format(Locale.ROOT, "%.1f", loadBefore));
        run.put("seconds", Double.toString(options.seconds()));
        run.put("rounds", Integer.toString(options.rounds()));
        run.put("holdSeconds", String.format(Locale.ROOT, "%.0f", options.holdSeconds()));
        run.put("burst", Integer.toString(options.burst()));
        run.put("realTime", options.realTime().name().toLowerCase(Locale.ROOT));
        List<Row> rows = new ArrayList<>();
        add(rows, Phase.CHECK, checks, Report::checked);
        add(rows, Phase.COST, cost, Report::cost);
        add(rows, Phase.SPLIT, split, Report::cost);
        add(rows, Phase.KERNEL, kernel, Report::withSource);
        add(rows, Phase.STREAM, stream, Report::paced);
        add(rows, Phase.CURVE, curve, Report::paced);
        add(rows, Phase.THROUGHPUT, throughput, Report::throughput);
        add(rows, Phase.WOKEN, woken, Report::throughput);
        add(rows, Phase.GRO, gro, Report::throughput);
        add(rows, Phase.HOLD, held, Report::held);
        add(rows, Phase.LATENCY, latency, Report::latency);
        add(rows, Phase.DELAY, delay, Report::paced);
        add(rows, Phase.BUSY, busy, Report::paced);
        return new Summary(run, rows);
    }

    private static <S> void add(List<Row> rows, Phase phase, Results<S> results,
            Function<List<S>, Map<String, Double>> values) {
        for (Case place : results.cases()) {
            for (Variant variant : Variant.values()) {
                List<S> samples = results.of(place, variant);
                if (!samples.isEmpty()) {
                    rows.add(new Row(phase, variant, place, values.apply(samples)));
                }
            }
        }
    }

    private static Map<String, Double> checked(List<Checked> samples) {
        return values("copies", samples.stream().mapToDouble(Checked::copies).sum());
    }

    /// Fastest decile of the windows.
    private static Map<String, Double> cost(List<Window> windows) {
        Map<String, Double> values = values("cpuNsPerCopy", Window.costNs(windows));
        values.put("medianNsPerCopy", Window.costNs(windows, 0.5));
        values.put("meanBurst", Window.meanBurst(windows));
        values.put("windows", (double) windows.size());
        return values;
    }

    private static Map<String, Double> withSource(List<Window> windows) {
        Map<String, Double> values = values("cpuNsPerCopy", Window.costWithSourceNs(windows));
        values.put("sourceNsPerCopy", Window.sourceNs(windows));
        values.put("relayNsPerCopy", Window.costNs(windows));
        values.put("meanBurst", Window.meanBurst(windows));
        values.put("windows", (double) windows.size());
        return values;
    }

    /// Rates of the best slice: what else runs on the machine only ever takes away.
    private static Map<String, Double> throughput(List<Throughput> slices) {
        Map<String, Double> values =
                values("receivedPerSecond", quantile(slices, Throughput::receivedPerSecond, 1));
        values.put("leftPerSecond", quantile(slices, Throughput::leftPerSecond, 1));
        values.putAll(cost(slices.stream().flatMap(slice -> slice.windows().stream()).toList()));
        values.put("reordered", slices.stream().mapToDouble(Throughput::reordered).sum());
        return values;
    }

    private static Map<String, Double> held(List<Latency> searches) {
        Latency best = searches.stream().max(Comparator.comparingDouble(Latency::copiesPerSecond)).orElseThrow();
        Map<String, Double> values = values("copiesPerSecond", best.copiesPerSecond());
        values.put("loss", best.loss());
        values.put("p50Us", best.p50Us());
        values.put("p99Us", best.p99Us());
        values.put("reordered", searches.stream().mapToDouble(Latency::reordered).sum());
        return values;
    }

    private static Map<String, Double> latency(List<Latency> slices) {
        Map<String, Double> values = values("p50Us", quantile(slices, Latency::p50Us, 0.5));
        values.put("bestP50Us", quantile(slices, Latency::p50Us, 0));
        values.put("p99Us", quantile(slices, Latency::p99Us, 0.5));
        values.put("bestP99Us", quantile(slices, Latency::p99Us, 0));
        values.put("maxUs", quantile(slices, Latency::maxUs, 0.5));
        values.put("loss", quantile(slices, Latency::loss, 1));
        values.put("reordered", slices.stream().mapToDouble(Latency::reordered).sum());
        return values;
    }

    /// Median of the slices; the worst loss.
    private static Map<String, Double> paced(List<Paced> slices) {
        Map<String, Double> values = values("datagramsPerSecond", quantile(slices, Paced::datagramsPerSecond, 0.5));
        values.put("loss", quantile(slices, Paced::loss, 1));
        values.put("meanBurst", quantile(slices, Paced::meanBurst, 0.5));
        values.put("p50Us", quantile(slices, Paced::p50Us, 0.5));
        values.put("p99Us", quantile(slices, Paced::p99Us, 0.5));
        values.put("maxUs", quantile(slices, Paced::maxUs, 0.5));
        values.put("overloaded", slices.stream().anyMatch(Paced::overloaded) ? 1.0 : 0);
        values.put("reordered", slices.stream().mapToDouble(Paced::reordered).sum());
        return values;
    }

    private static <S> double quantile(List<S> slices, ToDoubleFunction<S> value, double q) {
        return Results.quantile(slices.stream().mapToDouble(value).toArray(), q);
    }

    private static Map<String, Double> values(String name, double value) {
        Map<String, Double> values = new LinkedHashMap<>();
        values.put(name, value);
        return values;
    }
}
