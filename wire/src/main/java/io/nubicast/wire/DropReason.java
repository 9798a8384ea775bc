package io.nubicast.wire;

/// Why a packet was dropped. One constant is one counter, one label in metrics and one line in the manual.
///
/// The order is part of nothing: counters are shown by name.
public enum DropReason {
    /// Shorter than its own headers say, or than a header needs.
    TOO_SHORT("shorter than its headers say"),
    /// Not IP version 4, a header length below 20 bytes, or a total length below the header's.
    BAD_IP_HEADER("the IP header is malformed"),
    /// The UDP length is below 8 or beyond the datagram.
    BAD_UDP_LENGTH("the UDP length does not fit the datagram"),
    /// A UDP checksum that is neither right, nor 0, nor left to offload by the kernel.
    BAD_CHECKSUM("the UDP checksum is wrong"),
    /// A datagram to a group, or to a port of a group, that no route takes.
    NO_ROUTE("no group is configured for it"),
    /// A datagram that a Nubicast client of this host restored: capturing it again would be a loop.
    RESTORED_HERE("restored to multicast by a proxy client of this host"),
    /// Came from the wire although the source is an address of this host: our own traffic, sent back by another proxy.
    OWN_SOURCE("came back from the wire with our own source address"),
    /// A frame that a device above passed down (macvlan): it was captured there already.
    UPPER_DEVICE("came down from a device above, where it was captured already"),
    /// A burst that its sender left to the device to cut (UDP_SEGMENT), on a kernel that cannot hand it over (before 6.2).
    UNREADABLE_BURST("a segmentation-offloaded burst that this kernel cannot hand over"),
    /// The same datagrams come back again and again from the wire: two proxies feed each other.
    LOOP("goes round in a loop between proxies"),
    /// Beyond the group's rate limit.
    RATE_LIMITED("beyond the group's rate limit"),
    /// On the client: the source is not a configured server.
    UNKNOWN_SERVER("the sender is not a configured server"),
    /// On the client: a copy of a configured server whose type of service is not the one that marks copies.
    NOT_MARKED("a copy without the marker that --marker asks for"),
    /// Cut off in a receive buffer: longer than any UDP datagram may be.
    TRUNCATED("longer than the receive buffer"),
    /// Lost in the kernel's receive buffer before we could read it (SO_RXQ_OVFL).
    RECEIVE_BUFFER_FULL("lost in the kernel's receive buffer");

    private final String text;

    DropReason(String text) {
        this.text = text;
    }

    /// One clause for people, without a full stop.
    public String text() {
        return text;
    }

    /// The name as it stands in JSON and metrics: lower case, `no_route`.
    public String label() {
        return name().toLowerCase(java.util.Locale.ROOT);
    }
}
