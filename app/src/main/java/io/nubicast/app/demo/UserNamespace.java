package io.nubicast.app.demo;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/// Without root: the same program once more, as root of a user namespace of its own, with a mount namespace whose /run is a
/// tmpfs (where `ip netns` keeps its names). What it may do there stays there.
final class UserNamespace {
    /// Set in the second run, so that there is no third.
    static final String MARK = "NUBICAST_DEMO_IN_NAMESPACE";

    private static final List<String> UNSHARE = List.of("unshare", "--user", "--map-root-user", "--net", "--mount");
    private static final String PREPARE = "mount -t tmpfs tmpfs /run && exec \"$@\"";
    private static final long PROBE_SECONDS = 5;
    private static final long END_SECONDS = 10;

    private UserNamespace() {}

    /// Why this system allows none; empty when it does.
    static Optional<String> missing() {
        if (System.getenv(MARK) != null) {
            return Optional.of("this already is one");
        }
        List<String> words = new ArrayList<>(UNSHARE);
        words.addAll(List.of("sh", "-c", "mount -t tmpfs tmpfs /run && ip netns add probe"));
        try {
            Process probe = new ProcessBuilder(words).redirectErrorStream(true).start();
            probe.getOutputStream().close();
            String said = new String(probe.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
            if (!probe.waitFor(PROBE_SECONDS, TimeUnit.SECONDS)) {
                probe.destroyForcibly();
                return Optional.of("unshare does not end");
            }
            return probe.exitValue() == 0
                    ? Optional.empty()
                    : Optional.of("a user namespace is not allowed: " + said.lines().findFirst().orElse("no message"));
        } catch (IOException e) {
            return Optional.of("the command 'unshare' (package util-linux) is missing");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.of("interrupted");
        }
    }

    /// Runs this program with these arguments inside, on this terminal, and returns its exit code.
    static int run(List<String> arguments) {
        List<String> words = new ArrayList<>(UNSHARE);
        words.addAll(List.of("sh", "-c", PREPARE, "sh"));
        words.addAll(Program.command());
        words.addAll(arguments);
        ProcessBuilder builder = new ProcessBuilder(words).inheritIO();
        builder.environment().put(MARK, "1");
        try {
            Process process = builder.start();
            // Ctrl-C reaches both: this one waits until the other has cleaned up. SIGTERM is passed on.
            Thread hook = new Thread(() -> {
                process.destroy();
                awaitEnd(process);
            }, "demo-in-namespace");
            Runtime.getRuntime().addShutdownHook(hook);
            int code = process.waitFor();
            try {
                Runtime.getRuntime().removeShutdownHook(hook);
            } catch (IllegalStateException e) {
                // Ending already.
            }
            return code;
        } catch (IOException e) {
            throw new DemoException("cannot start in a user namespace: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new DemoException("interrupted", e);
        }
    }

    private static void awaitEnd(Process process) {
        try {
            if (!process.waitFor(END_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
