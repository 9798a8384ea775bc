package io.nubicast.dataplane.socket;

import io.nubicast.dataplane.linux.SendErrors;
import io.nubicast.forwarding.ReplicationCounters;
import io.nubicast.forwarding.Rewrite;
import io.nubicast.kernel.netlink.RouteEvent.Link;
import io.nubicast.kernel.socket.InternetSocket.PathMtuDiscovery;
import io.nubicast.kernel.socket.RawSocket;
import io.nubicast.kernel.socket.SendBatch;
import io.nubicast.kernel.socket.SocketFilter;
import io.nubicast.kernel.sys.Errno;
import io.nubicast.kernel.sys.SystemCallException;
import io.nubicast.wire.Ipv4Header;
import io.nubicast.wire.UdpChecksum;
import io.nubicast.wire.UdpHeader;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/// Sends restored multicast by one interface: raw datagrams with their original source (PRX-020), collected into a batch. What
/// is above the interface's MTU goes by a second socket, on which the kernel writes the IP header and fragments. Everything
/// carries [#MARK], by which a proxy server on this host knows that it is not an application's (PRX-030).
///
/// One thread. A payload that was added must stay as it is until [#flush()].
final class RestoreOutput implements AutoCloseable {
    /// "nubi": SO_MARK of restored multicast.
    static final int MARK = 0x6e756269;

    private static final int SLOTS = 256;
    private static final int HEADER_BYTES = Ipv4Header.MINIMUM_LENGTH + UdpHeader.LENGTH;
    private static final int SEND_BUFFER_BYTES = 64 << 20;
    private static final int LOOPBACK = 0x7F000001;

    private final int interfaceIndex;
    private final boolean loop;
    private final boolean broadcast;
    private final Arena arena = Arena.ofShared();
    private final RawSocket socket;
    private final RawSocket fragmenting;
    private final SendBatch batch;
    private final SendBatch single;
    private final MemorySegment[] payloads = new MemorySegment[SLOTS];
    private final long[] payloadOffsets = new long[SLOTS];
    private final int[] payloadLengths = new int[SLOTS];
    private final @Nullable ReplicationCounters[] counters = new ReplicationCounters[SLOTS];
    private final Ipv4Header ip = new Ipv4Header();
    private final UdpHeader udp = new UdpHeader();
    private int mtu;
    private int queued;
    private int lastErrno;

    /// @param loop whether applications on this host that joined on the interface get it too
    /// @param broadcast for broadcast addresses of the interface, which reach applications here in any case
    RestoreOutput(Link link, boolean loop, boolean broadcast) throws SystemCallException {
        this.interfaceIndex = link.index();
        this.loop = loop;
        this.broadcast = broadcast;
        mtu(link.mtu());
        RawSocket opened = RawSocket.open(RawSocket.IPPROTO_RAW);
        RawSocket second = null;
        try {
            opened.headerIncluded(true);
            prepare(opened, link);
            opened.receiveErrors(true);
            second = RawSocket.open(RawSocket.IPPROTO_UDP);
            second.attach(SocketFilter.DROP_ALL);
            // Bound, so that the kernel does not even clone for it what the host receives.
            second.bind(LOOPBACK, 0);
            second.transparent(true);
            second.pathMtuDiscovery(PathMtuDiscovery.DONT);
            prepare(second, link);
        } catch (SystemCallException e) {
            opened.close();
            if (second != null) {
                second.close();
            }
            arena.close();
            throw e;
        }
        socket = opened;
        fragmenting = second;
        batch = new SendBatch(arena, SLOTS, HEADER_BYTES);
        single = new SendBatch(arena, 1, UdpHeader.LENGTH, SendBatch.CONTROL_BYTES);
    }

    private void prepare(RawSocket raw, Link link) throws SystemCallException {
        if (broadcast) {
            raw.broadcast(true);
            raw.bindToDevice(link.name());
        }
        raw.multicastInterface(interfaceIndex);
        raw.multicastLoop(loop);
        raw.mark(MARK);
        raw.sendBuffer(SEND_BUFFER_BYTES);
    }

    int interfaceIndex() {
        return interfaceIndex;
    }

    boolean loop() {
        return loop;
    }

    boolean broadcast() {
        return broadcast;
    }

    /// The interface may have another MTU now.
    ///
    /// @param bytes 0 when unknown: the kernel then tells
    final void mtu(int bytes) {
        mtu = bytes == 0 ? Integer.MAX_VALUE : bytes;
    }

    /// Queues a datagram to the group, or sends it at once when it must be fragmented.
    ///
    /// @param port of the group, or [Rewrite#KEEP_PORT]
    void add(RestoreDatagram datagram, int group, int port, int ttl, ReplicationCounters replication) {
        if (queued == SLOTS) {
            flush();
        }
        int slot = queued;
        int udpLength = UdpHeader.LENGTH + datagram.length;
        MemorySegment headers = batch.headers();
        long at = batch.headerOffset(slot);
        ip.wrap(headers, at).versionAndHeaderLength(Ipv4Header.MINIMUM_LENGTH).typeOfService(datagram.tos)
                .totalLength(Ipv4Header.MINIMUM_LENGTH + udpLength).identification(0).fragmentation(false, false, 0)
                .timeToLive(ttl).protocol(UdpChecksum.PROTOCOL).headerChecksum(0).source(datagram.source)
                .destination(group);
        int destinationPort = port == Rewrite.KEEP_PORT ? datagram.destinationPort : port;
        int checksum = 0;
        if (datagram.hasChecksum) {
            checksum = UdpChecksum.finish(UdpChecksum.pseudoHeaderSum(datagram.source, group, udpLength)
                    + UdpChecksum.headerSum(datagram.sourcePort, destinationPort, udpLength) + datagram.payloadSum());
        }
        udp.wrap(headers, at + Ipv4Header.MINIMUM_LENGTH).sourcePort(datagram.sourcePort)
                .destinationPort(destinationPort).length(udpLength).checksum(checksum);
        batch.destination(slot, group, 0);
        batch.payload(slot, datagram.segment, datagram.offset, datagram.length);
        payloads[slot] = datagram.segment;
        payloadOffsets[slot] = datagram.offset;
        payloadLengths[slot] = datagram.length;
        counters[slot] = replication;
        queued++;
        if (HEADER_BYTES + datagram.length > mtu) {
            queued--;
            // Order is kept: what was queued before leaves before.
            flushTo(slot);
            count(slot, fragmented(slot));
        }
    }

    /// Sends what is queued.
    void flush() {
        flushTo(queued);
    }

    private void flushTo(int end) {
        int sent = 0;
        while (sent < end) {
            int result = batch.send(socket, sent, end - sent);
            if (result > 0) {
                for (int slot = sent; slot < sent + result; slot++) {
                    count(slot, 0);
                }
                sent += result;
            } else {
                // The MTU may be smaller than we know.
                count(sent, result == -Errno.EMSGSIZE ? fragmented(sent) : result);
                sent++;
            }
        }
        queued = 0;
    }

    /// Sends the datagram of a slot by the fragmenting socket. 0 or `-errno`.
    private int fragmented(int slot) {
        ip.wrap(batch.headers(), batch.headerOffset(slot));
        MemorySegment.copy(batch.headers(), batch.headerOffset(slot) + Ipv4Header.MINIMUM_LENGTH, single.headers(),
                single.headerOffset(0), UdpHeader.LENGTH);
        single.destination(0, ip.destination(), 0);
        single.payload(0, payloads[slot], payloadOffsets[slot], payloadLengths[slot]);
        single.clearControl(0);
        single.addPacketInfo(0, interfaceIndex, ip.source());
        single.addTtl(0, ip.timeToLive());
        single.addTos(0, ip.typeOfService());
        return Math.min(0, single.send(fragmenting, 0, 1));
    }

    private void count(int slot, int result) {
        ReplicationCounters replication = counters[slot];
        if (replication == null) {
            return;
        }
        if (result == 0) {
            replication.sent(payloadLengths[slot]);
            lastErrno = 0;
        } else if (result == lastErrno) {
            replication.failed(SendErrors.kind(-result));
        } else {
            // A burst of one error gets one time stamp: that allocates.
            lastErrno = result;
            replication.failed(SendErrors.kind(-result), System.currentTimeMillis());
        }
    }

    @Override
    public void close() {
        socket.close();
        fragmenting.close();
        arena.close();
    }
}
