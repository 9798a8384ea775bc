package io.nubicast.router.iface;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/// All that `show interfaces` prints of one interface, as of one moment. What the router does not know is left empty and printed as
/// IOS prints the unknown.
///
/// @param adminUp not shut down
/// @param lineUp packets can pass
/// @param hardwareAddress 48 bits; empty for tunnels and loopbacks
/// @param mtu of IP packets, bytes
/// @param bandwidthKbit for routing metrics
/// @param tunnel what a tunnel has more
public record InterfaceReport(String name, String device, String description, boolean adminUp, boolean lineUp,
        Kind kind,
        OptionalLong hardwareAddress, List<InterfaceAddress> addresses, int mtu, long bandwidthKbit, Traffic traffic,
        Optional<Tunnel> tunnel) {
    /// What it is made of.
    public enum Kind {
        ETHERNET, TUNNEL, LOOPBACK
    }

    public InterfaceReport {
        addresses = List.copyOf(addresses);
    }

    /// `administratively down`, `down` or `up`, as it stands behind the name.
    public String status() {
        return adminUp ? "up" : "administratively down";
    }

    /// `up` or `down`.
    public String protocol() {
        return lineUp ? "up" : "down";
    }

    /// Packets and bytes since the interface came to be, and the rates of the last five minutes.
    ///
    /// @param drops packets dropped, by reason: each a line of `show interfaces`
    public record Traffic(long packetsIn, long bytesIn, long multicastsIn, long errorsIn, long packetsOut,
            long bytesOut,
            long errorsOut, long bitsInPerSecond, long packetsInPerSecond, long bitsOutPerSecond,
            long packetsOutPerSecond, OptionalLong lastInputAgoNs, OptionalLong lastOutputAgoNs,
            Map<String, Long> drops) {
        public static final Traffic NONE = new Traffic(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, OptionalLong.empty(),
                OptionalLong.empty(), Map.of());
    }

    /// A tunnel.
    ///
    /// @param source `192.168.0.129 (GigabitEthernet1)`, or `UNKNOWN`
    /// @param protocol `GRE/IP`, `GRE/UDP`
    /// @param key empty for `disabled`
    /// @param keepalive `set (10 sec), retries 3`, or `not set`
    /// @param lineReason why the line protocol is down; empty while it is up
    /// @param carriedBy which path carries the packets, a clause for people
    public record Tunnel(String source, String destination, String protocol, Optional<Long> key, boolean sequencing,
            boolean checksumming, int ttl, int transportMtu, String keepalive, String lineReason, String carriedBy) {}
}
