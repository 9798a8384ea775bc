package io.nubicast.kernel.bpf;

import io.nubicast.kernel.sys.Descriptor;
import io.nubicast.kernel.sys.SystemCallException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The maps and programs of a [BpfObject] in the kernel.
///
///     try (BpfCollection loaded = BpfCollection.of(object).capacity("routes", 1_024).map("shared", given).load()) {
///         BpfLink link = BpfLink.toInterface(loaded.program("tcx/egress"), interfaceIndex, BpfLink.Direction.EGRESS);
///
/// What is attached stays when this is closed, with the maps it uses.
public final class BpfCollection implements AutoCloseable {
    private final Map<String, BpfMap> maps;
    private final Map<String, BpfProgram> programs;
    private final List<Descriptor> own;

    private BpfCollection(Map<String, BpfMap> maps, Map<String, BpfProgram> programs, List<Descriptor> own) {
        this.maps = maps;
        this.programs = programs;
        this.own = own;
    }

    /// How an object shall be loaded.
    public static Loading of(BpfObject object) {
        return new Loading(object);
    }

    /// Where a map comes from.
    @FunctionalInterface
    private interface Maker<E extends IOException> {
        BpfMap make(String name, BpfMapSpec spec) throws E;
    }

    /// Settings for one load.
    public static final class Loading {
        private final BpfObject object;
        private final Map<String, BpfMapSpec> specs;
        private final Map<String, BpfMap> given = new HashMap<>();
        private final List<String> sections;
        private Optional<BpfPins> pins = Optional.empty();

        private Loading(BpfObject object) {
            this.object = object;
            specs = new LinkedHashMap<>(object.maps());
            sections = new ArrayList<>(object.programs().keySet());
        }

        /// Another capacity than the source says.
        ///
        /// @throws IllegalArgumentException when the object has no such map
        public Loading capacity(String map, int entries) {
            specs.put(map, object.map(map).withCapacity(entries));
            return this;
        }

        /// A map that is there already, from another collection or pinned. It stays the caller's, and is not closed with this.
        ///
        /// @throws IllegalArgumentException when the object has no such map, or one of another kind or sizes
        public Loading map(String name, BpfMap map) {
            BpfMapSpec wanted = object.map(name);
            BpfMapSpec found = map.spec();
            if (found.kind() != wanted.kind() || found.keyBytes() != wanted.keyBytes()
                    || found.valueBytes() != wanted.valueBytes()) {
                throw new IllegalArgumentException("the map " + map.name() + " is not like " + name + ": " + found
                        + " instead of " + wanted);
            }
            given.put(name, map);
            return this;
        }

        /// Maps shall outlive this process: each is taken from the pins where it is there, with what is in it, or else made and
        /// pinned under its name.
        public Loading keep(BpfPins where) {
            pins = Optional.of(where);
            return this;
        }

        /// Only these programs, not all.
        ///
        /// @throws IllegalArgumentException when the object has no such program
        public Loading only(String... wanted) {
            sections.clear();
            for (String section : wanted) {
                sections.add(object.program(section).section());
            }
            return this;
        }

        /// Makes the maps and loads the programs; all or nothing.
        ///
        /// @throws VerifierRejection when the kernel refuses a program
        /// @throws SystemCallException EPERM without CAP_BPF and CAP_NET_ADMIN; as [BpfMap#create(BpfMapSpec)]
        /// @throws IllegalStateException when maps are to be kept: that is [#loadKept()]
        public BpfCollection load() throws SystemCallException, VerifierRejection {
            if (pins.isPresent()) {
                throw new IllegalStateException("what is kept may be of another version: loadKept says so");
            }
            return load((name, spec) -> BpfMap.create(spec));
        }

        /// As [#load()], with [#keep(BpfPins)].
        ///
        /// @throws IOException when a pinned map is not what the object wants
        public BpfCollection loadKept() throws IOException {
            BpfPins where = pins.orElseThrow();
            return load((name, spec) -> {
                Optional<BpfMap> kept = where.map(name, spec);
                if (kept.isPresent()) {
                    return kept.get();
                }
                BpfMap map = BpfMap.create(spec);
                try {
                    where.pin(name, map);
                    return map;
                } catch (SystemCallException e) {
                    map.close();
                    throw e;
                }
            });
        }

        private <E extends IOException> BpfCollection load(Maker<E> maker)
                throws E, SystemCallException, VerifierRejection {
            BpfCollection made = new BpfCollection(new LinkedHashMap<>(), new LinkedHashMap<>(), new ArrayList<>());
            boolean complete = false;
            try {
                for (Map.Entry<String, BpfMapSpec> spec : specs.entrySet()) {
                    BpfMap map = given.get(spec.getKey());
                    made.maps.put(spec.getKey(),
                            map != null ? map : made.owned(maker.make(spec.getKey(), spec.getValue())));
                }
                for (String section : sections) {
                    made.programs.put(section, made.owned(object.program(section).load(made.maps)));
                }
                complete = true;
                return made;
            } finally {
                if (!complete) {
                    made.close();
                }
            }
        }
    }

    private <T extends Descriptor> T owned(T descriptor) {
        own.add(descriptor);
        return descriptor;
    }

    /// The map of that name.
    ///
    /// @throws IllegalArgumentException when there is none
    public BpfMap map(String name) {
        BpfMap map = maps.get(name);
        if (map == null) {
            throw new IllegalArgumentException("no map " + name + ", only " + maps.keySet());
        }
        return map;
    }

    /// The program of that section.
    ///
    /// @throws IllegalArgumentException when there is none, or it was not to be loaded
    public BpfProgram program(String section) {
        BpfProgram program = programs.get(section);
        if (program == null) {
            throw new IllegalArgumentException("no program " + section + ", only " + programs.keySet());
        }
        return program;
    }

    /// Closes programs and maps, but not the maps that were given.
    @Override
    public void close() {
        own.forEach(Descriptor::close);
        own.clear();
    }
}
