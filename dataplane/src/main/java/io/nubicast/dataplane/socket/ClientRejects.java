package io.nubicast.dataplane.socket;

import io.nubicast.wire.Address;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.HashMap;
import java.util.Map;

/// Datagrams from senders that are not configured servers, by source address (PRX-040). Bounded, because sources can be forged:
/// what finds no room is counted together. One writer, any reader; counting never allocates.
final class ClientRejects {
    /// Sources that are told apart.
    static final int CAPACITY = 768;

    private static final int SLOTS = 1024;
    private static final VarHandle SOURCE = MethodHandles.arrayElementVarHandle(int[].class);
    private static final VarHandle COUNT = MethodHandles.arrayElementVarHandle(long[].class);

    /// 0 where the slot is free; 0.0.0.0 is nobody's source.
    private final int[] sources = new int[SLOTS];
    /// One more than there are slots: the last is for all others.
    private final long[] counts = new long[SLOTS + 1];
    private int used;

    /// Counts datagrams of one source.
    ///
    /// @return whether it is a source that was not known before
    boolean add(int source, int packets) {
        int hash = source * 0x9E3779B1;
        int slot = (hash ^ hash >>> 15) & SLOTS - 1;
        while (sources[slot] != source && sources[slot] != 0) {
            slot = slot + 1 & SLOTS - 1;
        }
        boolean isNew = sources[slot] == 0;
        if (isNew && (used == CAPACITY || source == 0)) {
            slot = SLOTS;
            isNew = false;
        }
        COUNT.setOpaque(counts, slot, counts[slot] + packets);
        if (isNew) {
            used++;
            SOURCE.setRelease(sources, slot, source);
        }
        return isNew;
    }

    /// The counts by source; those that found no room are under [Address#ANY_IPV4]. Any thread.
    Map<Address, Long> bySource() {
        Map<Address, Long> result = new HashMap<>();
        for (int slot = 0; slot < SLOTS; slot++) {
            int source = (int) SOURCE.getAcquire(sources, slot);
            if (source != 0) {
                result.put(Address.ofIpv4(source), (long) COUNT.getOpaque(counts, slot));
            }
        }
        long others = (long) COUNT.getOpaque(counts, SLOTS);
        if (others != 0) {
            result.put(Address.ANY_IPV4, others);
        }
        return result;
    }
}
