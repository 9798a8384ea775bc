package io.nubicast.router.iface;

import io.nubicast.wire.Address;

/// An IPv4 address of an interface with the length of its prefix.
///
/// @param prefixLength 0..32
public record InterfaceAddress(Address address, int prefixLength) {
    public InterfaceAddress {
        if (prefixLength < 0 || prefixLength > 32) {
            throw new IllegalArgumentException("prefixLength " + prefixLength + " is not within 0..32");
        }
    }

    /// Whether that address is within the prefix.
    public boolean contains(Address other) {
        return prefixLength == 0 || (address.ipv4() ^ other.ipv4()) >>> 32 - prefixLength == 0;
    }

    /// The first address of the prefix.
    public Address network() {
        return prefixLength == 0 ? Address.ANY_IPV4 : Address.ofIpv4(address.ipv4() & -1 << 32 - prefixLength);
    }

    /// `10.0.0.1/30`.
    @Override
    public String toString() {
        return address + "/" + prefixLength;
    }
}
