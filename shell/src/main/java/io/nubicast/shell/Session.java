package io.nubicast.shell;

import io.nubicast.shell.Filter.FaultyFilter;
import io.nubicast.shell.Outcome.Faulty;
import io.nubicast.shell.Outcome.Matched;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;

/// One user's conversation with the shell: the mode, and lines in, answers out. For one thread at a time, that of its connection;
/// commands that touch what others own go there by themselves.
public final class Session {
    /// Lines of a page until `terminal length` says otherwise.
    public static final int DEFAULT_TERMINAL_LENGTH = 24;

    private static final int MOST_CHARACTERS = 4096;
    private static final List<String> LEAVING = List.of("end", "exit");

    private final Grammar grammar;
    private final Help help;
    private final Supplier<String> hostname;
    private final Map<String, String> settings = new HashMap<>();
    private Mode mode;
    private String place = "";
    private boolean closed;
    private int terminalLength = DEFAULT_TERMINAL_LENGTH;
    private Consumer<String> progress = text -> {};
    private BooleanSupplier interrupted = () -> false;

    /// @param mode in which it begins
    /// @param hostname for the prompt, asked each time
    public Session(Grammar grammar, Mode mode, Supplier<String> hostname) {
        this.grammar = grammar;
        this.help = new Help(grammar);
        this.mode = mode;
        this.hostname = hostname;
    }

    /// `router(config-if)#`.
    public String prompt() {
        return hostname.get() + mode.suffix();
    }

    public Mode mode() {
        return mode;
    }

    /// What the mode is about: `interface Tunnel1`; empty for the modes that are about nothing in particular.
    public String place() {
        return place;
    }

    /// Goes to a mode.
    ///
    /// @param newPlace what the mode is about, see [#place()]
    public void enter(Mode newMode, String newPlace) {
        mode = newMode;
        place = newPlace;
    }

    /// Ends the session with the line that is being carried out.
    public void close() {
        closed = true;
    }

    /// Lines of a page; 0 for no paging. Who shows the text does the paging.
    public int terminalLength() {
        return terminalLength;
    }

    public void terminalLength(int lines) {
        terminalLength = lines;
    }

    /// What this session was told by commands such as `terminal mroute-legend short`.
    public Optional<String> setting(String name) {
        return Optional.ofNullable(settings.get(name));
    }

    public void setting(String name, String value) {
        settings.put(name, value);
    }

    /// Prints at once what a command has to say before it is done: the marks of `ping`. Those who only want the whole answer do not
    /// see it, so the answer has it again.
    public void progress(String text) {
        progress.accept(text);
    }

    /// Whether the user wants the running command to stop.
    public boolean interrupted() {
        return interrupted.getAsBoolean();
    }

    /// Carries a line out. A line that ends in `?` is answered with help. Remarks (`!` at the start, `//` behind a blank) are left
    /// out, the latter with a notice, in configuration modes.
    public Result execute(String line) {
        return execute(line, text -> {}, () -> false);
    }

    /// [#execute(String)], with a place for what [#progress(String)] says, and a way to interrupt.
    public Result execute(String line, Consumer<String> toPrint, BooleanSupplier stop) {
        progress = toPrint;
        interrupted = stop;
        String typed = line.stripTrailing();
        if (typed.length() > MOST_CHARACTERS) {
            return refused(new Fault(Fault.Kind.REFUSED, -1,
                    "% A line has at most " + MOST_CHARACTERS + " characters", ""));
        }
        String first = typed.stripLeading();
        if (first.isEmpty() || first.startsWith("!")) {
            return done(Answer.NOTHING);
        }
        if (typed.endsWith("?")) {
            return done(new Answer(help(typed.substring(0, typed.length() - 1)), Map.of()));
        }
        String plain = mode.configures() ? Remarks.strip(typed) : typed;
        if (plain.length() != typed.length()) {
            Result asTyped = tryRest(typed);
            if (asTyped.ok()) {
                return asTyped;
            }
            return noticed(run(plain), Remarks.NOTICE);
        }
        return run(typed);
    }

    /// A remark that belongs to a description is none.
    private Result tryRest(String typed) {
        return Parser.parse(grammar, mode, typed, 0) instanceof Matched matched
                && matched.command().pattern().endsWith("line>")
                        ? run(typed)
                        : refused(Fault.invalid(0, "a line without remark"));
    }

    private Result run(String line) {
        if (line.isBlank()) {
            return done(Answer.NOTHING);
        }
        List<Word> words = Word.split(line);
        String first = words.getFirst().text().toLowerCase(Locale.ROOT);
        if (mode.configures() && first.equals("do")) {
            return words.size() == 1
                    ? refused(Fault.incomplete("an EXEC command", line.length()))
                    : exec(line, words.get(1).column());
        }
        if (mode.configures() && words.size() == 1 && first.length() >= 2 && leaves(first)) {
            return done(Answer.NOTHING);
        }
        return mode.configures() ? configure(line) : exec(line, 0);
    }

    private boolean leaves(String word) {
        List<String> meant = LEAVING.stream().filter(name -> name.startsWith(word)).toList();
        if (meant.size() != 1) {
            return false;
        }
        Mode parent = mode.parent();
        enter(meant.getFirst().equals("end") || parent == null ? Mode.PRIVILEGED : parent, "");
        return true;
    }

    private Result exec(String line, int from) {
        int bar = Filter.column(line);
        Mode execMode = mode.configures() ? Mode.PRIVILEGED : mode;
        Optional<Filter> filter = Optional.empty();
        String command = line;
        if (bar > from) {
            try {
                filter = Optional.of(Filter.parse(line, bar));
            } catch (FaultyFilter e) {
                return refused(e.fault());
            }
            command = line.substring(0, bar);
        }
        return switch (Parser.parse(grammar, execMode, command, from)) {
            case Matched matched ->
                carryOut(matched.command(), new Command.Call(this, matched.form(), matched.arguments()), filter);
            case Faulty faulty -> refused(Word.split(line, from).size() == 1
                    && faulty.fault().kind() == Fault.Kind.INVALID
                            ? new Fault(Fault.Kind.UNKNOWN, faulty.fault().column(),
                                    "% Unknown command or computer name, or unable to find computer address",
                                    "% Type ? for the commands of this mode")
                            : faulty.fault());
        };
    }

    /// A line that the mode does not know is tried in the modes above, and leads there when it is one of theirs.
    private Result configure(String line) {
        return switch (grammar.read(mode, line)) {
            case Faulty faulty -> refused(faulty.fault());
            case Matched matched -> {
                Mode modeBefore = mode;
                String placeBefore = place;
                if (!matched.command().mode().equals(mode)) {
                    enter(matched.command().mode(), "");
                }
                Result result = carryOut(matched.command(),
                        new Command.Call(this, matched.form(), matched.arguments()), Optional.empty());
                if (!result.ok()) {
                    enter(modeBefore, placeBefore);
                    yield refused(result.fault().orElseThrow());
                }
                yield result;
            }
        };
    }

    private Result carryOut(Command command, Command.Call call, Optional<Filter> filter) {
        try {
            Answer answer = command.handler().run(call);
            return done(filter.isEmpty()
                    ? answer
                    : new Answer(filter.get().apply(answer.text()), answer.json()));
        } catch (Refused e) {
            return refused(e.fault());
        }
    }

    private Result done(Answer answer) {
        return new Result(answer, prompt(), Optional.empty(), closed, terminalLength);
    }

    private Result refused(Fault fault) {
        String text = fault.text(prompt().length());
        return new Result(new Answer(text, Map.of("error", (fault.message() + " " + fault.advice()).strip())), prompt(),
                Optional.of(fault), closed, terminalLength);
    }

    private static Result noticed(Result result, String notice) {
        return new Result(new Answer(notice + "\n" + result.text(), result.answer().json()), result.prompt(),
                result.fault(), result.closed(), result.terminalLength());
    }

    /// What `?` prints after that line.
    public String help(String line) {
        int from = commandStart(line);
        return help.help(from > 0 ? List.of(Mode.PRIVILEGED) : grammar.chain(mode), line, from);
    }

    /// What Tab may put in place of the word before the cursor, in full; one of them when it is clear.
    ///
    /// @param cursor 0..length
    public List<String> complete(String line, int cursor) {
        String before = line.substring(0, Math.clamp(cursor, 0, line.length()));
        int from = commandStart(before);
        return help.complete(from > 0 ? List.of(Mode.PRIVILEGED) : grammar.chain(mode), before, from);
    }

    /// Where the command starts: behind `do`.
    private int commandStart(String line) {
        List<Word> words = Word.split(line);
        return mode.configures() && !words.isEmpty() && words.getFirst().text().equalsIgnoreCase("do")
                && line.length() > words.getFirst().column() + 2 ? words.getFirst().column() + 3 : 0;
    }
}
