package io.nubicast.dataplane.linux;

import java.util.Arrays;

/// The IPv4 addresses of this host at one moment, for the hot path: tells a local sender from one on the wire. Immutable.
public final class OwnAddresses {
    public static final OwnAddresses NONE = new OwnAddresses(new int[0]);

    private final int[] sorted;

    public OwnAddresses(int[] addresses) {
        sorted = Arrays.stream(addresses).sorted().distinct().toArray();
    }

    public boolean contains(int address) {
        return Arrays.binarySearch(sorted, address) >= 0;
    }

    public int[] toArray() {
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
