package io.nubicast.bench;

import java.util.EnumSet;
import java.util.Set;

/// The measurements, in the order in which they are made.
enum Phase {
    /// That the members get every datagram whole, in order, from its source, with the right checksum.
    CHECK,
    /// CPU time a copy, copies dropped at the far end of the sender's veth.
    COST,
    /// The same on a device that does not segment: the kernel does it.
    SPLIT,
    /// CPU time of source and relay together a copy: beside copies that the kernel makes in the source's own call.
    KERNEL,
    /// 100,000 datagrams/s to 64 members on one core.
    STREAM,
    /// Burst and latency at several rates and shapes of traffic.
    CURVE,
    /// Saturated, with real sockets at the other end.
    THROUGHPUT,
    /// The same at 64 members with receivers that have a thread each and sleep until a copy comes, as applications do.
    WOKEN,
    /// The same with receivers that take super-frames whole.
    GRO,
    /// The search for the highest rate that real sockets hold.
    HOLD,
    /// Three members at 10,000 datagrams/s.
    LATENCY,
    /// The same up to the member's socket, without real-time priority.
    DELAY,
    /// The same while other work keeps both processors busy.
    BUSY;

    /// All but the search, which takes as long as all others together.
    static Set<Phase> usual() {
        return EnumSet.complementOf(EnumSet.of(HOLD));
    }

    boolean takes(Variant variant) {
        return switch (this) {
            case CHECK, THROUGHPUT -> true;
            case COST -> !variant.isKernel();
            case SPLIT -> (variant.coalesces() || variant == Variant.C_RAW) && !variant.isKernel();
            case KERNEL -> variant.isKernel() || variant == Variant.C_RAW || variant == Variant.SOCKET
                    || variant == Variant.C_PACKET || variant == Variant.PACKET1 || variant == Variant.C_GSO
                    || variant == Variant.PACKET_BURST;
            case WOKEN, GRO -> variant.coalesces() || variant == Variant.C_RAW || variant == Variant.EBPF;
            case STREAM -> variant == Variant.C_GSO64 || variant == Variant.PACKET;
            case CURVE -> variant == Variant.C_GSO64 || variant == Variant.PACKET || variant == Variant.PACKET1;
            case HOLD -> variant.reference() == Variant.NIO || variant == Variant.C_RAW || variant == Variant.SOCKET
                    || variant == Variant.C_UDP;
            case LATENCY -> variant != Variant.C_GSO && variant != Variant.PACKET_BURST && !variant.isKernel();
            case DELAY, BUSY -> variant == Variant.C_RAW || variant == Variant.SOCKET || variant == Variant.PACKET
                    || variant == Variant.EBPF;
        };
    }
}
