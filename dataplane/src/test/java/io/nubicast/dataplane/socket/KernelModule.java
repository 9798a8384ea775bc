package io.nubicast.dataplane.socket;

import io.nubicast.wire.Address;
import io.nubicast.wire.Ipv4Header;
import io.nubicast.wire.UdpHeader;
import java.lang.foreign.MemorySegment;
import java.util.Optional;

/// What the original's kernel modules do to a packet, byte for byte: `multi_server.ko` where a host sends, `multi_client.ko` where
/// one receives. Checksums are changed incrementally (RFC 1624), as there, so that a wrong one stays wrong.
final class KernelModule {
    /// By which the client knows a copy.
    static final int MARKER = 0xE0;
    private static final int LEAST_TTL = 64;

    private KernelModule() {}

    /// The copy for a member of what a host sends to a group: destination, type of service 0xE0, TTL raised to 64; everything else
    /// is kept, ports too.
    static byte[] copy(byte[] sent, Address member) {
        byte[] copy = sent.clone();
        Ipv4Header ip = new Ipv4Header().wrap(MemorySegment.ofArray(copy), 0);
        readdress(ip, copy, member.ipv4());
        ip.typeOfService(MARKER).timeToLive(Math.max(LEAST_TTL, ip.timeToLive())).finishHeaderChecksum();
        return copy;
    }

    /// What the client turns an arriving packet into; empty where it lets it pass as it is.
    ///
    /// @param port of the entry, 0 for any
    static Optional<byte[]> restore(byte[] arrived, Address server, int port, Address group) {
        byte[] restored = arrived.clone();
        MemorySegment segment = MemorySegment.ofArray(restored);
        Ipv4Header ip = new Ipv4Header().wrap(segment, 0);
        int destinationPort = new UdpHeader().wrap(segment, ip.headerLength()).destinationPort();
        if (ip.protocol() != 17 || ip.source() != server.ipv4() || port != 0 && port != destinationPort
                || ip.typeOfService() != MARKER) {
            return Optional.empty();
        }
        int before = ip.destination();
        readdress(ip, restored, group.ipv4());
        ip.headerChecksum(replaced(ip.headerChecksum(), before, group.ipv4()));
        return Optional.of(restored);
    }

    private static void readdress(Ipv4Header ip, byte[] packet, int address) {
        UdpHeader udp = new UdpHeader().wrap(MemorySegment.ofArray(packet), ip.headerLength());
        if (udp.checksum() != 0) {
            udp.checksum(replaced(udp.checksum(), ip.destination(), address));
        }
        ip.destination(address);
    }

    /// RFC 1624: HC' = ~(~HC + ~m + m').
    private static int replaced(int checksum, int from, int to) {
        int sum = (~checksum & 0xFFFF) + (~from >>> 16) + (~from & 0xFFFF) + (to >>> 16) + (to & 0xFFFF);
        sum = (sum >>> 16) + (sum & 0xFFFF);
        return ~((sum >>> 16) + sum) & 0xFFFF;
    }
}
