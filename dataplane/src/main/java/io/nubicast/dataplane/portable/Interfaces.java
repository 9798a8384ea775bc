package io.nubicast.dataplane.portable;

import io.nubicast.forwarding.InterfaceSelection;
import io.nubicast.wire.Address;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The interfaces that are up and have an IPv4 address, at one moment.
record Interfaces(List<Up> all) {
    static final Interfaces NONE = new Interfaces(List.of());

    /// @param index of the kernel: another one under the same name is another interface
    record Up(String name, int index, boolean loopback, boolean multicast, List<Address> addresses,
            NetworkInterface device) {}

    Interfaces {
        all = List.copyOf(all);
    }

    /// Reads them from the system. Interfaces that vanish meanwhile are left out.
    static Interfaces read() {
        List<Up> found = new ArrayList<>();
        try {
            for (NetworkInterface device : NetworkInterface.networkInterfaces().toList()) {
                read(device).ifPresent(found::add);
            }
        } catch (SocketException e) {
            return NONE;
        }
        return new Interfaces(found);
    }

    private static Optional<Up> read(NetworkInterface device) {
        try {
            List<Address> addresses = device.inetAddresses().filter(Inet4Address.class::isInstance)
                    .map(InetAddress::getAddress).map(Address::of).toList();
            if (addresses.isEmpty() || !device.isUp()) {
                return Optional.empty();
            }
            return Optional.of(new Up(device.getName(), device.getIndex(), device.isLoopback(),
                    device.supportsMulticast(), addresses, device));
        } catch (SocketException e) {
            return Optional.empty();
        }
    }

    /// Those selected; `arrival` stands for [InterfaceSelection.Arrival].
    List<Up> selected(InterfaceSelection selection, Optional<Up> arrival) {
        return switch (selection) {
            case InterfaceSelection.All a -> all.stream().filter(up -> up.multicast() && !up.loopback()).toList();
            case InterfaceSelection.Arrival a -> arrival.stream().toList();
            case InterfaceSelection.Named named ->
                all.stream().filter(up -> named.names().contains(up.name())).toList();
        };
    }

    Optional<Up> owner(Address address) {
        return all.stream().filter(up -> up.addresses().contains(address)).findFirst();
    }
}
