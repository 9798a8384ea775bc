package io.nubicast.shell;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// What a line says to the command it was matched with. Immutable.
public final class Arguments {
    /// A parameter's value and where it stood.
    record Value(Object value, String canonical, int column) {}

    private final Map<String, Value> values;
    private final Set<String> keywords;
    private final List<String> canonical;

    Arguments(Map<String, Value> values, Set<String> keywords, List<String> canonical) {
        this.values = Map.copyOf(values);
        this.keywords = Set.copyOf(keywords);
        this.canonical = List.copyOf(canonical);
    }

    /// Whether that keyword was given.
    public boolean has(String keyword) {
        return keywords.contains(keyword);
    }

    /// The value of a parameter that may have been left out.
    public <T> Optional<T> find(String name, Class<T> type) {
        Value value = values.get(name);
        return value == null ? Optional.empty() : Optional.of(type.cast(value.value()));
    }

    /// The value of a parameter.
    ///
    /// @throws IllegalArgumentException when it was left out, or the pattern has no such parameter: a fault of the program
    public <T> T get(String name, Class<T> type) {
        return find(name, type).orElseThrow(() -> new IllegalArgumentException("no <" + name + "> in " + text()));
    }

    /// A number.
    public long number(String name) {
        return get(name, Long.class);
    }

    /// A number that may have been left out.
    public long number(String name, long otherwise) {
        return find(name, Long.class).orElse(otherwise);
    }

    /// A word or the rest of the line.
    public String word(String name) {
        return get(name, String.class);
    }

    /// As the configuration shows that parameter; empty text when it was left out.
    public String canonical(String name) {
        Value value = values.get(name);
        return value == null ? "" : value.canonical();
    }

    /// The column of a parameter in the line; -1 when it was left out.
    public int column(String name) {
        Value value = values.get(name);
        return value == null ? -1 : value.column();
    }

    /// How many words, a parameter counting as one.
    public int length() {
        return canonical.size();
    }

    /// The first `length` words of the whole line, in full.
    public String text(int length) {
        return String.join(" ", canonical.subList(0, Math.min(length, canonical.size())));
    }

    /// The whole line, in full.
    public String text() {
        return String.join(" ", canonical);
    }

    @Override
    public String toString() {
        return text();
    }
}
