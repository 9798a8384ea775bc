package io.nubicast.tools.traffic;

import java.net.InetAddress;
import java.nio.file.Path;
import java.util.Optional;

/// What `nubicast send` is asked for.
///
/// @param destination a group, or a unicast address
/// @param port destination port, 1..65535
/// @param networkInterface by name, index or address; empty: where the routes lead, else the first that can do multicast
/// @param rate datagrams a second, above 0 to 1,000,000; not used with `ts`
/// @param size bytes of payload, 24..65507; not used with `ts`
/// @param count ends after so many datagrams; 0: no such end
/// @param seconds ends after so long; 0: no such end
/// @param ttl 0..255, of multicast; unicast leaves with the system's own
/// @param dscp 0..63
/// @param sourcePort 0..65535; 0: any
/// @param loop local receivers get it too (IP_MULTICAST_LOOP)
/// @param ts a transport stream to send at its own speed instead of numbered datagrams; the name `sample` is the one that
///     ships with the project
/// @param packetSize bytes of stream in a datagram, 1..65507; only with `ts`
/// @param json one JSON object a line instead of text
public record SendOptions(InetAddress destination, int port, Optional<String> networkInterface, double rate, int size,
        long count, double seconds, int ttl, int dscp, int sourcePort, boolean loop, Optional<Path> ts,
        int packetSize, boolean json) {
    /// The group that both commands use when none is named, from the administratively scoped block (RFC 2365).
    public static final String DEFAULT_GROUP = "239.255.0.1";
    public static final int DEFAULT_PORT = 5001;
    /// Numbered datagrams a second.
    public static final double DEFAULT_RATE = 100;
    public static final int DEFAULT_SIZE = 200;
    /// Seven packets of 188 bytes, what fits into an Ethernet frame.
    public static final int DEFAULT_PACKET_SIZE = 1316;
    /// The most that an IPv4 UDP datagram holds.
    public static final int LONGEST_PAYLOAD = 65507;

    /// @throws TrafficException for a value out of its range
    public SendOptions {
        range("--port", port, 1, 65535);
        range("--size", size, Probe.LENGTH, LONGEST_PAYLOAD);
        range("--pkt-size", packetSize, 1, LONGEST_PAYLOAD);
        range("--ttl", ttl, 0, 255);
        range("--dscp", dscp, 0, 63);
        range("--source-port", sourcePort, 0, 65535);
        if (!(rate > 0 && rate <= 1_000_000)) {
            throw new TrafficException("--rate is above 0 to 1000000 datagrams a second, not " + rate);
        }
        if (count < 0 || !(seconds >= 0)) {
            throw new TrafficException("--count and --seconds are 0 or more");
        }
    }

    static void range(String option, long value, long least, long most) {
        if (value < least || value > most) {
            throw new TrafficException(option + " is " + least + " to " + most + ", not " + value);
        }
    }

    /// Without arguments: 100 numbered datagrams of 200 bytes a second to 239.255.0.1:5001 with TTL 1, until it is stopped.
    public static SendOptions defaults() {
        return new SendOptions(Interfaces.address(DEFAULT_GROUP), DEFAULT_PORT, Optional.empty(), DEFAULT_RATE,
                DEFAULT_SIZE, 0, 0, 1, 0, 0, true, Optional.empty(), DEFAULT_PACKET_SIZE, false);
    }

    public SendOptions withDestination(InetAddress address, int newPort) {
        return new SendOptions(address, newPort, networkInterface, rate, size, count, seconds, ttl, dscp, sourcePort,
                loop, ts, packetSize, json);
    }

    public SendOptions withInterface(String name) {
        return new SendOptions(destination, port, Optional.of(name), rate, size, count, seconds, ttl, dscp, sourcePort,
                loop, ts, packetSize, json);
    }

    public SendOptions withRate(double datagramsPerSecond, int payloadBytes) {
        return new SendOptions(destination, port, networkInterface, datagramsPerSecond, payloadBytes, count, seconds,
                ttl, dscp, sourcePort, loop, ts, packetSize, json);
    }

    public SendOptions withCount(long datagrams) {
        return new SendOptions(destination, port, networkInterface, rate, size, datagrams, seconds, ttl, dscp,
                sourcePort, loop, ts, packetSize, json);
    }

    public SendOptions withTs(Path file, int bytesPerDatagram) {
        return new SendOptions(destination, port, networkInterface, rate, size, count, seconds, ttl, dscp, sourcePort,
                loop, Optional.of(file), bytesPerDatagram, json);
    }

    public SendOptions withSourcePort(int newSourcePort) {
        return new SendOptions(destination, port, networkInterface, rate, size, count, seconds, ttl, dscp,
                newSourcePort, loop, ts, packetSize, json);
    }
}
