package io.nubicast.wire.pim;

/// Why the codec refuses a PIM message (PIM-006). One constant is one counter.
public enum PimDropReason {
    /// Fewer bytes than the message needs, or an option, entry or list runs beyond the end.
    TRUNCATED("shorter than its fields say"),
    /// Not PIM version 2.
    BAD_VERSION("not PIM version 2"),
    /// The checksum is wrong; of a Register, both over its first eight bytes and over all of it.
    BAD_CHECKSUM("the PIM checksum is wrong"),
    /// An address outside of lists is of another family, or encoded in a way that is not known.
    UNKNOWN_ADDRESS_FAMILY("an address of another family than IPv4"),
    /// A group that is no group, a source or neighbour that is no unicast address, or a mask that the message may not have.
    BAD_ADDRESS("an address or mask that does not belong there"),
    /// What a Register carries is no IPv4 packet to a group.
    BAD_INNER_PACKET("what the Register carries is no IPv4 packet to a group");

    private final String text;

    PimDropReason(String text) {
        this.text = text;
    }

    /// One clause for people, without a full stop.
    public String text() {
        return text;
    }

    /// The name as it stands in JSON and metrics: lower case, `bad_checksum`.
    public String label() {
        return name().toLowerCase(java.util.Locale.ROOT);
    }
}
