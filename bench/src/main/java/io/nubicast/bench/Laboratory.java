package io.nubicast.bench;

import io.nubicast.wire.Address;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Two namespaces: the relay's with the source, and the members'.
///
///     relay namespace                     members' namespace
///     source -> mc0  ~~~~~ veth ~~~~~~~~~ mc1   drops all: multicast that leaves the host
///       | loop
///     relay  -> out0 ~~~~~ veth ~~~~~~~~~ in0   10.98.0.1 and on; drops all while the cost is measured
///
/// Multicast has a device of its own, and there is no IPv6, so that out0's counters show copies and nothing else. Neighbours are
/// permanent: nothing of ARP is measured.
final class Laboratory implements AutoCloseable {
    static final String CAPTURED = "mc0";
    static final String OUT = "out0";
    static final Address SOURCE = Address.ipv4("10.97.0.1");
    static final Address FIRST_MEMBER = Address.ipv4("10.98.0.1");
    static final int MEMBER_PORT = 9000;
    static final int MOST_MEMBERS = 1024;
    /// The counters of the device by which copies leave.
    static final Path LEFT = Path.of("/sys/class/net/out0/statistics");

    private final String relays;
    private final String members;
    private final List<Process> processes = new ArrayList<>();
    private final List<String> usual;
    private final List<String> withoutRealTime;
    private List<String> priority;
    private boolean closed;

    /// @param number of this one among those of the process
    Laboratory(int number, int mostMembers, int nice, boolean realTime) throws IOException {
        relays = "nbbench" + ProcessHandle.current().pid() + "r" + number;
        members = "nbbench" + ProcessHandle.current().pid() + "m" + number;
        // in turns (SCHED_RR): a saturated worker under SCHED_FIFO would never let its own compiler have the CPU
        withoutRealTime = List.of("nice", "-n", Integer.toString(nice));
        // niced as well, for when its real-time priority is taken away
        usual = realTime ? List.of("nice", "-n", Integer.toString(nice), "chrt", "-r", "20") : withoutRealTime;
        priority = usual;
        Runtime.getRuntime().addShutdownHook(new Thread(this::close));
        ip("", "netns add " + relays + "\nnetns add " + members + "\n");
        ip(relays, "link set lo up\nlink add mc0 type veth peer name mc1 netns " + members
                + "\nlink add out0 type veth peer name in0 netns " + members
                + "\nlink set mc0 addrgenmode none\nlink set out0 addrgenmode none\naddr add " + SOURCE
                + "/24 dev mc0\naddr add 10.98.255.1/16 dev out0\n"
                + "link set mc0 up\nlink set out0 up\n");
        StringBuilder far = new StringBuilder(
                "link set lo up\nlink set mc1 addrgenmode none\nlink set in0 addrgenmode none\nlink set mc1 up\nlink set in0 up\n");
        for (int i = 0; i < mostMembers; i++) {
            far.append("addr add ").append(member(i)).append("/16 dev in0\n");
        }
        ip(members, far.toString());
        String mac = run("", "ip", "netns", "exec", members, "cat", "/sys/class/net/in0/address").strip();
        StringBuilder neighbours = new StringBuilder();
        for (int i = 0; i < mostMembers; i++) {
            neighbours.append("neigh add ").append(member(i)).append(" lladdr ").append(mac)
                    .append(" nud permanent dev out0\n");
        }
        ip(relays, neighbours.toString());
        // Without priority 0 chains in the way of anything else: these namespaces are ours.
        nft("table netdev bench {\n chain multicast {\n type filter hook ingress device mc1 priority 0; policy drop;\n }\n}\n");
    }

    static Address member(int index) {
        return Address.ofIpv4(FIRST_MEMBER.ipv4() + index);
    }

    /// What becomes of copies at the far end of the relay's veth.
    enum FarEnd {
        /// They go on to real sockets.
        RECEIVE(""),
        /// All are dropped.
        DROP("policy drop;"),
        /// One member's go on, the others' are dropped.
        SAMPLE("policy drop; ip daddr " + sampled(Fanout.PACED_CELL) + " accept;"),
        /// The same of few members.
        SAMPLE_OF_FEW("policy drop; ip daddr " + sampled(Fanout.LATENCY_CELL) + " accept;"),
        /// Each gets a wrong checksum: what a check must find.
        SPOIL("policy accept; @th,48,16 set 0xbad0;");

        private final String rules;

        FarEnd(String rules) {
            this.rules = rules;
        }
    }

    /// The member that stands for all where not all can be received: the one that is sent to last.
    static Address sampled(Cell cell) {
        return member(cell.members() - 1);
    }

    void farEnd(FarEnd what) throws IOException {
        nft("table netdev sink\ndelete table netdev sink\n");
        if (!what.rules.isEmpty()) {
            nft("table netdev sink {\n chain copies {\n type filter hook ingress device in0 priority 0; " + what.rules
                    + "\n }\n}\n");
        }
    }

    /// What the device by which copies leave does for the kernel.
    enum Offload {
        /// Segments, and lets checksums be: a veth's way.
        ALL("tx on tx-udp-segmentation on"),
        /// The kernel segments.
        NO_SEGMENTATION("tx on tx-udp-segmentation off"),
        /// The kernel segments and sums; the members then really verify.
        NONE("tx off");

        private final String features;

        Offload(String features) {
            this.features = features;
        }
    }

    void offload(Offload what) throws IOException {
        List<String> line = new ArrayList<>(List.of("ip", "netns", "exec", relays, "ethtool", "-K", OUT));
        line.addAll(List.of(what.features.split(" ", -1)));
        run("", line.toArray(String[]::new));
    }

    /// What the kernel of the members has counted of UDP, by its names, such as `InCsumErrors`.
    Map<String, Long> udpCounters() throws IOException {
        List<String[]> lines = run("", "ip", "netns", "exec", members, "cat", "/proc/net/snmp").lines()
                .filter(line -> line.startsWith("Udp:")).map(line -> line.split(" ", -1)).toList();
        Map<String, Long> counters = new HashMap<>();
        for (int i = 1; i < lines.get(0).length; i++) {
            counters.put(lines.get(0)[i], Long.parseLong(lines.get(1)[i]));
        }
        return counters;
    }

    /// How many frames have left.
    long framesLeft() throws IOException {
        return Long.parseLong(
                run("", "ip", "netns", "exec", relays, "cat", LEFT.resolve("tx_packets").toString()).strip());
    }

    String membersNamespace() {
        return members;
    }

    /// Whether what is started from now on has no real-time priority, whatever the others have.
    void ordinary(boolean on) {
        priority = on ? withoutRealTime : usual;
    }

    /// Starts a program of the relays' side.
    Process startAtRelays(int cpu, String... command) throws IOException {
        return start(relays, cpu, command);
    }

    /// Starts a program of the members' side.
    Process startAtMembers(int cpu, String... command) throws IOException {
        return start(members, cpu, command);
    }

    private Process start(String namespace, int cpu, String... command) throws IOException {
        List<String> line = new ArrayList<>(List.of("ip", "netns", "exec", namespace));
        line.addAll(priority);
        line.addAll(List.of("taskset", "-c",
                Integer.toString(Math.min(cpu, Runtime.getRuntime().availableProcessors() - 1))));
        line.addAll(List.of(command));
        Process process = new ProcessBuilder(line).redirectError(ProcessBuilder.Redirect.INHERIT).start();
        synchronized (processes) {
            processes.add(process);
        }
        return process;
    }

    private static void ip(String namespace, String batch) throws IOException {
        if (namespace.isEmpty()) {
            run(batch, "ip", "-batch", "-");
        } else {
            run(batch, "ip", "-n", namespace, "-batch", "-");
        }
    }

    private void nft(String rules) throws IOException {
        run(rules, "ip", "netns", "exec", members, "nft", "-f", "-");
    }

    /// Runs a command to its end and returns what it printed.
    ///
    /// @throws IOException with the command and its message when it fails
    static String run(String input, String... command) throws IOException {
        Path in = Files.createTempFile("nubicast-bench", ".in");
        try {
            Files.writeString(in, input);
            Process process = new ProcessBuilder(command).redirectErrorStream(true).redirectInput(in.toFile()).start();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (waitFor(process) != 0) {
                throw new IOException(String.join(" ", command) + ": " + output.strip());
            }
            return output;
        } finally {
            Files.delete(in);
        }
    }

    static int waitFor(Process process) throws IOException {
        try {
            return process.waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    /// Ends what still runs and removes the namespaces. Idempotent.
    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        try {
            synchronized (processes) {
                for (Process process : processes) {
                    process.destroyForcibly();
                }
                for (Process process : processes) {
                    waitFor(process);
                }
            }
            for (String namespace : List.of(relays, members)) {
                if (Files.exists(Path.of("/run/netns/" + namespace))) {
                    run("", "ip", "netns", "del", namespace);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
