package io.nubicast.dataplane.ebpf;

/// A member as programs see it, in three words of native memory: Ethernet addresses, interface, address and TTL. Little-endian, as
/// the loader wants the machine to be.
final class MemberWords {
    private MemberWords() {}

    /// The destination's Ethernet address and the first two octets of the source's.
    ///
    /// @param destination 48 bits
    /// @param source 48 bits
    static long first(long destination, long source) {
        return Long.reverseBytes(destination << 16 | source >>> 32);
    }

    /// The rest of the source's Ethernet address, and the interface's index.
    static long second(long source, int device) {
        return Integer.reverseBytes((int) source) & 0xFFFFFFFFL | (long) device << 32;
    }

    static long third(int address, int ttl) {
        return Integer.reverseBytes(address) & 0xFFFFFFFFL | (long) ttl << 32;
    }
}
