package io.nubicast.dataplane.socket;

/// What a socket's receive buffer had no room for, from the kernel's running total. One thread.
final class OverflowCount {
    private int total;

    /// How many datagrams were lost since the last call.
    ///
    /// @param newTotal as the last datagram received tells it: [ReceiveBatch#overflow(int)]
    long newlyLost(int newTotal) {
        long lost = newTotal - total & 0xFFFFFFFFL;
        total = newTotal;
        return lost;
    }
}
