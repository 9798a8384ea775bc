package io.nubicast.kernel.netlink;

import java.util.Set;

/// A base chain of nftables that sees what this host sends in IPv4: hook output or postrouting, family ip or inet.
///
/// @param family `ip` or `inet`
/// @param drops its policy is drop
/// @param rules what its rules concern, each different one once
public record OutputChain(String family, String table, String name, boolean drops, Set<Scope> rules) {
    /// The set is copied.
    public OutputChain {
        rules = Set.copyOf(rules);
    }

    /// Which interface a rule begins by asking for: an index, a name, or the beginning of one; neither for every interface.
    ///
    /// @param device index, 0 for none
    /// @param name empty for none
    /// @param isPrefix the name may go on: `eth*`
    public record Scope(int device, String name, boolean isPrefix) {
        /// Every interface.
        public static final Scope ALL = new Scope(0, "", true);

        /// Whether it has that interface in it.
        public boolean contains(int index, String interfaceName) {
            if (device != 0) {
                return device == index;
            }
            return isPrefix ? interfaceName.startsWith(name) : interfaceName.equals(name);
        }
    }

    /// Whether what leaves by that interface meets a rule of this chain, or its policy of dropping.
    public boolean concerns(int index, String interfaceName) {
        return drops || rules.stream().anyMatch(scope -> scope.contains(index, interfaceName));
    }
}
