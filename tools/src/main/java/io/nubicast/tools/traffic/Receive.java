package io.nubicast.tools.traffic;

import io.nubicast.tools.mpegts.TsError;
import io.nubicast.tools.mpegts.TsHealth;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;

/// The command `nubicast receive`: receives, prints a line a second and a summary, and says in words when nothing arrives.
public final class Receive {
    /// Something arrived, and what was expected.
    public static final int OK = 0;
    /// Nothing arrived, or an option cannot be met.
    public static final int NOTHING = 1;
    /// Datagrams arrived, but not as `--min` or `--expect` say.
    public static final int NOT_AS_EXPECTED = 3;

    private static final long SECOND_NS = 1_000_000_000L;
    private static final double HINT_AFTER_SECONDS = 3;

    private Receive() {}

    /// Runs to its end.
    ///
    /// @param stop true ends it in 20 ms
    /// @return the exit status
    public static int run(ReceiveOptions options, PrintStream out, PrintStream err, BooleanSupplier stop) {
        try (Receiver receiver = Receiver.open(options, PayloadListener.NONE)) {
            if (!options.json()) {
                out.println(introduction(options, receiver));
            }
            long startNs = System.nanoTime();
            Display display = new Display(options, receiver, out, err, startNs);
            try (Ticker ticker = new Ticker("receive-display", display)) {
                ticker.start();
                receiver.run(() -> stop.getAsBoolean() || display.givenUp());
            }
            ReceiveReport report = receiver.report();
            double seconds = (System.nanoTime() - startNs) / (double) SECOND_NS;
            if (options.json()) {
                out.println(json("summary", report, seconds));
            } else {
                summary(report, seconds, out);
            }
            return status(options, receiver, report, display.hinted, err);
        } catch (TrafficException e) {
            err.println("nubicast receive: " + e.getMessage());
            return NOTHING;
        }
    }

    private static int status(ReceiveOptions options, Receiver receiver, ReceiveReport report, boolean hinted,
            PrintStream err) {
        if (report.packets() == 0) {
            err.println(hinted ? "nothing arrived" : hint(options, receiver, report));
            return NOTHING;
        }
        if (report.packets() < options.min()) {
            err.println("nubicast receive: " + report.packets() + " datagrams arrived, --min asks for "
                    + options.min());
            return NOT_AS_EXPECTED;
        }
        if (options.expect() > 0 && (report.packets() != options.expect() || report.lost() > 0
                || report.duplicates() > 0 || report.reordered() > 0)) {
            err.println(Text.format("nubicast receive: %d datagrams arrived, %d lost, %d twice, %d out of order; "
                    + "--expect asks for exactly %d", report.packets(), report.lost(), report.duplicates(),
                    report.reordered(), options.expect()));
            return NOT_AS_EXPECTED;
        }
        return OK;
    }

    private static String destination(ReceiveOptions options, Receiver receiver) {
        return options.group().map(InetAddress::getHostAddress).orElse("this host") + ":" + receiver.port();
    }

    private static String names(Receiver receiver) {
        return receiver.joined().stream().map(NetworkInterface::getName).collect(Collectors.joining(", "));
    }

    private static String introduction(ReceiveOptions options, Receiver receiver) {
        StringBuilder text = new StringBuilder("receiving ").append(destination(options, receiver));
        if (!receiver.joined().isEmpty()) {
            text.append(", joined on ").append(names(receiver));
        }
        options.source().ifPresent(source -> text.append(", only from ").append(source.getHostAddress()));
        text.append(options.bind().map(address -> ", bound to " + address.getHostAddress())
                .orElse(", and unicast to this port"));
        return text.append(". Ctrl-C ends.").toString();
    }

    /// What to check when nothing arrives, in the order of likelihood.
    private static String hint(ReceiveOptions options, Receiver receiver, ReceiveReport report) {
        List<String> lines = new ArrayList<>();
        lines.add("nothing arrives at " + destination(options, receiver) + ". What to check:");
        if (report.filtered() > 0) {
            lines.add(report.filtered() + " datagrams came from other sources than --source "
                    + options.source().map(InetAddress::getHostAddress).orElse(""));
        }
        String port = "--port " + receiver.port();
        lines.add(options.group()
                .map(group -> "Does anybody send?  On the sender: nubicast send --group " + group.getHostAddress() + " "
                        + port + "  (beyond a router also --ttl 32: the usual TTL is 1)")
                .orElse("Does anybody send?  On the sender: nubicast send --group THIS-HOST " + port));
        lines.add(
                "A cloud network (VPC) carries no multicast: the sender's host needs 'nubicast proxy server' with this "
                        + "host as a member, on port " + receiver.port());
        if (options.group().isPresent()) {
            lines.add("The right interface?  Joined on " + names(receiver)
                    + "; choose with --interface (ip -br address lists them)");
        }
        lines.add("A firewall?  nft list ruleset; iptables -nvL; in the cloud the security group: UDP "
                + receiver.port() + " inbound");
        lines.add("Does it reach the interface?  tcpdump -ni any udp port " + receiver.port()
                + "  If it does: sysctl net.ipv4.conf.all.rp_filter (1 drops what comes from a network without a route "
                + "back; 2 does not)");
        return String.join("\n  - ", lines);
    }

    private static void summary(ReceiveReport report, double seconds, PrintStream out) {
        out.println(Text.format("received %d datagrams, %d bytes in %.1f s", report.packets(), report.bytes(),
                seconds));
        for (ReceiveReport.StreamReport stream : report.streams()) {
            out.println(Text.format("  from %s: %d received, %d lost (%s), %d duplicate, %d reordered", stream.source(),
                    stream.received(), stream.lost(), Text.percent(stream.lost(), stream.lost() + stream.received()),
                    stream.duplicates(), stream.reordered()));
            out.println("    latency " + latency(stream));
        }
        if (report.foreign() > 0) {
            out.println("  " + report.foreign()
                    + " datagrams without numbers, not from 'nubicast send': loss cannot be "
                    + "seen" + (report.looksLikeTs() ? ". They look like a transport stream: --ts judges it" : ""));
        }
        report.ts().ifPresent(health -> {
            out.println("  " + health.summary());
            if (health.pcrCount() > 1) {
                out.println(Text.format("  PCR: %d, longest interval %s, jitter p50 %s, p99 %s, max %s",
                        health.pcrCount(), Text.duration(health.pcrIntervalMaxNs()),
                        Text.duration(health.pcrJitterP50Ns()), Text.duration(health.pcrJitterP99Ns()),
                        Text.duration(health.pcrJitterMaxNs())));
            }
            for (TsHealth.Pid pid : health.pids()) {
                out.println(Text.format("  PID %4d  %-14s %9d packets  %d continuity errors", pid.pid(), pid.kind(),
                        pid.packets(), pid.continuityErrors()));
            }
        });
    }

    private static String latency(ReceiveReport.StreamReport stream) {
        return stream.clocksDiffer()
                ? "unknown: the clocks of the two hosts differ"
                : Text.format("p50 %s, p99 %s, max %s (right only on one host or with synchronised clocks)",
                        Text.duration(stream.latencyP50Ns()), Text.duration(stream.latencyP99Ns()),
                        Text.duration(stream.latencyMaxNs()));
    }

    private static Json json(String kind, ReceiveReport report, double seconds) {
        Json json = new Json().put("type", kind).put("seconds", seconds).put("packets", report.packets())
                .put("bytes", report.bytes()).put("lost", report.lost()).put("duplicates", report.duplicates())
                .put("reordered", report.reordered()).put("foreign", report.foreign())
                .put("filtered", report.filtered())
                .put("streams", report.streams().stream().map(Receive::json).toList());
        report.ts().ifPresent(health -> json.put("ts", json(health)));
        return json;
    }

    private static Json json(ReceiveReport.StreamReport stream) {
        return new Json().put("source", stream.source()).put("stream", stream.streamId())
                .put("received", stream.received()).put("lost", stream.lost()).put("duplicates", stream.duplicates())
                .put("reordered", stream.reordered()).put("latency_p50_us", stream.latencyP50Ns() / 1e3)
                .put("latency_p99_us", stream.latencyP99Ns() / 1e3).put("latency_max_us", stream.latencyMaxNs() / 1e3)
                .put("clocks_differ", stream.clocksDiffer());
    }

    private static Json json(TsHealth health) {
        Json errors = new Json();
        for (TsError error : TsError.values()) {
            errors.put(error.label(), health.count(error));
        }
        return new Json().put("packets", health.packets()).put("healthy", health.healthy()).put("errors", errors)
                .put("missing_packets", health.missingPackets()).put("skipped_bytes", health.skippedBytes())
                .put("bits_per_second", health.bitsPerSecond())
                .put("pcr_interval_max_ms", health.pcrIntervalMaxNs() / 1e6)
                .put("pcr_jitter_p99_ms", health.pcrJitterP99Ns() / 1e6)
                .put("pcr_jitter_max_ms", health.pcrJitterMaxNs() / 1e6);
    }

    /// The line a second.
    private static final class Display implements Runnable {
        private final ReceiveOptions options;
        private final Receiver receiver;
        private final PrintStream out;
        private final PrintStream err;
        private final long startNs;
        private long lastNs;
        private long lastPackets;
        private long lastBytes;
        private volatile boolean hinted;
        private volatile boolean givenUp;

        Display(ReceiveOptions options, Receiver receiver, PrintStream out, PrintStream err, long startNs) {
            this.options = options;
            this.receiver = receiver;
            this.out = out;
            this.err = err;
            this.startNs = startNs;
            this.lastNs = startNs;
        }

        /// Nothing came for as long as `--wait` says.
        boolean givenUp() {
            return givenUp;
        }

        @Override
        public void run() {
            long nowNs = System.nanoTime();
            double span = (nowNs - lastNs) / (double) SECOND_NS;
            double seconds = (nowNs - startNs) / (double) SECOND_NS;
            ReceiveReport report = receiver.report();
            if (options.json()) {
                out.println(json("interval", report, seconds));
            } else if (report.packets() > 0) {
                out.println(Text.format("%5.0f s  %8.0f/s  %12s  %s", seconds, (report.packets() - lastPackets) / span,
                        Text.rate((report.bytes() - lastBytes) * 8 / span), quality(report)));
            } else if (seconds >= HINT_AFTER_SECONDS && !hinted) {
                hinted = true;
                err.println(hint(options, receiver, report));
            }
            if (report.packets() == 0 && options.waitSeconds() > 0 && seconds >= options.waitSeconds()) {
                givenUp = true;
            }
            lastNs = nowNs;
            lastPackets = report.packets();
            lastBytes = report.bytes();
        }

        private static String quality(ReceiveReport report) {
            if (report.ts().isPresent()) {
                TsHealth health = report.ts().get();
                return health.summary() + Text.format(", PCR jitter p99 %s", Text.duration(health.pcrJitterP99Ns()));
            }
            if (report.streams().isEmpty()) {
                return "not numbered" + (report.looksLikeTs() ? " (a transport stream? --ts)" : "");
            }
            String counts = Text.format("lost %d  duplicate %d  reordered %d", report.lost(), report.duplicates(),
                    report.reordered());
            ReceiveReport.StreamReport last = report.streams().getLast();
            return counts + (last.clocksDiffer()
                    ? "  latency unknown (clocks differ)"
                    : Text.format("  latency p50 %s  p99 %s  max %s", Text.duration(last.latencyP50Ns()),
                            Text.duration(last.latencyP99Ns()), Text.duration(last.latencyMaxNs())));
        }
    }
}
