package io.nubicast.dataplane.packet;

import io.nubicast.dataplane.socket.FanOut;
import io.nubicast.forwarding.CompiledRoute;
import io.nubicast.forwarding.ReplicationCounters;
import io.nubicast.wire.InternetChecksum;
import io.nubicast.wire.UdpHeader;

/// What frames cannot carry goes by the plane `socket`: through the kernel's own routes, neighbours and fragmentation. The
/// worker's own, allocates nothing a datagram.
final class KernelPath {
    private final FanOut fanOut;

    KernelPath(FanOut fanOut) {
        this.fanOut = fanOut;
    }

    /// One copy of each datagram for each of the first `count` members listed, in order.
    void copy(CompiledRoute route, int[] members, int count, Burst burst) {
        for (int datagram = 0; datagram < burst.datagrams; datagram++) {
            int bytes = burst.bytes(datagram);
            long offset = burst.offset + (long) datagram * burst.segmentBytes;
            int sum = burst.checksummed ? InternetChecksum.sum(burst.segment, offset, bytes) : 0;
            fanOut.copy(route, members, count, burst.source, burst.sourcePort, burst.destinationPort,
                    burst.typeOfService, bytes + UdpHeader.LENGTH, burst.segment, offset, sum, burst.checksummed);
        }
    }

    /// One copy of each datagram for one member, whose frame did not leave.
    void copy(ReplicationCounters counters, int destination, int destinationPort, int ttl, Burst burst) {
        for (int datagram = 0; datagram < burst.datagrams; datagram++) {
            int bytes = burst.bytes(datagram);
            long offset = burst.offset + (long) datagram * burst.segmentBytes;
            int sum = burst.checksummed ? InternetChecksum.sum(burst.segment, offset, bytes) : 0;
            fanOut.copy(counters, destination, destinationPort, ttl, burst.source, burst.sourcePort,
                    burst.typeOfService, bytes + UdpHeader.LENGTH, burst.segment, offset, sum, burst.checksummed);
        }
    }

    /// Sends what has gathered.
    void flush() {
        fanOut.flush();
    }
}
