package io.nubicast.dataplane.packet;

import java.util.Arrays;

/// A queue of neighbours, each once. One thread.
final class Confirmations {
    private final LongIndex known = new LongIndex();
    private long[] keys = new long[16];
    private int size;
    private int taken;

    void add(int device, int address) {
        long key = (long) device << 32 | address & 0xFFFF_FFFFL;
        if (known.get(key) != LongIndex.NONE) {
            return;
        }
        if (size == keys.length) {
            keys = Arrays.copyOf(keys, size * 2);
        }
        known.put(key, size);
        keys[size++] = key;
    }

    /// Goes to the next one.
    ///
    /// @return false when there is none
    boolean next() {
        if (taken == size) {
            clear();
            return false;
        }
        taken++;
        return true;
    }

    int device() {
        return (int) (keys[taken - 1] >>> 32);
    }

    int address() {
        return (int) keys[taken - 1];
    }

    void clear() {
        for (int i = 0; i < size; i++) {
            known.remove(keys[i]);
        }
        size = 0;
        taken = 0;
    }
}
