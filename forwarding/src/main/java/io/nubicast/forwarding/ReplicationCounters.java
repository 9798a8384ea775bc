package io.nubicast.forwarding;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Optional;

/// What happened to the copies of one replication. Copies are counted by the one worker that sends them, errors by whoever
/// hears of them, read by anyone: values may lag by a few packets but never tear, and never go back.
public final class ReplicationCounters {
    private static final VarHandle PACKETS;
    private static final VarHandle BYTES;
    private static final VarHandle ERRORS = MethodHandles.arrayElementVarHandle(long[].class);

    static {
        try {
            MethodHandles.Lookup lookup = MethodHandles.lookup();
            PACKETS = lookup.findVarHandle(ReplicationCounters.class, "packets", long.class);
            BYTES = lookup.findVarHandle(ReplicationCounters.class, "bytes", long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private static final SendError[] KINDS = SendError.values();

    private long packets;
    private long bytes;
    /// Made with the first error: most members never have one, and there can be a million of them.
    private volatile long @org.jspecify.annotations.Nullable [] errors;
    /// Wall clock in milliseconds << 8 | 1 + the kind's ordinal; 0 for none.
    private volatile long lastError;

    /// The last error of a member.
    ///
    /// @param atEpochMillis wall clock
    public record LastError(SendError kind, long atEpochMillis) {}

    /// Worker only: one copy that the kernel took. `payloadBytes` is the UDP payload's length.
    public void sent(int payloadBytes) {
        PACKETS.setOpaque(this, packets + 1);
        BYTES.setOpaque(this, bytes + payloadBytes);
    }

    /// Any thread: one copy that failed, now. Does not allocate after the first error.
    public void failed(SendError kind, long nowEpochMillis) {
        failed(kind);
        lastError = nowEpochMillis << 8 | kind.ordinal() + 1;
    }

    /// Any thread: one more copy that failed, without a time stamp. Does not allocate after the first error.
    public void failed(SendError kind) {
        long[] counts = errors;
        ERRORS.getAndAdd(counts == null ? firstError() : counts, kind.ordinal(), 1L);
    }

    private synchronized long[] firstError() {
        long[] counts = errors;
        if (counts == null) {
            counts = new long[KINDS.length];
            errors = counts;
        }
        return counts;
    }

    /// Copies that the kernel took.
    public long packets() {
        return (long) PACKETS.getOpaque(this);
    }

    /// UDP payload bytes of those copies.
    public long bytes() {
        return (long) BYTES.getOpaque(this);
    }

    public long errors(SendError kind) {
        long[] counts = errors;
        return counts == null ? 0 : (long) ERRORS.getOpaque(counts, kind.ordinal());
    }

    public long errors() {
        long sum = 0;
        for (SendError kind : KINDS) {
            sum += errors(kind);
        }
        return sum;
    }

    public Optional<LastError> lastError() {
        long packed = lastError;
        return packed == 0
                ? Optional.empty()
                : Optional.of(new LastError(KINDS[(int) (packed & 0xFF) - 1], packed >> 8));
    }
}
