package io.nubicast.kernel.netlink;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/// Reads netlink attributes (struct nlattr: length, type, payload, padded to 4). Total for any bytes within the range given.
final class Attributes {
    static final ValueLayout.OfByte U8 = ValueLayout.JAVA_BYTE;
    static final ValueLayout.OfShort U16 = ValueLayout.JAVA_SHORT_UNALIGNED;
    static final ValueLayout.OfInt I32 = ValueLayout.JAVA_INT_UNALIGNED;
    static final ValueLayout.OfInt BE32 = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    static final ValueLayout.OfLong I64 = ValueLayout.JAVA_LONG_UNALIGNED;

    static final int HEADER_BYTES = 4;
    private static final int TYPE_MASK = 0x3FFF;

    private Attributes() {}

    /// The offset of the payload of the first attribute of that type with at least `least` bytes, or -1.
    static long find(MemorySegment bytes, long from, long end, int type, int least) {
        long at = from;
        while (end - at >= HEADER_BYTES) {
            int length = length(bytes, at, end);
            if (length < 0) {
                return -1;
            }
            if (type(bytes, at) == type) {
                return length - HEADER_BYTES >= least ? at + HEADER_BYTES : -1;
            }
            at = next(at, length);
        }
        return -1;
    }

    /// Bytes of the attribute at `at` with its header, or -1 when it claims more than there is.
    static int length(MemorySegment bytes, long at, long end) {
        int length = bytes.get(U16, at) & 0xFFFF;
        return length < HEADER_BYTES || length > end - at ? -1 : length;
    }

    static int type(MemorySegment bytes, long at) {
        return bytes.get(U16, at + 2) & TYPE_MASK;
    }

    static long next(long at, int length) {
        return at + (length + 3 & ~3);
    }

    /// Bytes of a payload that [#find] found.
    static int payloadBytes(MemorySegment bytes, long payload) {
        return (bytes.get(U16, payload - HEADER_BYTES) & 0xFFFF) - HEADER_BYTES;
    }

    /// The end of a payload that [#find] found.
    static long end(MemorySegment bytes, long payload) {
        return payload + payloadBytes(bytes, payload);
    }

    /// The text of a payload, up to its first zero byte; empty for -1.
    static String text(MemorySegment bytes, long payload) {
        if (payload < 0) {
            return "";
        }
        int length = payloadBytes(bytes, payload);
        byte[] copy = new byte[length];
        MemorySegment.copy(bytes, U8, payload, copy, 0, length);
        int end = 0;
        while (end < length && copy[end] != 0) {
            end++;
        }
        return new String(copy, 0, end, StandardCharsets.UTF_8);
    }
}
