package io.nubicast.router.mrib;

import io.nubicast.wire.Address;
import java.util.Collection;

/// What receivers on the interfaces asked for, by IGMP or by configuration: `local_receiver_include` and `local_receiver_exclude`
/// of RFC 7761 section 4.1.6. On the router's thread.
public interface LocalReceivers {
    /// Whether receivers of the interface want that source of the group and named it: local_receiver_include(S,G,I).
    boolean includes(int interfaceId, Address source, Address group);

    /// Whether receivers of the interface want the group whatever the source: local_receiver_include(*,G,I).
    boolean includesAny(int interfaceId, Address group);

    /// Whether they want the group but not that source: local_receiver_exclude(S,G,I).
    boolean excludes(int interfaceId, Address source, Address group);

    /// Every source of the group that receivers of the interface named, to have it or not to have it.
    Collection<Address> sources(int interfaceId, Address group);

    /// When the receivers of the interface are forgotten unless they report again, on the clock of the caller; [Long#MAX_VALUE]
    /// when that is not known, or never.
    default long expiresNs(int interfaceId, Address group) {
        return Long.MAX_VALUE;
    }

    /// Whether this router is a receiver itself (`ip igmp join-group`).
    default boolean joinedByRouter(Address group) {
        return false;
    }

    /// Is told of changes.
    @FunctionalInterface
    interface Listener {
        /// What receivers of the interface want of that group is no longer what it was.
        void onReceiversChanged(int interfaceId, Address group, long nowNs);
    }
}
