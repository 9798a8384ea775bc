package io.nubicast.dataplane.packet;

import io.nubicast.kernel.netlink.RouteEvent;
import java.util.Arrays;

/// The kernel's IPv4 neighbours, and those that hops wait for. Dense numbers; one thread.
///
/// An entry is kept while the kernel knows the neighbour or a hop leads to it.
final class Neighbours {
    private static final int UNTOLD = 0;
    private static final int NONE = -1;

    private final LongIndex index = new LongIndex();
    private long[] key = new long[64];
    private long[] mac = new long[64];
    /// NUD_ bits, 0 for an entry that the kernel does not know.
    private int[] state = new int[64];
    /// The first hop that leads here; the chain goes on in [Hops].
    private int[] firstHop = new int[64];
    private int[] free = new int[64];
    private int freeCount;
    private int size;

    private static long key(int device, int address) {
        return (long) device << 32 | address & 0xFFFF_FFFFL;
    }

    /// The entry of that neighbour, made when there is none.
    int entry(int device, int address) {
        long wanted = key(device, address);
        int found = index.get(wanted);
        if (found >= 0) {
            return found;
        }
        int entry = freeCount > 0 ? free[--freeCount] : size++;
        if (entry == key.length) {
            int length = key.length * 2;
            key = Arrays.copyOf(key, length);
            mac = Arrays.copyOf(mac, length);
            state = Arrays.copyOf(state, length);
            firstHop = Arrays.copyOf(firstHop, length);
        }
        key[entry] = wanted;
        mac[entry] = -1;
        state[entry] = UNTOLD;
        firstHop[entry] = NONE;
        index.put(wanted, entry);
        return entry;
    }

    /// Takes what the kernel told.
    ///
    /// @return the entry when it changed, else -1
    int tell(RouteEvent.Neighbour neighbour) {
        int entry = entry(neighbour.interfaceIndex(), neighbour.address());
        boolean same = state[entry] == neighbour.state() && mac[entry] == neighbour.hardwareAddress();
        state[entry] = neighbour.state();
        mac[entry] = neighbour.hardwareAddress();
        dropIfUnused(entry);
        return same ? NONE : entry;
    }

    /// The kernel knows it no more.
    ///
    /// @return the entry when hops lead to it, else -1
    int forget(int device, int address) {
        int entry = index.get(key(device, address));
        if (entry < 0) {
            return NONE;
        }
        state[entry] = UNTOLD;
        mac[entry] = -1;
        dropIfUnused(entry);
        return index.get(key(device, address));
    }

    /// Forgets what the kernel told about all, before it is told anew.
    void forgetAll() {
        for (int entry = 0; entry < size; entry++) {
            if (index.get(key[entry]) == entry) {
                state[entry] = UNTOLD;
                mac[entry] = -1;
                dropIfUnused(entry);
            }
        }
    }

    void dropIfUnused(int entry) {
        if (state[entry] != UNTOLD || firstHop[entry] != NONE) {
            return;
        }
        index.remove(key[entry]);
        if (freeCount == free.length) {
            free = Arrays.copyOf(free, freeCount * 2);
        }
        free[freeCount++] = entry;
    }

    int device(int entry) {
        return (int) (key[entry] >>> 32);
    }

    int address(int entry) {
        return (int) key[entry];
    }

    /// 48 bits, or -1.
    long mac(int entry) {
        return mac[entry];
    }

    int state(int entry) {
        return state[entry];
    }

    /// A hop, or -1.
    int firstHop(int entry) {
        return firstHop[entry];
    }

    void firstHop(int entry, int hop) {
        firstHop[entry] = hop;
    }

    /// Entries in use.
    int count() {
        return index.size();
    }
}
