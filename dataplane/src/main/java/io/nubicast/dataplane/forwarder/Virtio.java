package io.nubicast.dataplane.forwarder;

import io.nubicast.kernel.socket.FrameSocket;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// The virtio_net_hdr before each frame: it says how much of the checksum is unfinished, and how a burst is to be cut.
final class Virtio {
    static final int BYTES = FrameSocket.VNET_HEADER_BYTES;

    private static final long FLAGS = 0;
    private static final long GSO_TYPE = 1;
    private static final long HEADER_LENGTH = 2;
    private static final long GSO_SIZE = 4;
    private static final long CHECKSUM_START = 6;
    private static final ValueLayout.OfShort U16 = ValueLayout.JAVA_SHORT_UNALIGNED;

    private Virtio() {}

    /// Copies one to a frame whose link header has another length.
    static void copy(MemorySegment from, long at, int linkBytes, MemorySegment to, long toAt, int toLinkBytes) {
        MemorySegment.copy(from, at, to, toAt, BYTES);
        int shift = toLinkBytes - linkBytes;
        if (shift == 0) {
            return;
        }
        if ((to.get(ValueLayout.JAVA_BYTE, toAt + FLAGS) & FrameSocket.VNET_NEEDS_CHECKSUM) != 0) {
            to.set(U16, toAt + CHECKSUM_START, (short) (to.get(U16, toAt + CHECKSUM_START) + shift));
        }
        if (to.get(U16, toAt + HEADER_LENGTH) != 0) {
            to.set(U16, toAt + HEADER_LENGTH, (short) (to.get(U16, toAt + HEADER_LENGTH) + shift));
        }
    }

    /// Payload bytes of each datagram of a burst; 0 when it is a single one.
    static int segmentBytes(MemorySegment from, long at) {
        return from.get(ValueLayout.JAVA_BYTE, at + GSO_TYPE) == 0 ? 0 : from.get(U16, at + GSO_SIZE) & 0xFFFF;
    }
}
