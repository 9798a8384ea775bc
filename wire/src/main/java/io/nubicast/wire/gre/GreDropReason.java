package io.nubicast.wire.gre;

import java.util.Locale;

/// Why a tunnel dropped a packet, on its way in or out. One constant is one counter, one label in metrics and one line in the
/// manual. The order is part of nothing: counters are shown by name.
public enum GreDropReason {
    /// Shorter than its headers say, or than a header needs.
    TOO_SHORT("shorter than its headers say"),
    /// The outer IP header is malformed.
    BAD_OUTER_HEADER("the outer IP header is malformed"),
    /// The version is not 0 (RFC 2784 section 2.3.1): version 1 is PPTP.
    BAD_VERSION("the GRE version is not 0"),
    /// A bit of RFC 1701 is set: routing, strict source route, recursion control (RFC 2784 section 2.3).
    RESERVED_BITS("reserved bits of the GRE header are set"),
    /// The checksum of GRE is wrong (RFC 2784 section 2.5).
    BAD_CHECKSUM("the GRE checksum is wrong"),
    /// The UDP header around GRE does not fit, or its checksum is wrong (RFC 8086).
    BAD_UDP("the UDP header around GRE is malformed or its checksum wrong"),
    /// No tunnel goes to this source from this destination (GRE-002).
    UNKNOWN_TUNNEL("no tunnel is configured between these addresses"),
    /// Key missing, unexpected, or another than configured.
    KEY_MISMATCH("the GRE key is not the configured one"),
    /// Not newer than the last packet accepted (RFC 2890 section 2.2).
    OUT_OF_ORDER("older than the last packet accepted, with sequence-datagrams"),
    /// A payload that is not IPv4.
    UNKNOWN_PROTOCOL("the payload is not IPv4"),
    /// The packet inside is malformed.
    BAD_INNER_HEADER("the packet inside is malformed"),
    /// The network marked congestion on a packet whose sender does not understand it (RFC 6040 section 4.2).
    CONGESTION("congestion was marked on a packet that cannot carry the mark"),
    /// The line protocol is down.
    LINE_DOWN("the line protocol is down"),
    /// Larger than the tunnel takes, by `df-policy drop` or with DF set.
    TOO_BIG("larger than the tunnel's MTU, and not to be fragmented"),
    /// It would be encapsulated in itself (GRE-030).
    RECURSION("the tunnel's own packets were routed into the tunnel"),
    /// The kernel has no route to the destination, or the neighbour does not answer.
    NO_ROUTE("no route to the tunnel destination"),
    /// The sending queue was full.
    QUEUE_FULL("the sending queue was full"),
    /// The kernel refused it for another reason: a firewall rule, for example.
    REFUSED("refused by the kernel"),
    /// The tunnel interface did not take the packet.
    INTERFACE_DOWN("the tunnel interface is down"),
    /// A packet to be reflected whose addresses are not the tunnel's own (GRE-040).
    BAD_KEEPALIVE("a keepalive with addresses that are not the tunnel's"),
    /// Lost in the kernel's receive buffer before we could read it.
    RECEIVE_BUFFER_FULL("lost in the kernel's receive buffer");

    private final String text;

    GreDropReason(String text) {
        this.text = text;
    }

    /// One clause for people, without a full stop.
    public String text() {
        return text;
    }

    /// The name as it stands in JSON and metrics: lower case, `key_mismatch`.
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
