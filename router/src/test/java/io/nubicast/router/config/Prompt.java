package io.nubicast.router.config;

import io.nubicast.shell.Grammar;
import io.nubicast.shell.Mode;
import io.nubicast.shell.Result;
import io.nubicast.shell.Session;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A router's configuration at a prompt, its files in memory.
final class Prompt implements ConfigStore {
    final Map<String, String> files = new HashMap<>();
    final List<RouterConfig> told = new ArrayList<>();
    final RunningConfig running = new RunningConfig((before, now) -> told.add(now));
    final Session session;
    private @Nullable String startup;

    Prompt() {
        Grammar.Builder grammar = Grammar.builder(ConfigTypes.ALL);
        ConfigCommands.add(grammar, running, this);
        session = new Session(grammar.build(), Mode.PRIVILEGED, () -> running.config().hostname());
    }

    /// A whole conversation as a terminal shows it.
    String typed(String script) {
        StringBuilder screen = new StringBuilder();
        script.lines().forEach(line -> screen.append(session.prompt()).append(line).append('\n')
                .append(session.execute(line).text()));
        return screen.toString();
    }

    /// Configuration lines from the global mode, none of which may be refused.
    void configure(String lines) {
        session.execute("end");
        session.execute("configure terminal");
        lines.lines().forEach(line -> {
            Result result = session.execute(line);
            if (!result.ok()) {
                throw new AssertionError(line + "\n" + result.text());
            }
        });
        session.execute("end");
    }

    @Override
    public Optional<String> startup() {
        return Optional.ofNullable(startup);
    }

    @Override
    public void saveStartup(String text) {
        startup = text;
    }

    @Override
    public String read(String file) throws IOException {
        String text = files.get(file);
        if (text == null) {
            throw new NoSuchFileException("there is no such file");
        }
        return text;
    }
}
