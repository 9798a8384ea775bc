package io.nubicast.app.lab;

import io.nubicast.app.Main;
import io.nubicast.proxy.management.ControlClient;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A daemon as a process of its own on a machine.
@SuppressWarnings("try") // closed by tests, which may be interrupted
public final class Daemon implements AutoCloseable {
    private final Process process;
    private final Path control;
    private final String line;

    private Daemon(Process process, Path control, String line) {
        this.process = process;
        this.control = control;
        this.line = line;
    }

    static ProcessBuilder command(Machine machine, String... words) {
        List<String> command = new ArrayList<>(List.of(System.getProperty("java.home") + "/bin/java",
                "-XX:+UseSerialGC", "--enable-native-access=ALL-UNNAMED", "-cp",
                System.getProperty("java.class.path"), Main.class.getName()));
        command.addAll(List.of(words));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put("NUBICAST_MULTICAST_DIR", machine.directory().toString());
        return builder;
    }

    static Daemon start(Machine machine, String role, String... options) throws IOException {
        Path control = machine.directory().resolve(role + ".sock");
        List<String> words = new ArrayList<>(List.of("proxy", role, "--control", control.toString()));
        words.addAll(List.of(options));
        Process process = machine.node().start(command(machine, words.toArray(String[]::new)));
        List<String> printed = new ArrayList<>();
        BufferedReader lines =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        String line = lines.readLine();
        while (line != null && !line.contains(" serves ")) {
            printed.add(line);
            line = lines.readLine();
        }
        if (line == null) {
            throw new AssertionError("proxy " + role + " ended: " + printed);
        }
        return new Daemon(process, control, line);
    }

    /// The line with which it said that it serves.
    public String line() {
        return line;
    }

    public long pid() {
        return process.pid();
    }

    public String ask(String request) {
        try {
            return ControlClient.ask(control, request, Duration.ofSeconds(10));
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    /// The status as one line of JSON.
    public String status() {
        return ask("status");
    }

    /// The first number after that text in the status; -1 when the text is not there.
    public long number(String after) {
        Matcher matcher = Pattern.compile(Pattern.quote(after) + "(-?\\d+)").matcher(status());
        return matcher.find() ? Long.parseLong(matcher.group(1)) : -1;
    }

    /// Copies that the kernel took for a member, of its first group.
    public long copiesTo(String member) {
        return number("\"address\":\"" + member + "\",\"packets\":");
    }

    public long total(String name) {
        return number("\"" + name + "\":");
    }

    /// Processor time that it has used, user and system, in milliseconds (proc(5), a tick being 10 ms).
    public long cpuMillis() throws IOException {
        String stat = Files.readString(Path.of("/proc", Long.toString(process.pid()), "stat"));
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
        return (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) * 10;
    }

    /// Waits so long, and requires that it still runs.
    public void runs(long millis) throws InterruptedException {
        if (process.waitFor(millis, TimeUnit.MILLISECONDS)) {
            throw new AssertionError("it ended with status " + process.exitValue());
        }
    }

    /// `kill -9`.
    public void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    @Override
    public void close() throws InterruptedException {
        process.destroy();
        if (!process.waitFor(5, TimeUnit.SECONDS)) {
            kill();
        }
    }
}
