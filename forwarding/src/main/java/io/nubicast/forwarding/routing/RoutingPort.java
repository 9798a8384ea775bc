package io.nubicast.forwarding.routing;

/// Where a router's packets come in and go out.
///
/// @param id as the decider numbers its interfaces, or [#REGISTER]
/// @param device the kernel's name of the interface; empty for [#REGISTER]
/// @param ttlThreshold 0..255: packets leave only with a TTL above it as they arrived (MFC-007)
public record RoutingPort(int id, String device, int ttlThreshold) {
    /// The port on which what a PIM Register carried arrives, taken out of it by the plane (MFC-018).
    public static final int REGISTER = -1;

    public RoutingPort {
        if (ttlThreshold < 0 || ttlThreshold > 255) {
            throw new IllegalArgumentException("ttlThreshold " + ttlThreshold + " is not within 0..255");
        }
    }
}
