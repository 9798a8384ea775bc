package io.nubicast.wire;

/// The checksum of UDP over IPv4 (RFC 768): over a pseudo-header, the UDP header and the payload.
///
///      0      7 8     15 16    23 24    31
///     +--------+--------+--------+--------+
///     |          source address           |
///     +--------+--------+--------+--------+
///     |        destination address        |
///     +--------+--------+--------+--------+
///     |  zero  |protocol|   UDP length    |
///     +--------+--------+--------+--------+
///
/// Sums are those of [InternetChecksum]. Never allocates.
public final class UdpChecksum {
    /// IPPROTO_UDP.
    public static final int PROTOCOL = 17;

    /// What a received checksum field says about its datagram.
    public enum Verdict {
        /// Right.
        VALID,
        /// Only the sum of the pseudo-header: the kernel left the rest to the device (CHECKSUM_PARTIAL), as it does with all
        /// that a local application sends. The datagram never was on a wire and is taken as right.
        UNFINISHED,
        /// 0: the sender computed none (RFC 768).
        NONE,
        /// Anything else.
        WRONG
    }

    private UdpChecksum() {}

    /// The sum of the pseudo-header, not folded.
    ///
    /// @param udpLength header and payload, 8..65535
    public static int pseudoHeaderSum(int source, int destination, int udpLength) {
        return InternetChecksum.addressSum(source) + InternetChecksum.addressSum(destination) + PROTOCOL + udpLength;
    }

    /// The sum of the UDP header without its checksum field, not folded.
    public static int headerSum(int sourcePort, int destinationPort, int udpLength) {
        return sourcePort + destinationPort + udpLength;
    }

    /// What to write into the field: a checksum that comes out as 0 is sent as 0xFFFF, because 0 means none (RFC 768).
    ///
    /// @param total pseudo-header, header and payload
    /// @return 1..0xFFFF
    public static int finish(int total) {
        int checksum = InternetChecksum.finish(total);
        return checksum == 0 ? 0xFFFF : checksum;
    }

    /// Judges a received datagram by sums that are needed for its copies anyway.
    ///
    /// @param checksum the field as received
    /// @param pseudoHeaderSum as by [#pseudoHeaderSum(int, int, int)]
    /// @param restSum header without the checksum field, and payload
    public static Verdict judge(int checksum, int pseudoHeaderSum, int restSum) {
        if (checksum == 0) {
            return Verdict.NONE;
        }
        if (InternetChecksum.fold(pseudoHeaderSum + restSum + checksum) == 0xFFFF) {
            return Verdict.VALID;
        }
        return checksum == InternetChecksum.fold(pseudoHeaderSum) ? Verdict.UNFINISHED : Verdict.WRONG;
    }

    /// Judges a received datagram whose headers have passed their checks.
    ///
    /// @param payloadSum of the `udp.payloadLength()` bytes after the header
    public static Verdict judge(Ipv4Header ip, UdpHeader udp, int payloadSum) {
        int udpLength = udp.length();
        return judge(udp.checksum(), pseudoHeaderSum(ip.source(), ip.destination(), udpLength),
                headerSum(udp.sourcePort(), udp.destinationPort(), udpLength) + payloadSum);
    }
}
