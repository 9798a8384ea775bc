package io.nubicast.dataplane.portable;

import io.nubicast.wire.Address;
import java.net.InetAddress;
import java.net.UnknownHostException;

/// Our addresses as the JDK's.
final class InetAddresses {
    private InetAddresses() {}

    static InetAddress inet(Address address) {
        try {
            return InetAddress.getByAddress(address.bytes());
        } catch (UnknownHostException e) {
            throw new IllegalStateException(address + " has neither 4 nor 16 bytes", e);
        }
    }
}
