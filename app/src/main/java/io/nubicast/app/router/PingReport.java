package io.nubicast.app.router;

import io.nubicast.wire.Address;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// What `ping` prints, as IOS does (E2E-011). One thread; no I/O.
///
/// A unicast address: a character a request, `!` answered, `.` not, `U` unreachable, `M` too large; then the summary. A group: a
/// line a reply, since many may answer.
final class PingReport {
    private static final long MILLISECOND_NS = 1_000_000L;

    private final Address destination;
    private final StringBuilder marks = new StringBuilder();
    private final StringBuilder replies = new StringBuilder();
    private final String opening;
    private int sent;
    private int answered;
    private long leastMs = Long.MAX_VALUE;
    private long mostMs;
    private long sumMs;

    /// @param count requests that will be sent
    /// @param sizeBytes of the IP packet
    PingReport(Address destination, int count, int sizeBytes, int timeoutSeconds, Optional<Address> source) {
        this.destination = destination;
        opening = "Type escape sequence to abort.\nSending " + count + ", " + sizeBytes + "-byte ICMP Echos to "
                + destination + ", timeout is " + timeoutSeconds + (timeoutSeconds == 1 ? " second:\n" : " seconds:\n")
                + source.map(address -> "Packet sent with a source address of " + address + " \n").orElse("");
    }

    /// An answer came.
    ///
    /// @param request 0 for the first
    void answered(int request, Address from, long roundTripNs) {
        long ms = Math.max(1, (roundTripNs + MILLISECOND_NS / 2) / MILLISECOND_NS);
        if (destination.isMulticast()) {
            replies.append("Reply to request ").append(request).append(" from ").append(from).append(", ").append(ms)
                    .append(" ms\n");
            return;
        }
        mark('!');
        answered++;
        leastMs = Math.min(leastMs, ms);
        mostMs = Math.max(mostMs, ms);
        sumMs += ms;
    }

    /// A request came to nothing: `.`, `U` or `M`.
    void failed(char why) {
        mark(why);
    }

    private void mark(char character) {
        sent++;
        marks.append(character);
        if (sent % 70 == 0) {
            marks.append('\n');
        }
    }

    /// Whether anything answered.
    boolean succeeded() {
        return answered > 0 || !replies.isEmpty();
    }

    String text() {
        if (destination.isMulticast()) {
            return opening + (replies.isEmpty() ? marks + "\n" : "\n" + replies);
        }
        String rest = answered == 0
                ? "\n"
                : ", round-trip min/avg/max = " + leastMs + "/" + sumMs / answered + "/" + mostMs + " ms\n";
        return opening + marks + (sent % 70 == 0 ? "" : "\n") + "Success rate is "
                + (sent == 0 ? 0 : answered * 100 / sent) + " percent (" + answered + "/" + sent + ")" + rest;
    }

    /// The same for `--json`.
    Map<String, Object> json() {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("destination", destination.toString());
        json.put("sent", sent);
        json.put("received", answered);
        if (answered > 0) {
            json.put("min_ms", leastMs);
            json.put("avg_ms", sumMs / answered);
            json.put("max_ms", mostMs);
        }
        if (!replies.isEmpty()) {
            json.put("replies", replies.toString().lines().toList());
        }
        return json;
    }
}
