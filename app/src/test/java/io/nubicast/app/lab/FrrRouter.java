package io.nubicast.app.lab;

import io.nubicast.tools.lab.Node;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/// FRR on a machine of a lab: zebra, staticd and pimd of Debian's package, in its namespace.
@SuppressWarnings("try") // closed by tests, which may be interrupted
public final class FrrRouter implements AutoCloseable {
    private static final Path PROGRAMS = Path.of("/usr/lib/frr");
    private static final List<String> DAEMONS = List.of("zebra", "staticd", "pimd");

    private final Node node;
    private final Path run;
    private final Path etc;

    private FrrRouter(Node node) {
        this.node = node;
        run = Path.of("/var/run/frr", node.namespace());
        etc = Path.of("/etc/frr", node.namespace());
    }

    /// Why there is no FRR here; empty when there is.
    public static Optional<String> missing() {
        return Files.isExecutable(PROGRAMS.resolve("pimd"))
                ? Optional.empty()
                : Optional.of("FRR is missing: apt-get install frr");
    }

    /// Starts it with that configuration.
    public static FrrRouter start(Node node, String configuration) throws IOException {
        FrrRouter router = new FrrRouter(node);
        boolean complete = false;
        try {
            for (Path directory : List.of(router.run, router.etc)) {
                Files.createDirectories(directory);
                run("chown", "frr:frr", directory.toString());
            }
            Files.writeString(router.etc.resolve("frr.conf"), configuration);
            Files.writeString(router.etc.resolve("vtysh.conf"), "service integrated-vtysh-config\n");
            run("chown", "-R", "frr:frr", router.etc.toString());
            for (String daemon : DAEMONS) {
                node.run(PROGRAMS.resolve(daemon).toString(), "-d", "-N", node.namespace(), "-A", "127.0.0.1", "-P",
                        "0",
                        "-i", router.run.resolve(daemon + ".pid").toString());
            }
            node.run("vtysh", "-N", node.namespace(), "-b");
            complete = true;
            return router;
        } finally {
            if (!complete) {
                router.close();
            }
        }
    }

    /// What vtysh answers.
    public String vtysh(String command) {
        return node.run("vtysh", "-N", node.namespace(), "-c", command);
    }

    private static void run(String... words) throws IOException {
        Process process = new ProcessBuilder(words).inheritIO().start();
        try {
            if (!process.waitFor(10, TimeUnit.SECONDS) || process.exitValue() != 0) {
                throw new IOException(String.join(" ", words) + " failed");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /// Ends the daemons and removes their files.
    @Override
    public void close() throws IOException {
        List<String> left = new ArrayList<>(DAEMONS);
        for (String daemon : left.reversed()) {
            Path pid = run.resolve(daemon + ".pid");
            if (Files.exists(pid)) {
                ProcessHandle.of(Long.parseLong(Files.readString(pid).strip())).ifPresent(handle -> {
                    handle.destroy();
                    handle.onExit().orTimeout(5, TimeUnit.SECONDS).exceptionally(late -> {
                        handle.destroyForcibly();
                        return handle;
                    }).join();
                });
            }
        }
        for (Path directory : List.of(run, etc)) {
            if (Files.exists(directory)) {
                try (Stream<Path> files = Files.walk(directory)) {
                    for (Path file : files.toList().reversed()) {
                        Files.delete(file);
                    }
                }
            }
        }
    }
}
