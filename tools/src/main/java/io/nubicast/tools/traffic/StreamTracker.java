package io.nubicast.tools.traffic;

import io.nubicast.tools.LatencyHistogram;
import java.util.Arrays;

/// What the sequence numbers of one stream say. Numbers within the last 65,536 are told apart exactly; an older one counts as
/// a duplicate. The stream begins with the first number seen. One thread; allocates nothing after construction.
///
/// Reordered is a number below one already seen (RFC 4737 section 3.3), and no duplicate. Lost is what is missing between the
/// first and the highest number, so a late arrival takes a loss back.
public final class StreamTracker {
    private static final int WINDOW = 1 << 16;
    /// A jump larger than this is a sender that began anew with the same id, not a loss.
    private static final long RESTART = 1L << 32;

    private final long[] seen = new long[WINDOW / Long.SIZE];
    private final LatencyHistogram latency = new LatencyHistogram();
    private boolean started;
    private long first;
    private long highest;
    private long unique;
    private long duplicates;
    private long reordered;
    private long negativeLatencies;
    /// Of earlier runs of the sender under the same id.
    private long lostBefore;
    private long receivedBefore;

    /// Takes one datagram.
    ///
    /// @param latencyNs arrival minus sending; negative when the clocks differ
    public void onProbe(long sequence, long latencyNs) {
        if (!started || Math.abs(sequence - highest) > RESTART) {
            lostBefore = lost();
            receivedBefore = received();
            started = true;
            Arrays.fill(seen, 0);
            first = sequence;
            highest = sequence;
            unique = 0;
        }
        if (sequence > highest) {
            clear(highest + 1, sequence);
            highest = sequence;
        } else if (highest - sequence >= WINDOW || marked(sequence)) {
            duplicates++;
            return;
        } else if (sequence < highest) {
            reordered++;
            // Sent before the first that was seen: the stream is longer than it looked.
            first = Math.min(first, sequence);
        }
        mark(sequence);
        unique++;
        if (latencyNs < 0) {
            negativeLatencies++;
        }
        latency.record(latencyNs);
    }

    private void clear(long from, long to) {
        if (to - from >= WINDOW) {
            Arrays.fill(seen, 0);
            return;
        }
        for (long i = from; i <= to; i++) {
            seen[word(i)] &= ~(1L << i);
        }
    }

    private boolean marked(long sequence) {
        return (seen[word(sequence)] & 1L << sequence) != 0;
    }

    private void mark(long sequence) {
        seen[word(sequence)] |= 1L << sequence;
    }

    private static int word(long sequence) {
        return (int) (sequence & WINDOW - 1) / Long.SIZE;
    }

    /// Different datagrams received.
    public long received() {
        return receivedBefore + unique;
    }

    /// Missing between the first and the highest number.
    public long lost() {
        return started ? lostBefore + highest - first + 1 - unique : 0;
    }

    public long duplicates() {
        return duplicates;
    }

    public long reordered() {
        return reordered;
    }

    /// Datagrams that arrived before they were sent: the clocks differ, and no latency of this stream is to be believed.
    public long negativeLatencies() {
        return negativeLatencies;
    }

    /// One-way, valid only on one host or with synchronised clocks.
    public LatencyHistogram latency() {
        return latency;
    }
}
