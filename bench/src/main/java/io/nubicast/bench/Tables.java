package io.nubicast.bench;

import io.nubicast.bench.Results.Case;
import java.util.List;
import java.util.Locale;
import java.util.function.BiFunction;

/// The results as Markdown: all of them, or those that `docs/performance.md` shows.
final class Tables {
    /// What is set beside what, in ratios.
    private static final List<Pair> PAIRS = List.of(new Pair(Variant.SOCKET, Variant.C_RAW),
            new Pair(Variant.PACKET1, Variant.C_PACKET), new Pair(Variant.PACKET1, Variant.SOCKET),
            new Pair(Variant.PACKET_BURST, Variant.C_GSO), new Pair(Variant.C_GSO, Variant.C_RAW),
            new Pair(Variant.PACKET_BURST, Variant.C_RAW),
            new Pair(Variant.PACKET, Variant.C_GSO64), new Pair(Variant.PACKET, Variant.C_RAW),
            new Pair(Variant.PORTABLE, Variant.NIO), new Pair(Variant.EBPF, Variant.C_RAW),
            new Pair(Variant.EBPF, Variant.PACKET1), new Pair(Variant.EBPF_SEGMENT, Variant.C_RAW),
            new Pair(Variant.EBPF_BURST, Variant.C_RAW), new Pair(Variant.EBPF_BURST, Variant.PACKET_BURST));

    private final Summary summary;
    private final StringBuilder text = new StringBuilder();

    Tables(Summary summary) {
        this.summary = summary;
    }

    record Pair(Variant of, Variant beside) {}

    String all() {
        text.setLength(0);
        text.append('\n').append(head()).append('\n');
        if (summary.has(Phase.CHECK)) {
            title(String.format(Locale.ROOT, "Checked: %.0f copies, each whole, in order, with its source and checksum",
                    summary.sum("copies")));
        }
        section(Phase.COST, "Cost: CPU ns of the relay's process a copy, receive included, fastest decile of 10 ms"
                + " (in brackets: rate per CPU beside the reference)", "cpuNsPerCopy", false);
        section(Phase.COST, "Mean burst, datagrams a frame", "meanBurst", true);
        section(Phase.KERNEL, "Cost of source and relay together: CPU ns a copy", "cpuNsPerCopy", false);
        section(Phase.KERNEL, "The mean burst of these", "meanBurst", true);
        section(Phase.SPLIT, "Cost without segmentation offload: CPU ns a copy", "cpuNsPerCopy", false);
        paced(Phase.STREAM);
        paced(Phase.CURVE);
        section(Phase.THROUGHPUT,
                "End to end: CPU ns of the relay's process a copy, up to and into the members' sockets,"
                        + " fastest decile of 10 ms",
                "cpuNsPerCopy", false);
        section(Phase.THROUGHPUT, "End to end, saturated: copies/s read from real sockets, best slice",
                "receivedPerSecond", true);
        section(Phase.WOKEN, "The same with receivers that sleep until a copy comes", "receivedPerSecond", true);
        section(Phase.GRO, "The same with receivers that take super-frames whole (UDP_GRO)", "receivedPerSecond", true);
        section(Phase.HOLD, "End to end, held " + summary.run().get("holdSeconds")
                + " s with loss < 0.1 % and p99 <= 50 ms: copies/s", "copiesPerSecond", true);
        latency();
        delay(Phase.DELAY);
        delay(Phase.BUSY);
        goals();
        if (summary.has(Phase.THROUGHPUT) || summary.has(Phase.LATENCY) || summary.has(Phase.CURVE)) {
            title(String.format(Locale.ROOT, "Copies out of order, all variants: %.0f", summary.sum("reordered")));
        }
        return text.toString();
    }

    /// What stands between the marks of `docs/performance.md`.
    String ofTheDocument() {
        text.setLength(0);
        text.append(head()).append('\n');
        if (summary.has(Phase.CHECK)) {
            title(String.format(Locale.ROOT,
                    "Checked before: %.0f copies, each whole, in order, with its source and a right checksum.",
                    summary.sum("copies")));
        }
        goals();
        title("Ratios, the first beside the second: above 1 is better, of costs too.");
        ratios(Phase.COST, "Copies per CPU time, dropped after the veth", "cpuNsPerCopy", false);
        ratios(Phase.SPLIT, "The same without segmentation offload", "cpuNsPerCopy", false);
        ratios(Phase.KERNEL, "Copies per CPU time of source and relay together, dropped after the veth", "cpuNsPerCopy",
                false);
        ratios(Phase.THROUGHPUT, "Copies per CPU time, into real sockets", "cpuNsPerCopy", false);
        ratios(Phase.THROUGHPUT, "Copies/s read from real sockets, saturated, best slice", "receivedPerSecond", true);
        ratios(Phase.WOKEN, "The same with receivers that sleep until a copy comes", "receivedPerSecond", true);
        ratios(Phase.GRO, "The same with receivers that use UDP_GRO", "receivedPerSecond", true);
        ratios(Phase.HOLD, "Copies/s held " + summary.run().get("holdSeconds") + " s, loss < 0.1 %, p99 <= 50 ms",
                "copiesPerSecond", true);
        paced(Phase.STREAM);
        paced(Phase.CURVE);
        if (summary.has(Phase.CURVE)) {
            text.append("\n![Mean burst and latency by offered rate](").append(Plot.FILE).append(")\n");
        }
        latency();
        delay(Phase.DELAY);
        delay(Phase.BUSY);
        section(Phase.COST, "For orientation: CPU ns a copy, dropped after the veth, receive included; after the comma"
                + " the mean burst where it is not 1", (place, variant) -> costAndBurst(Phase.COST, place, variant));
        section(Phase.KERNEL, "The same of source and relay together; after the semicolon the source's part on average",
                (place, variant) -> costAndBurst(Phase.KERNEL, place, variant) + String.format(Locale.ROOT, "; %.0f",
                        summary.value(Phase.KERNEL, place, variant, "sourceNsPerCopy")));
        return text.toString();
    }

    private String costAndBurst(Phase phase, Case place, Variant variant) {
        double ns = summary.value(phase, place, variant, "cpuNsPerCopy");
        double burst = summary.value(phase, place, variant, "meanBurst");
        if (Double.isNaN(ns)) {
            return "";
        }
        return String.format(Locale.ROOT, "%.0f", ns)
                + (burst < 1.05 ? "" : String.format(Locale.ROOT, ", %.1f", burst));
    }

    private String head() {
        return String.format(Locale.ROOT,
                "%s, Linux %s, JDK %s, %s CPUs, load average before the run %s: %s slices of %s s.",
                summary.run().get("date"), summary.run().get("kernel"), summary.run().get("java"),
                summary.run().get("cpus"), summary.run().get("loadBefore"), summary.run().get("rounds"),
                summary.run().get("seconds"));
    }

    private void title(String title) {
        text.append('\n').append(title).append('\n');
    }

    private void goals() {
        List<Goal> goals = Goal.of(summary);
        if (goals.isEmpty()) {
            return;
        }
        title("Goals");
        text.append("\n| | goal | measured | |\n|---|---|---|---|\n");
        for (Goal goal : goals) {
            text.append("| ").append(goal.what()).append(" | ").append(goal.wanted()).append(" | ")
                    .append(goal.measured()).append(" | ").append(goal.met() ? "yes" : "**no**").append(" |\n");
        }
    }

    private void section(Phase phase, String title, String name, boolean higherIsBetter) {
        section(phase, title, (place, variant) -> {
            double value = summary.value(phase, place, variant, name);
            double ratio = ratio(phase, place, new Pair(variant, variant.reference()), name, higherIsBetter);
            String number = String.format(Locale.ROOT, value < 100 ? "%.1f" : "%.0f", value);
            return Double.isNaN(value)
                    ? ""
                    : variant.reference() == variant || Double.isNaN(ratio) || name.equals("meanBurst")
                            ? number
                            : String.format(Locale.ROOT, "%s (%.2f)", number, ratio);
        });
    }

    private void section(Phase phase, String title, BiFunction<Case, Variant, String> entry) {
        List<Case> cases = summary.cases(phase);
        if (cases.isEmpty()) {
            return;
        }
        title(title);
        columns(cases);
        for (Variant variant : summary.variants(phase)) {
            text.append("| ").append(summary.label(variant)).append(" |");
            cases.forEach(place -> text.append(' ').append(entry.apply(place, variant)).append(" |"));
            text.append('\n');
        }
    }

    private void columns(List<Case> cases) {
        text.append("\n| members x bytes |");
        cases.forEach(place -> text.append(' ').append(place.cell()).append(" |"));
        text.append("\n|---|").repeat("---|", cases.size()).append('\n');
    }

    private void ratios(Phase phase, String title, String name, boolean higherIsBetter) {
        List<Case> cases = summary.cases(phase);
        List<Variant> variants = summary.variants(phase);
        // a relay that works in the source's calls has next to no CPU time of its own
        boolean ofRelayAlone = name.equals("cpuNsPerCopy") && phase != Phase.KERNEL;
        List<Pair> pairs = PAIRS.stream()
                .filter(pair -> variants.contains(pair.of()) && variants.contains(pair.beside())
                        && !(ofRelayAlone && pair.of().isKernel()))
                .toList();
        if (pairs.isEmpty()) {
            return;
        }
        title(title);
        columns(cases);
        for (Pair pair : pairs) {
            text.append("| ").append(summary.label(pair.of())).append(" / ").append(summary.label(pair.beside()))
                    .append(" |");
            for (Case place : cases) {
                double ratio = ratio(phase, place, pair, name, higherIsBetter);
                text.append(Double.isNaN(ratio) ? " |" : String.format(Locale.ROOT, " %.2f |", ratio));
            }
            text.append('\n');
        }
    }

    private double ratio(Phase phase, Case place, Pair pair, String name, boolean higherIsBetter) {
        double ratio = summary.value(phase, place, pair.of(), name) / summary.value(phase, place, pair.beside(), name);
        return higherIsBetter ? ratio : 1 / ratio;
    }

    /// Of the stream and of the curve.
    private void paced(Phase phase) {
        if (!summary.has(phase)) {
            return;
        }
        title(phase == Phase.STREAM
                ? "Held for " + summary.run().get("holdSeconds") + " s on one core, "
                        + summary.cases(phase).get(0).cell().members() + " members, 200 bytes"
                : "Mean burst (datagrams a frame); p50 / p99 in us from the source to the last of 64 members, 200 bytes");
        List<Variant> variants = summary.variants(phase);
        text.append("\n| offered |");
        variants.forEach(variant -> text.append(' ').append(summary.label(variant)).append(" |"));
        text.append("\n|---|").repeat("---|", variants.size()).append('\n');
        for (Case place : summary.cases(phase)) {
            text.append("| ").append(place.load()).append(" |");
            variants.forEach(variant -> text.append(' ').append(paced(phase, place, variant)).append(" |"));
            text.append('\n');
        }
    }

    private String paced(Phase phase, Case place, Variant variant) {
        if (summary.value(phase, place, variant, "overloaded") != 0) {
            return "overload";
        }
        double loss = summary.value(phase, place, variant, "loss");
        return String.format(Locale.ROOT, "%.1f; %.0f / %.0f%s", summary.value(phase, place, variant, "meanBurst"),
                summary.value(phase, place, variant, "p50Us"), summary.value(phase, place, variant, "p99Us"),
                loss > 0
                        ? String.format(Locale.ROOT, ", loss %.2g %%", loss * 100)
                        : phase == Phase.STREAM ? ", no loss" : "");
    }

    /// Of [Phase#DELAY] and [Phase#BUSY].
    private void delay(Phase phase) {
        for (Case place : summary.cases(phase)) {
            title(String.format(Locale.ROOT,
                    "Delay, %d members, %s, %d bytes, from the send to the member's socket, no real-time priority%s: us, median of the slices",
                    place.cell().members(), place.load(), place.cell().payloadBytes(),
                    phase == Phase.BUSY ? ", other work on both processors" : ""));
            text.append("\n| | p50 | p99 | max | loss |\n|---|---|---|---|---|\n");
            for (Variant variant : summary.variants(phase)) {
                double loss = summary.value(phase, place, variant, "loss");
                text.append(String.format(Locale.ROOT, "| %s | %.1f | %.1f | %.0f | %s |%n", summary.label(variant),
                        summary.value(phase, place, variant, "p50Us"), summary.value(phase, place, variant, "p99Us"),
                        summary.value(phase, place, variant, "maxUs"),
                        loss > 0 ? String.format(Locale.ROOT, "%.2g %%", loss * 100) : "none"));
            }
        }
    }

    private void latency() {
        for (Case place : summary.cases(Phase.LATENCY)) {
            title(String.format(Locale.ROOT,
                    "Latency, %d members, 10,000 datagrams/s, %d bytes, source to member%s: us, median of the slices (best slice)",
                    place.cell().members(), place.cell().payloadBytes(),
                    "none".equals(summary.run().get("realTime")) ? "" : ", real-time priority"));
            text.append("\n| | p50 | beside | p99 | max |\n|---|---|---|---|---|\n");
            for (Variant variant : summary.variants(Phase.LATENCY)) {
                Variant beside = variant.latencyReference();
                double ratio = latency(place, variant, "p50Us") / latency(place, beside, "p50Us");
                text.append(String.format(Locale.ROOT, "| %s | %.1f (%.1f) | %s | %.0f (%.0f) | %.0f |%n",
                        summary.label(variant), latency(place, variant, "p50Us"),
                        latency(place, variant, "bestP50Us"),
                        beside == variant || Double.isNaN(ratio)
                                ? ""
                                : String.format(Locale.ROOT, "%.2f of %s", ratio, summary.label(beside)),
                        latency(place, variant, "p99Us"), latency(place, variant, "bestP99Us"),
                        latency(place, variant, "maxUs")));
            }
        }
    }

    private double latency(Case place, Variant variant, String name) {
        return summary.value(Phase.LATENCY, place, variant, name);
    }
}
