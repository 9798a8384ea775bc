package io.nubicast.dataplane.packet;

import java.util.Arrays;

/// A map from longs to ints of 0 or more, in two arrays: open addressing, linear probing. One thread.
public final class LongIndex {
    /// There is no such key.
    public static final int NONE = -1;
    private static final int SMALLEST = 16;

    private long[] keys = new long[SMALLEST];
    private int[] values = emptyValues(SMALLEST);
    private int size;

    private static int[] emptyValues(int length) {
        int[] values = new int[length];
        Arrays.fill(values, NONE);
        return values;
    }

    /// How many keys it has.
    public int size() {
        return size;
    }

    /// The value of that key, or [#NONE].
    public int get(long key) {
        return values[place(key)];
    }

    /// Adds a key, or gives it another value.
    ///
    /// @param value 0 or more
    public void put(long key, int value) {
        int place = place(key);
        if (values[place] == NONE) {
            size++;
        }
        keys[place] = key;
        values[place] = value;
        if (size * 2 > keys.length) {
            grow();
        }
    }

    /// Removes a key, if it is there.
    public void remove(long key) {
        int hole = place(key);
        if (values[hole] == NONE) {
            return;
        }
        size--;
        values[hole] = NONE;
        // What was pushed behind the hole by it moves up, so that probing never meets a gap.
        for (int at = next(hole); values[at] != NONE; at = next(at)) {
            int home = home(keys[at]);
            if ((at - home & mask()) >= (at - hole & mask())) {
                keys[hole] = keys[at];
                values[hole] = values[at];
                values[at] = NONE;
                hole = at;
            }
        }
    }

    private int place(long key) {
        int at = home(key);
        while (values[at] != NONE && keys[at] != key) {
            at = next(at);
        }
        return at;
    }

    private int home(long key) {
        long mixed = (key ^ key >>> 32) * 0x9E37_79B9_7F4A_7C15L;
        return (int) (mixed >>> 32) & mask();
    }

    private int next(int at) {
        return at + 1 & mask();
    }

    private int mask() {
        return keys.length - 1;
    }

    private void grow() {
        long[] oldKeys = keys;
        int[] oldValues = values;
        keys = new long[oldKeys.length * 2];
        values = emptyValues(oldKeys.length * 2);
        for (int i = 0; i < oldKeys.length; i++) {
            if (oldValues[i] != NONE) {
                int place = place(oldKeys[i]);
                keys[place] = oldKeys[i];
                values[place] = oldValues[i];
            }
        }
    }
}
