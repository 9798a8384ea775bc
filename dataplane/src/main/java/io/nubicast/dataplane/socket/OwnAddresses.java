package io.nubicast.dataplane.socket;

import java.util.Arrays;

/// The IPv4 addresses of this host at one moment, for the hot path: tells a local sender from one on the wire. Immutable.
final class OwnAddresses {
    static final OwnAddresses NONE = new OwnAddresses(new int[0]);

    private final int[] sorted;

    OwnAddresses(int[] addresses) {
        sorted = Arrays.stream(addresses).sorted().distinct().toArray();
    }

    boolean contains(int address) {
        return Arrays.binarySearch(sorted, address) >= 0;
    }

    int[] toArray() {
        return sorted.clone();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof OwnAddresses own && Arrays.equals(sorted, own.sorted);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(sorted);
    }
}
