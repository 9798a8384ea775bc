package io.nubicast.wire.igmp;

import io.nubicast.wire.Address;
import java.util.Collection;
import java.util.List;

/// What a host says about one group (RFC 3376 section 4.2.4). Immutable. Auxiliary data is skipped when read, and none is written.
///
/// @param group as received: any address
/// @param sources in their order, as received: any addresses, at most 65535
public record GroupRecord(RecordType type, Address group, List<Address> sources) {
    /// Bytes before the sources.
    public static final int HEADER_LENGTH = 8;

    public GroupRecord {
        sources = List.copyOf(sources);
    }

    public GroupRecord(RecordType type, Address group, Collection<Address> sources) {
        this(type, group, List.copyOf(sources));
    }

    /// Bytes on the wire.
    public int length() {
        return HEADER_LENGTH + 4 * sources.size();
    }
}
