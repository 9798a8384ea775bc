package io.nubicast.router.rp;

import io.nubicast.router.policy.AccessList;
import io.nubicast.wire.Address;
import java.util.Optional;

/// `ip pim rp-address 10.0.0.1 [acl] [override]` (RP-001).
///
/// @param groups a standard list whose addresses are the groups; what it denies has no RP. Empty: all groups that can have one
/// @param override whether it beats what was learned by Auto-RP or from a bootstrap router (RP-002)
public record StaticRp(Address address, Optional<AccessList> groups, boolean override) {}
