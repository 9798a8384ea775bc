package io.nubicast.tools.traffic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.nubicast.tools.mpegts.PesHeader;
import io.nubicast.tools.mpegts.TsError;
import io.nubicast.tools.mpegts.TsHealth;
import io.nubicast.tools.mpegts.TsLoop;
import io.nubicast.tools.mpegts.TsPacket;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Over loopback, to a group of the administratively scoped block.
class TrafficTest {
    private static final InetAddress GROUP = Interfaces.address("239.255.77.1");
    private static final InetAddress LOCALHOST = Interfaces.address("127.0.0.1");

    @TempDir
    private Path directory;

    private final AtomicBoolean stop = new AtomicBoolean();
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    private static String loopback() throws Exception {
        NetworkInterface loopback = NetworkInterface.getByInetAddress(LOCALHOST);
        assertThat(loopback).isNotNull();
        return loopback.getName();
    }

    private static ReceiveOptions toGroup() throws Exception {
        return ReceiveOptions.defaults().withGroup(GROUP, 0).withInterface(loopback()).withEnd(0, 5);
    }

    private static SendOptions fast(Receiver receiver, long count) throws Exception {
        return SendOptions.defaults().withDestination(GROUP, receiver.port()).withInterface(loopback())
                .withRate(2000, 100).withCount(count);
    }

    private static void send(SendOptions options) {
        try (Sender sender = Sender.open(options, PayloadListener.NONE)) {
            sender.run(() -> false);
            assertThat(sender.errors()).isZero();
        }
    }

    private static PrintStream print(ByteArrayOutputStream bytes) {
        return new PrintStream(bytes, true, StandardCharsets.UTF_8);
    }

    private String said() {
        return out.toString(StandardCharsets.UTF_8) + err.toString(StandardCharsets.UTF_8);
    }

    @Test
    void whatIsSentToAGroupIsReceivedAndCounted() throws Exception {
        try (Receiver receiver = Receiver.open(toGroup().withEnd(500, 0), PayloadListener.NONE)) {
            CompletableFuture<Void> receiving = CompletableFuture.runAsync(() -> receiver.run(stop::get));

            send(fast(receiver, 500));
            receiving.get(10, TimeUnit.SECONDS);

            ReceiveReport report = receiver.report();
            assertThat(report.packets()).isEqualTo(500);
            assertThat(report.bytes()).isEqualTo(50_000);
            assertThat(report.streams()).hasSize(1);
            assertThat(report.lost() + report.duplicates() + report.reordered() + report.foreign()).isZero();
            assertThat(report.streams().getFirst().latencyP50Ns()).isBetween(1L, TimeUnit.SECONDS.toNanos(30));
        }
    }

    @Test
    void unicastToTheSamePortArrivesTooUnlessBoundToTheGroup() throws Exception {
        try (Receiver any = Receiver.open(toGroup(), PayloadListener.NONE);
                Receiver bound = Receiver.open(toGroup().withBind(GROUP), PayloadListener.NONE)) {
            send(fast(any, 3).withDestination(LOCALHOST, any.port()));
            send(fast(bound, 3).withDestination(LOCALHOST, bound.port()));
            send(fast(bound, 5));

            any.run(() -> true);
            bound.run(() -> true);

            assertThat(any.report().packets()).isEqualTo(3);
            assertThat(bound.report().packets()).isEqualTo(5);
        }
    }

    @Test
    void aSourceFilterLetsOnlyThatSourceIn() throws Exception {
        try (Receiver other = Receiver.open(toGroup().withSource(Interfaces.address("192.0.2.9")),
                PayloadListener.NONE)) {
            send(fast(other, 5));
            send(fast(other, 2).withDestination(LOCALHOST, other.port()));

            other.run(() -> true);

            assertThat(other.report().packets()).isZero();
            assertThat(other.report().filtered()).isEqualTo(2);
        }
    }

    @Test
    void twoSendersAreTwoStreams() throws Exception {
        try (Receiver receiver = Receiver.open(toGroup(), PayloadListener.NONE)) {
            send(fast(receiver, 10));
            send(fast(receiver, 20));

            receiver.run(() -> true);

            assertThat(receiver.report().streams()).extracting(ReceiveReport.StreamReport::received)
                    .containsExactly(10L, 20L);
        }
    }

    @Test
    void payloadsOfOthersAreCountedAsForeign() throws Exception {
        try (Receiver receiver = Receiver.open(toGroup(), PayloadListener.NONE);
                DatagramSocket socket = new DatagramSocket(new InetSocketAddress(LOCALHOST, 0))) {
            for (int length : new int[]{0, 1, 23, 24, 65_507}) {
                socket.send(new DatagramPacket(new byte[length], length, LOCALHOST, receiver.port()));
            }

            receiver.run(() -> true);

            assertThat(receiver.report().packets()).isEqualTo(5);
            assertThat(receiver.report().foreign()).isEqualTo(5);
        }
    }

    @Test
    void aTransportStreamArrivesUnchangedInDatagramsThatCutItsPackets() throws Exception {
        Path file = directory.resolve("received.ts");
        try (Receiver receiver = Receiver.open(toGroup().withTs().withOutput(file).withEnd(60, 0),
                PayloadListener.NONE)) {
            CompletableFuture<Void> receiving = CompletableFuture.runAsync(() -> receiver.run(stop::get));

            send(SendOptions.defaults().withDestination(GROUP, receiver.port()).withInterface(loopback())
                    .withTs(Path.of("sample"), 1000).withCount(60));
            receiving.get(10, TimeUnit.SECONDS);

            assertThat(receiver.report().ts().orElseThrow().errors()).isEmpty();
            assertThat(receiver.report().ts().orElseThrow().packets()).isEqualTo(60_000 / 188);
        }
        TsLoop sample = TsLoop.sample();
        byte[] expected = new byte[320 * TsPacket.LENGTH];
        for (int i = 0; i < 320; i++) {
            sample.copy(i, expected, i * TsPacket.LENGTH, new TsPacket(), new PesHeader());
        }
        assertThat(Files.readAllBytes(file)).isEqualTo(Arrays.copyOf(expected, 60_000));
    }

    @Test
    void aStreamIsSentAtItsOwnSpeed() throws Exception {
        try (Receiver receiver = Receiver.open(toGroup().withTs(), PayloadListener.NONE)) {
            long startNs = System.nanoTime();
            send(SendOptions.defaults().withDestination(GROUP, receiver.port()).withInterface(loopback())
                    .withTs(Path.of("sample"), 1316).withCount(48));
            long tookNs = System.nanoTime() - startNs;

            // 48 × 7 packets at 1 Mbit/s are 0.505 s. Never faster; how much slower is the machine's affair.
            assertThat(tookNs).isGreaterThan(500_000_000);
            receiver.run(() -> true);
            assertThat(receiver.report().packets()).isEqualTo(48);
        }
    }

    @Test
    void whatFfmpegSendsIsHealthyThoughItsDatagramsCutThePackets() throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/ffmpeg")), "ffmpeg is not installed (apt-get install ffmpeg)");
        Path file = sampleFile();
        try (Receiver receiver = Receiver.open(ReceiveOptions.defaults().withoutGroup(0).withTs(),
                PayloadListener.NONE)) {
            CompletableFuture<Void> receiving = CompletableFuture.runAsync(() -> receiver.run(stop::get));
            Process ffmpeg = new ProcessBuilder("/usr/bin/ffmpeg", "-v", "error", "-nostdin", "-re", "-i",
                    file.toString(), "-t", "1.5", "-c", "copy", "-f", "mpegts",
                    "udp://127.0.0.1:" + receiver.port() + "?pkt_size=1000").inheritIO().start();
            assertThat(ffmpeg.waitFor(30, TimeUnit.SECONDS)).isTrue();
            stop.set(true);
            receiving.get(10, TimeUnit.SECONDS);

            TsHealth health = receiver.report().ts().orElseThrow();
            assertThat(health.packets()).isGreaterThan(500);
            assertThat(health.skippedBytes()).isZero();
            // Its pauses between two clock references are its own; what counts is that nothing is missing or damaged.
            assertThat(health.errors()).doesNotContainKeys(TsError.TS_SYNC_LOSS, TsError.SYNC_BYTE_ERROR,
                    TsError.CONTINUITY_COUNT_ERROR, TsError.TRANSPORT_ERROR, TsError.CRC_ERROR);
        }
    }

    @Test
    void ffmpegDecodesWhatIsSentWithoutAnError() throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/ffmpeg")), "ffmpeg is not installed (apt-get install ffmpeg)");
        int port;
        try (DatagramSocket free = new DatagramSocket(new InetSocketAddress(LOCALHOST, 0))) {
            port = free.getLocalPort();
        }
        Process ffmpeg = new ProcessBuilder("/usr/bin/ffmpeg", "-v", "info", "-nostats", "-nostdin", "-skip_frame",
                "nokey", "-i", "udp://127.0.0.1:" + port + "?timeout=10000000", "-t", "1.5", "-f", "null", "-")
                .redirectErrorStream(true).start();
        try (Sender sender = Sender.open(SendOptions.defaults().withDestination(LOCALHOST, port)
                .withTs(Path.of("sample"), 1000), PayloadListener.NONE)) {
            sender.run(() -> !ffmpeg.isAlive() || sender.packets() > 3000);
        }

        String output = new String(ffmpeg.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(ffmpeg.waitFor(10, TimeUnit.SECONDS)).isTrue();
        assertThat(output).contains("mpeg2video").contains("512x288").contains("Audio: mp2").contains("48000 Hz")
                .doesNotContainIgnoringCase("corrupt").doesNotContainIgnoringCase("discontinuity");
    }

    private Path sampleFile() throws Exception {
        Path file = directory.resolve("sample.ts");
        try (var stream = TsLoop.class.getResourceAsStream("/io/nubicast/tools/sample.ts")) {
            assertThat(stream).isNotNull();
            Files.copy(stream, file);
        }
        return file;
    }

    @Test
    void receiveSaysInWordsWhatToCheckWhenNothingArrives() throws Exception {
        int status = Receive.run(toGroup().withEnd(0, 1), print(out), print(err), stop::get);

        assertThat(status).isEqualTo(Receive.NOTHING);
        assertThat(said()).contains("nothing arrives at 239.255.77.1:").contains("Does anybody send?")
                .contains("nubicast proxy server").contains("tcpdump").contains("joined on " + loopback());
    }

    @Test
    void receiveExitsWithZeroOnlyWhenWhatWasExpectedArrived() throws Exception {
        try (Receiver probe = Receiver.open(toGroup(), PayloadListener.NONE)) {
            ReceiveOptions options = toGroup().withGroup(GROUP, probe.port()).withExpect(20);
            CompletableFuture<Integer> receiving = CompletableFuture
                    .supplyAsync(() -> Receive.run(options, print(out), print(err), stop::get));
            awaitText("receiving 239.255.77.1");
            send(fast(probe, 20));

            assertThat(receiving.get(10, TimeUnit.SECONDS)).isEqualTo(Receive.OK);
            assertThat(said()).contains("20 received, 0 lost (0 %), 0 duplicate, 0 reordered").contains("latency p50");
        }
    }

    @Test
    void fewerThanExpectedIsAStatusOfItsOwn() throws Exception {
        try (Receiver probe = Receiver.open(toGroup(), PayloadListener.NONE)) {
            ReceiveOptions options = toGroup().withGroup(GROUP, probe.port()).withExpect(20);
            CompletableFuture<Integer> receiving = CompletableFuture
                    .supplyAsync(() -> Receive.run(options, print(out), print(err), stop::get));
            awaitText("receiving 239.255.77.1");
            send(fast(probe, 19));
            stop.set(true);

            assertThat(receiving.get(10, TimeUnit.SECONDS)).isEqualTo(Receive.NOT_AS_EXPECTED);
            assertThat(said()).contains("19 datagrams arrived").contains("--expect asks for exactly 20");
        }
    }

    @Test
    void jsonLinesAreParsedByAnyParser() throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/python3")), "python3 is not installed");
        ReceiveOptions options = toGroup();
        ReceiveOptions json = new ReceiveOptions(options.group(), 0, options.interfaces(), options.source(),
                options.bind(), 0.2, 0, 0, 0, 0, true, options.output(), true);

        Receive.run(json, print(out), print(err), stop::get);

        Process python = new ProcessBuilder("/usr/bin/python3", "-c",
                "import json,sys; print(json.loads(sys.stdin.readline())['ts']['errors']['PAT_error'])")
                .redirectErrorStream(true).start();
        try (var stdin = python.getOutputStream()) {
            stdin.write(out.toByteArray());
        }
        assertThat(new String(python.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip()).isEqualTo("0");
    }

    @Test
    void sendPrintsWhatItDoesAndASummary() throws Exception {
        int status;
        try (Receiver receiver = Receiver.open(toGroup(), PayloadListener.NONE)) {
            status = Send.run(fast(receiver, 10), print(out), print(err), stop::get);
        }

        assertThat(status).isEqualTo(Send.OK);
        assertThat(said()).contains("sending 2000 datagrams/s of 100 bytes to 239.255.77.1:")
                .contains(" on " + loopback() + ", TTL 1 (does not pass a router; --ttl 32 does)")
                .contains("sent 10 datagrams, 1000 bytes");
    }

    @Test
    void wrongOptionsSayWhatToChange() {
        SendOptions defaults = SendOptions.defaults();
        assertThatThrownBy(() -> defaults.withRate(100, 23)).hasMessage("--size is 24 to 65507, not 23");
        assertThatThrownBy(() -> defaults.withRate(0, 100)).hasMessageContaining("--rate is above 0");
        assertThatThrownBy(() -> ReceiveOptions.defaults().withGroup(LOCALHOST, 1))
                .hasMessageContaining("127.0.0.1 is not a group");
        assertThatThrownBy(() -> Interfaces.named("nosuch0"))
                .hasMessageContaining("no interface 'nosuch0' here; there are");
        assertThatThrownBy(() -> Sender.open(defaults.withTs(Path.of("/nonexistent.ts"), 1316), PayloadListener.NONE))
                .hasMessageContaining("/nonexistent.ts does not exist").hasMessageContaining("--ts sample");
        assertThat(List.of(defaults.port(), defaults.ttl())).containsExactly(5001, 1);
    }

    private void awaitText(String text) throws Exception {
        long limitNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        while (!out.toString(StandardCharsets.UTF_8).contains(text)) {
            assertThat(System.nanoTime()).isLessThan(limitNs);
            Thread.onSpinWait();
        }
    }
}
