package io.nubicast.dataplane.socket;

import io.nubicast.dataplane.PlaneOptions;
import io.nubicast.dataplane.ebpf.EbpfServerPlane;
import io.nubicast.dataplane.ebpf.KeptForwarding;
import io.nubicast.forwarding.CounterRegistry;
import io.nubicast.forwarding.DataPlane;
import io.nubicast.forwarding.Match;
import io.nubicast.forwarding.Replication;
import io.nubicast.forwarding.RouteTable;
import io.nubicast.kernel.bpf.Attachment;
import io.nubicast.tools.lab.Node;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// A process with the plane `ebpf` and some members, for tests that end it in one way or another.
final class ServerProcess {
    private static final String READY = "ready";
    private static final String KEPT = "kept";

    /// What it does first of all.
    enum Mode {
        /// Copies end with it.
        PLAIN,
        /// Copies outlive it.
        KEEP,
        /// The same by a filter.
        KEEP_BY_CLSACT,
        /// No server: tells which copies go on without one.
        LIST,
        /// No server: ends them.
        END
    }

    private ServerProcess() {}

    /// Starts a server inside a node, and waits until the kernel serves its members.
    static Process start(Node node, String... members) throws IOException {
        Process started = launch(node, List.of(), Path.of("/nonexistent"), Mode.PLAIN, members);
        BufferedReader said = started.inputReader(StandardCharsets.UTF_8);
        untilSaid(said, READY);
        return started;
    }

    /// The same where a bpffs is.
    static Process start(Node node, Bpffs bpffs, Mode mode, String... members) throws IOException {
        Process started = launch(node, bpffs.enter(), bpffs.directory(), mode, members);
        untilSaid(started.inputReader(StandardCharsets.UTF_8), READY);
        return started;
    }

    /// What [Mode#LIST] or [Mode#END] tells: names of interfaces, each behind a blank.
    static String ask(Node node, Bpffs bpffs, Mode mode) throws IOException {
        Process started = launch(node, bpffs.enter(), bpffs.directory(), mode);
        return untilSaid(started.inputReader(StandardCharsets.UTF_8), KEPT).substring(KEPT.length());
    }

    /// A server whose copies shall outlive it, where no bpffs is.
    static Process startWithoutBpffs(Node node) {
        return launch(node, List.of(), Path.of("/tmp"), Mode.KEEP);
    }

    private static String untilSaid(BufferedReader said, String word) throws IOException {
        List<String> lines = new ArrayList<>();
        for (String line = said.readLine(); line != null; line = said.readLine()) {
            if (line.startsWith(word)) {
                return line;
            }
            lines.add(line);
        }
        throw new AssertionError("it never said " + word + ", only " + lines);
    }

    private static Process launch(Node node, List<String> before, Path directory, Mode mode, String... members) {
        List<String> command = new ArrayList<>(before);
        command.addAll(List.of(ProcessHandle.current().info().command().orElseThrow(),
                "--enable-native-access=ALL-UNNAMED", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-cp",
                absolute(System.getProperty("java.class.path")), ServerProcess.class.getName(), mode.name()));
        command.addAll(List.of(members));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put("NUBICAST_BPF_DIR", directory.toString());
        return node.start(builder);
    }

    private static String absolute(String path) {
        return Pattern.compile(File.pathSeparator, Pattern.LITERAL).splitAsStream(path)
                .map(each -> new File(each).getAbsolutePath()).collect(Collectors.joining(File.pathSeparator));
    }

    /// A mount of bpffs that its processes see and nobody else; it ends with the lab of the node that it was made for.
    record Bpffs(long holder, Path directory) {
        static Bpffs mount(Node node, Path directory) throws IOException {
            Process holder = node.start(new ProcessBuilder("unshare", "-m", "sh", "-c", "mount --make-rprivate /"
                    + " && mount -t bpf bpf " + directory + " && echo " + READY + " $$ && exec sleep 600")
                    .redirectErrorStream(true));
            String line = untilSaid(holder.inputReader(StandardCharsets.UTF_8), READY);
            return new Bpffs(Long.parseLong(line.substring(READY.length() + 1)), directory);
        }

        private List<String> enter() {
            return List.of("nsenter", "-m", "-t", Long.toString(holder), "--");
        }
    }

    public static void main(String[] arguments) throws Exception {
        Mode mode = Mode.valueOf(arguments[0]);
        if (mode == Mode.LIST || mode == Mode.END) {
            System.out.println((mode == Mode.LIST ? KeptForwarding.list() : KeptForwarding.end()).stream()
                    .map(each -> " " + each.name()).collect(Collectors.joining("", KEPT, "")));
            return;
        }
        PlaneOptions options = PlaneOptions.DEFAULT.withKeptForwarding(mode != Mode.PLAIN);
        Attachment.Mechanism mechanism =
                mode == Mode.KEEP_BY_CLSACT ? Attachment.Mechanism.CLSACT : Attachment.Mechanism.best();
        try (DataPlane plane = new EbpfServerPlane(new CounterRegistry(), options, mechanism)) {
            Match match = Lan.match(Lan.GROUP, Match.ANY_PORT);
            Replication[] members =
                    Arrays.stream(arguments).skip(1).map(Lan::to).toArray(Replication[]::new);
            Runtime.getRuntime().addShutdownHook(new Thread(plane::close));
            plane.apply(new RouteTable(List.of(Lan.route(match, members))));
            for (Replication member : members) {
                Lan.until("served in the kernel",
                        () -> plane.carrier(match, member.port()).plane().equals("ebpf"));
            }
            plane.pollEvent().ifPresent(event -> System.out.println(event.text()));
            System.out.println(READY);
            new CountDownLatch(1).await();
        }
    }
}
