package io.nubicast.dataplane.packet;

import io.nubicast.kernel.netlink.RouteEvent.Link;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/// The interfaces, and dense numbers, *places*, for those that hops lead to. One thread.
final class Places {
    private final Map<Integer, Link> links = new HashMap<>();
    private final Map<Integer, Integer> placeOf = new HashMap<>();
    private int[] index = new int[8];
    private int[] hops = new int[8];
    private int size;

    /// Takes what the kernel told.
    ///
    /// @return what was known before
    Optional<Link> tell(Link link) {
        return Optional.ofNullable(links.put(link.index(), link));
    }

    boolean forget(int device) {
        return links.remove(device) != null;
    }

    void forgetAll() {
        links.clear();
    }

    Optional<Link> link(int device) {
        return Optional.ofNullable(links.get(device));
    }

    /// The place of an interface, for one more hop.
    int acquire(int device) {
        Integer known = placeOf.get(device);
        int place = known != null ? known : free();
        if (known == null) {
            placeOf.put(device, place);
            index[place] = device;
        }
        hops[place]++;
        return place;
    }

    boolean hasHops(int device) {
        return placeOf.containsKey(device);
    }

    /// One hop fewer.
    void release(int place) {
        if (--hops[place] == 0) {
            placeOf.remove(index[place]);
        }
    }

    private int free() {
        for (int place = 0; place < size; place++) {
            if (hops[place] == 0) {
                return place;
            }
        }
        if (size == index.length) {
            index = Arrays.copyOf(index, size * 2);
            hops = Arrays.copyOf(hops, size * 2);
        }
        return size++;
    }

    int device(int place) {
        return index[place];
    }

    /// What a table needs of the interfaces in use.
    Snapshot snapshot() {
        long[] macs = new long[size];
        String[] names = new String[size];
        int[] queues = new int[size];
        for (int place = 0; place < size; place++) {
            Link link = links.get(index[place]);
            macs[place] = link == null ? -1 : link.hardwareAddress();
            names[place] = link == null ? "interface " + index[place] : link.name();
            queues[place] = link == null ? 0 : link.queueLength();
        }
        return new Snapshot(Arrays.copyOf(index, size), macs, names, queues);
    }

    /// The interfaces that hops lead to, by place. Shared by tables.
    static final class Snapshot {
        static final Snapshot NONE = new Snapshot(new int[0], new long[0], new String[0], new int[0]);

        final int[] device;
        final long[] mac;
        final String[] name;
        /// Packets that its queue is to hold; 0 for none.
        final int[] queue;

        private Snapshot(int[] device, long[] mac, String[] name, int[] queue) {
            this.device = device;
            this.mac = mac;
            this.name = name;
            this.queue = queue;
        }
    }
}
