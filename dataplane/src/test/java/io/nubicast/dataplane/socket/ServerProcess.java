package io.nubicast.dataplane.socket;

import io.nubicast.dataplane.PlaneOptions;
import io.nubicast.dataplane.ebpf.EbpfServerPlane;
import io.nubicast.forwarding.CounterRegistry;
import io.nubicast.forwarding.DataPlane;
import io.nubicast.forwarding.Match;
import io.nubicast.forwarding.RouteTable;
import io.nubicast.tools.lab.Node;
import java.io.File;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// A process with the plane `ebpf` and one member, for tests that kill it.
final class ServerProcess {
    static final String READY = "ready";

    private ServerProcess() {}

    /// Starts it inside a node; its output says [#READY] when the kernel serves the member.
    static Process start(Node node, String member) {
        return node.start(new ProcessBuilder(
                List.of(ProcessHandle.current().info().command().orElseThrow(), "--enable-native-access=ALL-UNNAMED",
                        "-XX:+UseSerialGC", "-cp", absolute(System.getProperty("java.class.path")),
                        ServerProcess.class.getName(), member))
                .redirectErrorStream(true));
    }

    private static String absolute(String path) {
        return Pattern.compile(File.pathSeparator, Pattern.LITERAL).splitAsStream(path)
                .map(each -> new File(each).getAbsolutePath()).collect(Collectors.joining(File.pathSeparator));
    }

    public static void main(String[] arguments) throws Exception {
        try (DataPlane plane = new EbpfServerPlane(new CounterRegistry(), PlaneOptions.DEFAULT)) {
            Match match = Lan.match(Lan.GROUP, Match.ANY_PORT);
            plane.apply(new RouteTable(List.of(Lan.route(match, Lan.to(arguments[0])))));
            Lan.until("served in the kernel",
                    () -> plane.carrier(match, Lan.to(arguments[0]).port()).plane().equals("ebpf"));
            System.out.println(READY);
            new CountDownLatch(1).await();
        }
    }
}
