package io.nubicast.dataplane.linux;

import io.nubicast.wire.InternetChecksum;
import io.nubicast.wire.Ipv4Header;
import io.nubicast.wire.UdpChecksum;
import io.nubicast.wire.UdpHeader;
import java.lang.foreign.MemorySegment;

/// Finishes the UDP checksum of packets that never were on a wire: their sender left it to a device (CHECKSUM_PARTIAL), and whoever
/// reads them from the kernel gets the sum of the pseudo-header instead (FWD-003). Never allocates; one thread.
public final class UnfinishedChecksum {
    private static final int CHECKSUM = 6;

    private final Ipv4Header ip = new Ipv4Header();
    private final UdpHeader udp = new UdpHeader();

    /// Finishes it, where it is unfinished; else changes nothing.
    ///
    /// @param offset of the IP header
    /// @param length of the packet, as long as the header says at least
    /// @return whether it was unfinished
    public boolean finish(MemorySegment segment, long offset, int length) {
        ip.wrap(segment, offset);
        if (ip.check(length) != null || ip.protocol() != UdpChecksum.PROTOCOL || ip.isFragment()) {
            return false;
        }
        int headerLength = ip.headerLength();
        int udpLength = ip.totalLength() - headerLength;
        if (udpLength < UdpHeader.LENGTH) {
            return false;
        }
        udp.wrap(segment, offset + headerLength);
        int pseudoHeaderSum = UdpChecksum.pseudoHeaderSum(ip.source(), ip.destination(), udpLength);
        int checksum = udp.checksum();
        // Cheaper than a sum over the payload, and false for nearly all packets from a wire.
        if (checksum != InternetChecksum.fold(pseudoHeaderSum)) {
            return false;
        }
        int restSum = InternetChecksum.sum(segment, offset + headerLength, CHECKSUM)
                + InternetChecksum.sum(segment, offset + headerLength + UdpHeader.LENGTH,
                        udpLength - UdpHeader.LENGTH);
        if (UdpChecksum.judge(checksum, pseudoHeaderSum, restSum) != UdpChecksum.Verdict.UNFINISHED) {
            return false;
        }
        udp.checksum(UdpChecksum.finish(pseudoHeaderSum + restSum));
        return true;
    }
}
