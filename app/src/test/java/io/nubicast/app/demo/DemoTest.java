package io.nubicast.app.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.nubicast.tools.lab.NetworkLab;
import io.nubicast.tools.traffic.Interfaces;
import io.nubicast.tools.traffic.ReceiveOptions;
import io.nubicast.tools.traffic.SendOptions;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// The demo as a process of its own, as a user runs it.
class DemoTest {
    private record Ended(int exit, String output, long pid) {}

    private static Process start(String... options) throws IOException {
        List<String> words = new ArrayList<>(Program.command());
        words.addAll(List.of("demo", "proxy", "--plain"));
        words.addAll(List.of(options));
        return new ProcessBuilder(words).redirectErrorStream(true).start();
    }

    private static Ended await(Process process, String before) throws Exception {
        String output = before + new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        return new Ended(process.exitValue(), output, process.pid());
    }

    private static String readUntil(Process process, String text) throws IOException {
        StringBuilder output = new StringBuilder();
        BufferedReader reader = process.inputReader(StandardCharsets.UTF_8);
        for (String line = reader.readLine(); line != null; line = reader.readLine()) {
            output.append(line).append('\n');
            if (line.contains(text)) {
                return output.toString();
            }
        }
        throw new AssertionError("no line with '" + text + "' in:\n" + output);
    }

    private static void namespacesCanBeHad() {
        Optional<String> missing = NetworkLab.missing();
        assumeTrue(missing.isEmpty(), () -> missing.orElse(""));
    }

    private static void nothingIsLeft(long pid) throws IOException {
        List<String> left = new ArrayList<>();
        for (Path directory : List.of(Path.of("/run/netns"), Path.of("/tmp"))) {
            if (Files.isDirectory(directory)) {
                try (Stream<Path> paths = Files.list(directory)) {
                    paths.map(path -> String.valueOf(path.getFileName()))
                            .filter(name -> name.startsWith("nbdemo" + pid + "-")
                                    || name.startsWith("nubicast-demo-" + pid + "-"))
                            .forEach(left::add);
                }
            }
        }
        ProcessHandle.allProcesses().filter(process -> process.info().commandLine().orElse("")
                .contains("nubicast-demo-" + pid + "-")).map(String::valueOf).forEach(left::add);
        assertThat(left).isEmpty();
    }

    @Test
    void everyMemberReceivesEveryPacketUnchangedAcrossANetworkWithoutMulticast() throws Exception {
        namespacesCanBeHad();

        Ended demo = await(start("--seconds", "6"), "");

        assertThat(demo.output()).containsPattern("ECS1 sent [0-9]+ datagrams and nobody received one")
                .contains("Picture 1: only a server").contains("Picture 2: a server and a client")
                .contains("✓ Every member received every packet, unchanged and in order.");
        assertThat(demo.output().lines().filter(line -> line.contains("✓ unchanged"))).hasSize(5);
        assertThat(demo.output().lines().filter(line -> line.contains("✓ silent"))).hasSize(1);
        assertThat(demo.exit()).isZero();
        nothingIsLeft(demo.pid());
    }

    @Test
    void ctrlCLeavesNothingBehind() throws Exception {
        namespacesCanBeHad();
        Process process = start("--seconds", "30");
        String before = readUntil(process, "With the proxy");

        assertThat(new ProcessBuilder("kill", "-INT", Long.toString(process.pid())).start().waitFor()).isZero();
        assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();

        assertThat(before).contains("serves");
        assertThat(process.exitValue()).isEqualTo(130);
        nothingIsLeft(process.pid());
    }

    @Test
    @Tag("ci")
    void withoutRootItRunsInAUserNamespace() throws Exception {
        namespacesCanBeHad();
        Optional<String> missing = UserNamespace.missing();
        assumeTrue(missing.isEmpty(), () -> missing.orElse(""));

        Ended demo = await(start("--user-namespace", "--seconds", "6"), "");

        assertThat(demo.output()).contains("✓ Every member received every packet, unchanged and in order.");
        assertThat(demo.exit()).isZero();
        nothingIsLeft(demo.pid());
    }

    @Test
    @Tag("ci")
    void whereNothingElseWorksItRunsOnLoopbackAndSaysWhatIsLeftOut() throws Exception {
        Ended demo = await(start("--loopback", "--seconds", "6"), "");

        assertThat(demo.output()).contains("Left out: the VPC that blocks")
                .contains("✓ Every member received every packet, unchanged and in order.");
        assertThat(demo.exit()).isZero();
        nothingIsLeft(demo.pid());
    }

    @Test
    void wrongOptionsSayWhatIsRight() throws Exception {
        Ended demo = await(start("--seconds", "2"), "");

        assertThat(demo.exit()).isEqualTo(64);
        assertThat(demo.output()).contains("--seconds is 6 to 86400, not 2");
    }

    @Test
    void aMemberThatMissedAPacketIsNotUnchanged() throws Exception {
        InetAddress localhost = Interfaces.address("127.0.0.1");
        int port;
        try (DatagramSocket free = new DatagramSocket(new InetSocketAddress(localhost, 0))) {
            port = free.getLocalPort();
        }
        ReceiveOptions options = ReceiveOptions.defaults().withoutGroup(port).withBind(localhost);
        Member all = Member.start("all", Optional.empty(), options.withEnd(20, 0));
        Source source = Source.start("source", Optional.empty(),
                SendOptions.defaults().withDestination(localhost, port).withTs(Path.of("sample"), 1316).withCount(20));
        Drain.await(() -> all.packets() == 20, all::packets, 5_000_000_000L, 10_000_000_000L);
        source.end();
        all.end();

        assertThat(Drain.compare(source, Map.of("all", all))).singleElement()
                .satisfies(comparison -> assertThat(comparison.unchanged()).isTrue());

        Member fewer = Member.start("fewer", Optional.empty(), options.withEnd(19, 0));
        Source second = Source.start("second", Optional.empty(),
                SendOptions.defaults().withDestination(localhost, port).withTs(Path.of("sample"), 1316).withCount(20));
        Drain.await(() -> second.packets() == 20, second::packets, 5_000_000_000L, 10_000_000_000L);
        second.end();
        fewer.end();

        assertThat(Drain.compare(second, Map.of("fewer", fewer))).singleElement()
                .satisfies(comparison -> assertThat(comparison.unchanged()).isFalse());
    }
}
