package io.nubicast.dataplane.packet;

/// Why copies to a member go by the kernel's own path (`socket`), or that they go as frames.
public enum Reason {
    /// Nothing is against frames.
    FRAMED,
    /// The kernel was not asked yet.
    NOT_YET,
    /// There is no route, or one that refuses (unreachable, prohibit, blackhole).
    NO_ROUTE,
    /// An address of this host.
    LOCAL,
    /// A broadcast or multicast address.
    NOT_UNICAST,
    /// The route was found in a table that a rule chose.
    POLICY_ROUTE,
    /// A device without Ethernet addresses or ARP, or a route that wraps packets.
    TUNNEL,
    /// The next hop's Ethernet address is not known, or it does not answer.
    NO_NEIGHBOUR,
    /// The next hop's Ethernet address is old, and only the kernel's path may have it confirmed here.
    STALE_NEIGHBOUR,
    /// The interface is down or gone.
    DEVICE_DOWN,
    /// Output rules of the firewall concern the interface; frames would pass them by.
    FIREWALL,
    /// IPsec policies are in force; frames would leave unencrypted.
    IPSEC
}
