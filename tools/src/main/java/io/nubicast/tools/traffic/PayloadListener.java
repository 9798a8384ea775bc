package io.nubicast.tools.traffic;

import java.nio.ByteBuffer;

/// Is given each payload as it was sent or received, from position 0 to the limit, valid during the call. Runs on the thread
/// that sends or receives.
@FunctionalInterface
public interface PayloadListener {
    /// Does nothing.
    PayloadListener NONE = payload -> {};

    void onPayload(ByteBuffer payload);
}
