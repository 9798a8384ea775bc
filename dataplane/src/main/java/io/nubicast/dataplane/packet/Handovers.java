package io.nubicast.dataplane.packet;

import io.nubicast.forwarding.CompiledRoute;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/// What user space is to do with the frames that programs in the kernel hand to it: each carries a generation, and each generation
/// knows which members those programs left out. Written by the control thread before the kernel uses a generation; read by
/// workers.
public final class Handovers {
    /// Generations that can be in use at once: a generation's lowest bits are its slot.
    public static final int SLOTS = 1 << 12;

    private static final VarHandle LONG = ValueLayout.JAVA_LONG.varHandle();
    /// struct gate: handed, done
    private static final int GATE_BYTES = 16;
    private static final int DONE = 8;

    private final AtomicReferenceArray<@Nullable Handover> bySlot = new AtomicReferenceArray<>(SLOTS);
    private final MemorySegment gates;

    /// What belongs to one generation.
    ///
    /// @param generation not 0
    /// @param route whose datagrams are handed over
    /// @param rest indexes of the members that the kernel leaves to user space
    @SuppressWarnings("ArrayRecordComponent")
    public record Handover(int generation, CompiledRoute route, int[] rest) {}

    /// @param gates shared with the programs: by slot, frames handed over and frames done with
    public Handovers(MemorySegment gates) {
        this.gates = gates;
    }

    public static int slot(int generation) {
        return generation & SLOTS - 1;
    }

    /// Makes a generation known. Control thread.
    public void put(Handover handover) {
        int slot = slot(handover.generation());
        LONG.setVolatile(gates, (long) slot * GATE_BYTES, 0L);
        LONG.setVolatile(gates, (long) slot * GATE_BYTES + DONE, 0L);
        bySlot.set(slot, handover);
    }

    /// Forgets a generation that nobody can ask for any more. Control thread.
    public void remove(int generation) {
        bySlot.set(slot(generation), null);
    }

    /// How many frames were handed over with that generation when every one of them is done with; -1 when not. Any thread.
    public long done(int generation) {
        long at = (long) slot(generation) * GATE_BYTES;
        long done = (long) LONG.getVolatile(gates, at + DONE);
        return (long) LONG.getVolatile(gates, at) == done ? done : -1;
    }

    /// Worker: what belongs to it, or null when it is not known.
    @Nullable
    Handover of(int generation) {
        Handover found = bySlot.get(slot(generation));
        return found != null && found.generation() == generation ? found : null;
    }

    /// Worker: one frame of it has been dropped, or its copies have left.
    void done(Handover handover) {
        long ignored = (long) LONG.getAndAdd(gates, (long) slot(handover.generation()) * GATE_BYTES + DONE, 1L);
    }
}
