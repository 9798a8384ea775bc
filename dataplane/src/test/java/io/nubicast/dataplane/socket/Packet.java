package io.nubicast.dataplane.socket;

import io.nubicast.kernel.socket.RawSocket;
import io.nubicast.kernel.socket.ReceiveBatch;
import io.nubicast.wire.Address;
import io.nubicast.wire.InternetChecksum;
import io.nubicast.wire.Ipv4Header;
import io.nubicast.wire.UdpChecksum;
import io.nubicast.wire.UdpHeader;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// A whole UDP datagram with its IP header, as a raw socket sees it.
final class Packet {
    final MemorySegment bytes;
    final Ipv4Header ip = new Ipv4Header();
    final UdpHeader udp = new UdpHeader();

    private Packet(MemorySegment bytes) {
        this.bytes = bytes;
        ip.wrap(bytes, 0);
        udp.wrap(bytes, ip.headerLength());
    }

    /// The next one to that port.
    static Packet receive(RawSocket socket, int destinationPort) {
        try (Arena arena = Arena.ofConfined()) {
            ReceiveBatch batch = new ReceiveBatch(arena, 1, 65_536, 0);
            for (int i = 0; i < 100; i++) {
                if (batch.receive(socket) != 1) {
                    break;
                }
                Packet packet = new Packet(MemorySegment.ofArray(
                        batch.segment().asSlice(batch.offset(0), batch.length(0)).toArray(ValueLayout.JAVA_BYTE)));
                if (packet.ip.protocol() == UdpChecksum.PROTOCOL && packet.udp.destinationPort() == destinationPort) {
                    return packet;
                }
            }
        }
        throw new AssertionError("no datagram to port " + destinationPort);
    }

    static Packet of(byte[] packet) {
        return new Packet(MemorySegment.ofArray(packet));
    }

    byte[] array() {
        return bytes.toArray(ValueLayout.JAVA_BYTE);
    }

    UdpChecksum.Verdict checksumVerdict() {
        return UdpChecksum.judge(ip, udp, InternetChecksum.sum(bytes, udp.payloadOffset(), udp.payloadLength()));
    }

    byte[] payload() {
        return bytes.asSlice(udp.payloadOffset(), udp.payloadLength()).toArray(ValueLayout.JAVA_BYTE);
    }

    /// A datagram with right checksums.
    static byte[] udp(String source, int sourcePort, String destination, int destinationPort, byte[] payload) {
        byte[] array = new byte[28 + payload.length];
        MemorySegment segment = MemorySegment.ofArray(array);
        int length = 8 + payload.length;
        Ipv4Header header = new Ipv4Header().wrap(segment, 0).versionAndHeaderLength(20).totalLength(20 + length)
                .timeToLive(8).protocol(UdpChecksum.PROTOCOL).source(Address.ipv4(source).ipv4())
                .destination(Address.ipv4(destination).ipv4()).finishHeaderChecksum();
        System.arraycopy(payload, 0, array, 28, payload.length);
        new UdpHeader().wrap(segment, 20).sourcePort(sourcePort).destinationPort(destinationPort).length(length)
                .checksum(UdpChecksum.finish(
                        UdpChecksum.pseudoHeaderSum(header.source(), header.destination(), length)
                                + UdpChecksum.headerSum(sourcePort, destinationPort, length)
                                + InternetChecksum.sum(segment, 28, payload.length)));
        return array;
    }
}
