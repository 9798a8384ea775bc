package io.nubicast.dataplane.routing;

import static org.assertj.core.api.Assertions.assertThat;

import io.nubicast.wire.InternetChecksum;
import io.nubicast.wire.Ipv4Header;
import io.nubicast.wire.UdpChecksum;
import io.nubicast.wire.UdpHeader;
import java.lang.foreign.MemorySegment;

/// Checks of packets.
final class Packets {
    private Packets() {}

    /// An IP header that is right. A UDP checksum may be unfinished where the packet never left the machine.
    static void assertWellFormed(byte[] datagram) {
        MemorySegment segment = MemorySegment.ofArray(datagram);
        Ipv4Header ip = new Ipv4Header().wrap(segment, 0);
        assertThat(ip.check(datagram.length)).isNull();
        assertThat(ip.headerChecksumIsValid()).isTrue();
        assertThat(checksum(datagram)).isIn(UdpChecksum.Verdict.VALID, UdpChecksum.Verdict.UNFINISHED);
    }

    static UdpChecksum.Verdict checksum(byte[] datagram) {
        MemorySegment segment = MemorySegment.ofArray(datagram);
        Ipv4Header ip = new Ipv4Header().wrap(segment, 0);
        int at = ip.headerLength();
        UdpHeader udp = new UdpHeader().wrap(segment, at);
        assertThat(udp.check(datagram.length - at)).isNull();
        return UdpChecksum.judge(ip, udp,
                InternetChecksum.sum(segment, at + UdpHeader.LENGTH, udp.payloadLength()));
    }
}
