package io.nubicast.dataplane.socket;

import java.net.Inet4Address;
import java.net.InterfaceAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.List;

/// The interfaces of the namespace of the calling thread, and when they have changed.
final class HostInterfaces implements AutoCloseable {
    private static final long PERIOD_NS = 500_000_000L;
    private List<HostInterface> last = List.of();
    private long nextNs = Long.MIN_VALUE;

    boolean changed(long nowNs) {
        if (nextNs != Long.MIN_VALUE && nowNs - nextNs < 0) {
            return false;
        }
        nextNs = nowNs + PERIOD_NS;
        return !current().equals(last);
    }

    List<HostInterface> current() {
        List<HostInterface> found = new ArrayList<>();
        try {
            for (NetworkInterface each : NetworkInterface.networkInterfaces().toList()) {
                List<Integer> addresses = new ArrayList<>();
                for (InterfaceAddress address : each.getInterfaceAddresses()) {
                    if (address.getAddress() instanceof Inet4Address v4) {
                        byte[] b = v4.getAddress();
                        addresses.add((b[0] & 255) << 24 | (b[1] & 255) << 16 | (b[2] & 255) << 8 | b[3] & 255);
                    }
                }
                found.add(new HostInterface(each.getIndex(), each.getName(), each.isUp(), each.supportsMulticast(),
                        each.isLoopback(), addresses));
            }
        } catch (SocketException e) {
            return last;
        }
        last = found;
        return found;
    }

    @Override
    public void close() {}
}
