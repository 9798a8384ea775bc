package io.nubicast.dataplane.portable;

/// The source ports of restored multicast. A datagram channel sees neither marks nor headers, so the port is how the portable
/// server tells what a client restored from what an application sent. The first is the port of the original tool's client.
final class RestoredPorts {
    static final int FIRST = 52_540;
    static final int LAST = 52_543;

    private RestoredPorts() {}

    static boolean contains(int port) {
        return port >= FIRST && port <= LAST;
    }
}
