package io.nubicast.app.daemon;

import io.nubicast.wire.Address;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.StandardProtocolFamily;
import java.nio.channels.DatagramChannel;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Enumeration;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/// Tells when applications that name no interface would send a group where the server does not capture it (PRX-012): the kernel
/// then takes the interface from its routing table, on a host with several interfaces often the wrong one.
final class RouteAdvice {
    private RouteAdvice() {}

    /// A network interface, as far as it matters here.
    record Device(String name, List<Address> addresses) {}

    /// One line a problem, each with the command that mends it.
    ///
    /// @param groups that are configured
    /// @param captured names from `--interface`; empty for all
    static List<String> forGroups(Collection<Address> groups, List<String> captured) {
        List<Device> devices = devices();
        List<String> advice = new ArrayList<>();
        TreeSet<String> seen = new TreeSet<>();
        for (Address group : groups) {
            Optional<Address> source = sourceTowards(group);
            String line = advice(group, source, devices, captured);
            if (!line.isEmpty() && seen.add(source.map(Address::toString).orElse(""))) {
                advice.add(line);
            }
        }
        return advice;
    }

    /// @param source address that the kernel would take towards the group; empty when it has no route
    static String advice(Address group, Optional<Address> source, List<Device> devices, List<String> captured) {
        List<String> usable = captured.isEmpty() ? devices.stream().map(Device::name).toList() : captured;
        if (usable.isEmpty()) {
            return "no interface is up and multicast-capable: nothing can be captured until one is";
        }
        String first = usable.getFirst();
        if (source.isEmpty()) {
            return "this host has no route to groups such as " + group
                    + ", so applications that name no interface cannot send: ip route add 224.0.0.0/4 dev " + first;
        }
        Optional<Device> chosen =
                devices.stream().filter(device -> device.addresses.contains(source.get())).findFirst();
        if (chosen.isEmpty()) {
            return "";
        }
        String name = chosen.get().name;
        if (!usable.contains(name)) {
            return "applications that name no interface send groups such as " + group + " by " + name
                    + ", but the proxy captures on " + String.join(", ", captured) + ": ip route add 224.0.0.0/4 dev "
                    + first + ", or add --interface " + name;
        }
        return "";
    }

    /// The address that the kernel would send from. Nothing is sent.
    private static Optional<Address> sourceTowards(Address group) {
        try (DatagramChannel channel = DatagramChannel.open(StandardProtocolFamily.INET)) {
            channel.connect(new InetSocketAddress(InetAddress.getByAddress(group.bytes()), 9));
            if (channel.getLocalAddress() instanceof InetSocketAddress local
                    && !local.getAddress().isAnyLocalAddress()) {
                return Optional.of(Address.of(local.getAddress().getAddress()));
            }
            return Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /// Every interface that is up and multicast-capable, the loopback interface left out.
    static List<Device> devices() {
        List<Device> result = new ArrayList<>();
        try {
            Enumeration<NetworkInterface> all = NetworkInterface.getNetworkInterfaces();
            while (all.hasMoreElements()) {
                NetworkInterface one = all.nextElement();
                if (one.isUp() && one.supportsMulticast() && !one.isLoopback()) {
                    result.add(new Device(one.getName(), one.inetAddresses().filter(a -> a.getAddress().length == 4)
                            .map(a -> Address.of(a.getAddress())).toList()));
                }
            }
        } catch (SocketException e) {
            return List.of();
        }
        return result;
    }
}
