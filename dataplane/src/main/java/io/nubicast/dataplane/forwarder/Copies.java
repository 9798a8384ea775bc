package io.nubicast.dataplane.forwarder;

import io.nubicast.kernel.socket.FrameBatch;
import io.nubicast.kernel.socket.FrameSocket;
import io.nubicast.kernel.sys.Errno;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Arrays;

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
    private final MemorySegment[] segments;
    private final long[] places = new long[SLOTS];
    private final int[] groups = new int[SLOTS];
    private final int[] lengths = new int[SLOTS];
    private final int[] packets = new int[SLOTS];
    private final Fragments fragments;
    private int used;
    private long tooBig;
    private long failed;

    Copies(FrameSocket socket, Arena arena, Port nowhere) {
        this.socket = socket;
        batch = new FrameBatch(arena, SLOTS);
        ports = new Port[SLOTS];
        Arrays.fill(ports, nowhere);
        segments = new MemorySegment[SLOTS];
        Arrays.fill(segments, MemorySegment.NULL);
        fragments = new Fragments(socket, arena);
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
        Virtio.copy(virtio, virtioAt, linkBytes, batch.headers(), batch.headerOffset(slot), port.linkBytes);
        linkHeader(batch, slot, port, group);
        batch.payload(slot, segment.address() + ipAt, length);
        ports[slot] = port;
        segments[slot] = segment;
        places[slot] = ipAt;
        groups[slot] = group;
        lengths[slot] = length;
        packets[slot] = count;
    }

    /// Writes what is behind the virtio_net_hdr, and where the frame goes.
    static void linkHeader(FrameBatch batch, int slot, Port port, int group) {
        if (port.linkBytes == 0) {
            batch.headerLength(slot, Virtio.BYTES);
        } else {
            MemorySegment headers = batch.headers();
            long at = batch.headerOffset(slot);
            headers.set(U16, at + Virtio.BYTES, (short) MULTICAST_HIGH);
            headers.set(U32, at + Virtio.BYTES + 2, MULTICAST_LOW | group & GROUP_BITS);
            headers.set(U32, at + SOURCE, (int) (port.hardwareAddress >>> 16));
            headers.set(U16, at + SOURCE + 4, (short) port.hardwareAddress);
            headers.set(U16, at + TYPE, IPV4);
            batch.headerLength(slot, VIRTIO_AND_ETHERNET);
        }
        batch.device(slot, port.index);
    }

    /// Sends all.
    void flush() {
        int first = 0;
        while (first < used) {
            int sent = batch.send(socket, first, used - first);
            if (sent <= 0) {
                refused(first++, -sent);
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

    private void refused(int slot, int errno) {
        if (errno != Errno.EMSGSIZE) {
            failed++;
        } else if (fragments.send(ports[slot], groups[slot], segments[slot], places[slot], lengths[slot])) {
            ports[slot].packetsOut++;
            ports[slot].bytesOut += lengths[slot];
        } else {
            tooBig++;
        }
    }

    long tooBig() {
        return tooBig;
    }

    long failed() {
        return failed;
    }
}
