package io.nubicast.router.igmp;

import io.nubicast.router.policy.AccessList;
import io.nubicast.wire.Address;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/// The configuration of IGMP. Immutable.
///
/// @param interfaces by name, those on which IGMP runs
/// @param ssmRange the groups of source-specific multicast (`ip pim ssm`); empty for none
/// @param ssmMappings what members of older versions mean when they ask for a group of that range (`ip igmp ssm-map static`), the
///     first list that permits a group adds its source, and so does every other that permits it
/// @param limit most groups on all interfaces together (`ip igmp limit` in global configuration)
public record IgmpConfig(Map<String, IgmpInterfaceConfig> interfaces, Optional<AccessList> ssmRange,
        List<SsmMapping> ssmMappings, OptionalInt limit) {
    /// IGMP nowhere.
    public static final IgmpConfig NONE =
            new IgmpConfig(Map.of(), Optional.of(AccessList.SSM_DEFAULT), List.of(), OptionalInt.empty());

    /// Judges the limit.
    ///
    /// @throws IllegalArgumentException when the limit is not within 1..64000
    public IgmpConfig {
        interfaces = Map.copyOf(interfaces);
        ssmMappings = List.copyOf(ssmMappings);
        limit.ifPresent(most -> IgmpInterfaceConfig.within("limit", most, 1, 64_000));
    }

    /// IGMP on these interfaces, everything else as by default.
    public static IgmpConfig of(Map<String, IgmpInterfaceConfig> interfaces) {
        return new IgmpConfig(interfaces, NONE.ssmRange, List.of(), OptionalInt.empty());
    }

    /// A source for members that cannot name one.
    ///
    /// @param groups a standard list
    public record SsmMapping(AccessList groups, Address source) {}
}
