package io.nubicast.kernel.bpf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.nubicast.kernel.netlink.RouteEvent.Link;
import io.nubicast.kernel.netlink.RouteNetlink;
import io.nubicast.kernel.socket.UdpSocket;
import io.nubicast.kernel.sys.NetworkNamespace;
import io.nubicast.kernel.sys.SystemCallException;
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

    /// A namespace with a veth pair west -- east, without IPv6; west is 10.80.0.1 and knows 10.80.0.2 to be behind east.
    static Namespace withPair() throws Exception {
        Namespace namespace = new Namespace();
        namespace.in("sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1");
        namespace.ip("link add west type veth peer name east");
        namespace.ip("addr add 10.80.0.1/24 dev west");
        namespace.ip("link set west up");
        namespace.ip("link set east up");
        namespace.ip("neigh add 10.80.0.2 dev west lladdr 02:00:00:00:00:02");
        return namespace;
    }

    /// The number of an interface of the calling thread's namespace.
    static int index(String networkInterface) throws SystemCallException {
        try (RouteNetlink netlink = RouteNetlink.open()) {
            return netlink.links().stream().filter(link -> link.name().equals(networkInterface)).mapToInt(Link::index)
                    .findFirst().orElseThrow();
        }
    }

    /// Sends datagrams of 58 bytes, frames of 100, from west to east.
    static void send(int datagrams) throws SystemCallException {
        try (UdpSocket socket = UdpSocket.open()) {
            for (int i = 0; i < datagrams; i++) {
                socket.sendTo(new byte[58], 0x0A500002, 5000);
            }
        }
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

    static String run(String words) throws Exception {
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
