package io.nubicast.router.config;

import io.nubicast.router.iface.InterfaceAddress;
import io.nubicast.router.igmp.IgmpConfig;
import io.nubicast.router.igmp.proxy.IgmpProxyConfig;
import io.nubicast.router.pim.PimConfig;
import io.nubicast.router.policy.AccessList;
import io.nubicast.wire.Address;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// All that the daemon is configured to be: typed, whole, and valid in itself. Immutable; compared by value, so that what did not
/// change can be seen.
///
/// @param interfaces by name, in the order of `show running-config`; also those that only other lines name
/// @param accessLists by number or name
/// @param ospf processes whose lines are kept; nothing runs them yet
/// @param users who may log in; SSH is off without one who has a key or a password
public record RouterConfig(String hostname, Map<String, InterfaceConfig> interfaces, IgmpConfig igmp,
        IgmpProxyConfig igmpProxy, PimConfig pim, List<StaticRoute> routes, Map<String, AccessList> accessLists,
        List<OspfProcess> ospf, List<User> users, Optional<Ssh> ssh) {
    /// Nothing configured.
    public static final RouterConfig EMPTY = new RouterConfig("router", Map.of(), IgmpConfig.NONE, IgmpProxyConfig.NONE,
            PimConfig.NONE, List.of(), Map.of(), List.of(), List.of(), Optional.empty());

    public RouterConfig {
        interfaces = java.util.Collections.unmodifiableMap(new java.util.LinkedHashMap<>(interfaces));
        routes = List.copyOf(routes);
        accessLists = Map.copyOf(accessLists);
        ospf = List.copyOf(ospf);
        users = List.copyOf(users);
    }

    /// The interface of that name, in full.
    public Optional<InterfaceConfig> find(String name) {
        return Optional.ofNullable(interfaces.get(name));
    }

    /// `ip route 10.1.0.0 255.255.0.0 {10.0.0.2 | Tunnel1 [10.0.0.2]} [distance]`.
    ///
    /// @param nextHop [Address#ANY_IPV4] when only the interface is given
    /// @param interfaceName empty when it is where the next hop is reached; `Null0` drops
    /// @param distance 1..255
    public record StaticRoute(InterfaceAddress prefix, Address nextHop, String interfaceName, int distance) {}

    /// `router ospf 10`.
    ///
    /// @param lines of its block, canonical
    public record OspfProcess(int number, List<String> lines) {
        public OspfProcess {
            lines = List.copyOf(lines);
        }
    }

    /// `username NAME [privilege N] {secret | password} …`.
    ///
    /// @param privilege 0..15; 15 is what configures
    /// @param secret as configured, in the form of its `type`; empty for a user without password
    /// @param type 0 for clear text, 9 for scrypt
    /// @param keys public keys in the form of OpenSSH's authorized_keys
    public record User(String name, int privilege, int type, String secret, List<String> keys) {
        public User {
            keys = List.copyOf(keys);
        }
    }

    /// `ip ssh server …`.
    ///
    /// @param address to listen at
    /// @param port 1..65535
    public record Ssh(Address address, int port) {}
}
