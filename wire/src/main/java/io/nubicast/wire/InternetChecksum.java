package io.nubicast.wire;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/// The Internet checksum (RFC 1071): the one's complement of the one's complement sum of 16-bit words in network order.
///
/// Everything here works on *sums*, which are not yet complemented: an int in 0..0xFFFF. Sums of parts are combined by adding
/// them as ints and folding once ([#fold(int)]; up to 65,537 sums fit an int), as long as every part but the last has an
/// even length. So the sum of a payload is taken once for all the copies that leave with other headers. Never allocates.
public final class InternetChecksum {
    private static final ValueLayout.OfLong U64 = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private InternetChecksum() {}

    /// The sum of `length` bytes; an odd last byte counts as if a zero byte followed (RFC 1071 section 1).
    ///
    /// Reads eight bytes at a time in little-endian order: the sum does not depend on the byte order but for one swap at the
    /// end (RFC 1071 section 2 B), nor on the width of the words that are added (section 2 C).
    ///
    /// @return 0..0xFFFF
    /// @throws IndexOutOfBoundsException when the segment has fewer bytes
    public static int sum(MemorySegment segment, long offset, int length) {
        long sum = 0;
        int at = 0;
        for (; at <= length - 8; at += 8) {
            long word = segment.get(U64, offset + at);
            sum += (word & 0xFFFFFFFFL) + (word >>> 32);
        }
        if (at < length) {
            long word = 0;
            for (int shift = 0; at < length; at++, shift += 8) {
                word |= (segment.get(ValueLayout.JAVA_BYTE, offset + at) & 0xFFL) << shift;
            }
            sum += (word & 0xFFFFFFFFL) + (word >>> 32);
        }
        sum = (sum & 0xFFFFFFFFL) + (sum >>> 32);
        sum = (sum & 0xFFFFFFFFL) + (sum >>> 32);
        int folded = fold((int) (sum & 0xFFFF) + (int) (sum >>> 16));
        return (folded & 0xFF) << 8 | folded >>> 8;
    }

    /// Brings a total of sums back into 0..0xFFFF by adding the carries in.
    ///
    /// @param total taken as unsigned
    public static int fold(int total) {
        int once = (total & 0xFFFF) + (total >>> 16);
        return (once & 0xFFFF) + (once >>> 16);
    }

    /// The sum of the two words of an IPv4 address, not folded: 0..0x1FFFE.
    public static int addressSum(int address) {
        return (address >>> 16) + (address & 0xFFFF);
    }

    /// What goes into a header's checksum field for this total of sums.
    public static int finish(int total) {
        return ~fold(total) & 0xFFFF;
    }

    /// The checksum after one of the words that it covers has changed (RFC 1624 equation 3).
    ///
    /// @param checksum the field as it stands in the header, 0..0xFFFF
    public static int update(int checksum, int oldWord, int newWord) {
        return finish((~checksum & 0xFFFF) + (~oldWord & 0xFFFF) + (newWord & 0xFFFF));
    }

    /// [#update(int, int, int)] for a field of 32 bits, such as an address.
    public static int updateAddress(int checksum, int oldAddress, int newAddress) {
        return finish((~checksum & 0xFFFF) + addressSum(~oldAddress) + addressSum(newAddress));
    }
}
