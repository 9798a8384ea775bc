package io.nubicast.kernel.bpf;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What a map shall be. Sizes in bytes, as programs see key and value.
///
/// @param name letters, digits and `_`; the kernel keeps 15 of them
/// @param capacity entries at most; of an array, how many there are
/// @param flags bits of `BPF_F_*`, as [BpfMap#NO_PREALLOC]
/// @param innerSpec of a map of maps, what each map in it is like; else null
public record BpfMapSpec(String name, BpfMap.Kind kind, int keyBytes, int valueBytes, int capacity, int flags,
        @Nullable BpfMapSpec innerSpec) {
    public BpfMapSpec {
        if (kind.ofMaps() != (innerSpec != null)) {
            throw new IllegalArgumentException(name + ": an inner map is what a map of maps has, and no other");
        }
        if (innerSpec != null && innerSpec.kind.ofMaps()) {
            throw new IllegalArgumentException(name + ": the kernel has no maps of maps of maps");
        }
    }

    /// A map that holds values.
    public BpfMapSpec(String name, BpfMap.Kind kind, int keyBytes, int valueBytes, int capacity, int flags) {
        this(name, kind, keyBytes, valueBytes, capacity, flags, null);
    }

    /// Of a map of maps, what each map in it is like.
    public Optional<BpfMapSpec> inner() {
        return Optional.ofNullable(innerSpec);
    }

    /// The same with room for another number of entries.
    public BpfMapSpec withCapacity(int entries) {
        return new BpfMapSpec(name, kind, keyBytes, valueBytes, entries, flags, innerSpec);
    }

    /// The same under another name.
    public BpfMapSpec withName(String newName) {
        return new BpfMapSpec(newName, kind, keyBytes, valueBytes, capacity, flags, innerSpec);
    }
}
