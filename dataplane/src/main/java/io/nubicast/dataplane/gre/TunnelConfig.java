package io.nubicast.dataplane.gre;

import io.nubicast.wire.Address;
import io.nubicast.wire.Ipv4Header;
import io.nubicast.wire.gre.GreHeader;
import io.nubicast.wire.gre.GreInUdp;
import java.util.Optional;
import java.util.OptionalInt;

/// How a tunnel shall be: what stands under `interface TunnelN`. [#to(Source, Address)] has the defaults; every `with…` changes one
/// thing.
///
/// @param source where packets come from (`tunnel source`)
/// @param destination the far end (`tunnel destination`), an IPv4 unicast address
/// @param mode what carries the packets (`tunnel mode`)
/// @param key 32 bits that both ends must agree on (`tunnel key`, RFC 2890)
/// @param checksummed packets carry a checksum (`tunnel checksum`); one that is there is always verified
/// @param sequenced packets carry numbers, and older ones are dropped (`tunnel sequence-datagrams`)
/// @param timeToLive of the outer header, 1..255 (`tunnel ttl`)
/// @param typeOfService of the outer header (`tunnel tos`); empty: the inner one's
/// @param ipMtu the largest packet that is not fragmented (`ip mtu`), 68..65535; empty: what the underlay leaves
/// @param dfPolicy what becomes of larger multicast
/// @param pathMtuDiscovery the outer DF bit is the inner one's (`tunnel path-mtu-discovery`), else 0
/// @param keepalive off when empty
/// @param shutdown the interface is down (`shutdown`); it stays, and keeps its counters
/// @param carrier who carries the packets
public record TunnelConfig(Source source, Address destination, Mode mode, OptionalInt key, boolean checksummed,
        boolean sequenced, int timeToLive, OptionalInt typeOfService, OptionalInt ipMtu, DfPolicy dfPolicy,
        boolean pathMtuDiscovery, Optional<KeepaliveTimes> keepalive, boolean shutdown, Carrier carrier) {
    /// Where packets come from.
    public sealed interface Source {
        /// An address of this host.
        record OfAddress(Address address) implements Source {}

        /// The first address of an interface, also when it gets another one.
        ///
        /// @param name as the kernel has it, `eth0`
        record OfInterface(String name) implements Source {}
    }

    /// What carries the packets.
    public sealed interface Mode {
        /// IP protocol 47 (`tunnel mode gre ip`).
        record Gre() implements Mode {}

        /// UDP (`tunnel mode gre udp`, RFC 8086).
        ///
        /// @param port where both ends receive, 1..65535
        /// @param checksummed packets carry a UDP checksum; without, they carry 0, which every receiver accepts
        /// @param fixedSourcePort packets come from `port` instead of one for each flow, for peers with `learnPeer`
        /// @param learnPeer packets go to the port from which the last one came, for a peer behind a NAT that changes ports
        record Udp(int port, boolean checksummed, boolean fixedSourcePort, boolean learnPeer) implements Mode {
            public Udp {
                if (port < 1 || port > 0xFFFF) {
                    throw new IllegalArgumentException("a port is 1..65535, not " + port);
                }
            }

            /// As RFC 8086 has it: port 4754, with checksums.
            public static Udp standard() {
                return new Udp(GreInUdp.PORT, true, false, false);
            }
        }
    }

    /// `tunnel multicast df-policy`: multicast larger than the tunnel's IP MTU (GRE-021).
    public enum DfPolicy {
        /// The outer packet is fragmented, and put together again by the far end: receivers get what was sent.
        FRAGMENT_OUTER,
        /// DF is cleared, and the packet itself fragmented.
        CLEAR_DF_FRAGMENT_INNER,
        /// With DF it is dropped; without, fragmented.
        DROP
    }

    /// Who carries the packets.
    public enum Carrier {
        /// eBPF programs in the kernel where they can be had, and user space for what these leave.
        AUTOMATIC,
        /// User space only.
        USER_SPACE
    }

    /// `keepalive PERIOD RETRIES`.
    ///
    /// @param periodSeconds between keepalives, 1..32767
    /// @param retries keepalives without an answer until the line protocol is down, 1..255
    public record KeepaliveTimes(int periodSeconds, int retries) {
        /// What `keepalive` without numbers means.
        public static final KeepaliveTimes DEFAULT = new KeepaliveTimes(10, 3);

        public KeepaliveTimes {
            if (periodSeconds < 1 || periodSeconds > 32_767 || retries < 1 || retries > 255) {
                throw new IllegalArgumentException("keepalive " + periodSeconds + " " + retries
                        + ": the period is 1..32767 s, the retries are 1..255");
            }
        }
    }

    private static final int UDP_BYTES = 8;

    public TunnelConfig {
        if (!destination.isIpv4() || destination.isMulticast() || destination.isUnspecified()
                || destination.isLimitedBroadcast()) {
            throw new IllegalArgumentException("tunnel destination " + destination + " is not an IPv4 unicast address");
        }
        if (timeToLive < 1 || timeToLive > 255) {
            throw new IllegalArgumentException("tunnel ttl " + timeToLive + " is not 1..255");
        }
        typeOfService.ifPresent(tos -> {
            if (tos < 0 || tos > 255) {
                throw new IllegalArgumentException("tunnel tos " + tos + " is not 0..255");
            }
        });
        ipMtu.ifPresent(bytes -> {
            if (bytes < 68 || bytes > 65_535) {
                throw new IllegalArgumentException("ip mtu " + bytes + " is not 68..65535");
            }
        });
    }

    /// A tunnel with the defaults of `tunnel mode gre ip`: no options, TTL 255, the inner type of service.
    public static TunnelConfig to(Source source, Address destination) {
        return new TunnelConfig(source, destination, new Mode.Gre(), OptionalInt.empty(), false, false, 255,
                OptionalInt.empty(), OptionalInt.empty(), DfPolicy.FRAGMENT_OUTER, false, Optional.empty(), false,
                Carrier.AUTOMATIC);
    }

    public TunnelConfig withMode(Mode newMode) {
        return new TunnelConfig(source, destination, newMode, key, checksummed, sequenced, timeToLive, typeOfService,
                ipMtu, dfPolicy, pathMtuDiscovery, keepalive, shutdown, carrier);
    }

    public TunnelConfig withKey(OptionalInt newKey) {
        return new TunnelConfig(source, destination, mode, newKey, checksummed, sequenced, timeToLive, typeOfService,
                ipMtu, dfPolicy, pathMtuDiscovery, keepalive, shutdown, carrier);
    }

    /// With these options of the GRE header.
    public TunnelConfig withOptions(boolean newChecksummed, boolean newSequenced) {
        return new TunnelConfig(source, destination, mode, key, newChecksummed, newSequenced, timeToLive,
                typeOfService, ipMtu, dfPolicy, pathMtuDiscovery, keepalive, shutdown, carrier);
    }

    /// With this in the outer header.
    public TunnelConfig withOuter(int newTimeToLive, OptionalInt newTypeOfService) {
        return new TunnelConfig(source, destination, mode, key, checksummed, sequenced, newTimeToLive,
                newTypeOfService, ipMtu, dfPolicy, pathMtuDiscovery, keepalive, shutdown, carrier);
    }

    /// With this for large packets.
    public TunnelConfig withSizes(OptionalInt newIpMtu, DfPolicy newDfPolicy, boolean newPathMtuDiscovery) {
        return new TunnelConfig(source, destination, mode, key, checksummed, sequenced, timeToLive, typeOfService,
                newIpMtu, newDfPolicy, newPathMtuDiscovery, keepalive, shutdown, carrier);
    }

    public TunnelConfig withKeepalive(Optional<KeepaliveTimes> newKeepalive) {
        return new TunnelConfig(source, destination, mode, key, checksummed, sequenced, timeToLive, typeOfService,
                ipMtu, dfPolicy, pathMtuDiscovery, newKeepalive, shutdown, carrier);
    }

    public TunnelConfig withShutdown(boolean newShutdown) {
        return new TunnelConfig(source, destination, mode, key, checksummed, sequenced, timeToLive, typeOfService,
                ipMtu, dfPolicy, pathMtuDiscovery, keepalive, newShutdown, carrier);
    }

    public TunnelConfig withCarrier(Carrier newCarrier) {
        return new TunnelConfig(source, destination, mode, key, checksummed, sequenced, timeToLive, typeOfService,
                ipMtu, dfPolicy, pathMtuDiscovery, keepalive, shutdown, newCarrier);
    }

    /// The options of the GRE header, as [GreHeader] has them.
    public int flags() {
        return (checksummed ? GreHeader.CHECKSUM_PRESENT : 0) | (key.isPresent() ? GreHeader.KEY_PRESENT : 0)
                | (sequenced ? GreHeader.SEQUENCE_PRESENT : 0);
    }

    /// Bytes that the tunnel adds to each packet: 24..44.
    public int overhead() {
        return Ipv4Header.MINIMUM_LENGTH + (mode instanceof Mode.Udp ? UDP_BYTES : 0) + GreHeader.length(flags());
    }

    /// The largest packet that goes into one packet of the underlay: the IP MTU for routes and shows.
    ///
    /// @param underlayMtu of the interface towards the destination
    public int transportMtu(int underlayMtu) {
        return Math.min(ipMtu.orElse(0xFFFF), underlayMtu - overhead());
    }

    /// The MTU of the device: all that the tunnel may take, so that the kernel neither drops nor fragments what is ours to judge
    /// (FWD-010).
    ///
    /// @param underlayMtu of the interface towards the destination
    public int deviceMtu(int underlayMtu) {
        return Math.max(underlayMtu, transportMtu(underlayMtu));
    }

    /// A line for people about what will not work as configured, or nothing: keepalives through address translation (GRE-041).
    ///
    /// @param sourceAddress the source as it is now
    public Optional<String> warning(Address sourceAddress) {
        return keepalive.isPresent() && !sourceAddress.isPublic() && destination.isPublic()
                ? Optional.of("keepalive does not work through the address translation that is probably between "
                        + sourceAddress + " and " + destination
                        + ": the answer carries the private address. Use IP SLA through the tunnel instead")
                : Optional.empty();
    }
}
