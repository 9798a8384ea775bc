package io.nubicast.forwarding;

import io.nubicast.wire.Address;

/// Where a copy goes. Encapsulation and de-duplication, when they come, belong here and not to the route.
public sealed interface OutputPort {
    /// A unicast member, reached by the kernel's routes and neighbours.
    record UnicastMember(Address address) implements OutputPort {}

    /// A group on interfaces of this host: for applications here that joined on the interface, and for the LAN behind it.
    record MulticastOut(Address group, InterfaceSelection interfaces) implements OutputPort {}
}
