package io.nubicast.dataplane.packet;

import io.nubicast.kernel.netlink.OutputChain;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/// Which interfaces the host's firewall concerns on the way out. Immutable.
///
/// @param chains base chains of nftables with hook output or postrouting
/// @param legacyTables tables of iptables-legacy that have output rules; they are taken to concern every interface
record OutputRules(List<OutputChain> chains, Set<String> legacyTables) {
    static final OutputRules NONE = new OutputRules(List.of(), Set.of());

    OutputRules {
        chains = List.copyOf(chains);
        legacyTables = Set.copyOf(legacyTables);
    }

    /// What concerns the interface, for people: `nftables has output rules (table inet filter, chain output)`; empty for nothing.
    Optional<String> concerning(int index, String name) {
        String found = chains.stream().filter(chain -> chain.concerns(index, name))
                .map(chain -> "table " + chain.family() + " " + chain.table() + ", chain " + chain.name())
                .sorted().collect(Collectors.joining("; "));
        if (!found.isEmpty()) {
            return Optional.of("nftables has output rules (" + found + ")");
        }
        if (!legacyTables.isEmpty()) {
            return Optional.of("iptables has output rules (table " + String.join(", ", new TreeSet<>(legacyTables))
                    + ")");
        }
        return Optional.empty();
    }
}
