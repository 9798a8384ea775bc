package io.nubicast.dataplane.socket;

import io.nubicast.wire.InternetChecksum;
import java.lang.foreign.MemorySegment;

/// One received datagram on its way back to its group: reused, written by the receiver, read by the outputs. One thread.
final class RestoreDatagram {
    MemorySegment segment = MemorySegment.NULL;
    /// Of the payload.
    long offset;
    /// Of the payload, 0..65507.
    int length;
    int source;
    int sourcePort;
    int destinationPort;
    int tos;
    /// False when the sender computed no checksum: then the restored datagram has none either (PRX-003).
    boolean hasChecksum;

    private int payloadSum;
    private boolean summed;

    /// Another payload of the same sender.
    void payload(MemorySegment newSegment, long newOffset, int newLength) {
        segment = newSegment;
        offset = newOffset;
        length = newLength;
        summed = false;
    }

    /// The payload's part of the UDP checksum, computed once for all outputs.
    int payloadSum() {
        if (!summed) {
            payloadSum = InternetChecksum.sum(segment, offset, length);
            summed = true;
        }
        return payloadSum;
    }
}
