package io.nubicast.app.demo;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/// The directory of one run: configuration files, logs and sockets of the daemons. Its name carries this process' id, so that
/// what a killed run left is found by the next.
final class Workspace {
    private static final String PREFIX = "nubicast-demo-";
    private static final int ATTEMPTS = 10;
    private static final long PAUSE_NS = 20_000_000;

    private final Path directory;

    private Workspace(Path directory) {
        this.directory = directory;
    }

    /// A new directory, after removing those of dead runs of this user.
    static Workspace create() {
        // /tmp rather than a deep TMPDIR: the path of a Unix socket has at most 107 bytes.
        Path temporary = Files.isWritable(Path.of("/tmp"))
                ? Path.of("/tmp")
                : Path.of(System.getProperty("java.io.tmpdir", "."));
        removeLeftovers(temporary);
        try {
            return new Workspace(Files.createTempDirectory(temporary, PREFIX + ProcessHandle.current().pid() + "-"));
        } catch (IOException e) {
            throw new DemoException("cannot make a directory in " + temporary + ": " + e.getMessage(), e);
        }
    }

    private static void removeLeftovers(Path temporary) {
        try (Stream<Path> paths = Files.list(temporary)) {
            for (Path path : paths.filter(Workspace::isDead).toList()) {
                delete(path);
            }
        } catch (IOException e) {
            // Somebody else's, or being removed by another run: not ours to complain about.
        }
    }

    private static boolean isDead(Path path) {
        String name = String.valueOf(path.getFileName());
        int dash = name.indexOf('-', PREFIX.length());
        if (!name.startsWith(PREFIX) || dash < 0 || !Files.isDirectory(path)) {
            return false;
        }
        String pid = name.substring(PREFIX.length(), dash);
        return pid.matches("[0-9]{1,18}") && ProcessHandle.of(Long.parseLong(pid)).isEmpty();
    }

    /// A directory inside, made when it is not there.
    Path directory(String name) {
        try {
            return Files.createDirectories(directory.resolve(name));
        } catch (IOException e) {
            throw new DemoException("cannot make " + name + " in " + directory + ": " + e.getMessage(), e);
        }
    }

    Path write(Path file, String text) {
        try {
            return Files.writeString(file, text);
        } catch (IOException e) {
            throw new DemoException("cannot write " + file + ": " + e.getMessage(), e);
        }
    }

    /// Removes all of it. A second call finds nothing.
    synchronized void remove() {
        delete(directory);
    }

    private static void delete(Path root) {
        for (int attempt = 0; attempt < ATTEMPTS && Files.exists(root); attempt++) {
            try (Stream<Path> paths = Files.walk(root)) {
                List<Path> all = paths.sorted(Comparator.reverseOrder()).toList();
                for (Path path : all) {
                    Files.deleteIfExists(path);
                }
            } catch (IOException | UncheckedIOException e) {
                // A daemon that is ending adds or removes a file of its own at the same time: once more.
                LockSupport.parkNanos(PAUSE_NS);
            }
        }
    }
}
