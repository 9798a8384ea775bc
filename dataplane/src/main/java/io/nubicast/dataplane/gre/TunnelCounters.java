package io.nubicast.dataplane.gre;

import io.nubicast.wire.gre.GreDropReason;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.EnumMap;
import java.util.Map;

/// What user space counted of a tunnel (GRE-032). One writer, the worker; any reader.
final class TunnelCounters {
    private static final VarHandle COUNT = MethodHandles.arrayElementVarHandle(long[].class);
    private static final GreDropReason[] REASONS = GreDropReason.values();

    static final int PACKETS_IN = 0;
    static final int BYTES_IN = 1;
    static final int MULTICASTS_IN = 2;
    static final int PACKETS_OUT = 3;
    static final int BYTES_OUT = 4;
    static final int MULTICASTS_OUT = 5;
    /// Larger than the IP MTU, sent in a packet that the kernel fragmented.
    static final int FRAGMENTED_OUTER = 6;
    /// Larger than the IP MTU, fragmented before encapsulation.
    static final int FRAGMENTED_INNER = 7;
    static final int KEEPALIVES_OUT = 8;
    static final int KEEPALIVES_IN = 9;
    static final int KEEPALIVES_REFLECTED = 10;
    /// System.nanoTime, 0 for never
    static final int LAST_INPUT = 11;
    static final int LAST_OUTPUT = 12;
    private static final int FIRST_DROP = 13;

    /// Twice, so that input and output drops of the same reason are told apart.
    private final long[] counts = new long[FIRST_DROP + 2 * REASONS.length];

    void add(int which, long more) {
        COUNT.setOpaque(counts, which, counts[which] + more);
    }

    void set(int which, long value) {
        COUNT.setOpaque(counts, which, value);
    }

    long of(int which) {
        return (long) COUNT.getOpaque(counts, which);
    }

    void received(int bytes, boolean multicast) {
        add(PACKETS_IN, 1);
        add(BYTES_IN, bytes);
        if (multicast) {
            add(MULTICASTS_IN, 1);
        }
    }

    void sent(int bytes, boolean multicast) {
        add(PACKETS_OUT, 1);
        add(BYTES_OUT, bytes);
        if (multicast) {
            add(MULTICASTS_OUT, 1);
        }
    }

    void droppedIn(GreDropReason reason, long packets) {
        add(FIRST_DROP + reason.ordinal(), packets);
    }

    void droppedOut(GreDropReason reason) {
        add(FIRST_DROP + REASONS.length + reason.ordinal(), 1);
    }

    Map<GreDropReason, Long> dropsIn() {
        return drops(FIRST_DROP);
    }

    Map<GreDropReason, Long> dropsOut() {
        return drops(FIRST_DROP + REASONS.length);
    }

    private Map<GreDropReason, Long> drops(int from) {
        Map<GreDropReason, Long> drops = new EnumMap<>(GreDropReason.class);
        for (GreDropReason reason : REASONS) {
            long count = of(from + reason.ordinal());
            if (count > 0) {
                drops.put(reason, count);
            }
        }
        return drops;
    }
}
