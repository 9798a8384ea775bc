package io.nubicast.tools.lab;

import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/// A network of namespaces that this process owns, until [#close()].
///
///     try (NetworkLab lab = NetworkLab.open("nbdemo")) {
///         Node ecs1 = lab.node("ecs1");
///         Node ecs2 = lab.node("ecs2");
///         lab.bridge("vpc").attach(ecs1, "eth0", "10.0.0.11/24").attach(ecs2, "eth0", "10.0.0.12/24").blockMulticast();
///     }
///
/// Needs iproute2 and either root or a user namespace with a mount namespace whose /run is writable. Closing ends what was
/// started inside and deletes the namespaces; a shutdown hook does the same when the JVM ends first (Ctrl-C, SIGTERM). What a
/// killed JVM left is removed by the next `open` with the same prefix. Any thread.
public final class NetworkLab implements AutoCloseable {
    private static final long GRACE_SECONDS = 2;

    private final String prefix;
    private final Deque<String> namespaces = new ArrayDeque<>();
    private final List<Process> processes = new ArrayList<>();
    private final Thread hook = new Thread(this::tearDown, "lab-teardown");
    private boolean closed;

    private NetworkLab(String prefix) {
        this.prefix = prefix;
    }

    /// Why no lab can be built here, with the cure; empty when one can. Tries it with a namespace of a moment.
    public static Optional<String> missing() {
        if (!System.getProperty("os.name", "").equals("Linux")) {
            return Optional.of("network namespaces exist on Linux only");
        }
        if (Command.find("ip").isEmpty()) {
            return Optional.of("the command 'ip' is missing. Install it: " + installLine("iproute2", "iproute"));
        }
        String probe = "nbprobe" + ProcessHandle.current().pid() + "-x";
        Command made = Command.run(Leftovers.ip(), "netns", "add", probe);
        if (!made.succeeded()) {
            return Optional.of("this user may not make network namespaces (" + firstLine(made.output())
                    + "). Run it as root");
        }
        Command removed = Leftovers.delete(probe);
        return removed.succeeded() ? Optional.empty() : Optional.of(firstLine(removed.output()));
    }

    /// True where `ip` is installed, whatever this user may do with it.
    public static boolean hasIproute() {
        return Command.find("ip").isPresent();
    }

    /// The line that installs a package on this system, `apt-get install iproute2` for example.
    ///
    /// @param debian its name on Debian, Ubuntu, Alpine, Arch and SUSE
    /// @param redHat its name on Fedora, RHEL and Alibaba Cloud Linux
    public static String installLine(String debian, String redHat) {
        if (Command.find("apt-get").isPresent()) {
            return "apt-get install " + debian;
        }
        if (Command.find("dnf").isPresent()) {
            return "dnf install " + redHat;
        }
        if (Command.find("yum").isPresent()) {
            return "yum install " + redHat;
        }
        if (Command.find("apk").isPresent()) {
            return "apk add " + debian;
        }
        if (Command.find("pacman").isPresent()) {
            return "pacman -S " + debian;
        }
        return Command.find("zypper").isPresent()
                ? "zypper install " + debian
                : "the package " + debian + " of your distribution";
    }

    /// Starts an empty lab after removing what dead owners of the same prefix left.
    ///
    /// @param prefix of the namespaces' names, lower-case letters: `nbdemo`
    /// @throws LabException when no lab can be built here; the message says what is missing
    public static NetworkLab open(String prefix) {
        if (prefix.isEmpty() || !prefix.chars().allMatch(c -> c >= 'a' && c <= 'z')) {
            throw new IllegalArgumentException("a lab's prefix is lower-case letters, not '" + prefix + "'");
        }
        Optional<String> missing = missing();
        if (missing.isPresent()) {
            throw new LabException(missing.get());
        }
        Leftovers.remove(prefix);
        NetworkLab lab = new NetworkLab(prefix);
        Runtime.getRuntime().addShutdownHook(lab.hook);
        return lab;
    }

    /// A machine with only its loopback interface, up.
    public synchronized Node node(String name) {
        if (closed) {
            throw new LabException("the lab is closed");
        }
        String namespace = prefix + ProcessHandle.current().pid() + "-" + name;
        // Remembered first: a shutdown between the two commands must find it.
        namespaces.push(namespace);
        checked(List.of(Leftovers.ip(), "netns", "add", namespace), "");
        Node node = new Node(this, name, namespace);
        node.ip("link", "set", "lo", "up");
        return node;
    }

    /// A switch, in a namespace of its own.
    public Switch bridge(String name) {
        return new Switch(this, node(name));
    }

    /// Connects two machines: a veth pair, both ends up.
    public void cable(Node a, String interfaceA, Node b, String interfaceB) {
        checked(List.of(Leftovers.ip(), "link", "add", interfaceA, "netns", a.namespace(), "type", "veth", "peer",
                "name", interfaceB, "netns", b.namespace()), "");
        a.ip("link", "set", interfaceA, "up");
        b.ip("link", "set", interfaceB, "up");
    }

    synchronized Process started(Process process) {
        processes.add(process);
        if (closed) {
            process.destroyForcibly();
        }
        return process;
    }

    /// Ends what runs inside (SIGTERM, after 2 s SIGKILL) and deletes the namespaces. A second call does nothing.
    @Override
    public void close() {
        tearDown();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // The JVM is ending: the hook finds nothing left to do.
        }
    }

    private synchronized void tearDown() {
        if (closed) {
            return;
        }
        closed = true;
        processes.forEach(Process::destroy);
        long deadlineNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(GRACE_SECONDS);
        for (Process process : processes) {
            end(process, deadlineNs);
        }
        namespaces.forEach(Leftovers::endProcesses);
        for (String namespace : namespaces) {
            if (!Leftovers.delete(namespace).succeeded()) {
                // Ctrl-C reaches the children too: one that it hit is simply run again.
                Leftovers.delete(namespace);
            }
        }
        namespaces.clear();
    }

    private static void end(Process process, long deadlineNs) {
        try {
            if (!process.waitFor(Math.max(0, deadlineNs - System.nanoTime()), TimeUnit.NANOSECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }

    static String nft() {
        return Command.find("nft").map(Path::toString)
                .orElseThrow(() -> new LabException("the command 'nft' is missing. Install it: "
                        + installLine("nftables", "nftables")));
    }

    static String checked(List<String> words, String input) {
        Command command = Command.run(words, input);
        if (!command.succeeded()) {
            throw new LabException(String.join(" ", words) + ": status " + command.exit()
                    + (command.output().isEmpty() ? "" : ": " + command.output()));
        }
        return command.output();
    }

    private static String firstLine(String text) {
        return text.lines().findFirst().orElse("no message");
    }
}
