package io.nubicast.dataplane.linux;

import io.nubicast.forwarding.InterfaceSelection;
import java.util.List;

/// An interface of this host at one moment.
///
/// @param hardwareType ARPHRD_ number: 1 is Ethernet
/// @param master index of the bridge, bond or VRF that it belongs to; 0 for none
/// @param addresses its IPv4 addresses
record HostInterface(int index, String name, boolean up, boolean multicast, boolean loopback, int hardwareType,
        int master,
        List<Integer> addresses) {
    HostInterface {
        addresses = List.copyOf(addresses);
    }

    /// Whether multicast is captured here by that choice. One named is taken also when it is the loopback interface.
    boolean isIn(InterfaceSelection selection) {
        return switch (selection) {
            case InterfaceSelection.All all -> up && multicast && !loopback;
            case InterfaceSelection.Named named -> up && named.names().contains(name);
            case InterfaceSelection.Arrival arrival -> false;
        };
    }
}
