package io.nubicast.tools.traffic;

import java.net.InetAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// What `nubicast receive` is asked for.
///
/// @param group joined; empty: only unicast is received
/// @param port 0..65535; 0 lets the system choose (for use as a library)
/// @param interfaces where to join, each by name, index or address; empty: all that are up and can do multicast
/// @param source accept only what this address sends (a source-specific join, RFC 4607); empty: any
/// @param bind the local address; empty: any address, so that unicast copies to this host arrive too
/// @param seconds ends after so long; 0: no such end
/// @param count ends after so many datagrams; 0: no such end
/// @param waitSeconds ends when nothing has arrived in so long since the start; 0: waits for ever
/// @param min fewer datagrams than this are a failure
/// @param expect exactly so many must arrive, none twice, none out of order; 0: not checked
/// @param ts judge the payloads as an MPEG transport stream
/// @param output write the payloads, one after the other, to this file
/// @param json one JSON object a line instead of text
public record ReceiveOptions(Optional<InetAddress> group, int port, List<String> interfaces,
        Optional<InetAddress> source, Optional<InetAddress> bind, double seconds, long count, double waitSeconds,
        long min, long expect, boolean ts, Optional<Path> output, boolean json) {
    /// Seconds without a first datagram after which `receive` gives up.
    public static final double DEFAULT_WAIT_SECONDS = 30;

    /// @throws TrafficException for a value out of its range
    public ReceiveOptions {
        interfaces = List.copyOf(interfaces);
        SendOptions.range("--port", port, 0, 65535);
        if (!(seconds >= 0) || !(waitSeconds >= 0) || count < 0 || min < 0 || expect < 0) {
            throw new TrafficException("--seconds, --wait, --count, --min and --expect are 0 or more");
        }
        group.filter(address -> !address.isMulticastAddress()).ifPresent(address -> {
            throw new TrafficException("--group " + address.getHostAddress() + " is not a group (224.0.0.0 to "
                    + "239.255.255.255). To receive unicast: --no-group");
        });
    }

    /// Without arguments: 239.255.0.1:5001 on every interface that can do multicast, until it is stopped, or until nothing
    /// has arrived in 30 s.
    public static ReceiveOptions defaults() {
        return new ReceiveOptions(Optional.of(Interfaces.address(SendOptions.DEFAULT_GROUP)), SendOptions.DEFAULT_PORT,
                List.of(), Optional.empty(), Optional.empty(), 0, 0, DEFAULT_WAIT_SECONDS, 0, 0, false,
                Optional.empty(), false);
    }

    public ReceiveOptions withGroup(InetAddress newGroup, int newPort) {
        return new ReceiveOptions(Optional.of(newGroup), newPort, interfaces, source, bind, seconds, count, waitSeconds,
                min, expect, ts, output, json);
    }

    public ReceiveOptions withoutGroup(int newPort) {
        return new ReceiveOptions(Optional.empty(), newPort, interfaces, source, bind, seconds, count, waitSeconds, min,
                expect, ts, output, json);
    }

    public ReceiveOptions withInterface(String name) {
        return new ReceiveOptions(group, port, List.of(name), source, bind, seconds, count, waitSeconds, min, expect,
                ts, output, json);
    }

    public ReceiveOptions withSource(InetAddress address) {
        return new ReceiveOptions(group, port, interfaces, Optional.of(address), bind, seconds, count, waitSeconds,
                min, expect, ts, output, json);
    }

    public ReceiveOptions withBind(InetAddress address) {
        return new ReceiveOptions(group, port, interfaces, source, Optional.of(address), seconds, count, waitSeconds,
                min, expect, ts, output, json);
    }

    /// When to end.
    ///
    /// @param newCount ends after so many, 0: no such end
    /// @param newWait gives up without a first one, 0: never
    public ReceiveOptions withEnd(long newCount, double newWait) {
        return new ReceiveOptions(group, port, interfaces, source, bind, seconds, newCount, newWait, min, expect, ts,
                output, json);
    }

    public ReceiveOptions withExpect(long datagrams) {
        return new ReceiveOptions(group, port, interfaces, source, bind, seconds, datagrams, waitSeconds, min,
                datagrams, ts, output, json);
    }

    public ReceiveOptions withTs() {
        return new ReceiveOptions(group, port, interfaces, source, bind, seconds, count, waitSeconds, min, expect, true,
                output, json);
    }

    public ReceiveOptions withOutput(Path file) {
        return new ReceiveOptions(group, port, interfaces, source, bind, seconds, count, waitSeconds, min, expect, ts,
                Optional.of(file), json);
    }
}
