package io.nubicast.bench;

import io.nubicast.bench.Results.Case;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// What a run was to show, and what it showed.
record Goal(String what, String wanted, String measured, boolean met) {
    /// How much less a single frame costs than a datagram by `socket`.
    private static final double SINGLES = 1.5;

    /// Those that this run can answer.
    static List<Goal> of(Summary summary) {
        List<Goal> goals = new ArrayList<>();
        String forced = summary.label(Variant.PACKET_BURST);
        atLeast(goals, summary, Phase.COST, Variant.SOCKET, Variant.C_RAW, 0.95, 1);
        atLeast(goals, summary, Phase.COST, Variant.PACKET1, Variant.C_PACKET, 0.95, 1);
        singles(goals, summary);
        // with few members most of a burst's cost is the receiving of its datagrams
        atLeast(goals, summary, Phase.COST, Variant.PACKET_BURST, Variant.C_GSO, 0.95, 64);
        atLeast(goals, summary, Phase.COST, Variant.PACKET, Variant.C_GSO64, 0.95, 64);
        atLeast(goals, summary, Phase.COST, Variant.PORTABLE, Variant.NIO, 0.95, 1);
        of64(goals, summary, Phase.COST, forced + " / C sendmmsg, cost at 64 members", "cpuNsPerCopy", 12);
        of64(goals, summary, Phase.SPLIT, forced + " / C sendmmsg, cost at 64 members, no segmentation offload",
                "cpuNsPerCopy", 2.5);
        of64(goals, summary, Phase.WOKEN, forced + " / C sendmmsg, copies/s into 64 ordinary sockets",
                "receivedPerSecond", 4);
        of64(goals, summary, Phase.GRO, forced + " / C sendmmsg, copies/s into 64 real sockets with UDP_GRO",
                "receivedPerSecond", 10);
        kernel(goals, summary);
        for (Case place : summary.cases(Phase.STREAM)) {
            double loss = summary.value(Phase.STREAM, place, Variant.PACKET, "loss");
            double p99Ms = summary.value(Phase.STREAM, place, Variant.PACKET, "p99Us") / 1e3;
            boolean overloaded = summary.value(Phase.STREAM, place, Variant.PACKET, "overloaded") != 0;
            if (!Double.isNaN(loss)) {
                goals.add(new Goal(
                        summary.label(Variant.PACKET) + ", " + place.load() + " to " + place.cell().members()
                                + " members held on one core for " + summary.run().get("holdSeconds") + " s",
                        "no loss, p99 <= 20 ms",
                        overloaded ? "overload" : String.format(Locale.ROOT, "loss %.2g, p99 %.1f ms", loss, p99Ms),
                        !overloaded && loss <= 0 && p99Ms <= 20));
            }
        }
        for (Case place : summary.cases(Phase.LATENCY)) {
            double ratio = summary.value(Phase.LATENCY, place, Variant.PACKET, "p50Us")
                    / summary.value(Phase.LATENCY, place, Variant.PACKET1, "p50Us");
            if (!Double.isNaN(ratio)) {
                goals.add(new Goal(summary.label(Variant.PACKET) + " / " + summary.label(Variant.PACKET1)
                        + ", p50 of 10,000 even datagrams/s to three members", "<= 1.15",
                        String.format(Locale.ROOT, "%.2f", ratio), ratio <= 1.15));
            }
        }
        return goals;
    }

    /// Of the copies that the kernel makes.
    private static void kernel(List<Goal> goals, Summary summary) {
        every(goals, summary, Phase.KERNEL, Variant.EBPF, "cost with the source's, 64 members and more", 64, 1024, 2.3);
        every(goals, summary, Phase.KERNEL, Variant.EBPF, "cost with the source's, 3 members", 3, 63, 1.3);
        every(goals, summary, Phase.KERNEL, Variant.EBPF_SEGMENT, "cost with the source's, 64 members", 64, 64, 20);
        // the application's single sends, the same for all, are more than all the rest
        every(goals, summary, Phase.KERNEL, Variant.EBPF_BURST, "cost of the relay alone, receive included, 64 members",
                64,
                64, 20);
        every(goals, summary, Phase.THROUGHPUT, Variant.EBPF, "copies/s into 64 real sockets", 64, 64, 1.5);
        for (Variant bursts : List.of(Variant.EBPF_SEGMENT, Variant.EBPF_BURST)) {
            every(goals, summary, Phase.WOKEN, bursts, "copies/s into 64 ordinary sockets", 64, 64, 4);
            every(goals, summary, Phase.GRO, bursts, "copies/s into 64 real sockets with UDP_GRO", 64, 64, 15);
        }
        delay(goals, summary, Phase.DELAY, "");
        delay(goals, summary, Phase.BUSY, " beside other work");
    }

    private static void delay(List<Goal> goals, Summary summary, Phase phase, String beside) {
        for (Case place : summary.cases(phase)) {
            double p50 = delay(summary, phase, place, "p50Us");
            double p99 = delay(summary, phase, place, "p99Us");
            if (!Double.isNaN(p50)) {
                goals.add(new Goal("C sendmmsg / ebpf, p50 of the delay" + beside, ">= 2.5",
                        String.format(Locale.ROOT, "%.1f", p50), p50 >= 2.5));
                goals.add(new Goal("C sendmmsg / ebpf, p99 of the delay" + beside, ">= 10",
                        String.format(Locale.ROOT, "%.1f", p99), p99 >= 10));
            }
        }
    }

    private static double delay(Summary summary, Phase phase, Case place, String name) {
        return summary.value(phase, place, Variant.C_RAW, name) / summary.value(phase, place, Variant.EBPF, name);
    }

    /// Beside C `sendmmsg`, in each cell of `fewest` to `most` members.
    private static void every(List<Goal> goals, Summary summary, Phase phase, Variant of, String what, int fewest,
            int most, double least) {
        List<String> measured = new ArrayList<>();
        boolean met = true;
        for (Case place : summary.cases(phase)) {
            double ratio = ratio(summary, phase, place, of, Variant.C_RAW,
                    phase != Phase.KERNEL
                            ? "receivedPerSecond"
                            : of == Variant.EBPF_BURST ? "relayNsPerCopy" : "cpuNsPerCopy");
            int members = place.cell().members();
            if (members >= fewest && members <= most && !Double.isNaN(ratio)) {
                measured.add(String.format(Locale.ROOT, "%.2f (%s)", ratio, place.cell()));
                // bursts of long datagrams are copied at memory's speed
                met &= ratio >= least || of.coalesces() && place.cell().payloadBytes() > 200;
            }
        }
        if (!measured.isEmpty()) {
            goals.add(new Goal(summary.label(of) + " / C sendmmsg, " + what, ">= " + number(least),
                    String.join(", ", measured), met));
        }
    }

    /// Frames beside `socket`, in every cell in which it can be done at all: where the twins in C, which do nothing but these system
    /// calls, are nearer to each other than the goal, the receiving of a datagram weighs more than its copies.
    private static void singles(List<Goal> goals, Summary summary) {
        List<String> measured = new ArrayList<>();
        boolean met = true;
        for (Case place : summary.cases(Phase.COST)) {
            double ratio = ratio(summary, Phase.COST, place, Variant.PACKET1, Variant.SOCKET, "cpuNsPerCopy");
            double twins = ratio(summary, Phase.COST, place, Variant.C_PACKET, Variant.C_RAW, "cpuNsPerCopy");
            if (Double.isNaN(ratio)) {
                continue;
            }
            boolean judged = place.cell().members() >= 64 || !(twins < SINGLES);
            met &= ratio >= SINGLES || !judged;
            measured.add(String.format(Locale.ROOT, "%.2f (%s%s)", ratio, place.cell(), judged
                    ? ""
                    : String.format(Locale.ROOT, ", the twins in C %.2f: not judged", twins)));
        }
        if (!measured.isEmpty()) {
            goals.add(new Goal(summary.label(Variant.PACKET1) + " / " + summary.label(Variant.SOCKET) + ", cost",
                    ">= " + SINGLES, String.join(", ", measured), met));
        }
    }

    /// In every cell of so many members and more.
    private static void atLeast(List<Goal> goals, Summary summary, Phase phase, Variant of, Variant beside,
            double least, int members) {
        double lowest = Double.POSITIVE_INFINITY;
        double highest = 0;
        String where = "";
        for (Case place : summary.cases(phase)) {
            double ratio = ratio(summary, phase, place, of, beside, "cpuNsPerCopy");
            if (place.cell().members() < members) {
                continue;
            }
            if (ratio < lowest) {
                lowest = ratio;
                where = place.cell().toString();
            }
            highest = Math.max(highest, Double.isNaN(ratio) ? 0 : ratio);
        }
        if (highest > 0) {
            goals.add(
                    new Goal(summary.label(of) + " / " + summary.label(beside) + ", cost in every cell"
                            + (members > 1 ? " of " + members + " members and more" : ""), ">= " + least,
                            String.format(Locale.ROOT, "%.2f (%s) to %.2f", lowest, where, highest), lowest >= least));
        }
    }

    /// Bursts beside the C relay without any, in each cell of 64 members.
    private static void of64(List<Goal> goals, Summary summary, Phase phase, String what, String name, double least) {
        List<String> measured = new ArrayList<>();
        boolean met = true;
        for (Case place : summary.cases(phase)) {
            double ratio = ratio(summary, phase, place, Variant.PACKET_BURST, Variant.C_RAW, name);
            if (place.cell().members() == 64 && !Double.isNaN(ratio)) {
                measured.add(String.format(Locale.ROOT, "%.1f (%s)", ratio, place.cell()));
                // the goals are those of short datagrams: long ones are copied at memory's speed
                met &= ratio >= least || place.cell().payloadBytes() > 200;
            }
        }
        if (!measured.isEmpty()) {
            goals.add(new Goal(what, ">= " + number(least), String.join(", ", measured), met));
        }
    }

    /// Of rates as they are, of costs upside down: above 1 is better.
    private static double ratio(Summary summary, Phase phase, Case place, Variant of, Variant beside, String name) {
        double ratio = summary.value(phase, place, of, name) / summary.value(phase, place, beside, name);
        return name.endsWith("NsPerCopy") ? 1 / ratio : ratio;
    }

    private static String number(double value) {
        return value == Math.rint(value) ? Long.toString((long) value) : Double.toString(value);
    }
}
