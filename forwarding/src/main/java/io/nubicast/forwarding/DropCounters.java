package io.nubicast.forwarding;

import io.nubicast.wire.DropReason;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;
import java.util.Collection;
import java.util.EnumMap;
import java.util.Map;

/// Dropped packets by reason. One writer, any reader; does not allocate when counting. The readers add the parts that other
/// workers write.
public final class DropCounters {
    private static final VarHandle COUNT = MethodHandles.arrayElementVarHandle(long[].class);
    private static final DropReason[] REASONS = DropReason.values();

    private static final DropCounters[] NO_PARTS = {};

    private final long[] counts = new long[REASONS.length];
    /// What other workers write; the array is replaced, never changed.
    private volatile DropCounters[] parts = NO_PARTS;

    /// The sum of these, always as of now. Nobody writes to it.
    public static DropCounters sumOf(Collection<DropCounters> parts) {
        DropCounters sum = new DropCounters();
        sum.parts = parts.toArray(NO_PARTS);
        return sum;
    }

    /// From now on the readers count that part in.
    synchronized void include(DropCounters part) {
        DropCounters[] more = Arrays.copyOf(parts, parts.length + 1);
        more[more.length - 1] = part;
        parts = more;
    }

    public void add(DropReason reason) {
        add(reason, 1);
    }

    public void add(DropReason reason, long packets) {
        COUNT.setOpaque(counts, reason.ordinal(), counts[reason.ordinal()] + packets);
    }

    public long of(DropReason reason) {
        long sum = (long) COUNT.getOpaque(counts, reason.ordinal());
        for (DropCounters part : parts) {
            sum += part.of(reason);
        }
        return sum;
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
