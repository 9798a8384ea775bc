package io.nubicast.router.config;

import io.nubicast.router.iface.InterfaceAddress;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/// An interface as configured; what IGMP and PIM do on it stands in their configurations, by its name. Immutable.
///
/// @param device as the kernel calls it (`device eth1`); empty: physical interfaces without one take the machine's devices in their
///     order
/// @param addresses the primary one first; may be empty
/// @param ipMtu 68..65535; empty: the device's, or what the tunnel leaves
/// @param mtu of the device (`mtu`), 64..18000; empty: as it is
/// @param tunnel of a `TunnelN` only
/// @param implied whether no `interface` line names it, only another line, such as `tunnel source`
public record InterfaceConfig(InterfaceName name, Optional<String> device, List<InterfaceAddress> addresses,
        String description, boolean shutdown, OptionalInt mtu, OptionalInt ipMtu, Optional<TunnelConfig> tunnel,
        boolean implied) {
    public InterfaceConfig {
        addresses = List.copyOf(addresses);
    }
}
