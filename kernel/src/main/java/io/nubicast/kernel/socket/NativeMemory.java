package io.nubicast.kernel.socket;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/// Native memory by its address, without a segment's checks of bounds and lifetime, which cost more than the access itself: for the
/// batches, which check a slot's number once and then touch a dozen words of it. Whoever uses it keeps the memory's own
/// segment in a field, so that it stays allocated, and computes addresses from checked numbers only.
final class NativeMemory {
    @SuppressWarnings("restricted")
    private static final MemorySegment ALL = MemorySegment.NULL.reinterpret(Long.MAX_VALUE);
    private static final ValueLayout.OfByte U8 = ValueLayout.JAVA_BYTE;
    private static final ValueLayout.OfShort U16 = ValueLayout.JAVA_SHORT_UNALIGNED;
    private static final ValueLayout.OfInt I32 = ValueLayout.JAVA_INT_UNALIGNED;
    private static final ValueLayout.OfLong I64 = ValueLayout.JAVA_LONG_UNALIGNED;
    private static final ValueLayout.OfShort BE16 = U16.withOrder(ByteOrder.BIG_ENDIAN);
    private static final ValueLayout.OfInt BE32 = I32.withOrder(ByteOrder.BIG_ENDIAN);
    private static final ValueLayout.OfLong BE64 = I64.withOrder(ByteOrder.BIG_ENDIAN);

    private NativeMemory() {}

    static int getByte(long address) {
        return ALL.get(U8, address) & 0xFF;
    }

    static int getShort(long address) {
        return ALL.get(U16, address) & 0xFFFF;
    }

    static int getInt(long address) {
        return ALL.get(I32, address);
    }

    static void putInt(long address, int value) {
        ALL.set(I32, address, value);
    }

    static long getLong(long address) {
        return ALL.get(I64, address);
    }

    static void putLong(long address, long value) {
        ALL.set(I64, address, value);
    }

    /// In the network's byte order.
    static void putNetworkShort(long address, int value) {
        ALL.set(BE16, address, (short) value);
    }

    /// In the network's byte order.
    static void putNetworkInt(long address, int value) {
        ALL.set(BE32, address, value);
    }

    /// In the network's byte order.
    static void putNetworkLong(long address, long value) {
        ALL.set(BE64, address, value);
    }
}
