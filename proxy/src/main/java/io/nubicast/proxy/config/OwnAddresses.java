package io.nubicast.proxy.config;

import io.nubicast.wire.Address;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InterfaceAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.Enumeration;
import java.util.HashSet;
import java.util.Set;

/// What this host's own addresses are, for the checks that keep copies from coming back or being broadcast.
public interface OwnAddresses {
    boolean isOwn(Address address);

    /// The broadcast address of a network that this host is on.
    boolean isDirectedBroadcast(Address address);

    /// For a file that is checked on another host than the one it is for.
    OwnAddresses NONE = of(Set.of(), Set.of());

    static OwnAddresses of(Set<Address> own, Set<Address> broadcasts) {
        return new Known(own, broadcasts);
    }

    /// Two of them are equal when the addresses are.
    record Known(Set<Address> own, Set<Address> broadcasts) implements OwnAddresses {
        public Known {
            own = Set.copyOf(own);
            broadcasts = Set.copyOf(broadcasts);
        }

        @Override
        public boolean isOwn(Address address) {
            return own.contains(address);
        }

        @Override
        public boolean isDirectedBroadcast(Address address) {
            return broadcasts.contains(address);
        }
    }

    /// The addresses of all interfaces at this moment; loopback addresses are a matter of their own
    /// ([AddressRules#allowLoopback()]) and left out. None when the system does not tell.
    static OwnAddresses ofThisHost() {
        Set<Address> own = new HashSet<>();
        Set<Address> broadcasts = new HashSet<>();
        try {
            Enumeration<NetworkInterface> interfaces = NetworkInterface.getNetworkInterfaces();
            while (interfaces.hasMoreElements()) {
                for (InterfaceAddress address : interfaces.nextElement().getInterfaceAddresses()) {
                    InetAddress inet = address.getAddress();
                    if (inet.isLoopbackAddress()) {
                        continue;
                    }
                    own.add(Address.of(inet.getAddress()));
                    InetAddress broadcast = address.getBroadcast();
                    if (broadcast != null && !broadcast.isAnyLocalAddress()) {
                        broadcasts.add(Address.of(broadcast.getAddress()));
                    }
                    int bits = address.getNetworkPrefixLength();
                    if (inet instanceof Inet4Address && bits > 0 && bits < 31) {
                        // Where no broadcast address is set the kernel takes this one all the same.
                        broadcasts.add(Address.ofIpv4(Address.of(inet.getAddress()).ipv4() | -1 >>> bits));
                    }
                }
            }
        } catch (SocketException e) {
            return NONE;
        }
        broadcasts.removeAll(own);
        return of(own, broadcasts);
    }
}
