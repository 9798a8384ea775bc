package io.nubicast.tools.traffic;

import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.StandardProtocolFamily;
import java.net.UnknownHostException;
import java.nio.channels.DatagramChannel;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/// Which interface is meant.
public final class Interfaces {
    private Interfaces() {}

    /// The interface of that name, index or IPv4 address.
    ///
    /// @throws TrafficException naming those that there are
    public static NetworkInterface named(String text) {
        try {
            NetworkInterface byName = NetworkInterface.getByName(text);
            if (byName != null) {
                return byName;
            }
            if (text.chars().allMatch(Character::isDigit) && text.length() < 9) {
                NetworkInterface byIndex = NetworkInterface.getByIndex(Integer.parseInt(text));
                if (byIndex != null) {
                    return byIndex;
                }
            } else if (text.matches("[0-9.]+")) {
                NetworkInterface byAddress = NetworkInterface.getByInetAddress(address(text));
                if (byAddress != null) {
                    return byAddress;
                }
            }
        } catch (SocketException e) {
            throw new TrafficException("the interfaces cannot be listed: " + e.getMessage(), e);
        }
        throw new TrafficException("no interface '" + text + "' here; there are " + names());
    }

    /// Those that are up, can do multicast, have an IPv4 address and are not loopback, by index. Where there is none, loopback.
    public static List<NetworkInterface> multicastCapable() {
        try {
            List<NetworkInterface> found = NetworkInterface.networkInterfaces().filter(Interfaces::capable)
                    .sorted(Comparator.comparingInt(NetworkInterface::getIndex)).toList();
            return found.isEmpty() ? List.of(loopback()) : found;
        } catch (SocketException e) {
            throw new TrafficException("the interfaces cannot be listed: " + e.getMessage(), e);
        }
    }

    /// The interface by which the routes lead to a group; where none does, the first that can do multicast.
    public static NetworkInterface towards(InetAddress group) {
        try (DatagramChannel channel = DatagramChannel.open(StandardProtocolFamily.INET)) {
            channel.connect(new InetSocketAddress(group, 9));
            if (channel.getLocalAddress() instanceof InetSocketAddress local) {
                NetworkInterface routed = NetworkInterface.getByInetAddress(local.getAddress());
                if (routed != null) {
                    return routed;
                }
            }
        } catch (IOException e) {
            // No route to the group: the choice below.
        }
        return multicastCapable().getFirst();
    }

    private static boolean capable(NetworkInterface networkInterface) {
        try {
            return networkInterface.isUp() && networkInterface.supportsMulticast() && !networkInterface.isLoopback()
                    && ipv4(networkInterface).isPresent();
        } catch (SocketException e) {
            return false;
        }
    }

    /// The first IPv4 address.
    public static Optional<InetAddress> ipv4(NetworkInterface networkInterface) {
        return networkInterface.inetAddresses().filter(Inet4Address.class::isInstance).findFirst();
    }

    private static NetworkInterface loopback() throws SocketException {
        NetworkInterface loopback = NetworkInterface.getByInetAddress(InetAddress.getLoopbackAddress());
        if (loopback == null) {
            throw new TrafficException("there is no interface with an IPv4 address, not even loopback: "
                    + "ip link set lo up");
        }
        return loopback;
    }

    private static String names() throws TrafficException {
        try {
            return NetworkInterface.networkInterfaces().map(NetworkInterface::getName).sorted()
                    .collect(Collectors.joining(", "));
        } catch (SocketException e) {
            return "none that can be listed";
        }
    }

    /// An address written as numbers; never asks a name server.
    ///
    /// @throws TrafficException for anything else
    public static InetAddress address(String text) {
        try {
            return InetAddress.ofLiteral(text);
        } catch (IllegalArgumentException e) {
            throw new TrafficException("'" + text + "' is not an IP address", e);
        }
    }

    /// An address or a name.
    ///
    /// @throws TrafficException for a name that nothing resolves
    public static InetAddress resolved(String text) {
        try {
            return InetAddress.getByName(text);
        } catch (UnknownHostException e) {
            throw new TrafficException("'" + text + "' is neither an IP address nor a name that resolves", e);
        }
    }
}
