package io.nubicast.bench;

import io.nubicast.bench.Results.Checked;
import io.nubicast.bench.Results.Latency;
import io.nubicast.bench.Results.Paced;
import io.nubicast.bench.Results.Throughput;
import io.nubicast.bench.Results.Window;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// One slice at a time: source, relay, and where wanted the members.
final class Measurement {
    /// Datagrams before the relay when it is saturated: more than a batch of 64 waits at each receive, and an unprivileged
    /// receive buffer holds them.
    private static final int OUTSTANDING = 128;
    /// The same in turns with a relay that has a large buffer.
    private static final int OUTSTANDING_IN_TURNS = 1024;
    private static final int OTHER_CPU = 0;
    /// Of the slice; before, the receivers' buffers find their level.
    private static final double IN_TIME = 0.8;
    private static final int CHECKED = 3000;

    private final Laboratories laboratories;
    private final Relays relays;
    private final Options options;
    private int run;

    Measurement(Laboratories laboratories, Relays relays, Options options) {
        this.laboratories = laboratories;
        this.relays = relays;
        this.options = options;
    }

    /// How members receive, as the receiver knows it.
    enum Members {
        /// Asleep until a copy comes.
        SLEEP,
        /// A thread each, asleep until a copy comes.
        APPLY,
        /// Every half millisecond.
        SWEEP,
        /// Every half millisecond, super-frames as a whole.
        GRO,
        /// Looking at each byte.
        CHECK
    }

    /// Fills the relay's queue and lets it work that off, in turns on one processor: a source beside it would have to be faster
    /// than the relay, and is not where there are few members or bursts are long.
    List<Window> saturate(Cell cell, Variant variant, double seconds) throws IOException {
        boolean large = variant != Variant.NIO && variant != Variant.PORTABLE;
        return saturate(Relays.RELAY_CPU, "drain", large ? OUTSTANDING_IN_TURNS : OUTSTANDING, cell, variant, seconds);
    }

    private List<Window> saturate(int cpu, String how, int outstanding, Cell cell, Variant variant, double seconds)
            throws IOException {
        Process source = start(cpu, "source", how, variant, cell, Double.toString(seconds),
                Integer.toString(cell.members()),
                Integer.toString(outstanding), Laboratory.LEFT.toString(),
                Long.toString(relays.pid(variant, cell.members())));
        List<Window> windows = new ArrayList<>();
        BufferedReader output = source.inputReader();
        for (String line = output.readLine(); line != null; line = output.readLine()) {
            String[] word = line.split(" ", -1);
            if (word[0].equals("lost")) {
                if (Long.parseLong(word[1]) > 0) {
                    System.err.println(options.label(variant) + " " + cell + ": " + line);
                }
                continue;
            }
            windows.add(new Window(Long.parseLong(word[0]), Long.parseLong(word[1]), Long.parseLong(word[2]),
                    Long.parseLong(word[3]), Long.parseLong(word[4])));
        }
        if (Laboratory.waitFor(source) != 0) {
            throw new IOException("the source failed for " + options.label(variant) + " " + cell);
        }
        return windows;
    }

    /// Saturates the relay while real members receive.
    Throughput saturateMembers(Cell cell, Variant variant, double seconds, Members how) throws IOException {
        Process receiver = startReceiver(variant, cell, run + 1, how, seconds);
        // not on the members' processor, where it is the source that makes the copies
        List<Window> windows =
                saturate(variant.copiesInSource() ? Relays.RELAY_CPU : OTHER_CPU, "window", OUTSTANDING, cell, variant,
                        seconds);
        long[] received = finish(receiver);
        return new Throughput(windows, received[8] / (IN_TIME * seconds), received[3]);
    }

    /// Sends at a rate, whatever becomes of it, and looks at what the members get.
    ///
    /// @param sleeping members take each copy as it comes; otherwise every half millisecond
    Latency atRate(Cell cell, Variant variant, double copiesPerSecond, double seconds, boolean sleeping)
            throws IOException {
        Process receiver = startReceiver(variant, cell, run + 1, sleeping ? Members.SLEEP : Members.SWEEP, seconds);
        Process source = start("source", "rate", variant, cell, Double.toString(seconds),
                Double.toString(copiesPerSecond / cell.members()));
        boolean realTime = sleeping && options.realTime() == Options.RealTime.LATENCY;
        if (realTime) {
            realTime(true, relays.pid(variant, cell.members()), receiver.pid(), source.pid());
        }
        long sent = numbers(source, "sent")[0];
        pause();
        long[] received = finish(receiver);
        if (realTime) {
            realTime(false, relays.pid(variant, cell.members()));
        }
        double wanted = (double) sent * cell.members();
        return new Latency(received[0] / seconds, 1 - received[0] / wanted, received[3], received[4] / 1e3,
                received[5] / 1e3, received[7] / 1e3);
    }

    /// As [#paced], without real-time priority.
    ///
    /// @param busy while other work of the same priority keeps both processors busy
    Paced delay(Cell cell, Variant variant, Load load, double seconds, boolean busy) throws IOException {
        Laboratory laboratory = laboratories.of(variant);
        List<Process> others = new ArrayList<>();
        laboratory.ordinary(true);
        if (options.realTime() == Options.RealTime.ALL) {
            scheduling("-o", "0", relays.pid(variant, cell.members()));
        }
        try {
            for (int cpu = 0; busy && cpu < Runtime.getRuntime().availableProcessors(); cpu++) {
                others.add(laboratory.startAtRelays(cpu, "sh", "-c", "while :; do :; done"));
            }
            return paced(cell, variant, load, seconds);
        } finally {
            for (Process other : others) {
                other.destroyForcibly();
                Laboratory.waitFor(other);
            }
            laboratory.ordinary(false);
            if (options.realTime() == Options.RealTime.ALL) {
                scheduling("-r", "20", relays.pid(variant, cell.members()));
            }
        }
    }

    /// Offers a load; one member receives, the others' copies are dropped at the far end.
    Paced paced(Cell cell, Variant variant, Load load, double seconds) throws IOException {
        Process probe = start("probe", "", variant, cell, Double.toString(seconds),
                Integer.toString(load.datagramsPerSecond()), load.argument(), Integer.toString(cell.members()),
                Laboratory.LEFT.toString(), laboratories.of(variant).membersNamespace(),
                Laboratory.sampled(cell).toString(), Integer.toString(Laboratory.MEMBER_PORT));
        long[] seen = numbers(probe, "probe");
        double loss = Math.max(1 - (double) seen[1] / (seen[0] * cell.members()), 1 - (double) seen[3] / seen[0]);
        return new Paced(seen[0] * 1e9 / seen[10], loss, (double) seen[1] / seen[2], seen[4], seen[5] / 1e3,
                seen[6] / 1e3, seen[8] / 1e3, seen[9] != 0);
    }

    /// Sends datagrams that show what becomes of them.
    Checked check(Cell cell, Variant variant) throws IOException {
        Laboratory laboratory = laboratories.of(variant);
        Map<String, Long> before = laboratory.udpCounters();
        Process receiver = startReceiver(variant, cell, run + 1, Members.CHECK, 1);
        long sent = numbers(start("source", "check", variant, cell, Integer.toString(CHECKED)), "sent")[0];
        for (long frames = -1, now = laboratory.framesLeft(); now != frames; now = laboratory.framesLeft()) {
            frames = now;
            pause();
        }
        long[] received = finish(receiver);
        Map<String, Long> after = laboratory.udpCounters();
        long badChecksums = after.getOrDefault("InCsumErrors", 0L) - before.getOrDefault("InCsumErrors", 0L);
        List<String> faults = new ArrayList<>();
        if (received[1] != sent || received[2] != sent) {
            faults.add("the members got " + received[1] + " to " + received[2] + " of " + sent + " datagrams");
        }
        fault(faults, received[3], "out of order");
        fault(faults, received[9], "with a wrong length or wrong contents");
        fault(faults, variant.keepsSource() ? received[10] : 0, "from another source");
        fault(faults, badChecksums, "with a wrong checksum (UdpInCsumErrors)");
        return new Checked(received[0], badChecksums, String.join(", ", faults));
    }

    private static void fault(List<String> faults, long count, String what) {
        if (count != 0) {
            faults.add(count + " " + what);
        }
    }

    /// The members' last copies are in their sockets, or late enough to count as lost.
    private static void pause() throws IOException {
        try {
            Thread.sleep(100);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    /// Starts the source of the variant's group as a new run.
    private Process start(String program, String mode, Variant variant, Cell cell, String... rest) throws IOException {
        return start(OTHER_CPU, program, mode, variant, cell, rest);
    }

    private Process start(int cpu, String program, String mode, Variant variant, Cell cell, String... rest)
            throws IOException {
        RelayGroup group = Relays.group(variant, cell.members());
        int together = variant.together(options.burst());
        List<String> line = new ArrayList<>(List.of(options.binaries().resolve(program).toString()));
        if (!mode.isEmpty()) {
            line.add(mode);
        }
        line.addAll(List.of(Laboratory.CAPTURED, group.group().toString(), Integer.toString(group.port()),
                cell.payloadBytes() + (together > 1 ? "x" + together : ""), Integer.toString(++run)));
        line.addAll(List.of(rest));
        return laboratories.of(variant).startAtRelays(cpu, line.toArray(String[]::new));
    }

    private Process startReceiver(Variant variant, Cell cell, int number, Members how, double seconds)
            throws IOException {
        Process receiver = laboratories.of(variant).startAtMembers(OTHER_CPU,
                options.binaries().resolve("receiver").toString(),
                how.name().toLowerCase(Locale.ROOT), Laboratory.FIRST_MEMBER.toString(),
                Integer.toString(cell.members()), Integer.toString(Laboratory.MEMBER_PORT), Integer.toString(number),
                Double.toString(seconds), Integer.toString(cell.payloadBytes()), Laboratory.SOURCE.toString());
        Relays.awaitReady(receiver, "the receiver");
        return receiver;
    }

    /// Ends the receiver: total, least, most, reordered, p50, p99, p99.9 and maximum in nanoseconds, in time, wrong, foreign.
    private static long[] finish(Process receiver) throws IOException {
        try (OutputStream input = receiver.getOutputStream()) {
            input.flush();
        }
        return numbers(receiver, "received");
    }

    /// What a program prints at its end: a word and numbers.
    private static long[] numbers(Process process, String what) throws IOException {
        String line = process.inputReader().readLine();
        Laboratory.waitFor(process);
        if (line == null || !line.startsWith(what + " ")) {
            throw new IOException("a program ended without its line \"" + what + "\"");
        }
        String[] word = line.split(" ", -1);
        long[] numbers = new long[word.length - 1];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = Long.parseLong(word[i + 1]);
        }
        return numbers;
    }

    private static void realTime(boolean on, long... pids) throws IOException {
        for (long pid : pids) {
            scheduling(on ? "-f" : "-o", on ? "20" : "0", pid);
        }
    }

    private static void scheduling(String policy, String priority, long pid) throws IOException {
        Laboratory.run("", "chrt", "-a", policy, "-p", priority, Long.toString(pid));
    }
}
