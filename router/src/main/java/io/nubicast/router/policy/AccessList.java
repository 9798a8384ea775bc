package io.nubicast.router.policy;

import io.nubicast.wire.Address;
import java.util.List;

/// An access list: the first entry that matches decides, and what none matches is denied. Immutable.
///
/// @param name or number: `10`, `GROUPS`
public record AccessList(String name, List<Entry> entries) {
    public AccessList {
        entries = List.copyOf(entries);
    }

    /// One line. A bit of a wildcard that is set does not matter.
    ///
    /// @param destination of an extended list; [Address#ANY_IPV4] with a wildcard of all ones in a standard one
    public record Entry(boolean permit, Address source, Address sourceWildcard, Address destination,
            Address destinationWildcard) {
        private boolean matches(Address from, Address to) {
            return ((from.ipv4() ^ source.ipv4()) & ~sourceWildcard.ipv4()) == 0
                    && ((to.ipv4() ^ destination.ipv4()) & ~destinationWildcard.ipv4()) == 0;
        }
    }

    /// Whether a standard list permits that address: a group, a neighbour, a source.
    public boolean permits(Address address) {
        return permits(address, Address.ANY_IPV4);
    }

    /// Whether an extended list permits that source and group; a standard one looks at the source only.
    public boolean permits(Address source, Address destination) {
        for (Entry entry : entries) {
            if (entry.matches(source, destination)) {
                return entry.permit();
            }
        }
        return false;
    }
}
