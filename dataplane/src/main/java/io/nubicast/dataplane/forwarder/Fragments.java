package io.nubicast.dataplane.forwarder;

import io.nubicast.dataplane.linux.UnfinishedChecksum;
import io.nubicast.kernel.socket.FrameBatch;
import io.nubicast.kernel.socket.FrameSocket;
import io.nubicast.wire.Ipv4Header;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// Sends packets that are larger than a port's MTU in fragments (RFC 791 section 2.3), as the kernel's table does; those that must
/// not be fragmented, or have options, it refuses (MFC-013). Guarded by the plane's lock; allocates nothing after construction.
final class Fragments {
    private static final int MOST_BYTES = 65_536;
    private static final int UNIT = 8;

    private final FrameSocket socket;
    private final FrameBatch batch;
    private final MemorySegment whole;
    private final MemorySegment fragment;
    private final Ipv4Header ip = new Ipv4Header();
    private final UnfinishedChecksum checksum = new UnfinishedChecksum();

    Fragments(FrameSocket socket, Arena arena) {
        this.socket = socket;
        batch = new FrameBatch(arena, 1);
        whole = arena.allocate(MOST_BYTES, 8);
        fragment = arena.allocate(MOST_BYTES, 8);
    }

    /// Sends a packet in as many fragments as it takes.
    ///
    /// @param segment with a packet of `length` bytes at `ipAt`, whose TTL is as it leaves
    /// @return whether it has left
    boolean send(Port port, int group, MemorySegment segment, long ipAt, int length) {
        ip.wrap(segment, ipAt);
        int room = (port.mtu - Ipv4Header.MINIMUM_LENGTH) / UNIT * UNIT;
        if (ip.dontFragment() || ip.headerLength() != Ipv4Header.MINIMUM_LENGTH || room <= 0 || length > MOST_BYTES) {
            return false;
        }
        MemorySegment.copy(segment, ipAt, whole, 0, length);
        checksum.finish(whole, 0, length);
        ip.wrap(whole, 0);
        int firstOffset = ip.fragmentOffset();
        boolean moreBehind = ip.moreFragments();
        int data = length - Ipv4Header.MINIMUM_LENGTH;
        for (int at = 0; at < data; at += room) {
            int bytes = Math.min(room, data - at);
            MemorySegment.copy(whole, 0, fragment, 0, Ipv4Header.MINIMUM_LENGTH);
            MemorySegment.copy(whole, Ipv4Header.MINIMUM_LENGTH + at, fragment, Ipv4Header.MINIMUM_LENGTH, bytes);
            ip.wrap(fragment, 0).totalLength(Ipv4Header.MINIMUM_LENGTH + bytes)
                    .fragmentation(false, moreBehind || at + bytes < data, firstOffset + at).finishHeaderChecksum();
            batch.headers().asSlice(0, Virtio.BYTES).fill((byte) 0);
            Copies.linkHeader(batch, 0, port, group);
            batch.payload(0, fragment.address(), Ipv4Header.MINIMUM_LENGTH + bytes);
            if (batch.send(socket, 0, 1) < 0) {
                return false;
            }
        }
        return true;
    }
}
