package io.nubicast.dataplane.linux;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/// The flows that a proxy client of this host restores, and when it did last. Shared by the workers of a plane: what is restored may
/// be seen by another than what comes from the wire. Of fixed size: what is pushed out, the flow of its set that was restored
/// longest ago, is forgotten.
public final class RestoredFlows {
    static final int FLOWS = 2048;
    /// Flows that share a set. A flow that lost its place to another would be copied again from the wire, each time.
    static final int WAYS = 8;
    private static final int SETS = FLOWS / WAYS;
    private static final VarHandle LONGS = MethodHandles.arrayElementVarHandle(long[].class);

    private final long[] flows = new long[FLOWS];
    private final long[] restoredNs = new long[FLOWS];

    /// Where the set of a flow begins.
    static int set(long flow) {
        return ((int) (flow >>> 40) & SETS - 1) * WAYS;
    }

    /// A datagram of that flow was restored.
    void add(long flow, long nowNs) {
        int at = placeOf(flow, set(flow));
        LONGS.setRelease(restoredNs, at, nowNs);
        LONGS.setRelease(flows, at, flow);
    }

    /// Where the flow is or, if it is in none, the place that it gets.
    private int placeOf(long flow, int set) {
        int oldest = set;
        for (int at = set; at < set + WAYS; at++) {
            long there = (long) LONGS.getAcquire(flows, at);
            if (there == flow || there == 0) {
                return at;
            }
            if ((long) LONGS.getAcquire(restoredNs, at) - (long) LONGS.getAcquire(restoredNs, oldest) < 0) {
                oldest = at;
            }
        }
        return oldest;
    }

    /// Whether a datagram of that flow was restored within the time before.
    boolean contains(long flow, long nowNs, long withinNs) {
        int set = set(flow);
        for (int at = set; at < set + WAYS; at++) {
            if ((long) LONGS.getAcquire(flows, at) == flow) {
                return nowNs - (long) LONGS.getAcquire(restoredNs, at) < withinNs;
            }
        }
        return false;
    }
}
