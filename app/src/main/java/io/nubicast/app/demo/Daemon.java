package io.nubicast.app.demo;

import io.nubicast.proxy.management.ControlClient;
import io.nubicast.tools.lab.Node;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/// A `nubicast proxy server` or `client` as a process of its own, exactly as a user runs it.
final class Daemon {
    private static final long START_NS = 20_000_000_000L;
    private static final int MOST_LINES = 50;
    private static final Duration PATIENCE = Duration.ofMillis(500);

    private final String name;
    private final Path control;
    private final Process process;
    private final List<String> lines = new ArrayList<>();
    private final long startedNs = System.nanoTime();
    private volatile boolean ended;

    private Daemon(String name, Path control, Process process) {
        this.name = name;
        this.control = control;
        this.process = process;
        Thread.ofPlatform().name(name + "-output").daemon().start(this::read);
    }

    /// Starts one; [#serves()] tells when it is ready.
    ///
    /// @param role `server` or `client`
    /// @param where a machine of the lab; empty: here
    /// @param configuration the content of its configuration file
    /// @param options further words of the command line
    static Daemon start(String role, Optional<Node> where, Workspace workspace, String configuration,
            List<String> options) {
        String name = where.map(Node::name).orElse("here") + "-" + role;
        Path directory = workspace.directory(name);
        Path file = workspace.write(directory.resolve(role + "_cfg.json.txt"), configuration);
        Path control = directory.resolve("control.sock");
        List<String> words = new ArrayList<>(Program.command());
        words.addAll(List.of("proxy", role, "--config", file.toString(), "--log",
                directory.resolve("log.txt").toString(), "--control", control.toString(), "--management", "off"));
        words.addAll(options);
        ProcessBuilder builder = new ProcessBuilder(words).redirectErrorStream(true);
        builder.environment().put("NUBICAST_MULTICAST_DIR", directory.toString());
        try {
            return new Daemon(name, control, where.isPresent() ? where.get().start(builder) : builder.start());
        } catch (IOException e) {
            throw new DemoException("cannot start the proxy " + role + ": " + e.getMessage(), e);
        }
    }

    private void read() {
        try (BufferedReader reader = new BufferedReader(
                new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                synchronized (lines) {
                    if (lines.size() < MOST_LINES) {
                        lines.add(line);
                    }
                }
            }
        } catch (IOException e) {
            // Its end of the pipe is gone: it has ended.
        }
        ended = true;
    }

    /// It has said that it serves.
    ///
    /// @throws DemoException with what it printed when it ended instead, or does not say so in time
    boolean serves() {
        if (!serving().isEmpty()) {
            return true;
        }
        boolean late = System.nanoTime() - startedNs > START_NS;
        if (late || ended) {
            throw new DemoException("the " + name + (ended ? " ended at once" : " does not serve after 20 s")
                    + (printed().isEmpty() ? "" : ":\n  " + String.join("\n  ", printed())));
        }
        return false;
    }

    /// The line in which it said so; empty before.
    String serving() {
        return printed().stream().filter(line -> line.contains(" serves ")).findFirst().orElse("");
    }

    /// What it printed so far.
    List<String> printed() {
        synchronized (lines) {
            return List.copyOf(lines);
        }
    }

    /// Its counters; empty when it does not answer.
    DaemonStatus status() {
        try {
            return DaemonStatus.parse(ControlClient.ask(control, DaemonStatus.REQUEST, PATIENCE));
        } catch (IOException e) {
            return DaemonStatus.UNKNOWN;
        }
    }

    boolean alive() {
        return process.isAlive();
    }

    /// SIGTERM, and SIGKILL after 2 s.
    void end() {
        process.destroy();
        try {
            if (!process.waitFor(2, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
