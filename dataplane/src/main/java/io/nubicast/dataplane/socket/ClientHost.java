package io.nubicast.dataplane.socket;

import io.nubicast.forwarding.InterfaceSelection;
import io.nubicast.kernel.netlink.RouteEvent.Link;
import io.nubicast.kernel.netlink.RouteEvent.LocalAddress;
import io.nubicast.wire.Address;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/// Interfaces and addresses of this host at one moment, for the client. Immutable. Interfaces have dense numbers, *places*, for
/// the hot path.
public final class ClientHost {
    static final ClientHost NOTHING = new ClientHost(List.of(), List.of());

    private final List<Link> interfaces;
    private final int[] addresses;
    private final int[] places;
    private final int[] prefixLengths;

    /// Keeps the interfaces that are up and their addresses.
    ClientHost(Collection<Link> links, Collection<LocalAddress> local) {
        interfaces = links.stream().filter(Link::isUp).toList();
        List<int[]> found = new ArrayList<>();
        for (LocalAddress address : local) {
            for (int place = 0; place < interfaces.size(); place++) {
                if (interfaces.get(place).index() == address.interfaceIndex()) {
                    found.add(new int[]{address.address(), place, address.prefixLength()});
                }
            }
        }
        addresses = found.stream().mapToInt(entry -> entry[0]).toArray();
        places = found.stream().mapToInt(entry -> entry[1]).toArray();
        prefixLengths = found.stream().mapToInt(entry -> entry[2]).toArray();
    }

    /// Those that are up; the index in the list is the place.
    public List<Link> interfaces() {
        return interfaces;
    }

    /// How many addresses there are; the same one on two interfaces counts twice.
    public int addressCount() {
        return addresses.length;
    }

    public int address(int index) {
        return addresses[index];
    }

    /// The place of the interface that owns the address at that index.
    public int place(int index) {
        return places[index];
    }

    /// The place of the interface that owns this address, or -1 when it is not ours. Hot path: hosts have few addresses.
    public int placeOf(int address) {
        for (int i = 0; i < addresses.length; i++) {
            if (addresses[i] == address) {
                return places[i];
            }
        }
        return -1;
    }

    /// Whether that address means everybody on the network of the interface at that place.
    boolean isBroadcast(Address address, int place) {
        for (int i = 0; i < addresses.length; i++) {
            boolean directed = prefixLengths[i] < 31 && address.ipv4() == (addresses[i] | -1 >>> prefixLengths[i]);
            if (places[i] == place && (directed || address.isLimitedBroadcast())) {
                return true;
            }
        }
        return false;
    }

    /// The places that a choice of interfaces means.
    ///
    /// @param arrival what [InterfaceSelection.Arrival] stands for
    List<Integer> selected(InterfaceSelection selection, int arrival) {
        List<Integer> result = new ArrayList<>();
        for (int place = 0; place < interfaces.size(); place++) {
            Link link = interfaces.get(place);
            boolean in = switch (selection) {
                case InterfaceSelection.All all -> link.isMulticast() && !link.isLoopback();
                case InterfaceSelection.Arrival here -> place == arrival;
                case InterfaceSelection.Named named -> named.names().contains(link.name());
            };
            if (in) {
                result.add(place);
            }
        }
        return result;
    }
}
