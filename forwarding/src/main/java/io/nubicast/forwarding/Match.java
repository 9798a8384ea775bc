package io.nubicast.forwarding;

import io.nubicast.wire.Address;

/// Which datagrams a route takes: UDP over IPv4, for now.
///
/// @param incoming where they arrive or, for [Destination.Group], also where a local application sends them
/// @param source the sender; [Address#ANY_IPV4] for any
/// @param destination a group, or an address of this host
/// @param destinationPort 1..65535, or [#ANY_PORT]; an exact port wins over any port of the same destination
public record Match(InterfaceSelection incoming, Address source, Destination destination, int destinationPort) {
    /// Every UDP destination port.
    public static final int ANY_PORT = 0;

    public Match {
        if (destinationPort < 0 || destinationPort > 65535) {
            throw new IllegalArgumentException("destinationPort " + destinationPort + " is not within 0..65535");
        }
    }

    /// What the datagram's destination address must be.
    public sealed interface Destination {
        /// A multicast group.
        record Group(Address address) implements Destination {
            public Group {
                if (!address.isMulticast()) {
                    throw new IllegalArgumentException(address + " is not a multicast address");
                }
            }
        }

        /// A unicast address of this host; [Address#ANY_IPV4] for every one it has.
        record ThisHost(Address address) implements Destination {}
    }
}
