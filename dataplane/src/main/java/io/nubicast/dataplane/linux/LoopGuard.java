package io.nubicast.dataplane.linux;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/// Notices that two proxies feed each other over a network that carries multicast: the same datagrams then come back from the
/// wire again and again (PRX-030e). Asked for datagrams from the wire only, one thread, given the time.
///
/// A loop is: at least two different datagrams of one flow each came [#RECURRENCES] times within [#WINDOW_NS]. One is not enough,
/// because applications do send the same payload over and over (heartbeats, test patterns), and a file played in a loop of a
/// second or more repeats too slowly. While the loop lasts, the repeated datagrams of that flow are dropped and new ones pass;
/// it has ended when none was repeated for [#WINDOW_NS].
///
/// Where a client of this host restores the same flow, that is known at once ([#onFlow]): what comes from the wire then has a proxy
/// of its own, because its copies arrive here too.
///
/// Tables of fixed size, no allocation: what is pushed out of them under load is forgotten, which delays a detection and
/// never makes a false one. Grows to other loop signs (an origin mark in a tunnel's header) beside this one.
final class LoopGuard {
    /// How often a datagram has to come within [#WINDOW_NS].
    static final int RECURRENCES = 8;
    static final long WINDOW_NS = 1_000_000_000L;
    /// How long a flow is known after a client of this host restored a datagram of it: longer than most applications are silent.
    static final long RESTORED_NS = 10_000_000_000L;

    /// What to do with a datagram.
    enum Verdict {
        PASS,
        /// Part of a loop: drop it.
        REPEATED,
        /// As REPEATED, and the loop is new: tell once.
        LOOP_BEGINS
    }

    private static final ValueLayout.OfLong U64 = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final long PRIME = 0x9E3779B97F4A7C15L;
    private static final int WAYS = 4;
    private static final int SETS = 1024;
    private static final int FLOWS = 1024;

    private final long[] fingerprints = new long[SETS * WAYS];
    private final long[] firstSeenNs = new long[SETS * WAYS];
    private final int[] seen = new int[SETS * WAYS];

    private final long[] flows = new long[FLOWS];
    /// The last datagram of the flow that recurred often enough, and when.
    private final long[] recurring = new long[FLOWS];
    private final long[] recurredNs = new long[FLOWS];
    /// While the flow is in a loop: when a datagram was last repeated.
    private final boolean[] looping = new boolean[FLOWS];
    private final long[] repeatedNs = new long[FLOWS];

    /// Flows that a client of this host restores.
    private final RestoredFlows restored;
    /// Those of them that came from the wire, and when they did last.
    private final long[] doubled = new long[FLOWS];
    private final long[] doubledNs = new long[FLOWS];

    /// With restored flows of its own.
    LoopGuard() {
        this(new RestoredFlows());
    }

    /// @param restored shared with the guards of other workers
    LoopGuard(RestoredFlows restored) {
        this.restored = restored;
    }

    /// Identifies a flow; never 0.
    static long flow(int source, int sourcePort, int group, int groupPort) {
        return mix((long) source << 32 | group & 0xFFFFFFFFL, (long) sourcePort << 16 | groupPort) | 1;
    }

    /// Identifies a datagram of a flow by its payload; never 0.
    static long fingerprint(long flow, MemorySegment segment, long offset, int length) {
        long hash = flow + length;
        int at = 0;
        for (; at <= length - 8; at += 8) {
            hash = (hash ^ segment.get(U64, offset + at)) * PRIME;
            hash ^= hash >>> 32;
        }
        long rest = 0;
        for (; at < length; at++) {
            rest = rest << 8 | segment.get(ValueLayout.JAVA_BYTE, offset + at) & 0xFF;
        }
        return mix(hash, rest) | 1;
    }

    private static long mix(long a, long b) {
        long hash = (a ^ b * PRIME) * 0xD6E8FEB86659FD93L;
        hash ^= hash >>> 32;
        hash *= PRIME;
        return hash ^ hash >>> 29;
    }

    private static int place(long flow) {
        return (int) (flow >>> 40) & FLOWS - 1;
    }

    /// A client of this host restored a datagram of that flow.
    void onRestored(long flow, long nowNs) {
        restored.add(flow, nowNs);
    }

    /// Judges a flow that came from the wire, before its datagram is looked at: within [#RESTORED_NS] after a client of this host
    /// restored it, it is what another client restored, or the original, which the sender's own proxy has copied already.
    Verdict onFlow(long flow, long nowNs) {
        if (!restored.contains(flow, nowNs, RESTORED_NS)) {
            return Verdict.PASS;
        }
        int at = place(flow);
        boolean isNew = doubled[at] != flow || nowNs - doubledNs[at] >= RESTORED_NS;
        doubled[at] = flow;
        doubledNs[at] = nowNs;
        return isNew ? Verdict.LOOP_BEGINS : Verdict.REPEATED;
    }

    /// Judges a datagram that came from the wire.
    Verdict onDatagram(long flow, long fingerprint, long nowNs) {
        int slot = slot(fingerprint, nowNs);
        int times = ++seen[slot];
        int at = place(flow);
        if (times == RECURRENCES) {
            if (onRecurring(at, flow, fingerprint, nowNs)) {
                return Verdict.LOOP_BEGINS;
            }
        }
        if (flows[at] != flow || !looping[at]) {
            return Verdict.PASS;
        }
        if (nowNs - repeatedNs[at] >= WINDOW_NS) {
            looping[at] = false;
            return Verdict.PASS;
        }
        if (times == 1) {
            return Verdict.PASS;
        }
        repeatedNs[at] = nowNs;
        return Verdict.REPEATED;
    }

    /// Whether this is the second different one, that is, a loop begins.
    private boolean onRecurring(int at, long flow, long fingerprint, long nowNs) {
        boolean second = flows[at] == flow && recurring[at] != fingerprint && nowNs - recurredNs[at] < WINDOW_NS;
        boolean begins = second && !(looping[at] && nowNs - repeatedNs[at] < WINDOW_NS);
        if (flows[at] != flow) {
            if (looping[at] && nowNs - repeatedNs[at] < WINDOW_NS) {
                return false; // the place belongs to a flow that is in a loop now
            }
            flows[at] = flow;
            looping[at] = false;
        }
        recurring[at] = fingerprint;
        recurredNs[at] = nowNs;
        if (begins) {
            looping[at] = true;
            repeatedNs[at] = nowNs;
        }
        return begins;
    }

    /// Where the fingerprint is counted; counted afresh when it was not there or its window is over.
    private int slot(long fingerprint, long nowNs) {
        int first = (int) (fingerprint >>> 32 & SETS - 1) * WAYS;
        int oldest = first;
        for (int slot = first; slot < first + WAYS; slot++) {
            if (fingerprints[slot] == fingerprint) {
                if (nowNs - firstSeenNs[slot] >= WINDOW_NS) {
                    firstSeenNs[slot] = nowNs;
                    seen[slot] = 0;
                }
                return slot;
            }
            if (fingerprints[slot] == 0
                    || fingerprints[oldest] != 0 && firstSeenNs[slot] - firstSeenNs[oldest] < 0) {
                oldest = slot;
            }
        }
        fingerprints[oldest] = fingerprint;
        firstSeenNs[oldest] = nowNs;
        seen[oldest] = 0;
        return oldest;
    }
}
