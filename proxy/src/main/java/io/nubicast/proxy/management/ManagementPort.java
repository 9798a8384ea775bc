package io.nubicast.proxy.management;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/// Where the original's management port is written.
public enum ManagementPort {
    SERVER("server_port.txt", 65000), CLIENT("client_port.txt", 65001);

    private final String fileName;
    private final int defaultPort;

    ManagementPort(String fileName, int defaultPort) {
        this.fileName = fileName;
        this.defaultPort = defaultPort;
    }

    public String fileName() {
        return fileName;
    }

    /// Whether the file is there at all.
    public boolean isWritten(Path directory) {
        return Files.isReadable(directory.resolve(fileName));
    }

    /// The port in that directory's file, 0..65535; the default when there is no file, or no port in it. 0 lets the daemon choose
    /// a free one.
    public int of(Path directory) {
        byte[] text;
        try (InputStream in = Files.newInputStream(directory.resolve(fileName))) {
            text = in.readNBytes(64);
        } catch (IOException e) {
            return defaultPort;
        }
        int at = 0;
        while (at < text.length && (text[at] == ' ' || text[at] >= '\t' && text[at] <= '\r')) {
            at++;
        }
        at += at < text.length && text[at] == '+' ? 1 : 0;
        int start = at;
        int port = 0;
        while (at < text.length && text[at] >= '0' && text[at] <= '9' && port <= 65535) {
            port = port * 10 + (text[at++] - '0');
        }
        return at == start || port > 65535 ? defaultPort : port;
    }
}
