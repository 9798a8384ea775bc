package io.nubicast.wire;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/// A view of an ICMP destination-unreachable message (RFC 792; the MTU by RFC 1191) that quotes a UDP datagram: whom did the
/// datagram not reach, and why. Wrap, [#check(long)] once, then every accessor is total. Never allocates; one thread.
///
///      0                   1                   2                   3
///      0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
///     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
///     |     Type      |     Code      |          Checksum             |
///     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
///     |           unused (zero)       |         Next-Hop MTU          |
///     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
///     |      Internet Header + 64 bits of Original Data Datagram      |
///     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
public final class IcmpUnreachable {
    /// The ICMP type.
    public static final int TYPE_DESTINATION_UNREACHABLE = 3;
    public static final int CODE_NET_UNREACHABLE = 0;
    public static final int CODE_HOST_UNREACHABLE = 1;
    public static final int CODE_PROTOCOL_UNREACHABLE = 2;
    public static final int CODE_PORT_UNREACHABLE = 3;
    public static final int CODE_FRAGMENTATION_NEEDED = 4;

    private static final ValueLayout.OfByte U8 = ValueLayout.JAVA_BYTE;
    private static final ValueLayout.OfShort U16 = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

    private static final long TYPE = 0;
    private static final long CODE = 1;
    private static final long NEXT_HOP_MTU = 6;
    private static final long QUOTE = 8;

    private final Ipv4Header quotedIp = new Ipv4Header();
    private final UdpHeader quotedUdp = new UdpHeader();
    private MemorySegment segment = MemorySegment.NULL;
    private long offset;

    /// Puts the view over an ICMP message, that is, after the IP header that carried it.
    public IcmpUnreachable wrap(MemorySegment newSegment, long newOffset) {
        segment = newSegment;
        offset = newOffset;
        return this;
    }

    /// Whether it is such a message and quotes the first eight bytes of a UDP datagram. A quote is cut off by design, so its
    /// total length may exceed what is there; a later fragment carries no ports and does not pass.
    ///
    /// @param available bytes of the ICMP message
    /// @return the reason to ignore it, or null
    public @Nullable DropReason check(long available) {
        if (available < QUOTE + Ipv4Header.MINIMUM_LENGTH + UdpHeader.LENGTH) {
            return DropReason.TOO_SHORT;
        }
        quotedIp.wrap(segment, offset + QUOTE);
        if (type() != TYPE_DESTINATION_UNREACHABLE || quotedIp.version() != 4
                || quotedIp.headerLength() < Ipv4Header.MINIMUM_LENGTH || quotedIp.protocol() != UdpChecksum.PROTOCOL
                || quotedIp.fragmentOffset() != 0) {
            return DropReason.BAD_IP_HEADER;
        }
        if (available < QUOTE + quotedIp.headerLength() + UdpHeader.LENGTH) {
            return DropReason.TOO_SHORT;
        }
        // the kernel hands messages to raw sockets before it checks them
        if (available > 0xFFFF || InternetChecksum.sum(segment, offset, (int) available) != 0xFFFF) {
            return DropReason.BAD_CHECKSUM;
        }
        quotedUdp.wrap(segment, offset + QUOTE + quotedIp.headerLength());
        return null;
    }

    public int type() {
        return segment.get(U8, offset + TYPE) & 0xFF;
    }

    public int code() {
        return segment.get(U8, offset + CODE) & 0xFF;
    }

    /// With [#CODE_FRAGMENTATION_NEEDED], in bytes; 0 from routers older than RFC 1191.
    public int nextHopMtu() {
        return segment.get(U16, offset + NEXT_HOP_MTU) & 0xFFFF;
    }

    /// Who had sent the datagram.
    public int quotedSource() {
        return quotedIp.source();
    }

    /// Whom it did not reach.
    public int quotedDestination() {
        return quotedIp.destination();
    }

    public int quotedSourcePort() {
        return quotedUdp.sourcePort();
    }

    public int quotedDestinationPort() {
        return quotedUdp.destinationPort();
    }
}
