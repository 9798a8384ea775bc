package io.nubicast.dataplane.packet;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Map;

/// The hardware addresses of this host's devices at one moment, for the hot path. A frame that leaves by a device with another
/// source address comes from a device above it (macvlan) and has been seen there. Immutable.
final class DeviceAddresses {
    static final DeviceAddresses NONE = new DeviceAddresses(Map.of());

    private static final ValueLayout.OfInt U32 = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final ValueLayout.OfShort U16 = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

    private final int[] indexes;
    private final long[] addresses;

    /// @param byIndex hardware addresses of 48 bits by interface index
    DeviceAddresses(Map<Integer, Long> byIndex) {
        indexes = byIndex.keySet().stream().mapToInt(Integer::intValue).sorted().toArray();
        addresses = Arrays.stream(indexes).mapToLong(byIndex::get).toArray();
    }

    /// Whether the 6 bytes there are not the address of that device; false for a device that is not known.
    boolean isForeign(int device, MemorySegment segment, long offset) {
        int at = Arrays.binarySearch(indexes, device);
        return at >= 0 && addresses[at] != ((segment.get(U32, offset) & 0xFFFFFFFFL) << 16
                | segment.get(U16, offset + 4) & 0xFFFFL);
    }
}
