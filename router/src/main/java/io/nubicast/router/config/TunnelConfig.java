package io.nubicast.router.config;

import io.nubicast.wire.Address;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/// What stands under `interface TunnelN`. Immutable. A tunnel without source or destination stays down.
///
/// @param key 0..4294967295 (`tunnel key`)
/// @param checksum packets carry one (`tunnel checksum`)
/// @param sequenceDatagrams packets carry numbers, older ones are dropped (`tunnel sequence-datagrams`)
/// @param ttl of the outer header, 1..255
/// @param tos of the outer header, 0..255; empty: the inner one's
/// @param dfPolicy what becomes of multicast larger than the IP MTU (`tunnel multicast df-policy`)
/// @param keepalive empty: none are sent
public record TunnelConfig(Optional<Source> source, Optional<Address> destination, TunnelMode mode, OptionalLong key,
        boolean checksum, boolean sequenceDatagrams, int ttl, OptionalInt tos, boolean pathMtuDiscovery,
        DfPolicy dfPolicy, Optional<Keepalive> keepalive) {
    /// Nothing but `tunnel mode gre ip`.
    public static final TunnelConfig DEFAULT = new TunnelConfig(Optional.empty(), Optional.empty(),
            new TunnelMode.GreIp(Carrier.AUTOMATIC), OptionalLong.empty(), false, false, 255, OptionalInt.empty(),
            false,
            DfPolicy.FRAGMENT_OUTER, Optional.empty());

    /// Where packets come from.
    public sealed interface Source {
        /// `tunnel source 192.168.0.129`.
        record OfAddress(Address address) implements Source {}

        /// `tunnel source GigabitEthernet1`: its primary address.
        record OfInterface(InterfaceName name) implements Source {}
    }

    /// What carries packets.
    public sealed interface TunnelMode {
        /// `tunnel mode gre ip`: IP protocol 47.
        record GreIp(Carrier carrier) implements TunnelMode {}

        /// `tunnel mode gre udp` (RFC 8086).
        ///
        /// @param port where both ends receive
        /// @param checksum whether packets carry a UDP checksum (`no tunnel udp checksum`)
        /// @param fixedSourcePort packets come from `port`, for a peer that learns ports (`tunnel udp fixed-source-port`)
        /// @param learnPeer the far end's port is the one that packets came from (`tunnel udp learn-peer`)
        record GreUdp(int port, boolean checksum, boolean fixedSourcePort, boolean learnPeer) implements TunnelMode {}
    }

    /// Who handles the packets (FWD-013).
    public enum Carrier {
        /// eBPF where it loads, user space for the rest.
        AUTOMATIC,
        /// `tunnel mode gre ip userspace`.
        USER_SPACE,
        /// `tunnel mode gre ip kernel`: the kernel's own GRE device.
        KERNEL
    }

    /// What becomes of multicast that is larger than the tunnel's IP MTU (GRE-021).
    public enum DfPolicy {
        FRAGMENT_OUTER, CLEAR_DF_FRAGMENT_INNER, DROP
    }

    /// `keepalive PERIOD RETRIES`.
    ///
    /// @param seconds 1..32767
    /// @param retries 1..255
    public record Keepalive(int seconds, int retries) {}
}
