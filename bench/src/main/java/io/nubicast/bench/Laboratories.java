package io.nubicast.bench;

import java.io.IOException;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;

/// A laboratory for each variant: what one relay does to its network concerns no other. A packet socket that listens on all
/// interfaces, for one, costs every packet that leaves them, whoever sent it, but none that it sent itself.
final class Laboratories implements AutoCloseable {
    private final Map<Variant, Laboratory> all = new EnumMap<>(Variant.class);

    Laboratories(Options options) throws IOException {
        int mostMembers = options.memberCounts().stream().max(Integer::compare).orElse(1);
        boolean complete = false;
        try {
            for (Variant variant : options.variants()) {
                all.put(variant, new Laboratory(variant.ordinal(), mostMembers, options.nice(),
                        options.realTime() == Options.RealTime.ALL));
            }
            complete = true;
        } finally {
            if (!complete) {
                close();
            }
        }
    }

    Laboratory of(Variant variant) {
        return Objects.requireNonNull(all.get(variant));
    }

    void farEnd(Laboratory.FarEnd what) throws IOException {
        for (Laboratory laboratory : all.values()) {
            laboratory.farEnd(what);
        }
    }

    void offload(Laboratory.Offload what) throws IOException {
        for (Laboratory laboratory : all.values()) {
            laboratory.offload(what);
        }
    }

    @Override
    public void close() {
        all.values().forEach(Laboratory::close);
    }
}
