package io.nubicast.forwarding;

import io.nubicast.wire.Address;

/// Which datagrams a route takes: UDP over IPv4, for now.
///
/// @param incoming where they arrive or, for [Destination.Group], also where a local application sends them
/// @param source the sender; [Address#ANY_IPV4] for any
/// @param destination a group, or an address of this host
/// @param destinationPort 1..65535, or [#ANY_PORT]; an exact port wins over any port of the same destination
/// @param typeOfService the whole octet that copies must carry to be taken, 0..255, or [#ANY_TYPE_OF_SERVICE]; for
///     [Destination.ThisHost] only; needs [Capability#MARKS_COPIES]
public record Match(InterfaceSelection incoming, Address source, Destination destination, int destinationPort,
        int typeOfService) {
    /// Every UDP destination port.
    public static final int ANY_PORT = 0;
    public static final int ANY_TYPE_OF_SERVICE = -1;

    public Match {
        if (destinationPort < 0 || destinationPort > 65535) {
            throw new IllegalArgumentException("destinationPort " + destinationPort + " is not within 0..65535");
        }
        if (typeOfService < ANY_TYPE_OF_SERVICE || typeOfService > 255) {
            throw new IllegalArgumentException("typeOfService " + typeOfService + " is not within 0..255");
        }
    }

    /// Of any type of service.
    public Match(InterfaceSelection incoming, Address source, Destination destination, int destinationPort) {
        this(incoming, source, destination, destinationPort, ANY_TYPE_OF_SERVICE);
    }

    /// Whether copies of that type of service are taken.
    public boolean takesTypeOfService(int octet) {
        return typeOfService == ANY_TYPE_OF_SERVICE || typeOfService == octet;
    }

    /// What the datagram's destination address must be.
    public sealed interface Destination {
        /// A multicast group, or a broadcast address: which addresses are one, the interfaces say.
        record Group(Address address) implements Destination {
            public Group {
                if (address.isUnspecified() || address.isLoopback()) {
                    throw new IllegalArgumentException(address + " is neither a multicast nor a broadcast address");
                }
            }
        }

        /// A unicast address of this host; [Address#ANY_IPV4] for every one it has.
        record ThisHost(Address address) implements Destination {}
    }
}
