package io.nubicast.bench;

import io.nubicast.bench.Results.Latency;
import io.nubicast.bench.Results.Throughput;
import io.nubicast.bench.Results.Window;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

/// The results as Markdown tables and as JSON.
final class Report {
    private final Options options;
    private final double loadBefore;
    private final Results<Window> cost = new Results<>();
    private final Results<Throughput> throughput = new Results<>();
    private final Results<Latency> held = new Results<>();
    private final Results<Latency> latency = new Results<>();

    Report(Options options) {
        this.options = options;
        loadBefore = loadAverage();
    }

    /// Of the last minute; tells how much else ran.
    private static double loadAverage() {
        return ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
    }

    Results<Window> cost() {
        return cost;
    }

    Results<Throughput> throughput() {
        return throughput;
    }

    Results<Latency> held() {
        return held;
    }

    Results<Latency> latency() {
        return latency;
    }

    /// Fastest decile of the windows.
    double costNs(Cell cell, Variant variant) {
        return Window.costNs(cost.of(cell, variant));
    }

    /// The same with real sockets at the other end, which the sender's system call reaches on a veth.
    double costWithMembersNs(Cell cell, Variant variant) {
        return Window.costNs(throughput.of(cell, variant).stream().flatMap(slice -> slice.windows().stream()).toList());
    }

    /// Of the best slice: what else runs on the machine only ever takes away.
    double copiesPerSecond(Cell cell, Variant variant) {
        return throughput.of(cell, variant).stream().mapToDouble(Throughput::copiesPerSecond).max().orElse(Double.NaN);
    }

    double heldCopiesPerSecond(Cell cell, Variant variant) {
        return held.of(cell, variant).stream().mapToDouble(Latency::copiesPerSecond).max().orElse(Double.NaN);
    }

    private double latencyUs(Cell cell, Variant variant, ToDoubleFunction<Latency> value, double q) {
        return Results.quantile(latency.of(cell, variant).stream().mapToDouble(value).toArray(), q);
    }

    private long reordered(Cell cell, Variant variant) {
        return throughput.of(cell, variant).stream().mapToLong(Throughput::reordered).sum()
                + held.of(cell, variant).stream().mapToLong(Latency::reordered).sum()
                + latency.of(cell, variant).stream().mapToLong(Latency::reordered).sum();
    }

    String text() {
        StringBuilder text = new StringBuilder();
        text.append(String.format(Locale.ROOT,
                "%n%s, Linux %s, Java %s, %d CPUs; load average before: %.1f%s%n", LocalDate.now(ZoneOffset.UTC),
                System.getProperty("os.version"), Runtime.version(), Runtime.getRuntime().availableProcessors(),
                loadBefore, loadBefore > 0.5 ? " (other work ran: trust the ratios of costs more than rates)" : ""));
        if (!cost.isEmpty()) {
            text.append(
                    "\nCost: CPU ns of the relay's process a copy, receive included, fastest decile of 10 ms (in brackets: rate"
                            + " per CPU beside the reference)\n\n");
            table(text, cost.cells(), this::costNs, (cell, variant) -> costNs(cell, variant.reference())
                    / costNs(cell, variant));
        }
        if (!throughput.isEmpty()) {
            text.append(
                    "\nEnd to end: CPU ns of the relay's process a copy, up to and into the members' sockets, fastest decile of"
                            + " 10 ms\n\n");
            table(text, throughput.cells(), this::costWithMembersNs, (cell, variant) -> costWithMembersNs(cell,
                    variant.reference()) / costWithMembersNs(cell, variant));
            text.append("\nEnd to end, saturated: copies/s to real sockets, best slice\n\n");
            table(text, throughput.cells(), this::copiesPerSecond, (cell, variant) -> copiesPerSecond(cell, variant)
                    / copiesPerSecond(cell, variant.reference()));
        }
        if (!held.isEmpty()) {
            text.append(String.format(Locale.ROOT,
                    "%nEnd to end, held %.0f s with loss < 0.1 %% and p99 <= 50 ms: copies/s%n%n",
                    options.holdSeconds()));
            table(text, held.cells(), this::heldCopiesPerSecond, (cell, variant) -> heldCopiesPerSecond(cell, variant)
                    / heldCopiesPerSecond(cell, variant.reference()));
            text.append("\n| held rate: p50 / p99 in us |");
            rows(text, held.cells(), (cell, variant) -> {
                Latency best = held.of(cell, variant).stream()
                        .max((a, b) -> Double.compare(a.copiesPerSecond(), b.copiesPerSecond())).orElse(null);
                return best == null ? "" : String.format(Locale.ROOT, "%.0f / %.0f", best.p50Us(), best.p99Us());
            });
        }
        for (Cell cell : latency.cells()) {
            text.append("\nLatency, 3 members, 10,000 datagrams/s, 200 bytes, source to member")
                    .append(options.realTime() == Options.RealTime.NONE ? "" : ", SCHED_FIFO")
                    .append(": us, median of the slices (best slice)\n\n")
                    .append("| | p50 | beside the reference | p99 | max |\n|---|---|---|---|---|\n");
            for (Variant variant : options.variants()) {
                text.append(String.format(Locale.ROOT, "| %s | %.1f (%.1f) | %.2f | %.0f (%.0f) | %.0f |%n",
                        variant.label(), latencyUs(cell, variant, Latency::p50Us, 0.5),
                        latencyUs(cell, variant, Latency::p50Us, 0),
                        latencyUs(cell, variant, Latency::p50Us, 0.5)
                                / latencyUs(cell, variant.reference(), Latency::p50Us, 0.5),
                        latencyUs(cell, variant, Latency::p99Us, 0.5), latencyUs(cell, variant, Latency::p99Us, 0),
                        latencyUs(cell, variant, Latency::maxUs, 0.5)));
            }
        }
        long reordered = 0;
        for (Variant variant : options.variants()) {
            for (Cell cell : allCells()) {
                reordered += reordered(cell, variant);
            }
        }
        if (!throughput.isEmpty() || !latency.isEmpty()) {
            text.append("\nCopies out of order, all variants: ").append(reordered).append('\n');
        }
        return text.toString();
    }

    private List<Cell> allCells() {
        return java.util.stream.Stream.of(throughput.cells(), held.cells(), latency.cells())
                .flatMap(List::stream).distinct().toList();
    }

    private interface Value {
        double of(Cell cell, Variant variant);
    }

    private void table(StringBuilder text, List<Cell> cells, Value value, Value ratio) {
        text.append("| members x bytes |");
        rows(text, cells, (cell, variant) -> {
            String number = String.format(Locale.ROOT, "%.0f", value.of(cell, variant));
            double beside = ratio.of(cell, variant);
            return variant.reference() == variant || Double.isNaN(beside)
                    ? number
                    : String.format(Locale.ROOT, "%s (%.2f)", number, beside);
        });
    }

    private void rows(StringBuilder text, List<Cell> cells,
            java.util.function.BiFunction<Cell, Variant, String> entry) {
        cells.forEach(cell -> text.append(' ').append(cell).append(" |"));
        text.append("\n|---|").repeat("---|", cells.size()).append('\n');
        for (Variant variant : options.variants()) {
            text.append("| ").append(variant.label()).append(" |");
            cells.forEach(cell -> text.append(' ').append(entry.apply(cell, variant)).append(" |"));
            text.append('\n');
        }
    }

    void write(Path file) throws IOException {
        StringBuilder json = new StringBuilder();
        json.append(String.format(Locale.ROOT,
                "{\"date\":\"%s\",\"java\":\"%s\",\"kernel\":\"%s\",\"cpus\":%d,\"loadBefore\":%.2f,\"seconds\":%s,\"rounds\":%d,"
                        + "\"holdSeconds\":%s",
                LocalDate.now(ZoneOffset.UTC), Runtime.version(), System.getProperty("os.version"),
                Runtime.getRuntime().availableProcessors(), loadBefore, options.seconds(), options.rounds(),
                options.holdSeconds()));
        section(json, "cost", cost, (cell, variant) -> {
            List<Window> windows = cost.of(cell, variant);
            return String.format(Locale.ROOT, "\"cpuNsPerCopy\":%.1f,\"median\":%.1f,\"windows\":%d",
                    Window.costNs(windows), Window.costNs(windows, 0.5), windows.size());
        });
        section(json, "throughput", throughput, (cell, variant) -> String.format(Locale.ROOT,
                "\"copiesPerSecond\":%.0f,\"cpuNsPerCopy\":%.1f,\"reordered\":%d,\"slices\":%s",
                copiesPerSecond(cell, variant), costWithMembersNs(cell, variant),
                throughput.of(cell, variant).stream().mapToLong(Throughput::reordered).sum(),
                numbers(throughput.of(cell, variant), Throughput::copiesPerSecond)));
        section(json, "held", held, (cell, variant) -> latencies(held.of(cell, variant)));
        section(json, "latency", latency, (cell, variant) -> latencies(latency.of(cell, variant)));
        json.append("}\n");
        Path directory = file.toAbsolutePath().getParent();
        if (directory != null) {
            Files.createDirectories(directory);
        }
        Files.writeString(file, json);
    }

    private static String latencies(List<Latency> slices) {
        return String.format(Locale.ROOT,
                "\"copiesPerSecond\":%s,\"loss\":%s,\"p50Us\":%s,\"p99Us\":%s,\"maxUs\":%s,\"reordered\":%d",
                numbers(slices, Latency::copiesPerSecond), numbers(slices, Latency::loss),
                numbers(slices, Latency::p50Us), numbers(slices, Latency::p99Us), numbers(slices, Latency::maxUs),
                slices.stream().mapToLong(Latency::reordered).sum());
    }

    private static <S> String numbers(List<S> slices, ToDoubleFunction<S> value) {
        Function<S, String> text = slice -> String.format(Locale.ROOT, "%.5g", value.applyAsDouble(slice));
        return slices.stream().map(text).collect(java.util.stream.Collectors.joining(",", "[", "]"));
    }

    private <S> void section(StringBuilder json, String name, Results<S> results,
            java.util.function.BiFunction<Cell, Variant, String> entry) {
        json.append(",\n\"").append(name).append("\":[");
        String separator = "\n";
        for (Cell cell : results.cells()) {
            for (Variant variant : options.variants()) {
                if (!results.of(cell, variant).isEmpty()) {
                    json.append(separator).append(String.format(Locale.ROOT,
                            "{\"variant\":\"%s\",\"members\":%d,\"bytes\":%d,%s}",
                            variant.name().toLowerCase(Locale.ROOT), cell.members(), cell.payloadBytes(),
                            entry.apply(cell, variant)));
                    separator = ",\n";
                }
            }
        }
        json.append(']');
    }
}
