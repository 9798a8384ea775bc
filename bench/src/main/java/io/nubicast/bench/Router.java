package io.nubicast.bench;

import io.nubicast.dataplane.gre.Tunnel;
import io.nubicast.dataplane.gre.TunnelConfig;
import io.nubicast.dataplane.gre.TunnelConfig.Carrier;
import io.nubicast.dataplane.gre.TunnelConfig.Source;
import io.nubicast.dataplane.gre.TunnelEngine;
import io.nubicast.kernel.sys.NetworkNamespace;
import io.nubicast.wire.Address;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;

/// What a packet through a tunnel costs: our engine beside its C twin, our programs in the kernel, and plain forwarding, interleaved in
/// one run.
///
///     src ── 10.1.0.0/24 ── java 198.51.1.1 ── dst      the engine, both ways of carrying, and plain forwarding
///     src ── 10.2.0.0/24 ── twin 198.51.2.1 ── dst      the C twin
///
/// The sender's own processor time has in it what the kernel does inline over veth: forwarding, programs, the queue of the TUN device.
/// To it comes the time of the engine's thread or of the twin's process. *Base* is the same sender with a router that drops what it
/// receives; what a router itself costs is the difference to it. All forwarding is of multicast,
/// by the kernel's table (`mfc.c`).
public final class Router {
    private static final int PACKETS = 20_000;
    private static final int BURST = 32;
    private static final int PAUSE_US = 500;
    private static final int WARM_UP = 3;
    private static final double NEARLY_ALL = 0.99;
    private static final Path PROGRAMS = Path.of("bench/target/c");

    /// What is measured.
    private enum Case {
        BASE, PLAIN, ENCAP_KERNEL, ENCAP_JAVA, ENCAP_C, DECAP_KERNEL, DECAP_JAVA, DECAP_C
    }

    /// Processor time of a packet, ns.
    private record Cost(double sender, double engine, double delivered) {
        double total() {
            return sender + engine;
        }
    }

    private final String prefix = "nbroute" + ProcessHandle.current().pid() + "-";
    private final List<Process> processes = new ArrayList<>();

    private Router() {}

    /// Measures and prints.
    ///
    /// @param words how many rounds, 15 without
    public static void main(String... words) throws Exception {
        int rounds = words.length > 0 ? Integer.parseInt(words[0]) : 15;
        Router router = new Router();
        Thread hook = new Thread(router::clean);
        Runtime.getRuntime().addShutdownHook(hook);
        router.build();
        router.measure(rounds);
    }

    private void build() throws Exception {
        for (String node : List.of("src", "java", "twin", "dst")) {
            run("ip", "netns", "add", prefix + node);
            in(node, "ip link set lo up");
            in(node, "sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1"
                    + " net.ipv4.conf.all.rp_filter=0 net.ipv4.conf.default.rp_filter=0");
        }
        for (int i = 1; i <= 2; i++) {
            String router = i == 1 ? "java" : "twin";
            cable("src", "to" + i, router, "in");
            cable(router, "out", "dst", "from" + i);
            in("src", "ip addr add 10." + i + ".0.1/24 dev to" + i);
            in(router, "ip addr add 10." + i + ".0.2/24 dev in");
            in(router, "ip addr add 198.51." + i + ".1/24 dev out");
            in("dst", "ip addr add 198.51." + i + ".2/24 dev from" + i);
            in(router, "sysctl -qw net.ipv4.ip_forward=1");
            in("src", "ip route add 239." + i + ".0.0/16 dev to" + i);
            nft(router, "in", "ip daddr 239." + i + ".0.99");
            nft("dst", "from" + i, "ip protocol { udp, gre }");
        }
    }

    private void cable(String a, String deviceA, String b, String deviceB) throws Exception {
        run("ip", "link", "add", deviceA, "netns", prefix + a, "type", "veth", "peer", "name", deviceB, "netns",
                prefix + b);
        in(a, "ip link set " + deviceA + " up");
        in(b, "ip link set " + deviceB + " up");
    }

    private void nft(String node, String device, String match) throws Exception {
        Process nft = new ProcessBuilder("ip", "netns", "exec", prefix + node, "nft", "-f", "-").inheritIO()
                .redirectInput(ProcessBuilder.Redirect.PIPE).start();
        try (var to = nft.outputWriter()) {
            to.write("table netdev " + device + " { chain c { type filter hook ingress device \"" + device
                    + "\" priority 0; " + match + " drop; }; }\n");
        }
        if (nft.waitFor() != 0) {
            throw new IOException("nft does not drop at " + device);
        }
    }

    private void measure(int rounds) throws Exception {
        // the engine's threads live in the namespace of the thread that opens it
        try (TunnelEngine engine = inside("java", () -> TunnelEngine.open(line -> {}))) {
            TunnelConfig out = TunnelConfig.to(new Source.OfInterface("out"), Address.ipv4("198.51.1.2"));
            TunnelConfig back = TunnelConfig.to(new Source.OfInterface("in"), Address.ipv4("10.1.0.1"));
            Tunnel first = engine.open("Tunnel1", out);
            Tunnel second = engine.open("Tunnel2", back);
            started("java", "mfc", "10.1.0.1", "239.1.0.1", "in", "out", "239.1.0.2", "in", "Tunnel1", "239.1.0.3",
                    "Tunnel2",
                    "out");
            Process[] twins = {started("twin", "tunnel", "Tunnel1", "198.51.2.1", "198.51.2.2"),
                    started("twin", "tunnel", "Tunnel2", "10.2.0.2", "10.2.0.1")};
            started("twin", "mfc", "10.2.0.1", "239.2.0.2", "in", "Tunnel1", "239.2.0.3", "Tunnel2", "out");
            Path worker = thread("nubicast-gre");

            for (int payload : new int[]{200, 1_000}) {
                Map<Case, List<Cost>> all = new EnumMap<>(Case.class);
                for (int round = -WARM_UP; round < rounds; round++) {
                    for (Case each : Case.values()) {
                        Carrier carrier = each == Case.ENCAP_KERNEL || each == Case.DECAP_KERNEL
                                ? Carrier.AUTOMATIC
                                : Carrier.USER_SPACE;
                        first.apply(out.withCarrier(carrier));
                        second.apply(back.withCarrier(carrier));
                        if (carrier == Carrier.AUTOMATIC && !first.status().carriedBy().kernel()) {
                            continue;
                        }
                        Cost cost = cost(each, payload, worker, twins);
                        if (round >= 0) {
                            all.computeIfAbsent(each, any -> new ArrayList<>()).add(cost);
                        }
                    }
                }
                print(payload, all);
            }
        } finally {
            clean();
        }
    }

    private Cost cost(Case each, int payload, Path worker, Process... twins) throws Exception {
        boolean twin = each == Case.ENCAP_C || each == Case.DECAP_C;
        int net = twin ? 2 : 1;
        List<String> words = new ArrayList<>(List.of("ip", "netns", "exec", prefix + "src", "chrt", "-f", "10",
                PROGRAMS.resolve("burst").toString(), Integer.toString(PACKETS), Integer.toString(BURST),
                Integer.toString(PAUSE_US), Integer.toString(payload), "10." + net + ".0.1"));
        switch (each) {
            case BASE -> words.add("239.1.0.99");
            case PLAIN -> words.add("239.1.0.1");
            case ENCAP_KERNEL, ENCAP_JAVA, ENCAP_C -> words.add("239." + net + ".0.2");
            case DECAP_KERNEL, DECAP_JAVA, DECAP_C -> words.addAll(
                    List.of("239." + net + ".0.3", "10." + net + ".0.1", "10." + net + ".0.2"));
        }
        long receivedBefore = received(net);
        long before = engineNs(each, worker, twins);
        String[] answer = output(words).split(" ", -1);
        long engineNs = engineNs(each, worker, twins) - before;
        double sent = Double.parseDouble(answer[0]);
        return new Cost(Double.parseDouble(answer[1]), engineNs / sent, (received(net) - receivedBefore) / sent);
    }

    private static long engineNs(Case each, Path worker, Process... twins) throws IOException {
        return switch (each) {
            case ENCAP_JAVA, DECAP_JAVA -> schedNs(worker);
            case ENCAP_C -> schedNs(Path.of("/proc", Long.toString(twins[0].pid())));
            case DECAP_C -> schedNs(Path.of("/proc", Long.toString(twins[1].pid())));
            default -> 0;
        };
    }

    /// Time on a processor, of a thread or of a process with one.
    private static long schedNs(Path of) throws IOException {
        return Long.parseLong(Files.readString(of.resolve("schedstat")).split(" ", 2)[0]);
    }

    private long received(int net) throws Exception {
        return Long.parseLong(output(List.of("ip", "netns", "exec", prefix + "dst", "cat",
                "/sys/class/net/from" + net + "/statistics/rx_packets")));
    }

    private static void print(int payload, Map<Case, List<Cost>> all) {
        System.out.printf(Locale.ROOT, "%n%d B of payload, bursts of %d%n%-14s %10s %10s %12s %12s%n", payload, BURST,
                "",
                "sender ns", "engine ns", "router ns", "delivered");
        double base = best(all, Case.BASE);
        all.forEach((each, costs) -> {
            Cost least = costs.stream().min((a, b) -> Double.compare(a.total(), b.total())).orElseThrow();
            double delivered = costs.stream().mapToDouble(Cost::delivered).min().orElse(0);
            System.out.printf(Locale.ROOT, "%-14s %10.0f %10.0f %12.0f %12s%n", each.name().toLowerCase(Locale.ROOT),
                    least.sender(), least.engine(), least.total() - base,
                    each == Case.BASE
                            ? ""
                            : String.format(Locale.ROOT, "%.3f%s", delivered,
                                    delivered < NEARLY_ALL ? " LOST" : ""));
        });
        goal("encap: C twin / engine, their own time", engine(all, Case.ENCAP_C) / engine(all, Case.ENCAP_JAVA), 0.95,
                true);
        goal("decap: C twin / engine, their own time", engine(all, Case.DECAP_C) / engine(all, Case.DECAP_JAVA), 0.95,
                true);
        double plain = best(all, Case.PLAIN) - base;
        if (all.containsKey(Case.ENCAP_KERNEL)) {
            goal("encap: eBPF / plain forwarding", (best(all, Case.ENCAP_KERNEL) - base) / plain, 1.9, false);
            goal("decap: eBPF / plain forwarding", (best(all, Case.DECAP_KERNEL) - base) / plain, 1.5, false);
        }
    }

    private static void goal(String what, double measured, double limit, boolean atLeast) {
        System.out.printf(Locale.ROOT, "%-45s %5.2f   goal %s %.2f   %s%n", what, measured, atLeast ? ">=" : "<=",
                limit,
                (atLeast ? measured >= limit : measured <= limit) ? "reached" : "MISSED");
    }

    /// The mean of the fastest fifth: others may use the machine.
    private static double fastest(double... values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return Arrays.stream(sorted, 0, Math.max(1, sorted.length / 5)).average().orElse(Double.NaN);
    }

    private static double best(Map<Case, List<Cost>> all, Case which) {
        return fastest(all.getOrDefault(which, List.of()).stream().mapToDouble(Cost::total).toArray());
    }

    private static double engine(Map<Case, List<Cost>> all, Case which) {
        return fastest(all.getOrDefault(which, List.of()).stream().mapToDouble(Cost::engine).toArray());
    }

    private Process started(String node, String program, String... words) throws Exception {
        List<String> all = new ArrayList<>(List.of("ip", "netns", "exec", prefix + node,
                PROGRAMS.resolve(program).toString()));
        all.addAll(Arrays.asList(words));
        // `ip netns exec` becomes the program
        Process process = new ProcessBuilder(all).redirectError(ProcessBuilder.Redirect.INHERIT).start();
        processes.add(process);
        if (!"ready".equals(process.inputReader().readLine())) {
            throw new IOException(program + " does not start");
        }
        return process;
    }

    private static Path thread(String name) throws IOException {
        try (DirectoryStream<Path> threads = Files.newDirectoryStream(Path.of("/proc/self/task"))) {
            for (Path each : threads) {
                if (Files.readString(each.resolve("comm")).strip().equals(name)) {
                    return each;
                }
            }
        }
        throw new IOException("no thread " + name);
    }

    private <T> T inside(String node, Callable<T> code) throws Exception {
        FutureTask<T> task = new FutureTask<>(() -> {
            NetworkNamespace.enter(prefix + node);
            return code.call();
        });
        Thread.ofPlatform().daemon().start(task);
        return task.get();
    }

    private void in(String node, String words) throws Exception {
        List<String> all = new ArrayList<>(List.of("ip", "netns", "exec", prefix + node));
        all.addAll(Arrays.asList(words.split(" ", -1)));
        run(all.toArray(String[]::new));
    }

    private static void run(String... words) throws Exception {
        String ignored = output(Arrays.asList(words));
    }

    private static String output(List<String> words) throws Exception {
        Process process = new ProcessBuilder(words).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        if (process.waitFor() != 0) {
            throw new IOException(String.join(" ", words) + ": " + output);
        }
        return output;
    }

    private synchronized void clean() {
        processes.forEach(Process::destroy);
        processes.clear();
        for (String node : List.of("src", "java", "twin", "dst")) {
            try {
                if (Files.exists(Path.of("/run/netns", prefix + node))) {
                    run("ip", "netns", "del", prefix + node);
                }
            } catch (Exception e) {
                System.err.println(e.getMessage());
            }
        }
    }
}
