package io.nubicast.router.igmp;

import io.nubicast.wire.Address;
import java.util.Collection;
import java.util.Set;
import java.util.TreeSet;

/// Which sources of a group are wanted: those named, or all but those named (RFC 3376 section 2). Immutable.
///
/// @param exclude whether the sources are those that are *not* wanted
public record SourceFilter(boolean exclude, Set<Address> sources) {
    /// Nobody wants anything: INCLUDE of no source.
    public static final SourceFilter NOTHING = new SourceFilter(false, Set.of());
    /// Everything is wanted: EXCLUDE of no source.
    public static final SourceFilter EVERYTHING = new SourceFilter(true, Set.of());

    public SourceFilter {
        sources = Set.copyOf(sources);
    }

    public static SourceFilter include(Collection<Address> sources) {
        return new SourceFilter(false, Set.copyOf(sources));
    }

    public static SourceFilter exclude(Collection<Address> sources) {
        return new SourceFilter(true, Set.copyOf(sources));
    }

    /// Whether nothing is wanted.
    public boolean isNothing() {
        return !exclude && sources.isEmpty();
    }

    /// Whether that source is wanted.
    public boolean wants(Address source) {
        return sources.contains(source) == !exclude;
    }

    /// What all of these want together (RFC 3376 section 3.2): with an EXCLUDE among them, all but what every EXCLUDE names and no
    /// INCLUDE does; else what any names.
    public static SourceFilter merge(Collection<SourceFilter> filters) {
        Set<Address> included = new TreeSet<>();
        Set<Address> excluded = null;
        for (SourceFilter filter : filters) {
            if (!filter.exclude) {
                included.addAll(filter.sources);
            } else if (excluded == null) {
                excluded = new TreeSet<>(filter.sources);
            } else {
                excluded.retainAll(filter.sources);
            }
        }
        if (excluded == null) {
            return include(included);
        }
        excluded.removeAll(included);
        return exclude(excluded);
    }
}
