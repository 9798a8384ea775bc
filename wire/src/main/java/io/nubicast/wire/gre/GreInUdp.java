package io.nubicast.wire.gre;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/// GRE in UDP (RFC 8086): for networks that carry no protocol 47. Pure functions.
public final class GreInUdp {
    /// The destination port (RFC 8086 section 8.1).
    public static final int PORT = 4754;
    /// The first port of those that say which flow it is (RFC 8086 section 3.2.1, RFC 6335).
    public static final int FIRST_SOURCE_PORT = 49_152;

    private static final ValueLayout.OfInt U32 = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final int TCP = 6;
    private static final int UDP = 17;
    private static final int FRAGMENT = 0x3FFF;

    private GreInUdp() {}

    /// The source port for an IPv4 packet: the same for all packets of a flow, spread over flows, so that equal paths share the
    /// load (GREU-002). Fragments count by their addresses alone, so that all of a datagram stay together.
    ///
    /// @param segment at least 20 bytes from `offset` on, and the whole IP header
    /// @param available bytes of the packet
    /// @return 49152..65535
    public static int sourcePort(MemorySegment segment, long offset, int available) {
        int first = segment.get(U32, offset);
        int protocol = segment.get(U32, offset + 8) >>> 16 & 0xFF;
        int hash = segment.get(U32, offset + 12) * 0x9E3779B1 + segment.get(U32, offset + 16);
        hash = (hash ^ hash >>> 15) * 0x85EBCA6B + protocol;
        int headerLength = (first >>> 24 & 0x0F) * 4;
        boolean fragment = (segment.get(U32, offset + 4) & FRAGMENT) != 0;
        if ((protocol == UDP || protocol == TCP) && !fragment && available >= headerLength + 4) {
            hash = (hash ^ hash >>> 13) * 0xC2B2AE35 + segment.get(U32, offset + headerLength);
        }
        hash *= 0x9E3779B1;
        return FIRST_SOURCE_PORT | hash >>> 18;
    }
}
