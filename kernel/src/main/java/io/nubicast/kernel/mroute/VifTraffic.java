package io.nubicast.kernel.mroute;

/// What a virtual interface has counted.
public record VifTraffic(long packetsIn, long bytesIn, long packetsOut, long bytesOut) {}
