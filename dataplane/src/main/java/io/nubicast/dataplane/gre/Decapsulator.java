package io.nubicast.dataplane.gre;

import io.nubicast.kernel.socket.RawSocket;
import io.nubicast.kernel.socket.ReceiveBatch;
import io.nubicast.kernel.socket.UdpSocket;
import io.nubicast.kernel.sys.SystemCallException;
import io.nubicast.wire.InternetChecksum;
import io.nubicast.wire.Ipv4Header;
import io.nubicast.wire.gre.GreDropReason;
import io.nubicast.wire.gre.GreHeader;
import io.nubicast.wire.gre.GreKeepalive;
import io.nubicast.wire.gre.TunnelEcn;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/// The way in: what arrives as GRE is checked, and its inner packets arrive on the tunnels' interfaces. One thread; allocates nothing a
/// packet.
final class Decapsulator implements AutoCloseable {
    private static final int SLOTS = 64;
    private static final int SLOT_BYTES = 65_536;
    private static final int RECEIVE_BUFFER_BYTES = 8 << 20;
    private static final int UDP_CONTROL_BYTES = 128;
    private static final ValueLayout.OfShort U16 = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

    /// Open while there is a tunnel, whatever its state: without, the kernel answers that nobody speaks the protocol (FWD-012).
    final RawSocket socket;
    private final ReceiveBatch batch;
    private final Arena arena;
    private final Encapsulator reflector;
    private final Ipv4Header ip = new Ipv4Header();
    private final GreHeader gre = new GreHeader();
    private final GreHeader innerGre = new GreHeader();
    private @Nullable ReceiveBatch udpBatch;
    /// What belongs to no tunnel.
    final TunnelCounters strangers = new TunnelCounters();
    private long overflow;

    Decapsulator(Arena arena, Encapsulator reflector) throws SystemCallException {
        this.arena = arena;
        this.reflector = reflector;
        socket = RawSocket.open(RawSocket.IPPROTO_GRE);
        try {
            socket.receiveBuffer(RECEIVE_BUFFER_BYTES);
        } catch (SystemCallException e) {
            socket.close();
            throw e;
        }
        batch = new ReceiveBatch(arena, SLOTS, SLOT_BYTES, 0, false);
    }

    /// A socket for GRE in UDP, for [#drain(UdpSocket, int, TunnelTable, long)].
    static UdpSocket open(int port) throws SystemCallException {
        UdpSocket udp = UdpSocket.open();
        try {
            udp.receiveBuffer(RECEIVE_BUFFER_BYTES);
            udp.receivePacketInfo(true);
            udp.receiveTos(true);
            udp.bind(0, port);
            return udp;
        } catch (SystemCallException e) {
            udp.close();
            throw e;
        }
    }

    /// Takes what waits, at most a batch.
    ///
    /// @return whether there may be more
    boolean drain(TunnelTable table, long nowNs) {
        int received = batch.receiveNow(socket);
        MemorySegment segment = batch.segment();
        for (int slot = 0; slot < received; slot++) {
            long at = batch.offset(slot);
            int length = batch.length(slot);
            if (ip.wrap(segment, at).check(length) != null) {
                strangers.droppedIn(GreDropReason.BAD_OUTER_HEADER, 1);
                continue;
            }
            int headerLength = ip.headerLength();
            decapsulate(table, segment, at + headerLength, ip.totalLength() - headerLength, ip.destination(),
                    ip.source(), 0, 0, ip.typeOfService(), nowNs);
        }
        return received == SLOTS;
    }

    /// Takes what waits at a UDP port, at most a batch.
    boolean drain(UdpSocket udp, int port, TunnelTable table, long nowNs) {
        ReceiveBatch in = udpBatch;
        if (in == null) {
            in = new ReceiveBatch(arena, SLOTS, SLOT_BYTES, UDP_CONTROL_BYTES, true);
            udpBatch = in;
        }
        int received = in.receiveNow(udp);
        for (int slot = 0; slot < received; slot++) {
            decapsulate(table, in.segment(), in.offset(slot), in.length(slot), in.destinationAddress(slot),
                    in.sourceAddress(slot), port, in.sourcePort(slot), Math.max(0, in.tos(slot)), nowNs);
        }
        return received == SLOTS;
    }

    /// Looks for packets that the receive buffer had no room for. Now and then.
    void countLost() {
        long now = socket.receiveOverflow();
        if (now > overflow) {
            strangers.droppedIn(GreDropReason.RECEIVE_BUFFER_FULL, now - overflow);
            overflow = now;
        }
    }

    /// @param local the outer destination
    /// @param remote the outer source
    /// @param udpPort to which it came, 0 for protocol 47
    private void decapsulate(TunnelTable table, MemorySegment segment, long at, int bytes, int local, int remote,
            int udpPort, int remotePort, int outerTos, long nowNs) {
        GreDropReason reason = gre.wrap(segment, at).check(bytes);
        if (reason != null) {
            Tunnel known = table.between(local, remote, udpPort);
            (known == null ? strangers : known.counters).droppedIn(reason, 1);
            return;
        }
        boolean keyed = gre.hasKey();
        Tunnel tunnel = table.find(local, remote, udpPort, keyed, keyed ? gre.key() : 0);
        if (tunnel == null) {
            Tunnel other = table.between(local, remote, udpPort);
            if (other == null) {
                strangers.droppedIn(GreDropReason.UNKNOWN_TUNNEL, 1);
            } else {
                other.counters.droppedIn(GreDropReason.KEY_MISMATCH, 1);
            }
            return;
        }
        reason = accept(tunnel, segment, at, bytes, outerTos, nowNs);
        if (reason != null) {
            tunnel.counters.droppedIn(reason, 1);
            return;
        }
        if (remotePort != 0 && tunnel.learnedPort != remotePort) {
            tunnel.learnedPort = remotePort;
        }
    }

    private @Nullable GreDropReason accept(Tunnel tunnel, MemorySegment segment, long at, int bytes, int outerTos,
            long nowNs) {
        TunnelPath path = tunnel.path();
        if (gre.hasChecksum() && !gre.checksumIsValid(bytes)) {
            return GreDropReason.BAD_CHECKSUM;
        }
        int type = gre.protocolType();
        if (type == GreHeader.TYPE_KEEPALIVE) {
            tunnel.counters.add(TunnelCounters.KEEPALIVES_IN, 1);
            tunnel.onKeepaliveAnswer();
            return null;
        }
        if (type != GreHeader.TYPE_IPV4) {
            return GreDropReason.UNKNOWN_PROTOCOL;
        }
        int greBytes = gre.length();
        long innerAt = at + greBytes;
        if (ip.wrap(segment, innerAt).check(bytes - greBytes) != null) {
            return GreDropReason.BAD_INNER_HEADER;
        }
        int innerBytes = ip.totalLength();
        if (ip.protocol() == GreHeader.PROTOCOL && GreKeepalive.isAnswer(ip, innerGre, segment, innerAt)) {
            return reflect(tunnel, path, segment, innerAt, innerBytes);
        }
        if (!path.up) {
            return GreDropReason.LINE_DOWN;
        }
        // last of all that judges: a damaged packet must not move the window
        if (path.sequenced() && gre.hasSequence() && !tunnel.sequenceGuard.accepts(gre.sequence(), nowNs)) {
            return GreDropReason.OUT_OF_ORDER;
        }
        int outerEcn = outerTos & 0b11;
        if (outerEcn != TunnelEcn.NOT_ECT && !carryMark(segment, innerAt, outerEcn)) {
            return GreDropReason.CONGESTION;
        }
        boolean multicast = ip.destination() >>> 28 == 0xE;
        if (tunnel.device.write(segment, innerAt, innerBytes) < 0) {
            return GreDropReason.INTERFACE_DOWN;
        }
        tunnel.counters.received(innerBytes, multicast);
        tunnel.counters.set(TunnelCounters.LAST_INPUT, nowNs);
        return null;
    }

    /// RFC 6040 section 4.2.
    ///
    /// @return false when the packet must be dropped
    private boolean carryMark(MemorySegment segment, long innerAt, int outerEcn) {
        int tos = ip.typeOfService();
        int ecn = TunnelEcn.decapsulated(tos & 0b11, outerEcn);
        if (ecn == TunnelEcn.DROP) {
            return false;
        }
        if (ecn != (tos & 0b11)) {
            int oldWord = segment.get(U16, innerAt) & 0xFFFF;
            ip.typeOfService(tos & ~0b11 | ecn);
            ip.headerChecksum(InternetChecksum.update(ip.headerChecksum(), oldWord, oldWord & ~0b11 | ecn));
        }
        return true;
    }

    /// The peer's keepalive goes back to it, and to nobody else (GRE-040).
    private @Nullable GreDropReason reflect(Tunnel tunnel, TunnelPath path, MemorySegment segment, long innerAt,
            int innerBytes) {
        if (ip.destination() != path.destination || ip.source() != path.source || ip.timeToLive() <= 1) {
            return GreDropReason.BAD_KEEPALIVE;
        }
        ip.timeToLive(ip.timeToLive() - 1).finishHeaderChecksum();
        if (reflector.reflect(segment, innerAt, innerBytes)) {
            tunnel.counters.add(TunnelCounters.KEEPALIVES_REFLECTED, 1);
        }
        return null;
    }

    @Override
    public void close() {
        socket.close();
    }
}
