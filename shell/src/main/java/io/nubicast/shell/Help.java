package io.nubicast.shell;

import io.nubicast.shell.Parser.Possible;
import io.nubicast.shell.Step.Keyword;
import io.nubicast.shell.Step.Parameter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/// `?` and Tab for lines of one grammar.
final class Help {
    private static final int WIDTH = 79;

    private final Grammar grammar;

    Help(Grammar grammar) {
        this.grammar = grammar;
    }

    /// What `?` prints after the line: the words that start so, or what may follow and what it means.
    ///
    /// @param modes in which the line may be meant, the nearest first
    /// @param from where the command starts
    String help(List<Mode> modes, String line, int from) {
        int bar = Filter.column(line);
        if (bar >= 0) {
            return Word.split(line, bar + 1).size() < 2 ? Filter.HELP : "  LINE  Regular Expression\n";
        }
        String typed = typed(line);
        List<Possible> possible = possible(modes, line, from);
        if (!typed.isEmpty()) {
            TreeSet<String> starting = new TreeSet<>(keywords(possible, typed));
            if (!starting.isEmpty()) {
                return columns(starting);
            }
            possible = parameters(possible, typed);
        }
        return possible.isEmpty() ? "% Unrecognized command\n" : table(possible, filterable(modes, line, from));
    }

    /// The words that may complete the one at the end of the line.
    List<String> complete(List<Mode> modes, String line, int from) {
        String typed = typed(line);
        int bar = Filter.column(line);
        if (bar >= 0) {
            return Word.split(line, bar + 1).size() > (typed.isEmpty() ? 0 : 1)
                    ? List.of()
                    : Filter.names().stream().filter(name -> name.startsWith(typed)).toList();
        }
        List<Possible> possible = possible(modes, line, from);
        TreeSet<String> words = new TreeSet<>(keywords(possible, typed));
        for (Possible each : possible) {
            if (each.step() instanceof Parameter parameter) {
                parameter.type().suggestions().stream().filter(word -> startsWith(word, typed)).forEach(words::add);
            }
        }
        return List.copyOf(words);
    }

    private List<Possible> possible(List<Mode> modes, String line, int from) {
        for (Mode mode : modes) {
            List<Possible> possible = new ArrayList<>(Parser.possible(grammar, mode, line, from));
            String typed = typed(line);
            boolean any = possible.stream().anyMatch(each -> switch (each.step()) {
                case Keyword keyword -> startsWith(keyword.word(), typed);
                case Parameter parameter -> parameter.type().rank() > Integer.MIN_VALUE;
            });
            if (any) {
                if (mode.configures() && Word.split(line, from).size() <= (typed.isEmpty() ? 0 : 1)) {
                    for (String word : List.of("do", "no", "default")) {
                        possible.add(new Possible(new Keyword(word), List.of(word)));
                    }
                }
                return possible;
            }
        }
        return List.of();
    }

    private static String typed(String line) {
        if (line.isEmpty() || Word.isBlank(line.charAt(line.length() - 1))) {
            return "";
        }
        return Word.split(line).getLast().text();
    }

    private static List<String> keywords(List<Possible> possible, String typed) {
        return possible.stream()
                .map(each -> each.step() instanceof Keyword keyword ? keyword.word() : "")
                .filter(word -> !word.isEmpty() && !word.equals("<cr>") && startsWith(word, typed)).toList();
    }

    private static List<Possible> parameters(List<Possible> possible, String typed) {
        return possible.stream().filter(each -> each.step() instanceof Parameter parameter
                && (parameter.type().rank() <= 0 || parameter.type().placeholder().startsWith("<") == isNumber(typed)))
                .toList();
    }

    private static boolean isNumber(String typed) {
        return typed.chars().allMatch(c -> c >= '0' && c <= '9');
    }

    private static boolean startsWith(String word, String typed) {
        return word.toLowerCase(Locale.ROOT).startsWith(typed.toLowerCase(Locale.ROOT));
    }

    /// Whether the line is a show command that may end here: then it may go on with a `|`.
    private boolean filterable(List<Mode> modes, String line, int from) {
        List<Word> words = Word.split(line, from);
        return typed(line).isEmpty() && !words.isEmpty() && words.getFirst().text().length() >= 2
                && "show".startsWith(words.getFirst().text().toLowerCase(Locale.ROOT))
                && modes.stream().anyMatch(mode -> Parser.parse(grammar, mode, line, from) instanceof Outcome.Matched);
    }

    private String table(List<Possible> possible, boolean filterable) {
        Map<String, String> parameters = new LinkedHashMap<>();
        Map<String, String> keywords = new TreeMap<>(Comparator.naturalOrder());
        for (Possible each : possible) {
            String help = grammar.help().find(each.path());
            switch (each.step()) {
                case Keyword keyword ->
                    keywords.merge(keyword.word(), help, (first, second) -> first.isEmpty() ? second : first);
                case Parameter parameter -> parameters.merge(parameter.type().placeholder(), help,
                        (first, second) -> first.isEmpty() ? second : first);
            }
        }
        boolean end = keywords.remove("<cr>") != null;
        parameters.putAll(keywords);
        if (filterable) {
            parameters.put("|", "Output modifiers");
        }
        if (end) {
            parameters.put("<cr>", "<cr>");
        }
        int width = parameters.keySet().stream().mapToInt(String::length).max().orElse(0);
        StringBuilder table = new StringBuilder();
        parameters.forEach((word, help) -> table
                .append(("  " + word + " ".repeat(width - word.length()) + "  " + help).stripTrailing()).append('\n'));
        return table.toString();
    }

    /// Words beside each other, as IOS prints those that start with what was typed.
    private static String columns(Set<String> words) {
        int width = words.stream().mapToInt(String::length).max().orElse(0) + 2;
        int most = Math.max(1, WIDTH / width);
        StringBuilder text = new StringBuilder();
        int column = 0;
        for (String word : words) {
            text.append(word);
            column++;
            if (column % most == 0 || column == words.size()) {
                text.append('\n');
            } else {
                text.repeat(' ', width - word.length());
            }
        }
        return text.toString();
    }
}
