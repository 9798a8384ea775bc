package io.nubicast.router.sim;

import io.nubicast.router.port.Packet;
import io.nubicast.wire.Address;
import io.nubicast.wire.DropReason;
import io.nubicast.wire.Ipv4Header;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Optional;

/// IPv4 packets as bytes.
public final class Ipv4 {
    private static final int ROUTER_ALERT = 0x94040000;

    private static final ValueLayout.OfInt U32 = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

    private Ipv4() {}

    /// A packet with its header.
    public static byte[] packet(Packet packet, Address source) {
        int header = packet.routerAlert() ? 24 : 20;
        byte[] bytes = new byte[header + Math.toIntExact(packet.payload().byteSize())];
        MemorySegment segment = MemorySegment.ofArray(bytes);
        MemorySegment.copy(packet.payload(), 0, segment, header, packet.payload().byteSize());
        if (packet.routerAlert()) {
            segment.set(U32, 20,
                    ROUTER_ALERT);
        }
        new Ipv4Header().wrap(segment, 0).versionAndHeaderLength(header).typeOfService(packet.typeOfService())
                .totalLength(bytes.length).timeToLive(packet.ttl()).protocol(packet.protocol()).source(source.ipv4())
                .destination(packet.destination().ipv4()).finishHeaderChecksum();
        return bytes;
    }

    /// Takes a packet apart; empty when its header is no good.
    public static Optional<Packet> parse(byte[] bytes) {
        MemorySegment segment = MemorySegment.ofArray(bytes);
        Ipv4Header header = new Ipv4Header().wrap(segment, 0);
        DropReason reason = header.check(bytes.length);
        if (reason != null) {
            return Optional.empty();
        }
        return Optional.of(new Packet(Address.ofIpv4(header.source()), Address.ofIpv4(header.destination()),
                header.protocol(), header.timeToLive(), header.typeOfService(), header.headerLength() == 24,
                segment.asSlice(header.headerLength(), header.totalLength() - header.headerLength())));
    }

    /// The packet one hop further.
    public static byte[] hop(byte[] bytes) {
        byte[] next = bytes.clone();
        Ipv4Header header = new Ipv4Header().wrap(MemorySegment.ofArray(next), 0);
        header.timeToLive(header.timeToLive() - 1).finishHeaderChecksum();
        return next;
    }
}
