package io.nubicast.dataplane.linux;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/// The flows that a proxy client of this host restores, and when it did last. Shared by the workers of a plane: what is restored may
/// be seen by another than what comes from the wire. Of fixed size: what is pushed out is forgotten.
public final class RestoredFlows {
    static final int FLOWS = 256;
    private static final VarHandle LONGS = MethodHandles.arrayElementVarHandle(long[].class);

    private final long[] flows = new long[FLOWS];
    private final long[] restoredNs = new long[FLOWS];

    static int place(long flow) {
        return (int) (flow >>> 40) & FLOWS - 1;
    }

    /// A datagram of that flow was restored.
    void add(long flow, long nowNs) {
        int at = place(flow);
        LONGS.setRelease(restoredNs, at, nowNs);
        LONGS.setRelease(flows, at, flow);
    }

    /// Whether a datagram of that flow was restored within the time before.
    boolean contains(long flow, long nowNs, long withinNs) {
        int at = place(flow);
        return (long) LONGS.getAcquire(flows, at) == flow && nowNs - (long) LONGS.getAcquire(restoredNs, at) < withinNs;
    }
}
