package io.nubicast.dataplane.forwarder;

import io.nubicast.forwarding.routing.RoutingPort;

/// A port with its device as it is now, and what it has counted. Guarded by the plane's lock.
final class Port {
    static final int ETHERNET_BYTES = 14;

    final int id;
    String device = "";
    /// The kernel's number; 0 while the device is not there, and of the register port.
    int index;
    long hardwareAddress;
    /// Bytes of the link's header: 14 or none.
    int linkBytes;
    int mtu;
    /// Packets leave with a TTL above it.
    int threshold = 1;
    long packetsIn;
    long bytesIn;
    long packetsOut;
    long bytesOut;

    Port(RoutingPort port) {
        id = port.id();
        become(port);
    }

    void become(RoutingPort port) {
        device = port.device();
        // A TTL of 1 never leaves.
        threshold = Math.max(1, port.ttlThreshold());
    }

    boolean isRegister() {
        return id == RoutingPort.REGISTER;
    }
}
