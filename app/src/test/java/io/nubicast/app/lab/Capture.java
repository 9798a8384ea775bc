package io.nubicast.app.lab;

import io.nubicast.tools.lab.Node;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// A running `tcpdump` and the IPv4 packets that it has written.
public final class Capture implements AutoCloseable {
    private static final int FILE_HEADER_BYTES = 24;
    private static final int RECORD_HEADER_BYTES = 16;
    private static final int ETHERNET_BYTES = 14;

    private final Process process;
    private final Path file;

    private Capture(Process process, Path file) {
        this.process = process;
        this.file = file;
    }

    static Capture start(Node node, Path directory, String networkInterface, String filter) throws IOException {
        Path file = Files.createTempFile(directory, "capture", ".pcap");
        Process process = node.start(new ProcessBuilder("tcpdump", "-i", networkInterface, "-U", "-n", "-s", "0", "-Z",
                "root", "-w", file.toString(), filter).redirectErrorStream(true));
        BufferedReader lines =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            if (line.contains("listening on")) {
                return new Capture(process, file);
            }
        }
        throw new AssertionError("tcpdump did not start on " + networkInterface);
    }

    /// Waits for so many packets and returns all that are there, each from its IP header on.
    public List<ByteBuffer> packets(int atLeast) {
        Application.eventually(atLeast + " packets in the capture", () -> read().size() >= atLeast);
        return read();
    }

    private List<ByteBuffer> read() {
        ByteBuffer all;
        try {
            all = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.nativeOrder());
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
        List<ByteBuffer> packets = new ArrayList<>();
        int at = FILE_HEADER_BYTES;
        while (at + RECORD_HEADER_BYTES <= all.limit()) {
            int length = all.getInt(at + 8);
            int start = at + RECORD_HEADER_BYTES;
            if (start + length > all.limit()) {
                break;
            }
            packets.add(all.slice(start + ETHERNET_BYTES, length - ETHERNET_BYTES).order(ByteOrder.BIG_ENDIAN));
            at = start + length;
        }
        return packets;
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
