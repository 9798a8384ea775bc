package io.nubicast.dataplane.forwarder;

import io.nubicast.kernel.socket.FrameBatch;
import io.nubicast.kernel.socket.FrameSocket;
import io.nubicast.kernel.sys.Errno;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/// Frames on their way out: a header each, the packet shared. Guarded by the plane's lock; allocates nothing after construction.
final class Copies {
    private static final int SLOTS = 256;
    private static final int VIRTIO_AND_ETHERNET = Virtio.BYTES + Port.ETHERNET_BYTES;
    private static final long SOURCE = Virtio.BYTES + 6;
    private static final long TYPE = Virtio.BYTES + 12;
    private static final short IPV4 = 0x0800;
    private static final ValueLayout.OfShort U16 = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final ValueLayout.OfInt U32 = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    /// RFC 1112 section 6.4: 01:00:5E and the lower 23 bits of the group.
    private static final int MULTICAST_HIGH = 0x0100;
    private static final int MULTICAST_LOW = 0x5E00_0000;
    private static final int GROUP_BITS = 0x007F_FFFF;

    private final FrameSocket socket;
    private final FrameBatch batch;
    private final Port[] ports;
    private final int[] lengths;
    private final int[] packets;
    private int used;
    private long tooBig;
    private long failed;

    Copies(FrameSocket socket, Arena arena, Port nowhere) {
        this.socket = socket;
        batch = new FrameBatch(arena, SLOTS);
        ports = new Port[SLOTS];
        java.util.Arrays.fill(ports, nowhere);
        lengths = new int[SLOTS];
        packets = new int[SLOTS];
    }

    /// Adds a copy, which leaves with the next [#flush()]: until then the packet must stay as it is.
    ///
    /// @param virtio where its virtio_net_hdr is, made for a link header of `linkBytes`
    /// @param count datagrams in it, more than one of a burst
    void add(Port port, int group, MemorySegment segment, long ipAt, int length, MemorySegment virtio, long virtioAt,
            int linkBytes, int count) {
        if (used == SLOTS) {
            flush();
        }
        int slot = used++;
        MemorySegment headers = batch.headers();
        long at = batch.headerOffset(slot);
        Virtio.copy(virtio, virtioAt, linkBytes, headers, at, port.linkBytes);
        if (port.linkBytes == 0) {
            batch.headerLength(slot, Virtio.BYTES);
        } else {
            headers.set(U16, at + Virtio.BYTES, (short) MULTICAST_HIGH);
            headers.set(U32, at + Virtio.BYTES + 2, MULTICAST_LOW | group & GROUP_BITS);
            headers.set(U32, at + SOURCE, (int) (port.hardwareAddress >>> 16));
            headers.set(U16, at + SOURCE + 4, (short) port.hardwareAddress);
            headers.set(U16, at + TYPE, IPV4);
            batch.headerLength(slot, VIRTIO_AND_ETHERNET);
        }
        batch.device(slot, port.index);
        batch.payload(slot, segment.address() + ipAt, length);
        ports[slot] = port;
        lengths[slot] = length;
        packets[slot] = count;
    }

    /// Sends all.
    void flush() {
        int first = 0;
        while (first < used) {
            int sent = batch.send(socket, first, used - first);
            if (sent <= 0) {
                if (sent == -Errno.EMSGSIZE) {
                    tooBig++;
                } else {
                    failed++;
                }
                first++;
                continue;
            }
            for (int slot = first; slot < first + sent; slot++) {
                ports[slot].packetsOut += packets[slot];
                ports[slot].bytesOut += lengths[slot];
            }
            first += sent;
        }
        used = 0;
    }

    long tooBig() {
        return tooBig;
    }

    long failed() {
        return failed;
    }
}
