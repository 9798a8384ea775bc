package io.nubicast.dataplane.ebpf;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// Whether the kernel drops what arrives on an interface by which it would not answer the source (rp_filter).
final class SourceChecks {
    private static final Path INTERFACES = Path.of("/proc/sys/net/ipv4/conf");
    private static final int STRICT = 1;

    /// In the calling thread's network namespace. Where it cannot be read, it is.
    boolean isStrict(String interfaceName) {
        return Math.max(value("all"), value(interfaceName)) == STRICT;
    }

    private static int value(String name) {
        try {
            return Integer.parseInt(Files.readString(INTERFACES.resolve(name).resolve("rp_filter")).strip());
        } catch (IOException | NumberFormatException e) {
            return STRICT;
        }
    }
}
