package io.nubicast.wire.gre;

import io.nubicast.wire.Ipv4Header;
import java.lang.foreign.MemorySegment;
import java.util.OptionalInt;

/// The keepalive of Cisco routers: a packet through the tunnel in which the answer lies ready, so that the peer needs to do nothing but
/// route it back.
///
///     IP  self -> peer, GRE             the tunnel's own header
///     GRE 0x0800
///       IP  peer -> self, GRE           what the peer sends back
///       GRE 0x0000                      nothing follows
public final class GreKeepalive {
    /// The precedence that routers give their own packets: internetwork control.
    private static final int INTERNETWORK_CONTROL = 0xC0;
    private static final int TIME_TO_LIVE = 255;

    private GreKeepalive() {}

    /// Bytes of what goes into the tunnel.
    public static int length(OptionalInt key) {
        return Ipv4Header.MINIMUM_LENGTH + (key.isPresent() ? 8 : 4);
    }

    /// What goes into the tunnel of `self` to `peer`: a whole IP packet.
    ///
    /// @param key the tunnel's: the answer must pass the same check as every packet
    public static byte[] answer(int self, int peer, OptionalInt key) {
        int length = length(key);
        MemorySegment packet = MemorySegment.ofArray(new byte[length]);
        new Ipv4Header().wrap(packet, 0).versionAndHeaderLength(Ipv4Header.MINIMUM_LENGTH)
                .typeOfService(INTERNETWORK_CONTROL).totalLength(length).timeToLive(TIME_TO_LIVE)
                .protocol(GreHeader.PROTOCOL).source(peer).destination(self).finishHeaderChecksum();
        new GreHeader().wrap(packet, Ipv4Header.MINIMUM_LENGTH).write(
                key.isPresent() ? GreHeader.KEY_PRESENT : 0, GreHeader.TYPE_KEEPALIVE, key.orElse(0), 0);
        return packet.toArray(java.lang.foreign.ValueLayout.JAVA_BYTE);
    }

    /// Whether a packet out of a tunnel is one that waits to be sent back: IP of protocol 47 that holds a GRE header of type 0.
    ///
    /// @param ip checked
    /// @param gre for use inside
    public static boolean isAnswer(Ipv4Header ip, GreHeader gre, MemorySegment segment, long offset) {
        if (ip.protocol() != GreHeader.PROTOCOL || ip.isFragment()) {
            return false;
        }
        int headerLength = ip.headerLength();
        return gre.wrap(segment, offset + headerLength).check(ip.totalLength() - headerLength) == null
                && gre.protocolType() == GreHeader.TYPE_KEEPALIVE;
    }
}
