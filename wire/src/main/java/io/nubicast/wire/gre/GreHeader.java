package io.nubicast.wire.gre;

import io.nubicast.wire.InternetChecksum;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/// A view of a GRE header (RFC 2784 section 2.1, RFC 2890 section 2), for the data path: wrap, [#check(long)] once, then every accessor
/// of a field that is present is total. Reusable, never allocates; one thread.
///
///      0                   1                   2                   3
///      0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
///     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
///     |C| |K|S| Reserved0       | Ver |         Protocol Type         |
///     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
///     |      Checksum (optional)      |       Reserved1 (Optional)    |
///     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
///     |                         Key (optional)                        |
///     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
///     |                 Sequence Number (Optional)                    |
///     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
public final class GreHeader {
    /// IPPROTO_GRE.
    public static final int PROTOCOL = 47;
    /// Bytes of a header without options.
    public static final int MINIMUM_LENGTH = 4;
    /// Bytes of a header with all options.
    public static final int MAXIMUM_LENGTH = 16;
    /// Protocol type: IPv4.
    public static final int TYPE_IPV4 = 0x0800;
    /// Protocol type of a Cisco keepalive on its way back.
    public static final int TYPE_KEEPALIVE = 0;

    /// Flag: checksum present.
    public static final int CHECKSUM_PRESENT = 0x8000;
    /// Flag: key present.
    public static final int KEY_PRESENT = 0x2000;
    /// Flag: sequence number present.
    public static final int SEQUENCE_PRESENT = 0x1000;
    /// Bits 1 to 5 without K and S: "MUST be discarded" when not zero (RFC 2784 section 2.3).
    private static final int REJECTED = 0x4C00;
    private static final int VERSION = 0x0007;

    private static final ValueLayout.OfShort U16 = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final ValueLayout.OfInt U32 = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

    private static final long FLAGS_AND_VERSION = 0;
    private static final long PROTOCOL_TYPE = 2;
    private static final long CHECKSUM = 4;

    private MemorySegment segment = MemorySegment.NULL;
    private long offset;

    /// Puts the view over the bytes that start at `newOffset`.
    public GreHeader wrap(MemorySegment newSegment, long newOffset) {
        segment = newSegment;
        offset = newOffset;
        return this;
    }

    /// Bytes of a header with these flags: 4, 8, 12 or 16.
    public static int length(int flags) {
        return MINIMUM_LENGTH + (flags >>> 15 & 1) * 4 + (flags >>> 13 & 1) * 4 + (flags >>> 12 & 1) * 4;
    }

    /// Whether a header is there that may be read. After `null`, [#length()] ≤ `available` and the version is 0. Neither the checksum
    /// ([#checksumIsValid(long)]) nor the protocol type has been looked at.
    ///
    /// @param available bytes from the offset on
    /// @return the reason to drop it, or null
    public @Nullable GreDropReason check(long available) {
        if (available < MINIMUM_LENGTH) {
            return GreDropReason.TOO_SHORT;
        }
        int flags = flags();
        if ((flags & (REJECTED | VERSION)) != 0) {
            return (flags & VERSION) != 0 ? GreDropReason.BAD_VERSION : GreDropReason.RESERVED_BITS;
        }
        return length(flags) > available ? GreDropReason.TOO_SHORT : null;
    }

    /// The first 16 bits, with the version.
    public int flags() {
        return segment.get(U16, offset + FLAGS_AND_VERSION) & 0xFFFF;
    }

    public boolean hasChecksum() {
        return (flags() & CHECKSUM_PRESENT) != 0;
    }

    public boolean hasKey() {
        return (flags() & KEY_PRESENT) != 0;
    }

    public boolean hasSequence() {
        return (flags() & SEQUENCE_PRESENT) != 0;
    }

    /// Bytes of the header: 4, 8, 12 or 16.
    public int length() {
        return length(flags());
    }

    /// EtherType of the payload, 0 for a keepalive.
    public int protocolType() {
        return segment.get(U16, offset + PROTOCOL_TYPE) & 0xFFFF;
    }

    /// Only when [#hasChecksum()].
    public int checksum() {
        return segment.get(U16, offset + CHECKSUM) & 0xFFFF;
    }

    /// 32 bits; only when [#hasKey()].
    public int key() {
        return segment.get(U32, offset + length(flags() & CHECKSUM_PRESENT));
    }

    /// 32 bits; only when [#hasSequence()].
    public int sequence() {
        return segment.get(U32, offset + length() - 4);
    }

    /// Whether the checksum over header and payload is right; only when [#hasChecksum()] (RFC 2784 section 2.5).
    ///
    /// @param bytes header and payload
    public boolean checksumIsValid(long bytes) {
        return InternetChecksum.sum(segment, offset, (int) bytes) == 0xFFFF;
    }

    /// Writes a whole header; a checksum field is 0 until [#finishChecksum(long)].
    ///
    /// @param flags of [#CHECKSUM_PRESENT], [#KEY_PRESENT] and [#SEQUENCE_PRESENT]
    /// @param key ignored without its flag, as is `sequence`
    public GreHeader write(int flags, int protocolType, int key, int sequence) {
        segment.set(U32, offset, flags << 16 | protocolType);
        long at = offset + MINIMUM_LENGTH;
        if ((flags & CHECKSUM_PRESENT) != 0) {
            segment.set(U32, at, 0);
            at += 4;
        }
        if ((flags & KEY_PRESENT) != 0) {
            segment.set(U32, at, key);
            at += 4;
        }
        if ((flags & SEQUENCE_PRESENT) != 0) {
            segment.set(U32, at, sequence);
        }
        return this;
    }

    /// Computes and writes the checksum, as the last step; only when [#hasChecksum()].
    ///
    /// @param bytes header and payload
    public GreHeader finishChecksum(long bytes) {
        segment.set(U16, offset + CHECKSUM, (short) 0);
        segment.set(U16, offset + CHECKSUM,
                (short) InternetChecksum.finish(InternetChecksum.sum(segment, offset, (int) bytes)));
        return this;
    }
}
