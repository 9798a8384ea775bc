package io.nubicast.bench;

import io.nubicast.bench.Results.Latency;
import io.nubicast.bench.Results.Throughput;
import io.nubicast.bench.Results.Window;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;

/// One slice at a time: source, relay, and where wanted the members.
final class Measurement {
    /// Datagrams before the relay when it is saturated: more than a batch of 64 waits at each receive, and an unprivileged
    /// receive buffer holds them.
    private static final int OUTSTANDING = 128;
    private static final int OTHER_CPU = 0;
    private static final int SWEEP_US = 500;

    private final Laboratory laboratory;
    private final Relays relays;
    private final Options options;
    private int run;

    Measurement(Laboratory laboratory, Relays relays, Options options) {
        this.laboratory = laboratory;
        this.relays = relays;
        this.options = options;
    }

    /// Saturates the relay.
    List<Window> saturate(Cell cell, Variant variant, double seconds) throws IOException {
        RelayGroup group = Relays.group(variant, cell.members());
        Process source = laboratory.startAtRelays(OTHER_CPU, options.binaries().resolve("source").toString(), "window",
                Laboratory.CAPTURED, group.group().toString(), Integer.toString(group.port()),
                Integer.toString(cell.payloadBytes()), Integer.toString(++run), Double.toString(seconds),
                Integer.toString(cell.members()), Integer.toString(OUTSTANDING), Laboratory.COPIES.toString(),
                Long.toString(relays.pid(variant, cell.members())));
        List<Window> windows = new ArrayList<>();
        BufferedReader output = source.inputReader();
        for (String line = output.readLine(); line != null; line = output.readLine()) {
            String[] word = line.split(" ", -1);
            if (word[0].equals("lost")) {
                if (Long.parseLong(word[1]) > 0) {
                    System.err.println(variant.label() + " " + cell + ": " + line);
                }
                continue;
            }
            windows.add(new Window(Long.parseLong(word[0]), Long.parseLong(word[1]), Long.parseLong(word[2])));
        }
        if (Laboratory.waitFor(source) != 0) {
            throw new IOException("the source failed for " + variant.label() + " " + cell);
        }
        return windows;
    }

    /// Saturates the relay while real members receive.
    Throughput saturateMembers(Cell cell, Variant variant, double seconds) throws IOException {
        Process receiver = startReceiver(cell, run + 1, SWEEP_US);
        List<Window> windows = saturate(cell, variant, seconds);
        long[] received = finish(receiver);
        return new Throughput(windows, received[0], received[3]);
    }

    /// Sends at a rate, whatever becomes of it, and looks at what the members get.
    ///
    /// @param sleeping members take each copy as it comes; otherwise every half millisecond
    Latency atRate(Cell cell, Variant variant, double copiesPerSecond, double seconds, boolean sleeping)
            throws IOException {
        RelayGroup group = Relays.group(variant, cell.members());
        Process receiver = startReceiver(cell, ++run, sleeping ? 0 : SWEEP_US);
        Process source = laboratory.startAtRelays(OTHER_CPU, options.binaries().resolve("source").toString(), "rate",
                Laboratory.CAPTURED, group.group().toString(), Integer.toString(group.port()),
                Integer.toString(cell.payloadBytes()), Integer.toString(run), Double.toString(seconds),
                Double.toString(copiesPerSecond / cell.members()));
        boolean realTime = sleeping && options.realTime() == Options.RealTime.LATENCY;
        if (realTime) {
            realTime(true, relays.pid(variant, cell.members()), receiver.pid(), source.pid());
        }
        long sent = Long.parseLong(source.inputReader().readLine().split(" ", -1)[1]);
        Laboratory.waitFor(source);
        pause();
        long[] received = finish(receiver);
        if (realTime) {
            realTime(false, relays.pid(variant, cell.members()));
        }
        double wanted = (double) sent * cell.members();
        return new Latency(received[0] / seconds, 1 - received[0] / wanted, received[3], received[4] / 1e3,
                received[5] / 1e3, received[7] / 1e3);
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

    private Process startReceiver(Cell cell, int number, int sweepUs) throws IOException {
        Process receiver = laboratory.startAtMembers(OTHER_CPU, options.binaries().resolve("receiver").toString(),
                Laboratory.FIRST_MEMBER.toString(), Integer.toString(cell.members()),
                Integer.toString(Laboratory.MEMBER_PORT), Integer.toString(number), Integer.toString(sweepUs));
        Relays.awaitReady(receiver, "the receiver");
        return receiver;
    }

    /// Ends the receiver: total, least, most, reordered, p50, p99, p99.9 and maximum in nanoseconds.
    private static long[] finish(Process receiver) throws IOException {
        try (OutputStream input = receiver.getOutputStream()) {
            input.flush();
        }
        String line = receiver.inputReader().readLine();
        Laboratory.waitFor(receiver);
        if (line == null || !line.startsWith("received ")) {
            throw new IOException("the receiver failed");
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
            Laboratory.run("", "chrt", "-a", on ? "-f" : "-o", "-p", on ? "20" : "0", Long.toString(pid));
        }
    }
}
