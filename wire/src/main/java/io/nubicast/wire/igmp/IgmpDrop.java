package io.nubicast.wire.igmp;

/// Why bytes are no IGMP message. One constant is one counter and one line in `show ip igmp traffic`.
public enum IgmpDrop implements IgmpDecoded {
    TOO_SHORT("shorter than 8 bytes"), BAD_CHECKSUM("the checksum is wrong"),
    /// Neither 8 bytes nor at least 12 (RFC 3376 section 7.1).
    BAD_QUERY_LENGTH("a query of 9 to 11 bytes"),
    /// More sources in a query than there are bytes for.
    QUERY_OVERRUN("a query that ends before its sources"),
    /// A group record, its sources or its auxiliary data reach beyond the message: nothing of the report is applied.
    REPORT_OVERRUN("a report that ends before its group records");

    private final String description;

    IgmpDrop(String description) {
        this.description = description;
    }

    /// For people.
    public String description() {
        return description;
    }
}
