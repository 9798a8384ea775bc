package io.nubicast.dataplane.gre;

import io.nubicast.kernel.socket.InternetSocket.PathMtuDiscovery;
import io.nubicast.kernel.socket.RawSocket;
import io.nubicast.kernel.socket.SendBatch;
import io.nubicast.kernel.socket.SocketFilter;
import io.nubicast.kernel.sys.Errno;
import io.nubicast.kernel.sys.SystemCallException;
import io.nubicast.wire.Ipv4Header;
import io.nubicast.wire.gre.GreDropReason;
import io.nubicast.wire.gre.GreHeader;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/// Sends encapsulated packets in batches, whole with their outer headers. What is larger than the underlay takes goes through a second
/// socket, for which the kernel fragments. One thread; allocates nothing after construction.
final class Transmitter implements AutoCloseable {
    static final int SLOTS = 64;
    private static final int SEND_BUFFER_BYTES = 4 << 20;
    private static final int LOOPBACK = 0x7F000001;

    private final RawSocket whole;
    private final RawSocket fragmentingGre;
    private final RawSocket fragmentingUdp;
    private final SendBatch batch;
    private final SendBatch single;
    private final Tunnel[] owners = new Tunnel[SLOTS];
    private final int[] innerBytes = new int[SLOTS];
    private final boolean[] multicast = new boolean[SLOTS];
    private final MemorySegment[] segments = new MemorySegment[SLOTS];
    private final long[] offsets = new long[SLOTS];
    private final int[] lengths = new int[SLOTS];
    private final Ipv4Header ip = new Ipv4Header();
    private int used;

    Transmitter(Arena arena) throws SystemCallException {
        whole = RawSocket.open(RawSocket.IPPROTO_RAW);
        RawSocket gre = null;
        RawSocket udp = null;
        boolean complete = false;
        try {
            whole.sendBuffer(SEND_BUFFER_BYTES);
            whole.pathMtuDiscovery(PathMtuDiscovery.DONT);
            gre = fragmenting(RawSocket.IPPROTO_GRE);
            udp = fragmenting(RawSocket.IPPROTO_UDP);
            complete = true;
        } finally {
            if (!complete) {
                whole.close();
                if (gre != null) {
                    gre.close();
                }
            }
        }
        fragmentingGre = gre;
        fragmentingUdp = udp;
        batch = new SendBatch(arena, SLOTS, 0);
        single = new SendBatch(arena, 1, 0, SendBatch.CONTROL_BYTES);
    }

    private static RawSocket fragmenting(int protocol) throws SystemCallException {
        RawSocket socket = RawSocket.open(protocol);
        try {
            socket.attach(SocketFilter.DROP_ALL);
            // bound, so that the kernel does not even clone what the host receives for this socket to drop
            socket.bind(LOOPBACK, 0);
            socket.transparent(true);
            socket.pathMtuDiscovery(PathMtuDiscovery.DONT);
            socket.sendBuffer(SEND_BUFFER_BYTES);
            return socket;
        } catch (SystemCallException e) {
            socket.close();
            throw e;
        }
    }

    boolean isFull() {
        return used == SLOTS;
    }

    /// The place that the next [#add] takes: what it names must stay as it is until [#flush()].
    int next() {
        return used;
    }

    /// One more packet, whose outer header begins at `offset`.
    ///
    /// @param inner bytes of the packet inside, for the counters
    void add(Tunnel owner, MemorySegment segment, long offset, int length, int inner, boolean isMulticast) {
        int slot = used++;
        batch.payload(slot, segment, offset, length);
        batch.destination(slot, owner.path().destination, 0);
        owners[slot] = owner;
        innerBytes[slot] = inner;
        multicast[slot] = isMulticast;
        segments[slot] = segment;
        offsets[slot] = offset;
        lengths[slot] = length;
    }

    /// Sends all that was added, and counts it.
    void flush() {
        int first = 0;
        while (first < used) {
            int sent = batch.send(whole, first, used - first);
            if (sent > 0) {
                for (int end = first + sent; first < end; first++) {
                    owners[first].counters.sent(innerBytes[first], multicast[first]);
                }
            } else {
                failed(first, -sent);
                first++;
            }
        }
        used = 0;
    }

    private void failed(int slot, int errno) {
        Tunnel owner = owners[slot];
        if (errno == Errno.EMSGSIZE) {
            GreDropReason reason = fragmented(owner, segments[slot], offsets[slot], lengths[slot]);
            if (reason == null) {
                owner.counters.sent(innerBytes[slot], multicast[slot]);
            } else {
                owner.counters.droppedOut(reason);
            }
            return;
        }
        owner.counters.droppedOut(reason(errno));
    }

    /// Sends a packet, with its outer header, in as many fragments as the underlay needs.
    ///
    /// @return null, or why it was not sent
    @Nullable
    GreDropReason fragmented(Tunnel owner, MemorySegment segment, long offset, int length) {
        ip.wrap(segment, offset);
        if (ip.dontFragment()) {
            return GreDropReason.TOO_BIG;
        }
        RawSocket socket = ip.protocol() == GreHeader.PROTOCOL ? fragmentingGre : fragmentingUdp;
        single.payload(0, segment, offset + Ipv4Header.MINIMUM_LENGTH, length - Ipv4Header.MINIMUM_LENGTH);
        single.destination(0, ip.destination(), 0);
        single.clearControl(0);
        single.addPacketInfo(0, 0, ip.source());
        single.addTtl(0, ip.timeToLive());
        single.addTos(0, ip.typeOfService());
        int result = single.send(socket, 0, 1);
        if (result < 0) {
            return reason(-result);
        }
        owner.counters.add(TunnelCounters.FRAGMENTED_OUTER, 1);
        return null;
    }

    /// Sends one whole packet as it is; for what is rare.
    ///
    /// @return null, or why it was not sent
    @Nullable
    GreDropReason send(MemorySegment segment, long offset, int length) {
        ip.wrap(segment, offset);
        single.payload(0, segment, offset, length);
        single.destination(0, ip.destination(), 0);
        single.clearControl(0);
        int result = single.send(whole, 0, 1);
        return result < 0 ? reason(-result) : null;
    }

    private static GreDropReason reason(int errno) {
        return switch (errno) {
            case Errno.EMSGSIZE -> GreDropReason.TOO_BIG;
            case Errno.ENETUNREACH, Errno.EHOSTUNREACH, Errno.ENETDOWN, Errno.EHOSTDOWN, Errno.ENODEV ->
                GreDropReason.NO_ROUTE;
            case Errno.ENOBUFS, Errno.EAGAIN, Errno.ENOMEM -> GreDropReason.QUEUE_FULL;
            default -> GreDropReason.REFUSED;
        };
    }

    @Override
    public void close() {
        whole.close();
        fragmentingGre.close();
        fragmentingUdp.close();
    }
}
