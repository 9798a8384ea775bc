package io.nubicast.forwarding;

/// What changes in a copy besides its destination address. Payload, source address and source port never change where the
/// plane has [Capability#KEEPS_SOURCE]; the IP identification is new and DF is 0 (PRX-003).
///
/// @param destinationPort 1..65535, or [#KEEP_PORT]
/// @param ttl 1..255, of the copy as it leaves
/// @param typeOfService the whole octet, 0..255, or [#KEEP_TYPE_OF_SERVICE]; all replications of a route have the same, because
///     a burst is one frame; needs [Capability#MARKS_COPIES]
public record Rewrite(int destinationPort, int ttl, int typeOfService) {
    public static final int KEEP_PORT = 0;
    public static final int KEEP_TYPE_OF_SERVICE = -1;

    public Rewrite {
        if (destinationPort < 0 || destinationPort > 65535) {
            throw new IllegalArgumentException("destinationPort " + destinationPort + " is not within 0..65535");
        }
        if (ttl < 1 || ttl > 255) {
            throw new IllegalArgumentException("ttl " + ttl + " is not within 1..255");
        }
        if (typeOfService < KEEP_TYPE_OF_SERVICE || typeOfService > 255) {
            throw new IllegalArgumentException("typeOfService " + typeOfService + " is not within 0..255");
        }
    }

    /// Keeps the type of service.
    public Rewrite(int destinationPort, int ttl) {
        this(destinationPort, ttl, KEEP_TYPE_OF_SERVICE);
    }
}
