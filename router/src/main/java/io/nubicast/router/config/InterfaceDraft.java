package io.nubicast.router.config;

import io.nubicast.router.iface.InterfaceAddress;
import io.nubicast.router.igmp.IgmpInterfaceConfig;
import io.nubicast.router.pim.PimConfig;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/// An interface while its lines are read.
final class InterfaceDraft {
    /// Part in the IGMP proxy.
    enum ProxyRole {
        NONE, UPSTREAM, DOWNSTREAM
    }

    final InterfaceName name;
    final @Nullable Line header;
    final Map<InterfaceAddress, Line> addresses = new LinkedHashMap<>();
    final TunnelDraft tunnel = new TunnelDraft();
    Optional<String> device = Optional.empty();
    @Nullable
    Line deviceLine;
    String description = "";
    boolean shutdown;
    OptionalInt mtu = OptionalInt.empty();
    OptionalInt ipMtu = OptionalInt.empty();
    IgmpInterfaceConfig.Builder igmp = new IgmpInterfaceConfig.Builder();
    PimConfig.Interface pim = PimConfig.Interface.OFF;
    boolean passive;
    boolean multicastLines;
    ProxyRole proxyRole = ProxyRole.NONE;
    @Nullable
    Line proxyLine;

    InterfaceDraft(InterfaceName name, @Nullable Line header) {
        this.name = name;
        this.header = header;
    }

    boolean isTunnel() {
        return name.kind() == InterfaceName.Kind.TUNNEL;
    }

    /// The secondary addresses behind the primary one, as they were configured.
    InterfaceConfig build() {
        List<InterfaceAddress> ordered = new ArrayList<>();
        addresses.forEach((address, line) -> {
            if (line.arguments().has("secondary")) {
                ordered.add(address);
            } else {
                ordered.addFirst(address);
            }
        });
        return new InterfaceConfig(name, device, ordered, description, shutdown, mtu, ipMtu,
                isTunnel() ? Optional.of(tunnel.build()) : Optional.empty(), header == null);
    }
}
