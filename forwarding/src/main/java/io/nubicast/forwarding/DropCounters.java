package io.nubicast.forwarding;

import io.nubicast.wire.DropReason;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.EnumMap;
import java.util.Map;

/// Dropped packets by reason. One writer, any reader; does not allocate when counting.
public final class DropCounters {
    private static final VarHandle COUNT = MethodHandles.arrayElementVarHandle(long[].class);
    private static final DropReason[] REASONS = DropReason.values();

    private final long[] counts = new long[REASONS.length];

    public void add(DropReason reason) {
        add(reason, 1);
    }

    public void add(DropReason reason, long packets) {
        COUNT.setOpaque(counts, reason.ordinal(), counts[reason.ordinal()] + packets);
    }

    public long of(DropReason reason) {
        return (long) COUNT.getOpaque(counts, reason.ordinal());
    }

    public long total() {
        long sum = 0;
        for (DropReason reason : REASONS) {
            sum += of(reason);
        }
        return sum;
    }

    /// All reasons that occurred, in the enum's order.
    public Map<DropReason, Long> nonZero() {
        Map<DropReason, Long> result = new EnumMap<>(DropReason.class);
        for (DropReason reason : REASONS) {
            long count = of(reason);
            if (count != 0) {
                result.put(reason, count);
            }
        }
        return result;
    }
}
