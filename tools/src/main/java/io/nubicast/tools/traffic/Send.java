package io.nubicast.tools.traffic;

import java.io.PrintStream;
import java.net.NetworkInterface;
import java.util.function.BooleanSupplier;

/// The command `nubicast send`: sends, and prints a line a second and a summary.
public final class Send {
    /// Everything was sent.
    public static final int OK = 0;
    /// An option cannot be met, or the kernel refused every datagram.
    public static final int FAILED = 1;

    private static final long SECOND_NS = 1_000_000_000L;

    private Send() {}

    /// Runs to its end.
    ///
    /// @param stop true ends it in 20 ms
    /// @return the exit status
    public static int run(SendOptions options, PrintStream out, PrintStream err, BooleanSupplier stop) {
        try (Sender sender = Sender.open(options, PayloadListener.NONE)) {
            if (!options.json()) {
                out.println(introduction(options, sender));
            }
            long startNs = System.nanoTime();
            try (Ticker ticker = new Ticker("send-display", new Display(options, sender, out, err, startNs))) {
                ticker.start();
                sender.run(stop);
            }
            double seconds = (System.nanoTime() - startNs) / (double) SECOND_NS;
            if (options.json()) {
                out.println(line("summary", sender, seconds, sender.packets() / seconds));
            } else {
                out.println(Text.format("sent %d datagrams, %d bytes in %.1f s: %.0f/s, %s%s", sender.packets(),
                        sender.bytes(), seconds, sender.packets() / seconds,
                        Text.rate(sender.bytes() * 8 / seconds),
                        sender.errors() == 0 ? "" : "; " + sender.errors() + " refused by the kernel"));
            }
            return sender.packets() == 0 && sender.errors() > 0 ? FAILED : OK;
        } catch (TrafficException e) {
            err.println("nubicast send: " + e.getMessage());
            return FAILED;
        }
    }

    private static String introduction(SendOptions options, Sender sender) {
        StringBuilder text = new StringBuilder("sending ");
        sender.stream().ifPresentOrElse(
                stream -> text.append(options.ts().orElseThrow())
                        .append(Text.format(" (%.1f s a round, %s), %d bytes a "
                                + "datagram", stream.roundNs() / 1e9, Text.rate((double) stream.bitsPerSecond()),
                                options.packetSize())),
                () -> text.append(
                        Text.format(options.rate() == Math.rint(options.rate())
                                ? "%.0f datagrams/s of %d bytes"
                                : "%.2f datagrams/s of %d bytes", options.rate(), options.size())));
        text.append(" to ").append(options.destination().getHostAddress()).append(':').append(options.port());
        sender.networkInterface().map(NetworkInterface::getName).ifPresent(name -> text.append(" on ").append(name));
        if (options.destination().isMulticastAddress()) {
            text.append(", TTL ").append(options.ttl());
            if (options.ttl() <= 1) {
                text.append(" (does not pass a router; --ttl 32 does)");
            }
        }
        return text.append(". Ctrl-C ends.").toString();
    }

    private static Json line(String kind, Sender sender, double seconds, double rate) {
        return new Json().put("type", kind).put("seconds", seconds).put("packets", sender.packets())
                .put("bytes", sender.bytes()).put("packets_per_second", rate).put("errors", sender.errors())
                .put("last_error", sender.lastError());
    }

    /// The line a second, on a thread of its own so that it never delays a datagram.
    private static final class Display implements Runnable {
        private final SendOptions options;
        private final Sender sender;
        private final PrintStream out;
        private final PrintStream err;
        private final long startNs;
        private long lastNs;
        private long lastPackets;
        private long lastBytes;
        private boolean warned;

        Display(SendOptions options, Sender sender, PrintStream out, PrintStream err, long startNs) {
            this.options = options;
            this.sender = sender;
            this.out = out;
            this.err = err;
            this.startNs = startNs;
            this.lastNs = startNs;
        }

        @Override
        public void run() {
            long nowNs = System.nanoTime();
            double span = (nowNs - lastNs) / (double) SECOND_NS;
            long packets = sender.packets();
            long bytes = sender.bytes();
            double rate = (packets - lastPackets) / span;
            double seconds = (nowNs - startNs) / (double) SECOND_NS;
            if (options.json()) {
                out.println(line("interval", sender, seconds, rate));
            } else {
                out.println(Text.format("%5.0f s  %8.0f/s  %12s  %d sent%s", seconds, rate,
                        Text.rate((bytes - lastBytes) * 8 / span), packets,
                        sender.errors() == 0 ? "" : ", " + sender.errors() + " refused"));
            }
            if (sender.errors() > 0 && !warned) {
                warned = true;
                err.println("nubicast send: the kernel refuses datagrams: " + sender.lastError()
                        + ". Is there a route? ip route get " + options.destination().getHostAddress()
                        + "; or choose the interface: --interface");
            }
            lastNs = nowNs;
            lastPackets = packets;
            lastBytes = bytes;
        }
    }
}
