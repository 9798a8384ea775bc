package io.nubicast.dataplane.gre;

import io.nubicast.tools.lab.Node;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Assumptions;

/// What passes an interface, as Wireshark reads it. Skips the test where tcpdump or tshark is missing.
final class Capture implements AutoCloseable {
    private final Path file;
    private final Process process;

    Capture(TunnelLab lab, Node node, String networkInterface) throws Exception {
        for (String program : List.of("tcpdump", "tshark")) {
            Assumptions.assumeTrue(node.run("sh", "-c", "command -v " + program + " || true").contains(program),
                    "no " + program);
        }
        file = Files.createTempFile("nubicast-gre-", ".pcap");
        process = node.start(new ProcessBuilder("tcpdump", "-Z", "root", "-U", "--immediate-mode", "-i",
                networkInterface, "-w", file.toString()).redirectErrorStream(true));
        BufferedReader output = new BufferedReader(
                new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        String line = output.readLine();
        while (line != null && !line.contains("listening on")) {
            line = output.readLine();
        }
    }

    /// A line for each packet: sources, destinations, TTLs, DSCPs, key, message of PIM, complaint. Waits for the first.
    ///
    /// @param filter of Wireshark
    List<String> decoded(String filter) throws IOException {
        long deadlineNs = System.nanoTime() + 20_000_000_000L;
        List<String> lines = read(filter);
        while (lines.isEmpty() && System.nanoTime() - deadlineNs < 0) {
            lines = read(filter);
        }
        return lines;
    }

    private List<String> read(String filter) throws IOException {
        Process tshark = new ProcessBuilder("tshark", "-r", file.toString(), "-Y", filter, "-T", "fields", "-E",
                "separator=|", "-e", "ip.src", "-e", "ip.dst", "-e", "ip.ttl", "-e", "ip.dsfield.dscp", "-e", "gre.key",
                "-e", "_ws.col.Info", "-e", "_ws.malformed")
                .redirectError(ProcessBuilder.Redirect.DISCARD).start();
        return tshark.inputReader().lines().toList();
    }

    @Override
    public void close() throws IOException {
        process.destroyForcibly();
        Files.deleteIfExists(file);
    }
}
