package io.nubicast.router.rp;

import io.nubicast.router.iface.InterfaceAddress;
import io.nubicast.router.policy.AccessList;
import io.nubicast.wire.Address;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The RP of every group, from all origins. One thread.
///
/// Of the mappings that cover a group, those of the best origin count: static ones with `override`, then Auto-RP, then the bootstrap
/// router, then other static ones (RP-002). Within an origin the longest prefix wins, then the highest address (RP-001).
public final class RpTable {
    /// Every group.
    public static final InterfaceAddress ALL_GROUPS = new InterfaceAddress(Address.ofIpv4(0xE0000000), 4);

    private static final int AUTO_RP_ANNOUNCE = 0xE0000127;
    private static final int AUTO_RP_DISCOVERY = 0xE0000128;

    private static final Comparator<RpMapping> WITHIN_ORIGIN = Comparator
            .comparingInt((RpMapping mapping) -> mapping.range().prefixLength()).thenComparing(RpMapping::rp);

    private List<StaticRp> configured = List.of();
    private List<RpMapping> fixed = List.of();
    private final Map<RpMapping.Origin, List<RpMapping>> learned = new EnumMap<>(RpMapping.Origin.class);
    private long changes;

    /// These lines are configured from now on. What was there before keeps its age.
    ///
    /// @return whether anything changed
    public boolean configure(List<StaticRp> rps, long nowNs) {
        if (rps.equals(configured)) {
            return false;
        }
        List<RpMapping> now = new ArrayList<>();
        for (StaticRp rp : rps) {
            for (RpMapping mapping : mappings(rp, nowNs)) {
                now.add(fixed.stream().filter(old -> sameBut(old, mapping)).findFirst().orElse(mapping));
            }
        }
        configured = List.copyOf(rps);
        fixed = List.copyOf(now);
        changes++;
        return true;
    }

    /// A protocol's mappings from now on, all of them.
    public void learn(RpMapping.Origin origin, Collection<RpMapping> mappings) {
        learned.put(origin, List.copyOf(mappings));
        changes++;
    }

    /// The mapping that holds for a group. A range without RP is one too. Never one for groups of 224.0.0.0/24 or for Auto-RP's own
    /// groups, and whoever asks for groups of the SSM range knows better.
    public Optional<RpMapping> mapping(Address group) {
        int bits = group.ipv4();
        if (!group.isMulticast() || group.isLinkLocalMulticast() || bits == AUTO_RP_ANNOUNCE
                || bits == AUTO_RP_DISCOVERY) {
            return Optional.empty();
        }
        return best(fixed.stream().filter(RpMapping::override).toList(), group)
                .or(() -> best(learned.getOrDefault(RpMapping.Origin.AUTO_RP, List.of()), group))
                .or(() -> best(learned.getOrDefault(RpMapping.Origin.BOOTSTRAP, List.of()), group))
                .or(() -> best(fixed, group));
    }

    /// The RP of a group, RP(G); empty when it has none.
    public Optional<Address> rp(Address group) {
        return mapping(group).filter(mapping -> !mapping.isNegative()).map(RpMapping::rp);
    }

    /// The lines that are configured.
    public List<StaticRp> configured() {
        return configured;
    }

    /// All mappings, static ones in the order of configuration.
    public List<RpMapping> mappings() {
        List<RpMapping> all = new ArrayList<>();
        learned.values().forEach(all::addAll);
        all.addAll(fixed);
        return all;
    }

    /// Grows with every change: what was looked up before may be stale.
    public long changes() {
        return changes;
    }

    private static Optional<RpMapping> best(List<RpMapping> mappings, Address group) {
        RpMapping best = null;
        for (RpMapping each : mappings) {
            if (each.range().contains(group) && (best == null || WITHIN_ORIGIN.compare(each, best) > 0)) {
                best = each;
            }
        }
        return Optional.ofNullable(best);
    }

    /// An access list as prefixes. An entry behind one that covers it never matters; one with a wildcard that is no prefix is taken
    /// as the prefix of its leading bits.
    private static List<RpMapping> mappings(StaticRp rp, long nowNs) {
        if (rp.groups().isEmpty()) {
            return List.of(mapping(rp, ALL_GROUPS, true, nowNs));
        }
        List<RpMapping> mappings = new ArrayList<>();
        for (AccessList.Entry entry : rp.groups().get().entries()) {
            int length = Integer.numberOfLeadingZeros(entry.sourceWildcard().ipv4());
            int mask = length == 0 ? 0 : -1 << 32 - length;
            InterfaceAddress range = length < 4
                    ? ALL_GROUPS
                    : new InterfaceAddress(Address.ofIpv4(entry.source().ipv4() & mask), length);
            boolean shadowed = mappings.stream().anyMatch(earlier -> earlier.range().contains(range.address())
                    && earlier.range().prefixLength() <= range.prefixLength());
            if (!shadowed) {
                mappings.add(mapping(rp, range, entry.permit(), nowNs));
            }
        }
        return mappings;
    }

    private static RpMapping mapping(StaticRp rp, InterfaceAddress range, boolean permit, long nowNs) {
        return new RpMapping(range, permit ? rp.address() : Address.ANY_IPV4, RpMapping.Origin.STATIC, rp.override(),
                nowNs, Long.MAX_VALUE);
    }

    private static boolean sameBut(RpMapping old, RpMapping now) {
        return old.range().equals(now.range()) && old.rp().equals(now.rp()) && old.override() == now.override();
    }
}
