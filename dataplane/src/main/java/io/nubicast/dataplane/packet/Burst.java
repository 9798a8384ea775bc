package io.nubicast.dataplane.packet;

import java.lang.foreign.MemorySegment;

/// Datagrams of one flow whose payloads lie one behind the other in native memory: what [FrameFanOut] copies. Filled and used
/// again for each; one thread.
final class Burst {
    int source;
    int sourcePort;
    int destinationPort;
    int typeOfService;
    /// Where the payloads are, native memory.
    MemorySegment segment = MemorySegment.NULL;
    /// Of the first payload in it.
    long offset;
    /// All payloads together.
    int totalBytes;
    /// Each payload but the last, which may be shorter.
    int segmentBytes;
    /// At least 1.
    int datagrams;
    /// False for a datagram that came without a UDP checksum, which then is alone.
    boolean checksummed;

    /// Payload bytes of one of them.
    int bytes(int datagram) {
        return datagram == datagrams - 1 ? totalBytes - datagram * segmentBytes : segmentBytes;
    }
}
