package io.nubicast.shell;

import io.nubicast.shell.Command.Form;
import io.nubicast.shell.Grammar.Entry;
import io.nubicast.shell.ParameterType.Accepted;
import io.nubicast.shell.ParameterType.Rejected;
import io.nubicast.shell.Pattern.Edge;
import io.nubicast.shell.Pattern.Node;
import io.nubicast.shell.Step.Keyword;
import io.nubicast.shell.Step.Parameter;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// Reads a line of one mode: follows all commands at once, word by word. A keyword in full wins over an abbreviation, that over a
/// parameter, and a narrow parameter over one that takes anything. One use.
final class Parser {
    /// What could stand somewhere, for help and completion.
    ///
    /// @param path of labels up to it
    record Possible(Step step, List<String> path) {}

    private static final int MOST_NAMED = 10;

    /// A command that fits so far.
    private record Trace(Command command, Node node, @Nullable Taken last, int depth) {
        boolean mayEnd(Form form) {
            return node.end() || form != Form.SET && depth >= command.noWords();
        }
    }

    /// A word that was taken.
    private record Taken(Step step, Object value, String canonical, int column, @Nullable Taken before) {}

    private final Mode mode;
    private final String line;
    private final List<Word> words;
    private final Form form;
    private final List<List<Trace>> traces = new ArrayList<>();
    private @Nullable Fault ambiguous;

    /// @param words of the line after `no` or `default`
    private Parser(Grammar grammar, Mode mode, String line, List<Word> words, Form form) {
        this.mode = mode;
        this.line = line;
        this.words = words;
        this.form = form;
        for (int i = 0; i <= words.size(); i++) {
            traces.add(new ArrayList<>());
        }
        for (Entry entry : grammar.commands(mode)) {
            if (form == Form.SET || entry.command().noWords() >= 0) {
                traces.getFirst().add(new Trace(entry.command(), entry.start(), null, 0));
            }
        }
    }

    /// Reads the line from that column on.
    static Outcome parse(Grammar grammar, Mode mode, String line, int from) {
        List<Word> words = Word.split(line, from);
        Form form = form(mode, words);
        return new Parser(grammar, mode, line, form == Form.SET ? words : words.subList(1, words.size()), form)
                .outcome();
    }

    /// What could follow the words of the line up to, and without, its last word when it has one that is still being typed.
    static List<Possible> possible(Grammar grammar, Mode mode, String line, int from) {
        List<Word> words = Word.split(line, from);
        boolean typing = !words.isEmpty() && !Word.isBlank(line.charAt(line.length() - 1));
        if (typing) {
            words = words.subList(0, words.size() - 1);
        }
        Form form = form(mode, words);
        Parser parser =
                new Parser(grammar, mode, line, form == Form.SET ? words : words.subList(1, words.size()), form);
        parser.follow();
        List<Possible> possible = new ArrayList<>();
        for (Trace trace : parser.traces.getLast()) {
            List<String> path = labels(trace);
            if (trace.mayEnd(form)) {
                possible.add(new Possible(new Keyword("<cr>"), List.of("<cr>")));
            }
            for (Edge edge : trace.node().edges()) {
                List<String> longer = new ArrayList<>(path);
                longer.add(label(edge.step()));
                possible.add(new Possible(edge.step(), longer));
            }
        }
        return possible;
    }

    private static Form form(Mode mode, List<Word> words) {
        if (!mode.configures() || words.isEmpty()) {
            return Form.SET;
        }
        String first = words.getFirst().text().toLowerCase(Locale.ROOT);
        return first.equals("no")
                ? Form.NO
                : first.length() >= 3 && "default".startsWith(first) ? Form.DEFAULT : Form.SET;
    }

    private Outcome outcome() {
        follow();
        if (ambiguous != null) {
            return new Outcome.Faulty(ambiguous);
        }
        for (Trace trace : traces.getLast()) {
            if (!words.isEmpty() && trace.mayEnd(form)) {
                return new Outcome.Matched(trace.command(), form, arguments(trace));
            }
        }
        for (int i = words.size(); i >= 0; i--) {
            if (!traces.get(i).isEmpty()) {
                return new Outcome.Faulty(fault(i));
            }
        }
        return new Outcome.Faulty(Fault.invalid(0, "a command"));
    }

    private void follow() {
        for (int i = 0; i < words.size() && ambiguous == null; i++) {
            if (!traces.get(i).isEmpty()) {
                take(i);
            }
        }
    }

    /// Moves every trace that can take word `i`.
    private void take(int i) {
        Word word = words.get(i);
        String typed = word.text().toLowerCase(Locale.ROOT);
        Set<String> candidates = new TreeSet<>();
        boolean exact = false;
        for (Trace trace : traces.get(i)) {
            for (Edge edge : trace.node().edges()) {
                if (edge.step() instanceof Keyword keyword && keyword.word().startsWith(typed)) {
                    candidates.add(keyword.word());
                    exact |= keyword.word().equals(typed);
                }
            }
        }
        if (exact || candidates.size() == 1) {
            String keyword = exact ? typed : candidates.iterator().next();
            takeKeyword(i, keyword);
        } else if (candidates.isEmpty() || !takeParameter(i)) {
            if (candidates.isEmpty()) {
                takeParameter(i);
            } else {
                ambiguous = Fault.ambiguous(line, word.column(), named(candidates));
            }
        }
    }

    private void takeKeyword(int i, String keyword) {
        for (Trace trace : traces.get(i)) {
            for (Edge edge : trace.node().edges()) {
                if (edge.step() instanceof Keyword own && own.word().equals(keyword)) {
                    traces.get(i + 1).add(new Trace(trace.command(), edge.to(),
                            new Taken(edge.step(), keyword, keyword, words.get(i).column(), trace.last()),
                            trace.depth() + 1));
                }
            }
        }
    }

    private record Move(Trace trace, Edge edge, Accepted value, int words, int rank) {}

    private boolean takeParameter(int i) {
        List<Move> moves = new ArrayList<>();
        int best = Integer.MIN_VALUE;
        for (Trace trace : traces.get(i)) {
            for (Edge edge : trace.node().edges()) {
                if (!(edge.step() instanceof Parameter parameter)) {
                    continue;
                }
                ParameterType type = parameter.type();
                int most = type.takesRest() ? 1 : Math.min(type.mostWords(), words.size() - i);
                for (int count = 1; count <= most; count++) {
                    if (type.read(textOf(type, i, count)) instanceof Accepted value) {
                        moves.add(
                                new Move(trace, edge, value, type.takesRest() ? words.size() - i : count, type.rank()));
                        best = Math.max(best, type.rank());
                        break;
                    }
                }
            }
        }
        for (Move move : moves) {
            if (move.rank() == best) {
                traces.get(i + move.words()).add(new Trace(move.trace().command(), move.edge().to(),
                        new Taken(move.edge().step(), move.value().value(), move.value().canonical(),
                                words.get(i).column(),
                                move.trace().last()),
                        move.trace().depth() + 1));
            }
        }
        return !moves.isEmpty();
    }

    private String textOf(ParameterType type, int i, int count) {
        if (type.takesRest()) {
            Word last = words.getLast();
            return line.substring(words.get(i).column(), last.column() + last.text().length());
        }
        StringBuilder text = new StringBuilder();
        words.subList(i, i + count).forEach(word -> text.append(word.text()));
        return text.toString();
    }

    /// The fault of a line whose commands all stop before word `i`.
    private Fault fault(int i) {
        Set<String> keywords = new TreeSet<>();
        Set<String> expected = new LinkedHashSet<>();
        boolean end = false;
        int offset = 0;
        for (Trace trace : traces.get(i)) {
            end |= i < words.size() && trace.mayEnd(form);
            for (Edge edge : trace.node().edges()) {
                switch (edge.step()) {
                    case Keyword keyword -> keywords.add(keyword.word());
                    case Parameter parameter -> {
                        ParameterType type = parameter.type();
                        if (i == words.size()) {
                            expected.add(type.placeholder());
                        } else if (type.read(textOf(type, i, 1)) instanceof Rejected rejected) {
                            offset = Math.max(offset, rejected.offset());
                            expected.add(rejected.expected());
                        }
                    }
                }
            }
        }
        if (i == 0 && keywords.size() > MOST_NAMED) {
            expected.clear();
            expected.add(firstWord());
        } else if (offset == 0 && !keywords.isEmpty()) {
            expected.add(named(keywords));
        }
        if (end) {
            expected.add("nothing more");
        }
        String advice = String.join(", or ", expected);
        return i == words.size()
                ? Fault.incomplete(advice, line.stripTrailing().length())
                : Fault.invalid(words.get(i).column() + offset, advice);
    }

    private String firstWord() {
        return !mode.configures()
                ? "a command, ? shows all"
                : Mode.CONFIGURE.equals(mode.parent())
                        ? "a line of this block or of the global configuration"
                        : "a line of the configuration, ? shows all";
    }

    private static String named(Collection<String> keywords) {
        String some = String.join(", ", keywords.stream().limit(MOST_NAMED).toList());
        return keywords.size() > MOST_NAMED ? some + ", … (? shows all)" : some;
    }

    private static Arguments arguments(Trace trace) {
        Map<String, Arguments.Value> values = new LinkedHashMap<>();
        Set<String> keywords = new LinkedHashSet<>();
        List<String> canonical = new ArrayList<>();
        for (Taken taken = trace.last(); taken != null; taken = taken.before()) {
            canonical.addFirst(taken.canonical());
            switch (taken.step()) {
                case Keyword keyword -> keywords.add(keyword.word());
                case Parameter parameter -> values.put(parameter.name(),
                        new Arguments.Value(taken.value(), taken.canonical(), taken.column()));
            }
        }
        return new Arguments(values, keywords, canonical);
    }

    private static List<String> labels(Trace trace) {
        List<String> labels = new ArrayList<>();
        for (Taken taken = trace.last(); taken != null; taken = taken.before()) {
            labels.addFirst(label(taken.step()));
        }
        return labels;
    }

    private static String label(Step step) {
        return switch (step) {
            case Keyword keyword -> keyword.word();
            case Parameter parameter -> "<" + parameter.name() + ">";
        };
    }
}
