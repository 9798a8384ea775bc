package io.nubicast.app.router;

import io.nubicast.app.Main;
import io.nubicast.app.lab.Application;
import io.nubicast.tools.lab.Node;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/// `nubicast router` as a process of its own on a machine of a lab, and `nubicast shell` towards it.
@SuppressWarnings("try") // closed by tests, which may be interrupted
final class RouterProcess implements AutoCloseable {
    private final Node node;
    private final Path directory;
    private Process process;

    private RouterProcess(Node node, Path directory, Process process) {
        this.node = node;
        this.directory = directory;
        this.process = process;
    }

    /// Starts it and waits until it serves.
    static RouterProcess start(Node node, Path directories, String configuration) throws IOException {
        Path directory = Files.createDirectories(directories.resolve(node.name()));
        Files.writeString(directory.resolve("startup-config"), configuration);
        return new RouterProcess(node, directory, launch(node, directory));
    }

    private static Process launch(Node node, Path directory) throws IOException {
        Process process = node.start(command("router", "--config", directory.resolve("startup-config").toString(),
                "--control", directory.resolve("router.sock").toString(), "--log",
                directory.resolve("router.log").toString()));
        List<String> printed = new ArrayList<>();
        BufferedReader lines =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            if (line.contains(" serves")) {
                return process;
            }
            printed.add(line);
        }
        throw new AssertionError("the router ended: " + printed);
    }

    private static ProcessBuilder command(String... words) {
        List<String> command = new ArrayList<>(List.of(System.getProperty("java.home") + "/bin/java",
                "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "--enable-native-access=ALL-UNNAMED", "-cp",
                System.getProperty("java.class.path"), Main.class.getName()));
        command.addAll(List.of(words));
        return new ProcessBuilder(command).redirectErrorStream(true);
    }

    /// What the shell prints for these lines, carried out in one session.
    String shell(String... lines) {
        List<String> words =
                new ArrayList<>(List.of("shell", "--control", directory.resolve("router.sock").toString()));
        for (String line : lines) {
            words.add("-c");
            words.add(line);
        }
        try {
            Process shell = node.start(command(words.toArray(String[]::new)));
            String text = new String(shell.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            shell.waitFor(10, TimeUnit.SECONDS);
            return text;
        } catch (IOException | InterruptedException e) {
            throw new AssertionError("shell " + List.of(lines), e);
        }
    }

    /// Asks until the answer is as wanted, and returns it.
    String until(String what, Predicate<String> wanted, String... lines) {
        String[] last = {""};
        try {
            Application.eventually(what, () -> {
                last[0] = shell(lines);
                return wanted.test(last[0]);
            });
        } catch (AssertionError e) {
            throw new AssertionError(e.getMessage() + ", but:\n" + last[0] + "\nlog:\n" + log(), e);
        }
        return last[0];
    }

    String log() {
        try {
            return Files.readString(directory.resolve("router.log"));
        } catch (IOException e) {
            return "no log: " + e.getMessage();
        }
    }

    long pid() {
        return process.pid();
    }

    /// `kill -9`, then started again with the same file.
    void crashAndRestart() throws Exception {
        process.destroyForcibly().waitFor();
        process = launch(node, directory);
    }

    @Override
    public void close() throws InterruptedException {
        process.destroy();
        if (!process.waitFor(5, TimeUnit.SECONDS)) {
            process.destroyForcibly().waitFor();
        }
    }
}
