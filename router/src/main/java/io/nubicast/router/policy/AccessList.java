package io.nubicast.router.policy;

import io.nubicast.wire.Address;
import java.util.List;

/// An access list: the first entry that matches decides, and what none matches is denied. Immutable.
///
/// @param name or number: `10`, `GROUPS`
/// @param extended whether its entries look at two addresses; a standard one looks at one, whatever it is used for
public record AccessList(String name, boolean extended, List<Entry> entries) {
    /// 232.0.0.0/8, the range of source-specific multicast (RFC 4607).
    public static final AccessList SSM_DEFAULT = new AccessList("default", List.of(new Entry(true,
            Address.ipv4("232.0.0.0"), Address.ipv4("0.255.255.255"), Address.ANY_IPV4, Address.ofIpv4(-1))));

    public AccessList {
        entries = List.copyOf(entries);
    }

    /// A standard list.
    public AccessList(String name, List<Entry> entries) {
        this(name, false, entries);
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

    /// Whether it permits what that source sends to that group: a standard list looks at the group, an extended one at both.
    ///
    /// @param source [Address#ANY_IPV4] for a membership of any source
    public boolean permitsGroup(Address source, Address group) {
        return extended ? permits(source, group) : permits(group);
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
