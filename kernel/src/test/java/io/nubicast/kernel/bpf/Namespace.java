package io.nubicast.kernel.bpf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.nubicast.kernel.sys.NetworkNamespace;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/// A network namespace for a test, with whatever `ip` puts into it. Removed when it is closed.
public final class Namespace implements AutoCloseable {
    private static final AtomicInteger COUNT = new AtomicInteger();

    private final String name = "nbbpf" + ProcessHandle.current().pid() + "-" + COUNT.incrementAndGet();

    /// Something to do inside.
    @FunctionalInterface
    public interface Work {
        void run() throws Exception;
    }

    public Namespace() throws Exception {
        assumeTrue(status(List.of("ip", "netns", "add", name)) == 0,
                "no iproute2, or this user may not make network namespaces");
    }

    public String name() {
        return name;
    }

    /// Runs `ip` in the namespace, the words separated by blanks.
    public String ip(String words) throws Exception {
        return run("ip -n " + name + " " + words);
    }

    /// Runs a command in the namespace.
    public String in(String words) throws Exception {
        return run("ip netns exec " + name + " " + words);
    }

    private static String run(String words) throws Exception {
        Process process = new ProcessBuilder(words.split(" ", -1)).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as("%s: %s", words, output).isZero();
        return output;
    }

    private static int status(List<String> command) throws InterruptedException {
        try {
            return new ProcessBuilder(command).redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD).start().waitFor();
        } catch (IOException e) {
            return -1;
        }
    }

    /// Runs something on a thread inside of the namespace, and hands on what it throws.
    public void inside(Work work) throws Exception {
        List<Throwable> problems = new ArrayList<>();
        Thread thread = new Thread(() -> {
            try {
                NetworkNamespace.enter(name);
                work.run();
            } catch (Throwable e) {
                problems.add(e);
            }
        });
        thread.start();
        thread.join();
        if (!problems.isEmpty()) {
            throw new AssertionError(problems.getFirst());
        }
    }

    @Override
    public void close() {
        try {
            status(List.of("ip", "netns", "del", name));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
