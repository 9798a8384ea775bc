package io.nubicast.forwarding.routing;

/// Multicast that passed a port so far.
public record PortTraffic(long packetsIn, long bytesIn, long packetsOut, long bytesOut) {
    public static final PortTraffic NONE = new PortTraffic(0, 0, 0, 0);
}
