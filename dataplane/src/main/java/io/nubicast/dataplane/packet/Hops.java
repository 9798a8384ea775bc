package io.nubicast.dataplane.packet;

import java.util.Arrays;

/// The different ways that members take: a next hop behind an interface with the route's MTU, or a reason for `socket`. Members
/// with the same way share one hop, counted. Dense numbers; one thread.
final class Hops {
    static final int NONE = -1;

    private final LongIndex index = new LongIndex();
    private final Neighbours neighbours;
    private final Places places;
    private int capacity = 64;
    private long[] key = new long[capacity];
    private int[] members = new int[capacity];
    private int[] neighbour = new int[capacity];
    private int[] following = new int[capacity];
    private int[] before = new int[capacity];
    private int[] place = new int[capacity];
    private int[] routeMtu = new int[capacity];
    private int[] detail = new int[capacity];
    private Reason[] fixed = new Reason[capacity];
    private int[] free = new int[capacity];
    private int freeCount;
    private int size;

    Hops(Neighbours neighbours, Places places) {
        this.neighbours = neighbours;
        this.places = places;
    }

    /// The hop by a neighbour, with one more member.
    int acquire(int device, int nextHop, int mtu) {
        int entry = neighbours.entry(device, nextHop);
        long wanted = (long) entry << 32 | mtu;
        int hop = index.get(wanted);
        if (hop < 0) {
            hop = add(wanted, device, mtu, nextHop);
            neighbour[hop] = entry;
            before[hop] = NONE;
            following[hop] = neighbours.firstHop(entry);
            if (following[hop] >= 0) {
                before[following[hop]] = hop;
            }
            neighbours.firstHop(entry, hop);
        }
        members[hop]++;
        return hop;
    }

    /// The hop of a reason that no neighbour changes, with one more member.
    ///
    /// @param device 0 for none
    /// @param about what the reason speaks of: a table, an errno, 0
    int acquire(Reason reason, int device, int about) {
        // The device's number is not in the key whole; no kernel counts that far.
        long wanted = 1L << 63 | (long) reason.ordinal() << 56 | (device & 0xFF_FFFFL) << 32 | about & 0xFFFF_FFFFL;
        int hop = index.get(wanted);
        if (hop < 0) {
            hop = add(wanted, device, 0, about);
            neighbour[hop] = NONE;
            fixed[hop] = reason;
        }
        members[hop]++;
        return hop;
    }

    private int add(long wanted, int device, int mtu, int about) {
        int hop = freeCount > 0 ? free[--freeCount] : size++;
        if (hop == capacity) {
            grow();
        }
        index.put(wanted, hop);
        key[hop] = wanted;
        members[hop] = 0;
        place[hop] = device == 0 ? NONE : places.acquire(device);
        routeMtu[hop] = mtu;
        detail[hop] = about;
        fixed[hop] = Reason.NOT_YET;
        return hop;
    }

    private void grow() {
        capacity *= 2;
        key = Arrays.copyOf(key, capacity);
        members = Arrays.copyOf(members, capacity);
        neighbour = Arrays.copyOf(neighbour, capacity);
        following = Arrays.copyOf(following, capacity);
        before = Arrays.copyOf(before, capacity);
        place = Arrays.copyOf(place, capacity);
        routeMtu = Arrays.copyOf(routeMtu, capacity);
        detail = Arrays.copyOf(detail, capacity);
        fixed = Arrays.copyOf(fixed, capacity);
    }

    /// One member fewer; a hop without any is gone.
    void release(int hop) {
        if (--members[hop] > 0) {
            return;
        }
        index.remove(key[hop]);
        if (place[hop] >= 0) {
            places.release(place[hop]);
        }
        if (neighbour[hop] >= 0) {
            unchain(hop);
        }
        if (freeCount == free.length) {
            free = Arrays.copyOf(free, freeCount * 2);
        }
        free[freeCount++] = hop;
    }

    private void unchain(int hop) {
        if (following[hop] >= 0) {
            before[following[hop]] = before[hop];
        }
        if (before[hop] >= 0) {
            following[before[hop]] = following[hop];
        } else {
            neighbours.firstHop(neighbour[hop], following[hop]);
            neighbours.dropIfUnused(neighbour[hop]);
        }
        neighbour[hop] = NONE;
    }

    /// Numbers are below this.
    int size() {
        return size;
    }

    /// Whether the last [#acquire] made it.
    boolean isNew(int hop) {
        return members[hop] == 1;
    }

    boolean isUsed(int hop) {
        return members[hop] > 0;
    }

    /// The entry in [Neighbours], or -1.
    int neighbour(int hop) {
        return neighbour[hop];
    }

    /// The next hop by the same neighbour, or -1.
    int following(int hop) {
        return following[hop];
    }

    /// The place of its interface, or -1.
    int place(int hop) {
        return place[hop];
    }

    /// The route's own limit in bytes, or 0.
    int routeMtu(int hop) {
        return routeMtu[hop];
    }

    /// The next hop's address, or what the reason speaks of.
    int detail(int hop) {
        return detail[hop];
    }

    /// What a hop without a neighbour was made for.
    Reason fixedReason(int hop) {
        return fixed[hop];
    }

    int[] places() {
        return Arrays.copyOf(place, size);
    }

    int[] details() {
        return Arrays.copyOf(detail, size);
    }
}
