package io.nubicast.wire;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/// A view of an IPv4 header (RFC 791 section 3.1), for the data path: wrap it over any bytes, [#check(long)] once, then every
/// accessor is total. Reusable, never allocates; one thread.
///
///      0                   1                   2                   3
///      0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
///     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
///     |Version|  IHL  |Type of Service|          Total Length         |
///     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
///     |         Identification        |Flags|      Fragment Offset    |
///     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
///     |  Time to Live |    Protocol   |         Header Checksum       |
///     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
///     |                       Source Address                          |
///     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
///     |                    Destination Address                        |
///     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
///     |                    Options                    |    Padding    |
///     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
public final class Ipv4Header {
    /// Bytes of a header without options.
    public static final int MINIMUM_LENGTH = 20;

    private static final ValueLayout.OfByte U8 = ValueLayout.JAVA_BYTE;
    private static final ValueLayout.OfShort U16 = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final ValueLayout.OfInt U32 = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final ValueLayout.OfLong U64 = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

    private static final long VERSION_AND_IHL = 0;
    private static final long TYPE_OF_SERVICE = 1;
    private static final long TOTAL_LENGTH = 2;
    private static final long IDENTIFICATION = 4;
    private static final long FLAGS_AND_FRAGMENT_OFFSET = 6;
    private static final long TIME_TO_LIVE = 8;
    private static final long PROTOCOL = 9;
    private static final long HEADER_CHECKSUM = 10;
    private static final long SOURCE_ADDRESS = 12;
    private static final long DESTINATION_ADDRESS = 16;

    private static final int DONT_FRAGMENT = 0x4000;
    private static final int MORE_FRAGMENTS = 0x2000;

    private MemorySegment segment = MemorySegment.NULL;
    private long offset;

    /// Puts the view over the bytes that start at `newOffset`.
    public Ipv4Header wrap(MemorySegment newSegment, long newOffset) {
        segment = newSegment;
        offset = newOffset;
        return this;
    }

    /// Whether a whole header is there. After `null` every accessor is within the segment, the version is 4, the header
    /// length is 20..60, and header length ≤ total length ≤ `available`: what follows the header up to the total length may be
    /// read; what is beyond it is padding of the link (GEN-002). The header checksum is not looked at: on a socket the
    /// kernel has done that.
    ///
    /// @param available bytes received from the offset on; the segment has at least these
    /// @return the reason to drop it, or null
    public @Nullable DropReason check(long available) {
        if (available < MINIMUM_LENGTH) {
            return DropReason.TOO_SHORT;
        }
        // read once, and all at once: this is asked of every datagram
        int first = segment.get(U32, offset);
        int headerLength = (first >>> 24 & 0x0F) * 4;
        int totalLength = first & 0xFFFF;
        if (first >>> 28 != 4 || headerLength < MINIMUM_LENGTH || totalLength < headerLength) {
            return DropReason.BAD_IP_HEADER;
        }
        return totalLength > available ? DropReason.TOO_SHORT : null;
    }

    public int version() {
        return (segment.get(U8, offset + VERSION_AND_IHL) & 0xF0) >>> 4;
    }

    /// In bytes, options included: 20..60 after the check.
    public int headerLength() {
        return (segment.get(U8, offset + VERSION_AND_IHL) & 0x0F) * 4;
    }

    /// DSCP (6 bits) and ECN (2 bits).
    public int typeOfService() {
        return segment.get(U8, offset + TYPE_OF_SERVICE) & 0xFF;
    }

    /// In bytes, header included.
    public int totalLength() {
        return segment.get(U16, offset + TOTAL_LENGTH) & 0xFFFF;
    }

    public int identification() {
        return segment.get(U16, offset + IDENTIFICATION) & 0xFFFF;
    }

    public boolean dontFragment() {
        return (flagsAndFragmentOffset() & DONT_FRAGMENT) != 0;
    }

    public boolean moreFragments() {
        return (flagsAndFragmentOffset() & MORE_FRAGMENTS) != 0;
    }

    /// In bytes, a multiple of 8.
    public int fragmentOffset() {
        return (flagsAndFragmentOffset() & 0x1FFF) * 8;
    }

    /// A part of a datagram: the first, a middle or the last.
    public boolean isFragment() {
        return (flagsAndFragmentOffset() & (MORE_FRAGMENTS | 0x1FFF)) != 0;
    }

    private int flagsAndFragmentOffset() {
        return segment.get(U16, offset + FLAGS_AND_FRAGMENT_OFFSET) & 0xFFFF;
    }

    public int timeToLive() {
        return segment.get(U8, offset + TIME_TO_LIVE) & 0xFF;
    }

    public int protocol() {
        return segment.get(U8, offset + PROTOCOL) & 0xFF;
    }

    public int headerChecksum() {
        return segment.get(U16, offset + HEADER_CHECKSUM) & 0xFFFF;
    }

    /// Whether the header checksum is right.
    public boolean headerChecksumIsValid() {
        return InternetChecksum.sum(segment, offset, headerLength()) == 0xFFFF;
    }

    /// The 32 bits of the address, 0xC0A80001 being 192.168.0.1.
    public int source() {
        return segment.get(U32, offset + SOURCE_ADDRESS);
    }

    public int destination() {
        return segment.get(U32, offset + DESTINATION_ADDRESS);
    }

    /// [#source()] in the upper and [#destination()] in the lower half, read at once.
    public long addresses() {
        return segment.get(U64, offset + SOURCE_ADDRESS);
    }

    /// Version 4.
    ///
    /// @param bytes 20..60, a multiple of 4
    public Ipv4Header versionAndHeaderLength(int bytes) {
        segment.set(U8, offset + VERSION_AND_IHL, (byte) (0x40 | bytes / 4));
        return this;
    }

    public Ipv4Header typeOfService(int value) {
        segment.set(U8, offset + TYPE_OF_SERVICE, (byte) value);
        return this;
    }

    public Ipv4Header totalLength(int bytes) {
        segment.set(U16, offset + TOTAL_LENGTH, (short) bytes);
        return this;
    }

    public Ipv4Header identification(int value) {
        segment.set(U16, offset + IDENTIFICATION, (short) value);
        return this;
    }

    /// Both flags and the offset.
    ///
    /// @param fragmentOffset in bytes, a multiple of 8
    public Ipv4Header fragmentation(boolean dontFragment, boolean moreFragments, int fragmentOffset) {
        int value = (dontFragment ? DONT_FRAGMENT : 0) | (moreFragments ? MORE_FRAGMENTS : 0) | fragmentOffset / 8;
        segment.set(U16, offset + FLAGS_AND_FRAGMENT_OFFSET, (short) value);
        return this;
    }

    public Ipv4Header timeToLive(int value) {
        segment.set(U8, offset + TIME_TO_LIVE, (byte) value);
        return this;
    }

    public Ipv4Header protocol(int value) {
        segment.set(U8, offset + PROTOCOL, (byte) value);
        return this;
    }

    public Ipv4Header headerChecksum(int value) {
        segment.set(U16, offset + HEADER_CHECKSUM, (short) value);
        return this;
    }

    /// Computes and writes the header checksum, as the last step.
    public Ipv4Header finishHeaderChecksum() {
        headerChecksum(0);
        return headerChecksum(InternetChecksum.finish(InternetChecksum.sum(segment, offset, headerLength())));
    }

    public Ipv4Header source(int address) {
        segment.set(U32, offset + SOURCE_ADDRESS, address);
        return this;
    }

    public Ipv4Header destination(int address) {
        segment.set(U32, offset + DESTINATION_ADDRESS, address);
        return this;
    }
}
