package io.nubicast.dataplane.gre;

import io.nubicast.dataplane.gre.TunnelConfig.DfPolicy;
import io.nubicast.dataplane.gre.TunnelConfig.Mode;
import io.nubicast.wire.gre.GreHeader;

/// A tunnel's configuration and where its packets go now, compiled for the worker. A change is a new one.
final class TunnelPath {
    /// 0 while the source has no address.
    final int source;
    final int destination;
    final boolean up;
    final int flags;
    final int key;
    /// 0 for protocol 47
    final int udpPort;
    final boolean udpChecksummed;
    final boolean udpFixedSourcePort;
    final boolean learnPeer;
    /// Bytes in front of the inner packet.
    final int headerBytes;
    final int timeToLive;
    /// -1: the inner one's
    final int typeOfService;
    final int underlayMtu;
    final int ipMtu;
    final DfPolicy dfPolicy;
    final boolean pathMtuDiscovery;
    /// The second and third word of eight bytes of an IPv4 header: TTL, protocol, no checksum, source.
    final long ttlAndSource;
    /// Source and destination as [Ipv4Header#addresses()] has them.
    final long addresses;

    /// @param source 0 when there is none
    /// @param underlayMtu of the interface towards the destination, or of the path
    /// @param up the line protocol is
    TunnelPath(TunnelConfig config, int source, int underlayMtu, boolean up) {
        this.source = source;
        this.underlayMtu = underlayMtu;
        this.up = up;
        destination = config.destination().ipv4();
        flags = config.flags();
        key = config.key().orElse(0);
        Mode.Udp udp = config.mode() instanceof Mode.Udp it ? it : null;
        udpPort = udp == null ? 0 : udp.port();
        udpChecksummed = udp != null && udp.checksummed();
        udpFixedSourcePort = udp != null && udp.fixedSourcePort();
        learnPeer = udp != null && udp.learnPeer();
        headerBytes = config.overhead();
        timeToLive = config.timeToLive();
        typeOfService = config.typeOfService().orElse(-1);
        ipMtu = config.transportMtu(underlayMtu);
        dfPolicy = config.dfPolicy();
        pathMtuDiscovery = config.pathMtuDiscovery();
        int protocol = udp == null ? GreHeader.PROTOCOL : io.nubicast.wire.UdpChecksum.PROTOCOL;
        ttlAndSource = (long) (timeToLive << 24 | protocol << 16) << 32 | source & 0xFFFFFFFFL;
        addresses = (long) source << 32 | destination & 0xFFFFFFFFL;
    }

    boolean keyed() {
        return (flags & GreHeader.KEY_PRESENT) != 0;
    }

    boolean checksummed() {
        return (flags & GreHeader.CHECKSUM_PRESENT) != 0;
    }

    boolean sequenced() {
        return (flags & GreHeader.SEQUENCE_PRESENT) != 0;
    }
}
