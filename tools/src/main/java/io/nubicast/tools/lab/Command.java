package io.nubicast.tools.lab;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/// A short-lived child process: its exit status and what it printed, both outputs in one.
///
/// @param exit status; 127 when there is no such program
/// @param output standard output and standard error, trailing blanks removed
record Command(int exit, String output) {
    private static final long LIMIT_SECONDS = 20;
    private static final List<String> SBIN = List.of("/usr/sbin", "/sbin", "/usr/local/sbin", "/usr/bin", "/bin");

    boolean succeeded() {
        return exit == 0;
    }

    /// Runs it to its end, at most 20 s.
    static Command run(List<String> words, String input) {
        try {
            Process process = new ProcessBuilder(words).redirectErrorStream(true).start();
            try (OutputStream stdin = process.getOutputStream()) {
                stdin.write(input.getBytes(StandardCharsets.UTF_8));
            } catch (IOException e) {
                // It ended without reading its input; its status and output say why.
            }
            String output;
            try (InputStream stdout = process.getInputStream()) {
                output = new String(stdout.readAllBytes(), StandardCharsets.UTF_8).stripTrailing();
            }
            if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                return new Command(124, "no end after " + LIMIT_SECONDS + " s: " + String.join(" ", words));
            }
            return new Command(process.exitValue(), output);
        } catch (IOException e) {
            return new Command(127, String.valueOf(e.getMessage()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Command(130, "interrupted: " + String.join(" ", words));
        }
    }

    static Command run(String... words) {
        return run(List.of(words), "");
    }

    /// Where a program is: on PATH, or in the sbin directories that a plain user's PATH lacks.
    static Optional<Path> find(String program) {
        String path = System.getenv("PATH");
        for (String directory : (path == null ? "" : path).split(":", -1)) {
            if (!directory.isEmpty() && Files.isExecutable(Path.of(directory, program))) {
                return Optional.of(Path.of(directory, program));
            }
        }
        return SBIN.stream().map(directory -> Path.of(directory, program)).filter(Files::isExecutable).findFirst();
    }
}
