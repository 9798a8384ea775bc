package io.nubicast.router.iface;

import io.nubicast.wire.Address;
import java.util.List;
import java.util.Optional;

/// An interface of the router as it is now. A value; a change is a new one with the same id.
///
/// @param id a small number that stays with the name for as long as the router runs, whatever happens to the device
/// @param name as configured and shown: `GigabitEthernet1`, `Tunnel1`
/// @param device as the kernel calls it: `eth0`, `Tunnel1`
/// @param up whether packets can be sent and received: administratively up, and line protocol up
/// @param pointToPoint a tunnel: at most one neighbour
/// @param mtu of IP packets, bytes
/// @param addresses the primary one first; may be empty
public record RouterInterface(int id, String name, String device, boolean up, boolean pointToPoint, boolean loopback,
        int mtu,
        List<InterfaceAddress> addresses) {
    public RouterInterface {
        addresses = List.copyOf(addresses);
    }

    /// Its primary address.
    public Optional<Address> address() {
        return addresses.isEmpty() ? Optional.empty() : Optional.of(addresses.getFirst().address());
    }

    /// Whether that is one of its own addresses.
    public boolean has(Address address) {
        return addresses.stream().anyMatch(each -> each.address().equals(address));
    }

    /// Whether that address is within one of its prefixes.
    public boolean isOnLink(Address address) {
        return addresses.stream().anyMatch(each -> each.contains(address));
    }
}
