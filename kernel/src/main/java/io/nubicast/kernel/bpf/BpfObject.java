package io.nubicast.kernel.bpf;

import io.nubicast.kernel.bpf.ElfFile.Relocation;
import io.nubicast.kernel.bpf.ElfFile.Section;
import io.nubicast.kernel.bpf.ElfFile.Symbol;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/// What clang makes of a C source for eBPF: maps and programs by name, nothing of it in the kernel yet. [BpfCollection] loads it.
/// Immutable.
///
/// The source declares maps as `struct bpf_map_def` in the section `maps` and its license in the section `license`; each program
/// has a section of its own, whose name says the type ([BpfProgramSpec]). `bpf.h` of this module has what it needs. BTF and global
/// variables are not used, and everything a program calls is inlined.
public final class BpfObject {
    private static final String MAPS = "maps";
    private static final String LICENSE = "license";
    /// struct bpf_map_def of bpf.h
    private static final int DEFINITION_BYTES = 32;
    private static final int DEFINITION_INNER = 24;
    private static final int INSTRUCTION_BYTES = 8;
    private static final int R_BPF_64_64 = 1;
    private static final int R_BPF_64_ABS64 = 2;
    private static final int LD_IMM64 = 0x18;
    /// The kernel's own limit is in memory; this one is far above any useful map.
    private static final int MAX_SIZE = 1 << 30;

    private final String license;
    private final Map<String, BpfMapSpec> maps;
    private final Map<String, BpfProgramSpec> programs;

    private BpfObject(String license, Map<String, BpfMapSpec> maps, Map<String, BpfProgramSpec> programs) {
        this.license = license;
        this.maps = maps;
        this.programs = programs;
    }

    /// Reads an object file.
    ///
    /// @throws MalformedObject when it is none, or uses what is not supported here
    public static BpfObject parse(byte[] bytes) throws MalformedObject {
        return new Reader(ElfFile.parse(bytes)).read();
    }

    /// Reads an object file that lies beside a class.
    ///
    /// @param name `server.o`
    /// @throws IOException when it is not there, or malformed
    public static BpfObject ofResource(Class<?> beside, String name) throws IOException {
        try (InputStream stream = beside.getResourceAsStream(name)) {
            if (stream == null) {
                throw new IOException("no " + name + " beside " + beside.getName());
            }
            return parse(stream.readAllBytes());
        }
    }

    /// As the kernel is told.
    public String license() {
        return license;
    }

    /// Every map that is to be made, by its variable's name, in the order of the source.
    public Map<String, BpfMapSpec> maps() {
        return maps;
    }

    /// The map of that name.
    ///
    /// @throws IllegalArgumentException when there is none
    public BpfMapSpec map(String name) {
        return required(maps, "map", name);
    }

    /// Every program by its section's name.
    public Map<String, BpfProgramSpec> programs() {
        return programs;
    }

    /// The program of that section.
    ///
    /// @throws IllegalArgumentException when there is none
    public BpfProgramSpec program(String section) {
        return required(programs, "program", section);
    }

    private static <T> T required(Map<String, T> from, String what, String name) {
        T found = from.get(name);
        if (found == null) {
            throw new IllegalArgumentException("the object has no " + what + " " + name + ", only " + from.keySet());
        }
        return found;
    }

    private static final class Reader {
        private final ElfFile elf;
        /// Names of maps by their offset in the section.
        private final Map<Long, String> mapNames = new HashMap<>();
        private final Set<String> usedMaps = new HashSet<>();
        private final Map<String, String> innerMaps = new HashMap<>();

        Reader(ElfFile elf) {
            this.elf = elf;
        }

        BpfObject read() throws MalformedObject {
            Optional<Section> mapSection = elf.section(MAPS);
            if (mapSection.isPresent()) {
                nameMaps(mapSection.get());
                innerMaps(mapSection.get());
            }
            String license = license();
            Map<String, BpfProgramSpec> programs = new LinkedHashMap<>();
            for (Section section : elf.sections()) {
                if (section.code() && section.bytes() > 0
                        && programs.put(section.name(), program(section, license)) != null) {
                    throw new MalformedObject("it has two sections " + section.name());
                }
            }
            Map<String, BpfMapSpec> maps = new LinkedHashMap<>();
            if (mapSection.isPresent()) {
                ByteBuffer definitions = elf.contents(mapSection.get());
                for (long at = 0; at < mapSection.get().bytes(); at += DEFINITION_BYTES) {
                    String name = String.valueOf(mapNames.get(at));
                    if (usedMaps.contains(name) || !innerMaps.containsValue(name)) {
                        maps.put(name, map(definitions, name, 0));
                    }
                }
            }
            return new BpfObject(license, Collections.unmodifiableMap(maps),
                    Collections.unmodifiableMap(programs));
        }

        private String license() throws MalformedObject {
            Section section = elf.section(LICENSE)
                    .orElseThrow(() -> new MalformedObject("it says no license; add a section " + LICENSE));
            ByteBuffer text = elf.contents(section);
            byte[] bytes = new byte[text.remaining()];
            text.get(bytes);
            int end = 0;
            while (end < bytes.length && bytes[end] != 0) {
                end++;
            }
            return new String(bytes, 0, end, StandardCharsets.US_ASCII);
        }

        private void nameMaps(Section section) throws MalformedObject {
            if (section.bytes() % DEFINITION_BYTES != 0) {
                throw new MalformedObject("section " + MAPS + " has other things than struct bpf_map_def");
            }
            for (Symbol symbol : elf.symbols()) {
                if (symbol.section() != section.index() || symbol.kind() == ElfFile.STT_SECTION
                        || symbol.name().isEmpty()) {
                    continue;
                }
                if (symbol.value() < 0 || symbol.value() >= section.bytes() || symbol.value() % DEFINITION_BYTES != 0
                        || mapNames.put(symbol.value(), symbol.name()) != null) {
                    throw new MalformedObject("map " + symbol.name() + " is not a struct bpf_map_def of its own");
                }
            }
            if (mapNames.size() != section.bytes() / DEFINITION_BYTES
                    || Set.copyOf(mapNames.values()).size() != mapNames.size()) {
                throw new MalformedObject("its maps do not each have a name");
            }
        }

        private void innerMaps(Section section) throws MalformedObject {
            ByteBuffer definitions = elf.contents(section);
            for (Relocation relocation : elf.relocations(section)) {
                long owner = relocation.offset() - DEFINITION_INNER;
                String name = mapNames.get(owner);
                if (relocation.type() != R_BPF_64_ABS64 || name == null) {
                    throw new MalformedObject("in section " + MAPS + " only an inner map can be pointed to");
                }
                String inner = mapAt(relocation.symbol(), definitions.getLong((int) relocation.offset()))
                        .orElseThrow(
                                () -> new MalformedObject("the inner map of " + name + " is no map of the object"));
                innerMaps.put(name, inner);
            }
        }

        private Optional<String> mapAt(Symbol symbol, long addend) {
            boolean map = elf.section(MAPS).filter(section -> section.index() == symbol.section()).isPresent();
            return map ? Optional.ofNullable(mapNames.get(symbol.value() + addend)) : Optional.empty();
        }

        private BpfMapSpec map(ByteBuffer definitions, String name, int depth) throws MalformedObject {
            int at = 0;
            for (Map.Entry<Long, String> each : mapNames.entrySet()) {
                at = each.getValue().equals(name) ? each.getKey().intValue() : at;
            }
            int type = definitions.getInt(at);
            BpfMap.Kind kind = BpfMap.Kind.of(type)
                    .orElseThrow(() -> new MalformedObject(
                            "map " + name + " is of type " + type + ", which is not known here"));
            String inner = innerMaps.get(name);
            if (kind.ofMaps() != (inner != null) || depth > 1) {
                throw new MalformedObject(
                        "map " + name + ": a map of maps has .inner, which is a plain map, and no other has");
            }
            return new BpfMapSpec(name, kind, size(definitions, at + 4, name), size(definitions, at + 8, name),
                    size(definitions, at + 12, name), definitions.getInt(at + 16),
                    inner == null ? null : map(definitions, inner, depth + 1));
        }

        private static int size(ByteBuffer definitions, int at, String map) throws MalformedObject {
            int size = definitions.getInt(at);
            if (size < 0 || size > MAX_SIZE) {
                throw new MalformedObject("map " + map + " has a size of " + Integer.toUnsignedString(size));
            }
            return size;
        }

        private BpfProgramSpec program(Section section, String license) throws MalformedObject {
            String name = function(section);
            ByteBuffer contents = elf.contents(section);
            if (section.bytes() % INSTRUCTION_BYTES != 0) {
                throw new MalformedObject("program " + name + " ends within an instruction");
            }
            long[] code = new long[section.bytes() / INSTRUCTION_BYTES];
            contents.asLongBuffer().get(code);
            TreeMap<Integer, String> maps = new TreeMap<>();
            for (Relocation relocation : elf.relocations(section)) {
                long index = relocation.offset() / INSTRUCTION_BYTES;
                if (relocation.type() != R_BPF_64_64) {
                    throw new MalformedObject("program " + name + " calls " + relocation.symbol().name()
                            + "; make it static __always_inline");
                }
                if (relocation.offset() < 0 || relocation.offset() % INSTRUCTION_BYTES != 0 || index >= code.length - 1
                        || (code[(int) index] & 0xFF) != LD_IMM64) {
                    throw new MalformedObject("program " + name + " has a relocation where no map is loaded");
                }
                String map = mapAt(relocation.symbol(), code[(int) index] >>> 32).orElseThrow(() -> new MalformedObject(
                        "program " + name + " uses " + nameOf(relocation.symbol())
                                + ", which is no map; global variables are not supported, use a map"));
                usedMaps.add(map);
                maps.put((int) index, map);
            }
            return new BpfProgramSpec(section.name(), name, BpfProgramSpec.typeOf(section.name()), license,
                    new BpfCode(code), Collections.unmodifiableSortedMap(maps));
        }

        private String nameOf(Symbol symbol) {
            boolean named = !symbol.name().isEmpty() || symbol.section() >= elf.sections().size();
            return named ? symbol.name() : "section " + elf.sections().get(symbol.section()).name();
        }

        private String function(Section section) throws MalformedObject {
            Set<String> names = elf.symbols().stream().filter(symbol -> symbol.section() == section.index()
                    && symbol.kind() == ElfFile.STT_FUNC).map(Symbol::name).collect(Collectors.toSet());
            if (names.size() != 1) {
                throw new MalformedObject("section " + section.name() + " has " + names.size()
                        + " functions; each program has a section of its own, and what it calls is static __always_inline");
            }
            return names.iterator().next();
        }
    }
}
