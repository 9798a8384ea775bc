package io.nubicast.app.lab;

import io.nubicast.kernel.sys.NetworkNamespace;
import io.nubicast.tools.lab.NetworkLab;
import io.nubicast.tools.lab.Node;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// A machine of a test's network: a namespace, a thread inside it, and a directory of its own for files and logs.
@SuppressWarnings("try") // closed by tests, which may be interrupted
public final class Machine implements AutoCloseable {
    private static final long PATIENCE_SECONDS = 30;

    private final Node node;
    private final Path directory;
    private final ExecutorService inside;
    private final List<AutoCloseable> opened = new ArrayList<>();

    private Machine(Node node, Path directory, ExecutorService inside) {
        this.node = node;
        this.directory = directory;
        this.inside = inside;
    }

    /// A machine without interfaces.
    ///
    /// @param directories where its own is made
    public static Machine in(NetworkLab lab, String name, Path directories) throws Exception {
        return on(lab.node(name), directories.resolve(name));
    }

    /// A machine that a network of the lab has already.
    ///
    /// @param directory of its own, made here
    public static Machine on(Node node, Path directory) throws Exception {
        ExecutorService thread = Executors.newSingleThreadExecutor(
                Thread.ofPlatform().name("in-" + node.name()).daemon().factory());
        Machine machine = new Machine(node, Files.createDirectory(directory), thread);
        machine.call(() -> {
            NetworkNamespace.enter(node.namespace());
            return node;
        });
        return machine;
    }

    public Node node() {
        return node;
    }

    public Path directory() {
        return directory;
    }

    /// Runs it in the namespace: sockets that it opens and threads that it starts stay there.
    public <T> T call(Callable<T> body) throws Exception {
        try {
            return inside.submit(body).get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Exception cause) {
                throw cause;
            }
            throw e;
        } catch (TimeoutException e) {
            throw new AssertionError(node + " does not answer", e);
        }
    }

    private <T extends AutoCloseable> T closing(T closeable) {
        opened.add(closeable);
        return closeable;
    }

    /// An application that sends; multicast leaves by that interface.
    public Application sender(String address, String networkInterface) throws Exception {
        return closing(call(() -> Application.sender(address, networkInterface)));
    }

    /// An application that receives on 0.0.0.0 and that port.
    public Application receiver(int port) throws Exception {
        return closing(call(() -> Application.receiver("0.0.0.0", port)));
    }

    /// An application that joined a group on an interface, bound to 0.0.0.0.
    public Application member(String group, int port, String networkInterface) throws Exception {
        return closing(call(() -> Application.member("0.0.0.0", group, port, networkInterface)));
    }

    /// `nubicast proxy server` with that configuration, when it serves.
    public Daemon server(String configuration, String... options) throws IOException {
        Files.writeString(directory.resolve("server_cfg.json.txt"), configuration);
        return closing(Daemon.start(this, "server", options));
    }

    /// `nubicast proxy client` with that configuration, when it serves.
    public Daemon client(String configuration, String... options) throws IOException {
        Files.writeString(directory.resolve("client_cfg.json.txt"), configuration);
        return closing(Daemon.start(this, "client", options));
    }

    /// Runs the program here to its end and returns what it printed.
    public String nubicast(String... words) throws Exception {
        Process process = node.start(Daemon.command(this, words));
        String output = new String(process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
            throw new AssertionError(String.join(" ", words) + " does not end: " + output);
        }
        return output;
    }

    /// What passes an interface from now on.
    public Capture capture(String networkInterface, String filter) throws Exception {
        return closing(Capture.start(node, directory, networkInterface, filter));
    }

    /// Ends everything that was opened here; the machine itself stays.
    public void reset() throws Exception {
        for (AutoCloseable closeable : opened.reversed()) {
            closeable.close();
        }
        opened.clear();
    }

    @Override
    public void close() throws Exception {
        reset();
        inside.shutdownNow();
    }
}
