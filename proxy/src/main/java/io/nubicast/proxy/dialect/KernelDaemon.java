package io.nubicast.proxy.dialect;

import io.nubicast.proxy.config.KernelFiles;
import io.nubicast.proxy.management.ControlClient;
import io.nubicast.proxy.management.ControlSocket;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;

/// A daemon of the kernel dialect, asked over its control socket in place of the kernel module's netlink.
final class KernelDaemon {
    /// As long as the original waits for the module.
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final long STARTING_MILLIS = 50;

    private final Path control;
    private final String service;

    KernelDaemon(Environment env, KernelFiles files) {
        boolean server = files == KernelFiles.SERVER;
        control = ControlSocket.kernelPath(server ? "proxy-server" : "proxy-client", env.variables());
        service = server ? "multis" : "multic";
    }

    /// The answer to a request of the kernel dialect.
    ///
    /// @throws IOException when no daemon of the kernel dialect answers; the message says why and what to do
    String ask(String request) throws IOException {
        long deadlineNs = System.nanoTime() + PATIENCE.toNanos();
        String answer = once(request);
        while (answer.contains("is starting") && System.nanoTime() < deadlineNs) {
            try {
                Thread.sleep(STARTING_MILLIS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException("interrupted", e);
            }
            answer = once(request);
        }
        if (answer.startsWith("{")) {
            throw new IOException("the daemon at " + control + " does not serve the kernel dialect, or not yet: "
                    + answer);
        }
        return answer;
    }

    private String once(String request) throws IOException {
        try {
            return ControlClient.ask(control, "kernel " + request, PATIENCE);
        } catch (ControlClient.NotRunning e) {
            throw new IOException(e.getMessage() + "; start it with: service " + service + " start", e);
        }
    }

    /// The first number of an answer, its code.
    static int number(String answer) {
        return (int) numbers(answer)[0];
    }

    /// The numbers of an answer, code and all.
    static long[] numbers(String answer) {
        return ManagementCall.numbers(answer, MOST_NUMBERS);
    }

    /// Of an answer with counters: the code and six.
    private static final int MOST_NUMBERS = 7;

    /// The words of an answer behind the code.
    static String[] words(String answer) {
        int blank = answer.indexOf(' ');
        return blank < 0 ? new String[0] : answer.substring(blank + 1).split(" ", -1);
    }
}
