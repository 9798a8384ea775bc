package io.nubicast.dataplane.linux;

import io.nubicast.forwarding.InterfaceSelection;
import java.util.List;

/// An interface of this host at one moment.
///
/// @param hardwareType ARPHRD_ number: 1 is Ethernet
/// @param master index of the bridge, bond or VRF that it belongs to; 0 for none
/// @param hardwareAddress 48 bits, or -1
/// @param addresses its IPv4 addresses
record HostInterface(int index, String name, boolean up, boolean multicast, boolean loopback, int hardwareType,
        int master, long hardwareAddress, List<Integer> addresses) {
    HostInterface {
        addresses = List.copyOf(addresses);
    }

    /// Whether multicast is captured here by that choice. All leaves out what belongs to a bridge or a bond, where the same
    /// datagrams are seen once more; one named is taken also then, and also when it is the loopback interface.
    boolean isIn(InterfaceSelection selection) {
        return switch (selection) {
            case InterfaceSelection.All all -> up && multicast && !loopback && master == 0;
            case InterfaceSelection.Named named -> up && named.names().contains(name);
            case InterfaceSelection.Arrival arrival -> false;
        };
    }
}
