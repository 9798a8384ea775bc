package io.nubicast.router.config;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/// A configuration as canonical lines in blocks. Immutable; two are equal when their text is.
public final class ConfigTree {
    /// No line at all.
    public static final ConfigTree EMPTY = new ConfigTree(List.of());

    /// A global line, and the lines of its block.
    record Entry(Line line, List<Line> children) {
        Entry {
            children = List.copyOf(children);
        }
    }

    private static final Comparator<Line> BY_PLACE = Comparator.<Line>comparingInt(line -> line.statement().order())
            .thenComparing((first, second) -> compareSubjects(first, second));
    private static final Comparator<Line> IN_BLOCK = Comparator.comparingLong(Line::sequence)
            .thenComparingInt(line -> line.statement().order());

    private final List<Entry> entries;
    private final String text;

    ConfigTree(List<Entry> unsorted) {
        List<Entry> sorted = new ArrayList<>();
        for (Entry entry : unsorted) {
            sorted.add(new Entry(entry.line(), entry.children().stream().sorted(IN_BLOCK).toList()));
        }
        sorted.sort((first, second) -> BY_PLACE.compare(first.line(), second.line()));
        entries = List.copyOf(sorted);
        text = print();
    }

    /// Interfaces among each other go by kind and number, other lines stay as they came.
    private static int compareSubjects(Line first, Line second) {
        Optional<InterfaceName> one = first.arguments().find("interface", InterfaceName.class);
        Optional<InterfaceName> other = second.arguments().find("interface", InterfaceName.class);
        return first.statement().opens() == null || one.isEmpty() || other.isEmpty()
                ? 0
                : one.get().compareTo(other.get());
    }

    List<Entry> entries() {
        return entries;
    }

    /// Whether nothing is configured.
    public boolean isEmpty() {
        return entries.isEmpty();
    }

    /// All lines, in the order of IOS, blocks set off by `!` and their lines by a blank; without an `end`.
    public String text() {
        return text;
    }

    /// The lines of one block: of `interface Tunnel1`; empty when there is none.
    public Optional<String> block(String header) {
        return entries.stream().filter(entry -> entry.line().key().equals(header)).findFirst().map(ConfigTree::print);
    }

    private String print() {
        StringBuilder all = new StringBuilder("!\n");
        int group = -1;
        boolean block = false;
        for (Entry entry : entries) {
            boolean opens = entry.line().statement().opens() != null;
            if (group >= 0 && (opens || block || entry.line().statement().group() != group)) {
                all.append("!\n");
            }
            all.append(print(entry));
            group = entry.line().statement().group();
            block = opens;
        }
        return group < 0 ? all.toString() : all.append("!\n").toString();
    }

    private static String print(Entry entry) {
        StringBuilder lines = new StringBuilder(entry.line().text()).append('\n');
        boolean wantsAddress = Modes.INTERFACE.equals(entry.line().statement().opens())
                && entry.children().stream().noneMatch(line -> line.key().startsWith(InterfaceLines.ADDRESS));
        for (Line line : entry.children()) {
            if (wantsAddress && !line.statement().isAboveAddress()) {
                lines.append(" no ").append(InterfaceLines.ADDRESS).append('\n');
                wantsAddress = false;
            }
            lines.append(' ').append(line.text()).append('\n');
        }
        return wantsAddress
                ? lines.append(" no ").append(InterfaceLines.ADDRESS).append('\n').toString()
                : lines.toString();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ConfigTree tree && text.equals(tree.text);
    }

    @Override
    public int hashCode() {
        return text.hashCode();
    }

    @Override
    public String toString() {
        return text;
    }
}
