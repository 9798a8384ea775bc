package io.nubicast.dataplane.gre;

import io.nubicast.dataplane.gre.TunnelConfig.DfPolicy;
import io.nubicast.kernel.sys.SystemCallException;
import io.nubicast.wire.InternetChecksum;
import io.nubicast.wire.Ipv4Header;
import io.nubicast.wire.UdpChecksum;
import io.nubicast.wire.UdpHeader;
import io.nubicast.wire.gre.GreDropReason;
import io.nubicast.wire.gre.GreHeader;
import io.nubicast.wire.gre.GreInUdp;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/// The way out: packets that the kernel sent into tunnel interfaces get their headers and go to the far ends. One thread; allocates
/// nothing a packet.
final class Encapsulator implements AutoCloseable {
    /// In front of each packet: the longest outer headers, 44 bytes, so that the packet itself begins at a cache line.
    static final int HEADROOM = 64;
    private static final int MOST_BYTES = 65_535;
    private static final long STRIDE = HEADROOM + 65_536 + 64;
    private static final int UDP_BYTES = 8;
    private static final ValueLayout.OfLong U64 = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final ValueLayout.OfInt U32 = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final long VERSION_AND_LENGTH = 0x45L << 56;
    private static final int DONT_FRAGMENT = 0x4000;

    private final MemorySegment buffers;
    private final MemorySegment pieces;
    private final Transmitter transmitter;
    private final TooBigAnswer tooBig;
    private final Ipv4Header inner = new Ipv4Header();
    private final GreHeader gre = new GreHeader();
    private final UdpHeader udp = new UdpHeader();

    Encapsulator(Arena arena) throws SystemCallException {
        buffers = arena.allocate(Transmitter.SLOTS * STRIDE, 64);
        pieces = arena.allocate(STRIDE, 64);
        tooBig = new TooBigAnswer(arena);
        transmitter = new Transmitter(arena);
    }

    /// Takes what waits at a tunnel's interface, at most a batch; what is sent is in the kernel's hands with [#flush()] at the latest.
    ///
    /// @return whether there may be more
    boolean drain(Tunnel tunnel, long nowNs) {
        for (int i = 0; i < Transmitter.SLOTS; i++) {
            if (transmitter.isFull()) {
                transmitter.flush();
            }
            long at = transmitter.next() * STRIDE + HEADROOM;
            int length = tunnel.device.read(buffers, at, MOST_BYTES);
            if (length <= 0) {
                if (i > 0) {
                    tunnel.counters.set(TunnelCounters.LAST_OUTPUT, nowNs);
                }
                return false;
            }
            encapsulate(tunnel, at, length);
        }
        tunnel.counters.set(TunnelCounters.LAST_OUTPUT, nowNs);
        return true;
    }

    /// Sends all that is ready.
    void flush() {
        transmitter.flush();
    }

    private void encapsulate(Tunnel tunnel, long at, int length) {
        TunnelPath path = tunnel.path();
        if (inner.wrap(buffers, at).check(length) != null) {
            tunnel.counters.droppedOut(length > 0 && buffers.get(ValueLayout.JAVA_BYTE, at) >>> 4 != 4
                    ? GreDropReason.UNKNOWN_PROTOCOL
                    : GreDropReason.BAD_INNER_HEADER);
            return;
        }
        if (!path.up) {
            tunnel.counters.droppedOut(GreDropReason.LINE_DOWN);
            return;
        }
        if (inner.addresses() == path.addresses && isOwn(inner.protocol())) {
            tunnel.counters.droppedOut(GreDropReason.RECURSION);
            return;
        }
        int bytes = inner.totalLength();
        boolean multicast = inner.destination() >>> 28 == 0xE;
        if (bytes > path.ipMtu) {
            transmitter.flush();
            large(tunnel, path, at, bytes, multicast);
            return;
        }
        write(tunnel, path, buffers, at, bytes);
        transmitter.add(tunnel, buffers, at - path.headerBytes, path.headerBytes + bytes, bytes, multicast);
    }

    private static boolean isOwn(int protocol) {
        return protocol == GreHeader.PROTOCOL || protocol == UdpChecksum.PROTOCOL;
    }

    /// Writes all outer headers in front of a packet.
    private void write(Tunnel tunnel, TunnelPath path, MemorySegment segment, long at, int bytes) {
        long from = at - path.headerBytes;
        int tos = path.typeOfService;
        long second = segment.get(U64, at);
        if (tos < 0) {
            tos = (int) (second >>> 48) & 0xFF;
        } else {
            // the mark of congestion is always the inner one's (RFC 6040 section 4.1)
            tos = tos & ~0b11 | (int) (second >>> 48) & 0b11;
        }
        int total = path.headerBytes + bytes;
        int fragment = path.pathMtuDiscovery ? (int) second & DONT_FRAGMENT : 0;
        int id = tunnel.nextIdentification();
        // the kernel computes the checksum
        segment.set(U64, from, VERSION_AND_LENGTH | (long) tos << 48 | (long) total << 32 | (long) id << 16 | fragment);
        segment.set(U64, from + 8, path.ttlAndSource);
        segment.set(U32, from + 16, path.destination);
        long greAt = from + Ipv4Header.MINIMUM_LENGTH;
        if (path.udpPort == 0 && path.flags == 0) {
            segment.set(U32, greAt, GreHeader.TYPE_IPV4);
            return;
        }
        if (path.udpPort != 0) {
            greAt += UDP_BYTES;
        }
        gre.wrap(segment, greAt).write(path.flags, GreHeader.TYPE_IPV4, path.key,
                path.sequenced() ? tunnel.nextSequence() : 0);
        if (path.checksummed()) {
            gre.finishChecksum(at + bytes - greAt);
        }
        if (path.udpPort != 0) {
            writeUdp(tunnel, path, segment, greAt - UDP_BYTES, (int) (at + bytes - greAt) + UDP_BYTES, at, bytes);
        }
    }

    private void writeUdp(Tunnel tunnel, TunnelPath path, MemorySegment segment, long udpAt, int udpBytes, long at,
            int bytes) {
        int learned = tunnel.learnedPort;
        udp.wrap(segment, udpAt)
                .sourcePort(path.udpFixedSourcePort ? path.udpPort : GreInUdp.sourcePort(segment, at, bytes))
                .destinationPort(path.learnPeer && learned != 0 ? learned : path.udpPort).length(udpBytes).checksum(0);
        if (path.udpChecksummed) {
            udp.checksum(UdpChecksum.finish(UdpChecksum.pseudoHeaderSum(path.source, path.destination, udpBytes)
                    + InternetChecksum.sum(segment, udpAt, udpBytes)));
        }
    }

    /// A packet larger than the IP MTU (GRE-021).
    private void large(Tunnel tunnel, TunnelPath path, long at, int bytes, boolean multicast) {
        boolean dontFragment = inner.dontFragment();
        if (multicast && path.dfPolicy == DfPolicy.FRAGMENT_OUTER) {
            write(tunnel, path, buffers, at, bytes);
            long from = at - path.headerBytes;
            int length = path.headerBytes + bytes;
            // an `ip mtu` below what the underlay takes leaves nothing to fragment outside
            GreDropReason reason = length > 0xFFFF
                    ? GreDropReason.TOO_BIG
                    : transmitter.fragmented(tunnel, buffers, from, length);
            count(tunnel, reason, bytes, true);
        } else if (multicast && path.dfPolicy == DfPolicy.CLEAR_DF_FRAGMENT_INNER || !dontFragment) {
            inPieces(tunnel, path, at, bytes, multicast);
        } else {
            tunnel.counters.droppedOut(GreDropReason.TOO_BIG);
            if (!multicast) {
                tooBig.answer(tunnel, inner, buffers, at, path.ipMtu);
            }
        }
    }

    /// Fragments a packet (RFC 791 section 3.2) and encapsulates each piece.
    private void inPieces(Tunnel tunnel, TunnelPath path, long at, int bytes, boolean multicast) {
        int headerLength = inner.headerLength();
        int payload = bytes - headerLength;
        int most = (path.ipMtu - headerLength) / 8 * 8;
        if (most < 8) {
            tunnel.counters.droppedOut(GreDropReason.TOO_BIG);
            return;
        }
        int before = inner.fragmentOffset();
        boolean more = inner.moreFragments();
        GreDropReason failure = null;
        for (int done = 0; done < payload; done += most) {
            int part = Math.min(most, payload - done);
            MemorySegment.copy(buffers, at, pieces, HEADROOM, headerLength);
            MemorySegment.copy(buffers, at + headerLength + done, pieces, HEADROOM + headerLength, part);
            inner.wrap(pieces, HEADROOM).totalLength(headerLength + part)
                    .fragmentation(false, more || done + part < payload, before + done).finishHeaderChecksum();
            write(tunnel, path, pieces, HEADROOM, headerLength + part);
            GreDropReason reason = transmitter.send(pieces, HEADROOM - path.headerBytes,
                    path.headerBytes + headerLength + part);
            failure = reason == null ? failure : reason;
        }
        tunnel.counters.add(TunnelCounters.FRAGMENTED_INNER, 1);
        count(tunnel, failure, bytes, multicast);
    }

    private static void count(Tunnel tunnel, @org.jspecify.annotations.Nullable GreDropReason reason, int bytes,
            boolean multicast) {
        if (reason == null) {
            tunnel.counters.sent(bytes, multicast);
        } else {
            tunnel.counters.droppedOut(reason);
        }
    }

    /// Sends a packet of our own through a tunnel, whatever its line protocol says; for keepalives.
    void sendKeepalive(Tunnel tunnel, byte[] packet) {
        TunnelPath path = tunnel.path();
        if (path.source == 0) {
            return;
        }
        MemorySegment.copy(packet, 0, pieces, ValueLayout.JAVA_BYTE, HEADROOM, packet.length);
        write(tunnel, path, pieces, HEADROOM, packet.length);
        GreDropReason reason = transmitter.send(pieces, HEADROOM - path.headerBytes, path.headerBytes + packet.length);
        if (reason == null) {
            tunnel.counters.add(TunnelCounters.KEEPALIVES_OUT, 1);
        } else {
            tunnel.counters.droppedOut(reason);
        }
    }

    /// Sends a whole packet as it is: a keepalive of the peer, back to it.
    boolean reflect(MemorySegment segment, long offset, int length) {
        return transmitter.send(segment, offset, length) == null;
    }

    @Override
    public void close() {
        transmitter.close();
    }
}
