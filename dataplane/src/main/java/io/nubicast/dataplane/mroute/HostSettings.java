package io.nubicast.dataplane.mroute;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Finds settings of this host (of the calling thread's network namespace) that would break a router's path, and says what to
/// do about them (MFC-011). Changes nothing.
final class HostSettings {
    private static final Path IPV4 = Path.of("/proc/sys/net/ipv4");
    private static final int STRICT = 1;

    private HostSettings() {}

    /// What concerns the host.
    static List<String> ofHost() {
        return read(IPV4.resolve("ip_forward")) == 0
                ? List.of("net.ipv4.ip_forward is 0: this host routes multicast, but no unicast; "
                        + "to change that: sysctl -w net.ipv4.ip_forward=1")
                : List.of();
    }

    /// What concerns a device.
    static List<String> of(String device) {
        List<String> found = new ArrayList<>();
        Path all = IPV4.resolve("conf").resolve("all");
        Path own = IPV4.resolve("conf").resolve(device);
        if (Math.max(read(all.resolve("rp_filter")), read(own.resolve("rp_filter"))) == STRICT) {
            String setting = read(all.resolve("rp_filter")) == STRICT ? "all" : device;
            found.add("net.ipv4.conf." + setting + ".rp_filter is 1: multicast on " + device
                    + " whose source is not reached by it is dropped before it is routed; "
                    + "sysctl -w net.ipv4.conf." + setting + ".rp_filter=0");
        }
        // A setting of `all` counts for every device here.
        if (read(IPV4.resolve("ip_forward")) == 1
                && Math.max(read(all.resolve("send_redirects")), read(own.resolve("send_redirects"))) == 1) {
            found.add("net.ipv4.conf." + device + ".send_redirects is 1: hosts on " + device
                    + " may be told to go around this router; sysctl -w net.ipv4.conf.all.send_redirects=0 net.ipv4.conf."
                    + device + ".send_redirects=0");
        }
        return found;
    }

    /// -1 where it cannot be read.
    private static int read(Path file) {
        try {
            return Integer.parseInt(Files.readString(file).strip());
        } catch (IOException | NumberFormatException e) {
            return -1;
        }
    }
}
