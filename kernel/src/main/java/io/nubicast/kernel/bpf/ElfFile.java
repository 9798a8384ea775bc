package io.nubicast.kernel.bpf;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// A relocatable 64-bit object file for eBPF, little-endian: sections, symbols, relocations (elf(5)). Every reference within the
/// file is checked when it is read, so what is here can be used as it is. Immutable.
final class ElfFile {
    private static final int HEADER_BYTES = 64;
    private static final int MAGIC = 0x464C457F;
    private static final int CLASS_64_LITTLE_ENDIAN = 0x0102;
    private static final int ET_REL = 1;
    private static final int EM_BPF = 247;
    private static final int SECTION_BYTES = 64;
    private static final int SYMBOL_BYTES = 24;
    private static final int RELOCATION_BYTES = 16;
    private static final int SHT_SYMTAB = 2;
    private static final int SHT_STRTAB = 3;
    private static final int SHT_RELA = 4;
    private static final int SHT_NOBITS = 8;
    private static final int SHT_REL = 9;
    private static final int SHN_LORESERVE = 0xFF00;

    /// A symbol's kind, `st_info & 15`.
    static final int STT_OBJECT = 1;
    static final int STT_FUNC = 2;
    static final int STT_SECTION = 3;

    /// A named piece of the file.
    ///
    /// @param from of its bytes in the file
    /// @param bytes how many; 0 for one that takes no place in the file
    /// @param target index of the section that its relocations or strings belong to (sh_info)
    /// @param link index of a section that it needs (sh_link)
    record Section(int index, String name, int type, int from, int bytes, int link, int target, boolean code) {}

    /// A named place in a section.
    ///
    /// @param section index; 0 when the place is in another file, from 0xFF00 when it is in none
    record Symbol(String name, int kind, boolean global, int section, long value) {}

    /// A place to be filled in.
    ///
    /// @param offset in the section
    record Relocation(long offset, int type, Symbol symbol) {}

    private final ByteBuffer file;
    private final List<Section> sections = new ArrayList<>();
    private final List<Symbol> symbols = new ArrayList<>();

    private ElfFile(byte[] bytes) {
        file = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    /// Reads the file.
    ///
    /// @throws MalformedObject for everything else than such a file
    static ElfFile parse(byte[] bytes) throws MalformedObject {
        ElfFile elf = new ElfFile(bytes);
        elf.readSections();
        elf.readSymbols();
        return elf;
    }

    private void readSections() throws MalformedObject {
        if (file.capacity() < HEADER_BYTES || file.getInt(0) != MAGIC) {
            throw new MalformedObject("it is no ELF file");
        }
        if (file.getShort(4) != CLASS_64_LITTLE_ENDIAN || file.getShort(16) != ET_REL
                || file.getShort(18) != EM_BPF) {
            throw new MalformedObject("it is not for eBPF; compile it with clang -target bpfel -c");
        }
        int count = file.getShort(60) & 0xFFFF;
        int names = file.getShort(62) & 0xFFFF;
        int table = place("the section table", file.getLong(40), (long) count * SECTION_BYTES);
        if (count == 0 || file.getShort(58) != SECTION_BYTES || names >= count) {
            throw new MalformedObject("it has no section table");
        }
        int namesFrom = table + names * SECTION_BYTES;
        Section strings = section(names, "", namesFrom);
        for (int i = 0; i < count; i++) {
            int at = table + i * SECTION_BYTES;
            sections.add(section(i, string(strings, file.getInt(at)), at));
        }
    }

    private Section section(int index, String name, int at) throws MalformedObject {
        int type = file.getInt(at + 4);
        boolean empty = type == SHT_NOBITS || index == 0;
        long size = empty ? 0 : file.getLong(at + 32);
        int from = empty ? 0 : place("section " + name, file.getLong(at + 24), size);
        boolean executable = (file.getLong(at + 8) & 4) != 0;
        return new Section(index, name, type, from, (int) size, file.getInt(at + 40), file.getInt(at + 44), executable);
    }

    private int place(String what, long from, long bytes) throws MalformedObject {
        if (from < 0 || bytes < 0 || from > file.capacity() || bytes > file.capacity() - from) {
            throw new MalformedObject(what + " ends behind the file");
        }
        return (int) from;
    }

    private String string(Section strings, int offset) throws MalformedObject {
        if (strings.type != SHT_STRTAB || offset < 0 || offset >= Math.max(1, strings.bytes)) {
            throw new MalformedObject("a name is not in the table of names");
        }
        int from = strings.from + offset;
        int end = from;
        while (end < strings.from + strings.bytes && file.get(end) != 0) {
            end++;
        }
        return new String(file.array(), from, end - from, StandardCharsets.US_ASCII);
    }

    private void readSymbols() throws MalformedObject {
        Optional<Section> table = sections.stream().filter(section -> section.type == SHT_SYMTAB).findFirst();
        if (table.isEmpty()) {
            return;
        }
        Section strings = at(table.get().link, "the symbol table");
        for (int i = 0; i < table.get().bytes / SYMBOL_BYTES; i++) {
            int at = table.get().from + i * SYMBOL_BYTES;
            int info = file.get(at + 4) & 0xFF;
            int section = file.getShort(at + 6) & 0xFFFF;
            if (section >= sections.size() && section < SHN_LORESERVE) {
                throw new MalformedObject("a symbol is in a section that is not there");
            }
            symbols.add(new Symbol(string(strings, file.getInt(at)), info & 15, info >> 4 != 0, section,
                    file.getLong(at + 8)));
        }
    }

    private Section at(int index, String whose) throws MalformedObject {
        if (index < 0 || index >= sections.size()) {
            throw new MalformedObject(whose + " names a section that is not there");
        }
        return sections.get(index);
    }

    List<Section> sections() {
        return sections;
    }

    Optional<Section> section(String name) {
        return sections.stream().filter(section -> section.name.equals(name)).findFirst();
    }

    List<Symbol> symbols() {
        return symbols;
    }

    /// What is to be filled in in a section.
    List<Relocation> relocations(Section section) throws MalformedObject {
        List<Relocation> found = new ArrayList<>();
        for (Section table : sections) {
            if (table.target != section.index || table.type != SHT_REL && table.type != SHT_RELA) {
                continue;
            }
            if (table.type == SHT_RELA) {
                throw new MalformedObject(
                        "relocations of section " + section.name + " are of a kind that eBPF has not");
            }
            for (int i = 0; i < table.bytes / RELOCATION_BYTES; i++) {
                int at = table.from + i * RELOCATION_BYTES;
                int symbol = file.getInt(at + 12);
                if (symbol < 0 || symbol >= symbols.size()) {
                    throw new MalformedObject("a relocation of section " + section.name + " names no symbol");
                }
                found.add(new Relocation(file.getLong(at), file.getInt(at + 8), symbols.get(symbol)));
            }
        }
        return found;
    }

    /// The bytes of a section, little-endian, read only.
    ByteBuffer contents(Section section) {
        return file.slice(section.from, section.bytes).asReadOnlyBuffer().order(ByteOrder.LITTLE_ENDIAN);
    }
}
