package io.nubicast.router.igmp;

import io.nubicast.wire.Address;
import java.util.Optional;

/// A membership that the configuration names: of a group, or of one source of it.
///
/// @param source empty for any source
public record Membership(Address group, Optional<Address> source) {
    /// Judges both.
    ///
    /// @throws IllegalArgumentException when the group or the source is not one that a router can forward
    public Membership {
        if (!group.isIpv4() || !group.isMulticast() || group.isLinkLocalMulticast()) {
            throw new IllegalArgumentException(
                    group + " is not a group that is routed: take one of 224.0.1.0 to 239.255.255.255");
        }
        if (source.isPresent() && (source.get().isMulticast() || source.get().isUnspecified()
                || source.get().isLimitedBroadcast())) {
            throw new IllegalArgumentException(source.get() + " cannot be a source");
        }
    }

    /// Any source of that group.
    public static Membership of(Address group) {
        return new Membership(group, Optional.empty());
    }

    /// One source of that group.
    public static Membership of(Address group, Address source) {
        return new Membership(group, Optional.of(source));
    }
}
