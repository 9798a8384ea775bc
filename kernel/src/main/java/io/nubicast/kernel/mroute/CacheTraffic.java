package io.nubicast.kernel.mroute;

/// What an entry of the multicast forwarding cache has counted.
///
/// @param packets all that arrived, also those on a wrong interface
/// @param bytes of these
/// @param wrongInterface packets that arrived on another interface than the entry's
public record CacheTraffic(long packets, long bytes, long wrongInterface) {}
