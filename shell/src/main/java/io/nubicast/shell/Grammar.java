package io.nubicast.shell;

import io.nubicast.shell.Command.Handler;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The commands of every mode. Immutable; any thread.
public final class Grammar {
    /// A command and the start of its compiled pattern.
    record Entry(Command command, Pattern.Node start) {}

    private final Map<Mode, List<Entry>> commands;
    private final HelpBook help;

    private Grammar(Map<Mode, List<Entry>> commands, HelpBook help) {
        this.commands = commands;
        this.help = help;
    }

    List<Entry> commands(Mode mode) {
        return commands.getOrDefault(mode, List.of());
    }

    HelpBook help() {
        return help;
    }

    /// The commands of a mode, in the order in which they were added; for tests and manuals.
    public List<Command> commandsOf(Mode mode) {
        return commands(mode).stream().map(Entry::command).toList();
    }

    /// Reads a line without carrying it out. In a configuration mode a line that the mode does not know is tried in the modes above,
    /// as IOS does; the command's own mode tells where it was found. Of several faults the one furthest to the right is told.
    public Outcome read(Mode mode, String line) {
        Fault furthest = Fault.invalid(0, "a configuration line");
        boolean first = true;
        for (Mode tried : chain(mode)) {
            switch (Parser.parse(this, tried, line, 0)) {
                case Outcome.Matched matched -> {
                    return matched;
                }
                case Outcome.Faulty faulty -> {
                    if (first || faulty.fault().column() > furthest.column()) {
                        furthest = faulty.fault();
                    }
                    first = false;
                }
            }
        }
        return new Outcome.Faulty(furthest);
    }

    /// The mode, and the configuration modes above it.
    List<Mode> chain(Mode mode) {
        List<Mode> chain = new ArrayList<>(List.of(mode));
        for (Mode each = mode.parent(); mode.configures() && each != null && each.configures(); each = each.parent()) {
            chain.add(each);
        }
        return chain;
    }

    /// An empty grammar, but for what every session knows: `exit`, `end`, `enable`, `terminal length` and their like.
    public static Builder builder(ParameterTypes types) {
        Builder builder = new Builder(types);
        SessionCommands.add(builder);
        return builder;
    }

    /// Collects commands. A command's pattern:
    ///
    /// - a word in small letters is a keyword, which people may abbreviate;
    /// - `<name:type>` is a parameter, its type one of the [ParameterTypes]; `<word>` is short for `<word:word>`;
    /// - `[…]` may be left out, `(a|b)` and `[a|b]` are alternatives.
    public static final class Builder {
        private final ParameterTypes types;
        private final Map<Mode, List<Entry>> commands = new LinkedHashMap<>();
        private final List<String> pages = new ArrayList<>();

        private Builder(ParameterTypes types) {
            this.types = types;
        }

        /// A command without `no`.
        ///
        /// @throws IllegalArgumentException when the pattern is malformed, a fault of the program
        public Builder command(Mode mode, String pattern, Handler handler) {
            return add(new Command(mode, pattern, -1, handler));
        }

        /// A command of both EXEC modes.
        public Builder exec(String pattern, Handler handler) {
            return command(Mode.USER, pattern, handler).command(Mode.PRIVILEGED, pattern, handler);
        }

        /// A command of the privileged EXEC mode.
        public Builder privileged(String pattern, Handler handler) {
            return command(Mode.PRIVILEGED, pattern, handler);
        }

        /// A configuration line with its `no` and `default` forms.
        ///
        /// @param noWords how many words are needed after `no`; what follows them is then optional
        public Builder configuration(Mode mode, String pattern, int noWords, Handler handler) {
            return add(new Command(mode, pattern, noWords, handler));
        }

        private Builder add(Command command) {
            commands.computeIfAbsent(command.mode(), mode -> new ArrayList<>())
                    .add(new Entry(command, Pattern.compile(command.pattern(), types)));
            return this;
        }

        /// Texts for `?`: lines of a path of keywords and `<parameters>`, two blanks or more, and the text. A word is looked up by
        /// the longest end of its path that there is.
        public Builder help(String page) {
            pages.add(page);
            return this;
        }

        /// All that has been added.
        public Grammar build() {
            Map<Mode, List<Entry>> all = new LinkedHashMap<>();
            commands.forEach((mode, list) -> all.put(mode, List.copyOf(list)));
            return new Grammar(all, new HelpBook(pages));
        }
    }
}
