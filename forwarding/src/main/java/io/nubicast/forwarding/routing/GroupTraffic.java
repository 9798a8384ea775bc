package io.nubicast.forwarding.routing;

/// What passed a route so far.
///
/// @param packets that arrived on the incoming port
/// @param bytes of these, with their IP headers
/// @param wrongPort packets that arrived on another port
public record GroupTraffic(long packets, long bytes, long wrongPort) {
    public static final GroupTraffic NONE = new GroupTraffic(0, 0, 0);
}
