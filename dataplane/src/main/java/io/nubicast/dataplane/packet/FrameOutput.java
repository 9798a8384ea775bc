package io.nubicast.dataplane.packet;

import io.nubicast.kernel.socket.FrameBatch;

/// Where [FrameFanOut] hands its frames to: a socket, or nothing when the copying itself is measured.
interface FrameOutput {
    /// As [FrameBatch#send]: how many of the slots from `first` on were taken, at least 1, or `-errno` of the first.
    int send(FrameBatch batch, int first, int count);
}
