package io.nubicast.wire;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/// A view of a UDP header (RFC 768), for the data path: wrap, [#check(long)] once, then every accessor is total. Reusable,
/// never allocates; one thread.
///
///      0      7 8     15 16    23 24    31
///     +--------+--------+--------+--------+
///     |     Source      |   Destination   |
///     |      Port       |      Port       |
///     +--------+--------+--------+--------+
///     |     Length      |    Checksum     |
///     +--------+--------+--------+--------+
///     |          data octets ...
public final class UdpHeader {
    /// Bytes of the header.
    public static final int LENGTH = 8;
    /// The most payload that a UDP datagram over IPv4 without options carries.
    public static final int MAXIMUM_PAYLOAD = 65_507;

    private static final ValueLayout.OfShort U16 = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final ValueLayout.OfInt U32 = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

    private static final long SOURCE_PORT = 0;
    private static final long DESTINATION_PORT = 2;
    private static final long DATAGRAM_LENGTH = 4;
    private static final long CHECKSUM = 6;

    private MemorySegment segment = MemorySegment.NULL;
    private long offset;

    /// Puts the view over the bytes that start at `newOffset`.
    public UdpHeader wrap(MemorySegment newSegment, long newOffset) {
        segment = newSegment;
        offset = newOffset;
        return this;
    }

    /// Whether a whole datagram is there. After `null`, 8 ≤ [#length()] ≤ `available`, so header and payload may be read;
    /// bytes after the length are not payload.
    ///
    /// @param available bytes of the IP payload from the offset on
    /// @return the reason to drop it, or null
    public @Nullable DropReason check(long available) {
        if (available < LENGTH) {
            return DropReason.TOO_SHORT;
        }
        int length = length();
        return length < LENGTH || length > available ? DropReason.BAD_UDP_LENGTH : null;
    }

    public int sourcePort() {
        return segment.get(U16, offset + SOURCE_PORT) & 0xFFFF;
    }

    public int destinationPort() {
        return segment.get(U16, offset + DESTINATION_PORT) & 0xFFFF;
    }

    /// [#sourcePort()] in the upper and [#destinationPort()] in the lower half, read at once.
    public int ports() {
        return segment.get(U32, offset);
    }

    /// Header and payload in bytes.
    public int length() {
        return segment.get(U16, offset + DATAGRAM_LENGTH) & 0xFFFF;
    }

    public int payloadLength() {
        return length() - LENGTH;
    }

    public long payloadOffset() {
        return offset + LENGTH;
    }

    public int checksum() {
        return segment.get(U16, offset + CHECKSUM) & 0xFFFF;
    }

    public UdpHeader sourcePort(int port) {
        segment.set(U16, offset + SOURCE_PORT, (short) port);
        return this;
    }

    public UdpHeader destinationPort(int port) {
        segment.set(U16, offset + DESTINATION_PORT, (short) port);
        return this;
    }

    /// Of the datagram.
    ///
    /// @param bytes header and payload
    public UdpHeader length(int bytes) {
        segment.set(U16, offset + DATAGRAM_LENGTH, (short) bytes);
        return this;
    }

    public UdpHeader checksum(int value) {
        segment.set(U16, offset + CHECKSUM, (short) value);
        return this;
    }
}
