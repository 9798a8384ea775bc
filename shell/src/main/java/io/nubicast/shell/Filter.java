package io.nubicast.shell;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/// What follows the `|` of a show command: which of its lines are printed.
final class Filter {
    private static final List<String> NAMES = List.of("begin", "count", "exclude", "include", "section");

    /// For `?` after the `|`.
    static final String HELP = """
              begin    Begin with the line that matches
              count    Count number of lines which match regexp
              exclude  Exclude lines that match
              include  Include lines that match
              section  Filter a section of output
            """;

    private final UnaryOperator<List<String>> lines;

    private Filter(UnaryOperator<List<String>> lines) {
        this.lines = lines;
    }

    String apply(String text) {
        StringBuilder kept = new StringBuilder();
        lines.apply(text.lines().toList()).forEach(line -> kept.append(line).append('\n'));
        return kept.toString();
    }

    /// The column of the `|` that starts a filter; -1 without one.
    static int column(String line) {
        for (Word word : Word.split(line)) {
            if (word.text().equals("|")) {
                return word.column();
            }
        }
        return -1;
    }

    static List<String> names() {
        return NAMES;
    }

    /// Reads what stands after the `|` at that column.
    ///
    /// @throws FaultyFilter when it is no filter
    static Filter parse(String line, int bar) throws FaultyFilter {
        List<Word> words = Word.split(line, bar + 1);
        if (words.isEmpty()) {
            throw new FaultyFilter(Fault.incomplete(String.join(", ", NAMES), line.length()));
        }
        Word first = words.getFirst();
        List<String> meant =
                NAMES.stream().filter(name -> name.startsWith(first.text().toLowerCase(Locale.ROOT))).toList();
        if (meant.size() != 1) {
            throw new FaultyFilter(meant.isEmpty()
                    ? Fault.invalid(first.column(), String.join(", ", NAMES))
                    : Fault.ambiguous(line, first.column(), String.join(", ", meant)));
        }
        if (words.size() == 1) {
            throw new FaultyFilter(Fault.incomplete("a regular expression", line.length()));
        }
        String expression = line.substring(words.get(1).column()).strip();
        try {
            return new Filter(filter(meant.getFirst(), Pattern.compile(expression)));
        } catch (PatternSyntaxException e) {
            int offset = Math.clamp(e.getIndex(), 0, expression.length());
            throw new FaultyFilter(Fault.invalid(words.get(1).column() + offset, "a regular expression; "
                    + e.getDescription().toLowerCase(Locale.ROOT)));
        }
    }

    private static UnaryOperator<List<String>> filter(String name, Pattern pattern) {
        return switch (name) {
            case "include" -> lines -> lines.stream().filter(line -> matches(pattern, line)).toList();
            case "exclude" -> lines -> lines.stream().filter(line -> !matches(pattern, line)).toList();
            case "begin" -> lines -> lines.stream().dropWhile(line -> !matches(pattern, line)).toList();
            case "count" -> lines -> List.of("Number of lines which match regexp = "
                    + lines.stream().filter(line -> matches(pattern, line)).count());
            default -> lines -> section(lines, pattern);
        };
    }

    /// Lines that match, each with the lines below it that are indented further.
    private static List<String> section(List<String> lines, Pattern pattern) {
        List<String> kept = new ArrayList<>();
        int within = Integer.MAX_VALUE;
        for (String line : lines) {
            int indent = line.length() - line.stripLeading().length();
            if (indent <= within || line.isBlank()) {
                within = !line.isBlank() && matches(pattern, line) ? indent : Integer.MAX_VALUE;
                if (within == Integer.MAX_VALUE) {
                    continue;
                }
            }
            kept.add(line);
        }
        return kept;
    }

    private static boolean matches(Pattern pattern, String line) {
        try {
            return pattern.matcher(line).find();
        } catch (StackOverflowError e) {
            return false; // an expression that nests too deep for this line
        }
    }

    /// What stands after the `|` is no filter.
    static final class FaultyFilter extends Exception {
        @java.io.Serial
        private static final long serialVersionUID = 1L;

        private final transient Fault fault;

        FaultyFilter(Fault fault) {
            super(fault.message());
            this.fault = fault;
        }

        Fault fault() {
            return fault;
        }
    }
}
