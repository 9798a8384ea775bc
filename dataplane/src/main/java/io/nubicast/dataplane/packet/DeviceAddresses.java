package io.nubicast.dataplane.packet;

import java.util.Arrays;
import java.util.Map;

/// The hardware addresses of this host's devices at one moment, for the hot path. A frame that leaves by a device with another
/// source address comes from a device above it (macvlan) and has been seen there. Immutable.
final class DeviceAddresses {
    static final DeviceAddresses NONE = new DeviceAddresses(Map.of());

    private final int[] indexes;
    private final long[] addresses;

    /// @param byIndex hardware addresses of 48 bits by interface index
    DeviceAddresses(Map<Integer, Long> byIndex) {
        indexes = byIndex.keySet().stream().mapToInt(Integer::intValue).sorted().toArray();
        addresses = Arrays.stream(indexes).mapToLong(byIndex::get).toArray();
    }

    /// 48 bits, or -1 for a device that is not known.
    long addressOf(int device) {
        int at = Arrays.binarySearch(indexes, device);
        return at < 0 ? -1 : addresses[at];
    }
}
