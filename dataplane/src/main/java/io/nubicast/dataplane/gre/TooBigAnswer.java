package io.nubicast.dataplane.gre;

import io.nubicast.wire.IcmpUnreachable;
import io.nubicast.wire.InternetChecksum;
import io.nubicast.wire.Ipv4Header;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/// Tells a sender of unicast that its packets are larger than the tunnel (RFC 1191 section 4). One thread.
///
/// The message arrives on the tunnel's interface, so it cannot have an address of this host: it comes from the packet's destination,
/// which is on the other side.
final class TooBigAnswer {
    private static final int ICMP_BYTES = 8;
    private static final int QUOTED_PAYLOAD = 8;
    private static final int ICMP = 1;
    private static final ValueLayout.OfInt U32 = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

    private final MemorySegment message;
    private final Ipv4Header ip = new Ipv4Header();

    TooBigAnswer(Arena arena) {
        message = arena.allocate(Ipv4Header.MINIMUM_LENGTH + ICMP_BYTES + 60 + QUOTED_PAYLOAD, 8);
    }

    /// Answers a packet.
    ///
    /// @param packet a view of it, checked
    /// @param mtu the largest packet that passes, bytes
    void answer(Tunnel tunnel, Ipv4Header packet, MemorySegment segment, long offset, int mtu) {
        if (packet.fragmentOffset() != 0 || packet.source() >>> 28 == 0xE || packet.source() == 0
                || isIcmpError(packet, segment, offset)) {
            return;
        }
        int quoted = Math.min(packet.totalLength(), packet.headerLength() + QUOTED_PAYLOAD);
        int total = Ipv4Header.MINIMUM_LENGTH + ICMP_BYTES + quoted;
        message.set(U32, Ipv4Header.MINIMUM_LENGTH,
                IcmpUnreachable.TYPE_DESTINATION_UNREACHABLE << 24 | IcmpUnreachable.CODE_FRAGMENTATION_NEEDED << 16);
        message.set(U32, Ipv4Header.MINIMUM_LENGTH + 4, mtu);
        MemorySegment.copy(segment, offset, message, Ipv4Header.MINIMUM_LENGTH + ICMP_BYTES, quoted);
        int checksum = InternetChecksum.finish(InternetChecksum.sum(message, Ipv4Header.MINIMUM_LENGTH,
                ICMP_BYTES + quoted));
        message.set(U32, Ipv4Header.MINIMUM_LENGTH, message.get(U32, Ipv4Header.MINIMUM_LENGTH) | checksum);
        ip.wrap(message, 0).versionAndHeaderLength(Ipv4Header.MINIMUM_LENGTH).typeOfService(0xC0).totalLength(total)
                .identification(0).fragmentation(false, false, 0).timeToLive(64).protocol(ICMP)
                .source(packet.destination()).destination(packet.source()).finishHeaderChecksum();
        int ignored = tunnel.device.write(message, 0, total);
    }

    /// No errors about errors (RFC 1122 section 3.2.2): echoes are told, other messages not.
    private static boolean isIcmpError(Ipv4Header packet, MemorySegment segment, long offset) {
        if (packet.protocol() != ICMP || packet.totalLength() <= packet.headerLength()) {
            return false;
        }
        int type = segment.get(ValueLayout.JAVA_BYTE, offset + packet.headerLength());
        return type != 0 && type != 8;
    }
}
