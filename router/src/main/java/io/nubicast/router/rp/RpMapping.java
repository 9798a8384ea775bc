package io.nubicast.router.rp;

import io.nubicast.router.iface.InterfaceAddress;
import io.nubicast.wire.Address;

/// A range of groups and its RP.
///
/// @param range the groups, as a prefix
/// @param rp [Address#ANY_IPV4] for a range that has no RP, a negative one
/// @param override of a static mapping: it beats what was learned
/// @param sinceNs when it came to be
/// @param expiresNs [Long#MAX_VALUE] for never
public record RpMapping(InterfaceAddress range, Address rp, Origin origin, boolean override, long sinceNs,
        long expiresNs) {
    /// Who says so; an earlier one beats a later one (RP-002).
    public enum Origin {
        AUTO_RP, BOOTSTRAP, STATIC
    }

    /// Whether the range has no RP.
    public boolean isNegative() {
        return rp.isUnspecified();
    }
}
