package io.nubicast.dataplane.routing;

import io.nubicast.wire.Address;
import io.nubicast.wire.InternetChecksum;
import io.nubicast.wire.Ipv4Header;
import io.nubicast.wire.UdpChecksum;
import io.nubicast.wire.UdpHeader;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/// PIM Registers (RFC 7761 section 4.9.3), and what they carry.
final class Registers {
    static final int TTL = 20;
    /// What a checksum covers.
    static final int HEADER_ONLY = 8;
    static final int WHOLE = 0;
    static final int WRONG = -1;

    private static final int HEADER_BYTES = 8;
    private static final int UDP_AT = 20;
    private static final int DATAGRAM_BYTES = 30;

    private Registers() {}

    /// A UDP datagram of 30 bytes whose payload is that number.
    static byte[] datagram(Address source, Address group, int number) {
        byte[] bytes = new byte[DATAGRAM_BYTES];
        MemorySegment segment = MemorySegment.ofArray(bytes);
        new Ipv4Header().wrap(segment, 0).versionAndHeaderLength(UDP_AT).totalLength(DATAGRAM_BYTES).timeToLive(TTL)
                .protocol(UdpChecksum.PROTOCOL).source(source.ipv4()).destination(group.ipv4()).finishHeaderChecksum();
        UdpHeader udp = new UdpHeader().wrap(segment, UDP_AT);
        udp.sourcePort(5001).destinationPort(5001).length(DATAGRAM_BYTES - UDP_AT);
        bytes[28] = (byte) (number >>> 8);
        bytes[29] = (byte) number;
        int length = DATAGRAM_BYTES - UDP_AT;
        udp.checksum(UdpChecksum.finish(UdpChecksum.pseudoHeaderSum(source.ipv4(), group.ipv4(), length)
                + InternetChecksum.sum(segment, UDP_AT, length)));
        return bytes;
    }

    /// @param covered [#HEADER_ONLY], as the RFC has it, [#WHOLE], as some senders do, or [#WRONG]
    static byte[] register(byte[] inner, boolean nullRegister, int covered) {
        byte[] bytes = Arrays.copyOf(new byte[]{0x21, 0, 0, 0, (byte) (nullRegister ? 0x40 : 0)},
                HEADER_BYTES + inner.length);
        System.arraycopy(inner, 0, bytes, HEADER_BYTES, inner.length);
        int length = covered == WHOLE ? bytes.length : HEADER_BYTES;
        int checksum = InternetChecksum.finish(InternetChecksum.sum(MemorySegment.ofArray(bytes), 0, length));
        if (covered == WRONG) {
            checksum ^= 0x0101;
        }
        bytes[2] = (byte) (checksum >>> 8);
        bytes[3] = (byte) checksum;
        return bytes;
    }
}
