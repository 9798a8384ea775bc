package io.nubicast.app.daemon;

import io.nubicast.app.Main;
import io.nubicast.proxy.management.ControlClient;
import io.nubicast.tools.lab.Node;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// A daemon as a process of its own in a namespace, for tests: what it prints, its control socket, its end.
final class DaemonProcess implements AutoCloseable {
    private final Path control;
    private final Process process;
    private final List<String> lines = new ArrayList<>();
    private final Thread reader = Thread.ofVirtual().unstarted(this::read);

    private DaemonProcess(Path control, Process process) {
        this.control = control;
        this.process = process;
        reader.start();
    }

    /// @param directory of configuration, log and control socket
    static DaemonProcess start(Node node, Path directory, String... words) {
        Path control = directory.resolve("control.sock");
        List<String> command =
                new ArrayList<>(List.of(System.getProperty("java.home") + "/bin/java", "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1", "--enable-native-access=ALL-UNNAMED", "-cp",
                        System.getProperty("java.class.path"), Main.class.getName(), "proxy"));
        command.addAll(List.of(words));
        command.addAll(List.of("--control", control.toString()));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put(Places.DIRECTORY_VARIABLE, directory.toString());
        return new DaemonProcess(control, node.start(builder));
    }

    private void read() {
        try (BufferedReader in = new BufferedReader(
                new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                add(line);
            }
        } catch (IOException e) {
            // It has ended.
        }
        add("");
    }

    private synchronized void add(String line) {
        lines.add(line);
        notifyAll();
    }

    /// The first line that holds the text, as soon as there is one.
    synchronized String awaitLine(String text) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        try {
            while (true) {
                for (String line : lines) {
                    if (line.contains(text)) {
                        return line;
                    }
                }
                long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
                if (left <= 0 || lines.contains("")) {
                    throw new AssertionError("no line with '" + text + "' but " + lines);
                }
                wait(left);
            }
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /// All that it printed, once it has ended.
    String output() {
        try {
            reader.join();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
        synchronized (this) {
            return String.join("\n", lines);
        }
    }

    String ask(String request) {
        try {
            return ControlClient.ask(control, request, Duration.ofSeconds(5));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Sends a signal by name, such as `HUP`.
    void signal(String name) {
        try {
            new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start().waitFor();
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /// The exit code, within so many milliseconds.
    int exitWithin(long millis) {
        try {
            if (!process.waitFor(millis, TimeUnit.MILLISECONDS)) {
                throw new AssertionError("still running after " + millis + " ms");
            }
            return process.exitValue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    long pid() {
        return process.pid();
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
