package io.nubicast.dataplane.packet;

/// The slots whose routes are to be looked up: a bit each, and a place from which they are taken in turn. One thread.
final class Pending {
    private long[] words = {};
    private int size;
    private int count;
    private int cursor;

    /// Empty, for slots below `slots`.
    void size(int slots) {
        words = new long[slots + 63 >>> 6];
        size = slots;
        count = 0;
        cursor = 0;
    }

    void become(Pending other) {
        words = other.words;
        size = other.size;
        count = other.count;
        cursor = other.cursor;
    }

    boolean contains(int slot) {
        return (words[slot >>> 6] & 1L << slot) != 0;
    }

    void add(int slot) {
        if (!contains(slot)) {
            words[slot >>> 6] |= 1L << slot;
            count++;
        }
    }

    void addAll() {
        for (int i = 0; i < words.length; i++) {
            words[i] = -1;
        }
        if ((size & 63) != 0) {
            words[words.length - 1] = -1L >>> -size;
        }
        count = size;
    }

    boolean isEmpty() {
        return count == 0;
    }

    int count() {
        return count;
    }

    /// Takes as many as fit, from where the last call ended.
    int take(int[] slots) {
        int taken = 0;
        while (taken < slots.length && count > 0) {
            int word = cursor >>> 6;
            long rest = words[word] & -1L << cursor;
            if (rest == 0) {
                cursor = word + 1 < words.length ? word + 1 << 6 : 0;
                continue;
            }
            int slot = (word << 6) + Long.numberOfTrailingZeros(rest);
            words[word] &= ~(1L << slot);
            count--;
            slots[taken++] = slot;
            cursor = slot + 1 < size ? slot + 1 : 0;
        }
        return taken;
    }
}
