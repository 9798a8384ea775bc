package io.nubicast.wire.pim;

import io.nubicast.wire.Address;
import java.util.List;

/// What a Join/Prune, Graft or Graft-Ack says about one group. Its mask is as long as the address.
///
/// @param group a multicast address, not of 224.0.0.0/24
/// @param joins in the order of the message
/// @param prunes in the order of the message
public record GroupSet(Address group, List<SourceEntry> joins, List<SourceEntry> prunes) {
    public GroupSet {
        if (!group.isMulticast() || group.isLinkLocalMulticast()) {
            throw new IllegalArgumentException(group + " is not a group that is routed");
        }
        joins = List.copyOf(joins);
        prunes = List.copyOf(prunes);
    }

    /// That one is joined.
    public static GroupSet join(Address group, SourceEntry source) {
        return new GroupSet(group, List.of(source), List.of());
    }

    /// That one is pruned.
    public static GroupSet prune(Address group, SourceEntry source) {
        return new GroupSet(group, List.of(), List.of(source));
    }

    /// Its joins and prunes together.
    public int size() {
        return joins.size() + prunes.size();
    }
}
