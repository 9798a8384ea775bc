package io.nubicast.router.pim.hello;

import io.nubicast.wire.Address;
import io.nubicast.wire.pim.HelloOption;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/// A neighbour as its last Hello described it. A value.
///
/// @param address its primary address: where its Hellos come from, and what Joins to it name
/// @param secondaries its other addresses (option 24)
/// @param sinceNs when it became a neighbour, or started anew
/// @param expiresNs when it stops being one; [Long#MAX_VALUE] for never
/// @param drPriority empty when it does not tell one
/// @param generationId empty when it does not tell one
/// @param lanPruneDelay empty when it does not tell one
public record PimNeighbor(int interfaceId, Address address, List<Address> secondaries, long sinceNs, long expiresNs,
        OptionalLong drPriority, OptionalInt generationId, Optional<HelloOption.LanPruneDelay> lanPruneDelay,
        boolean stateRefreshCapable, boolean bidirectionalCapable, boolean joinAttributeCapable) {
    public PimNeighbor {
        secondaries = List.copyOf(secondaries);
    }
}
