package io.nubicast.dataplane.socket;

import java.util.function.LongSupplier;

/// What a socket's receive buffer had no room for, from the kernel's running total. One thread.
final class OverflowCount {
    private final LongSupplier filtered;
    private int total;
    private long dropped;
    private long told;

    /// Of a socket whose filter drops nothing that matters.
    OverflowCount() {
        this(() -> 0);
    }

    /// @param filtered how many the socket's filter has dropped so far: the kernel counts these as well
    OverflowCount(LongSupplier filtered) {
        this.filtered = filtered;
    }

    /// How many datagrams were lost since the last call.
    ///
    /// @param newTotal as the last datagram received tells it: [ReceiveBatch#overflow(int)]
    long newlyLost(int newTotal) {
        if (newTotal == total) {
            return 0;
        }
        dropped += newTotal - total & 0xFFFFFFFFL;
        total = newTotal;
        // The filter may have dropped more since that datagram came: then some of what was lost is told a little later.
        long lost = Math.max(0, dropped - filtered.getAsLong() - told);
        told += lost;
        return lost;
    }
}
