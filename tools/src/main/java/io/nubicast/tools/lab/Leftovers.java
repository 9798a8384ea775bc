package io.nubicast.tools.lab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/// Finds and removes the namespaces of labs whose owner is dead (`kill -9`, a power cut of the terminal).
public final class Leftovers {
    private static final Path NETNS = Path.of("/run/netns");

    private Leftovers() {}

    /// The namespaces of labs with this prefix whose owner no longer runs.
    public static List<String> find(String prefix) {
        if (!Files.isDirectory(NETNS)) {
            return List.of();
        }
        try (Stream<Path> names = Files.list(NETNS)) {
            return names.map(path -> String.valueOf(path.getFileName())).filter(name -> owner(prefix, name)
                    .filter(pid -> ProcessHandle.of(pid).isEmpty()).isPresent()).sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Ends the processes in such namespaces, deletes the namespaces, and returns their names.
    public static List<String> remove(String prefix) {
        List<String> names = find(prefix);
        names.forEach(Leftovers::endProcesses);
        names.forEach(Leftovers::delete);
        return names;
    }

    /// The process id in a namespace's name, `PREFIX` + digits + `-` + name.
    static Optional<Long> owner(String prefix, String name) {
        int dash = name.indexOf('-');
        if (!name.startsWith(prefix) || dash <= prefix.length()) {
            return Optional.empty();
        }
        String digits = name.substring(prefix.length(), dash);
        return digits.length() < 19 && digits.chars().allMatch(c -> c >= '0' && c <= '9')
                ? Optional.of(Long.parseLong(digits))
                : Optional.empty();
    }

    /// Kills what runs in the namespace and waits until it is gone, but never this process, one of whose threads may have
    /// entered it.
    static void endProcesses(String namespace) {
        long self = ProcessHandle.current().pid();
        Command pids = Command.run(ip(), "netns", "pids", namespace);
        if (!pids.succeeded()) {
            return;
        }
        List<ProcessHandle> ending = pids.output().lines()
                .filter(line -> !line.isEmpty() && line.chars().allMatch(Character::isDigit)).map(Long::parseLong)
                .filter(pid -> pid != self).flatMap(pid -> ProcessHandle.of(pid).stream()).toList();
        ending.forEach(ProcessHandle::destroyForcibly);
        CompletableFuture<?>[] exits = ending.stream().map(ProcessHandle::onExit).toArray(CompletableFuture<?>[]::new);
        CompletableFuture.allOf(exits).completeOnTimeout(null, 2, TimeUnit.SECONDS).join();
    }

    static Command delete(String namespace) {
        return Command.run(ip(), "netns", "del", namespace);
    }

    static String ip() {
        return Command.find("ip").map(Path::toString).orElse("ip");
    }
}
