package io.nubicast.app.router.shell;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.jline.keymap.KeyMap;
import org.jline.reader.Binding;
import org.jline.reader.Candidate;
import org.jline.reader.EndOfFileException;
import org.jline.reader.LineReader;
import org.jline.reader.LineReaderBuilder;
import org.jline.reader.ParsedLine;
import org.jline.reader.Reference;
import org.jline.reader.UserInterruptException;
import org.jline.reader.impl.DefaultParser;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;
import org.jline.utils.NonBlockingReader;

/// `nubicast shell` with a person in front of it: editing, history, Tab, `?`, and pages.
final class InteractiveShell {
    private static final String HELP = "nubicast-help";
    private static final String END = "nubicast-end";

    private final ShellClient client;
    private final Terminal terminal;
    private final LineReader reader;

    private InteractiveShell(ShellClient client, Terminal terminal) {
        this.client = client;
        this.terminal = terminal;
        DefaultParser parser = new DefaultParser();
        parser.setEscapeChars(new char[0]);
        parser.setQuoteChars(new char[0]);
        LineReaderBuilder builder = LineReaderBuilder.builder().terminal(terminal).appName("nubicast").parser(parser)
                .completer((line, buffer, candidates) -> complete(buffer, candidates))
                .option(LineReader.Option.DISABLE_EVENT_EXPANSION, true)
                .option(LineReader.Option.INSERT_TAB, false);
        history().ifPresent(file -> builder.variable(LineReader.HISTORY_FILE, file));
        reader = builder.build();
        bind();
    }

    /// Until the user leaves, or the router goes away.
    static void run(ShellClient client) throws IOException {
        try (Terminal terminal = TerminalBuilder.builder().system(true).jni(false).dumb(true).build()) {
            new InteractiveShell(client, terminal).talk();
        }
    }

    private void talk() throws IOException {
        while (true) {
            String line;
            try {
                line = reader.readLine(client.prompt());
            } catch (UserInterruptException e) {
                continue; // Ctrl-C drops the line
            } catch (EndOfFileException e) {
                return;
            }
            ShellClient.Reply reply = client.run(line);
            NonBlockingReader keys = terminal.reader();
            Pager.show(reply.text(), Math.min(reply.length(), room(reply.length())), terminal.writer(),
                    () -> key(keys));
            if (reply.closed()) {
                return;
            }
        }
    }

    /// A screen that is smaller than the session's page counts.
    private int room(int length) {
        int rows = terminal.getRows();
        return length == 0 || rows <= 1 ? length : rows;
    }

    /// One key, without waiting for Enter.
    private int key(NonBlockingReader keys) throws IOException {
        var before = terminal.enterRawMode();
        try {
            return keys.read();
        } finally {
            terminal.setAttributes(before);
        }
    }

    private void bind() {
        reader.getWidgets().put(HELP, this::help);
        reader.getWidgets().put(END, this::end);
        KeyMap<Binding> keys = reader.getKeyMaps().get(LineReader.MAIN);
        if (keys != null) {
            keys.bind(new Reference(HELP), "?");
            keys.bind(new Reference(END), KeyMap.ctrl('Z'));
        }
    }

    /// `?`: tells what may stand here, and leaves the line as it is.
    private boolean help() {
        try {
            String typed = reader.getBuffer().upToCursor();
            reader.printAbove(client.prompt() + typed + "?\n" + client.help(typed).stripTrailing());
            return true;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Ctrl-Z: as if `end` had been typed.
    private boolean end() {
        reader.getBuffer().clear();
        reader.getBuffer().write("end");
        reader.callWidget(LineReader.ACCEPT_LINE);
        return true;
    }

    private void complete(ParsedLine line, List<Candidate> candidates) {
        try {
            String typed = line.line().substring(0, line.cursor());
            for (String word : client.complete(typed)) {
                candidates.add(new Candidate(word, word, null, null, null, null, true));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Where lines of earlier sessions are, for this user alone; lines may hold secrets.
    private static java.util.Optional<Path> history() {
        String state = System.getenv().getOrDefault("XDG_STATE_HOME", "");
        Path directory = state.isEmpty()
                ? Path.of(System.getProperty("user.home", "."), ".local", "state", "nubicast")
                : Path.of(state, "nubicast");
        try {
            Files.createDirectories(directory);
            Path file = directory.resolve("shell-history");
            if (!Files.exists(file)) {
                Files.createFile(file,
                        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            }
            return java.util.Optional.of(file);
        } catch (IOException | UnsupportedOperationException e) {
            return java.util.Optional.empty(); // without history then
        }
    }
}
