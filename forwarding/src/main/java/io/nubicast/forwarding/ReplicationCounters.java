package io.nubicast.forwarding;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What happened to the copies of one replication. Copies are counted by the one worker that sends them, errors by whoever
/// hears of them, read by anyone: values may lag by a few packets but never tear, and never go back.
///
/// Where several workers serve a route each counts in a part of its own ([#forWorker(int)]); the readers give the sum.
public final class ReplicationCounters {
    private static final VarHandle PACKETS;
    private static final VarHandle BYTES;
    private static final VarHandle FRAMES;

    static {
        try {
            MethodHandles.Lookup lookup = MethodHandles.lookup();
            PACKETS = lookup.findVarHandle(ReplicationCounters.class, "packets", long.class);
            BYTES = lookup.findVarHandle(ReplicationCounters.class, "bytes", long.class);
            FRAMES = lookup.findVarHandle(ReplicationCounters.class, "frames", long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private static final SendError[] KINDS = SendError.values();
    private static final ReplicationCounters[] NO_PARTS = {};

    private long packets;
    private long bytes;
    private long frames;
    /// Made with the first error: most members never have one, and there can be a million of them.
    private volatile @Nullable Failures failures;
    /// Of workers 1, 2, … when there are any; the array is replaced, never changed.
    private volatile ReplicationCounters[] parts = NO_PARTS;

    /// The last error of a member.
    ///
    /// @param atEpochMillis wall clock
    public record LastError(SendError kind, long atEpochMillis) {}

    /// Worker only: one copy that the kernel took, in a frame of its own. `payloadBytes` is the UDP payload's length.
    public void sent(int payloadBytes) {
        sent(1, payloadBytes);
    }

    /// Worker only: one frame that the kernel took, with copies of several datagrams in it.
    ///
    /// @param datagrams how many, at least 1
    /// @param payloadBytes the UDP payloads' length, of all of them together
    public void sent(int datagrams, int payloadBytes) {
        sent(datagrams, payloadBytes, 1);
    }

    /// Worker only: several frames that the kernel took.
    ///
    /// @param datagrams whose copies were in them
    /// @param payloadBytes of all of these together
    public void sent(long datagrams, long payloadBytes, long inFrames) {
        PACKETS.setOpaque(this, packets + datagrams);
        BYTES.setOpaque(this, bytes + payloadBytes);
        FRAMES.setOpaque(this, frames + inFrames);
    }

    /// Any thread: one copy that failed, now. Does not allocate after the first error.
    public void failed(SendError kind, long nowEpochMillis) {
        Failures to = failures();
        to.add(kind, 1);
        to.last = nowEpochMillis << 8 | kind.ordinal() + 1;
    }

    /// Any thread: copies that failed lately.
    public void failed(SendError kind, long copies, long nowEpochMillis) {
        Failures to = failures();
        to.add(kind, copies);
        to.last = nowEpochMillis << 8 | kind.ordinal() + 1;
    }

    /// Any thread: one more copy that failed, without a time stamp. Does not allocate after the first error.
    public void failed(SendError kind) {
        failures().add(kind, 1);
    }

    private Failures failures() {
        Failures made = failures;
        return made == null ? firstFailure() : made;
    }

    private synchronized Failures firstFailure() {
        Failures made = failures;
        if (made == null) {
            made = new Failures();
            failures = made;
        }
        return made;
    }

    /// What that worker counts in: of worker 0 these counters themselves. The same object each time; its readers see that
    /// worker's numbers only (of worker 0: the sum).
    public ReplicationCounters forWorker(int worker) {
        if (worker == 0) {
            return this;
        }
        ReplicationCounters[] made = parts;
        return worker <= made.length ? made[worker - 1] : morePartsFor(worker);
    }

    private synchronized ReplicationCounters morePartsFor(int worker) {
        ReplicationCounters[] made = parts;
        if (made.length < worker) {
            ReplicationCounters[] more = Arrays.copyOf(made, worker);
            for (int at = made.length; at < worker; at++) {
                more[at] = new ReplicationCounters();
            }
            parts = more;
            made = more;
        }
        return made[worker - 1];
    }

    /// Copies that the kernel took.
    public long packets() {
        long sum = (long) PACKETS.getOpaque(this);
        for (ReplicationCounters part : parts) {
            sum += part.packets();
        }
        return sum;
    }

    /// UDP payload bytes of those copies.
    public long bytes() {
        long sum = (long) BYTES.getOpaque(this);
        for (ReplicationCounters part : parts) {
            sum += part.bytes();
        }
        return sum;
    }

    /// Frames in which those copies left: fewer where several datagrams shared one.
    public long frames() {
        long sum = (long) FRAMES.getOpaque(this);
        for (ReplicationCounters part : parts) {
            sum += part.frames();
        }
        return sum;
    }

    public long errors(SendError kind) {
        Failures own = failures;
        long sum = own == null ? 0 : own.of(kind);
        for (ReplicationCounters part : parts) {
            sum += part.errors(kind);
        }
        return sum;
    }

    public long errors() {
        long sum = 0;
        for (SendError kind : KINDS) {
            sum += errors(kind);
        }
        return sum;
    }

    public Optional<LastError> lastError() {
        long packed = packedLastError();
        return packed == 0
                ? Optional.empty()
                : Optional.of(new LastError(KINDS[(int) (packed & 0xFF) - 1], packed >> 8));
    }

    /// The time is in front, so the latest is the largest.
    private long packedLastError() {
        Failures own = failures;
        long latest = own == null ? 0 : own.last;
        for (ReplicationCounters part : parts) {
            latest = Math.max(latest, part.packedLastError());
        }
        return latest;
    }

    private static final class Failures {
        private static final VarHandle COUNT = MethodHandles.arrayElementVarHandle(long[].class);

        private final long[] counts = new long[KINDS.length];
        /// Wall clock in milliseconds << 8 | 1 + the kind's ordinal; 0 for none.
        private volatile long last;

        void add(SendError kind, long copies) {
            COUNT.getAndAdd(counts, kind.ordinal(), copies);
        }

        long of(SendError kind) {
            return (long) COUNT.getOpaque(counts, kind.ordinal());
        }
    }
}
