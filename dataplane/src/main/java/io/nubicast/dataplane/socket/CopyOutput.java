package io.nubicast.dataplane.socket;

import io.nubicast.kernel.socket.SendBatch;

/// Where [FanOut] hands its copies to: a socket, or nothing when the copying itself is measured.
public interface CopyOutput {
    /// As [SendBatch#send]: how many of the slots from `first` on were taken, at least 1, or `-errno` of the first.
    int send(SendBatch batch, int first, int count);
}
