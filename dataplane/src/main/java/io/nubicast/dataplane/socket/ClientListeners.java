package io.nubicast.dataplane.socket;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// Which UDP ports the applications of this host listen on, from `/proc/net/udp` (proc_net_udp(5)).
final class ClientListeners {
    /// Of the calling thread's network namespace, which need not be the process's.
    private static final Path TABLE = Path.of("/proc/thread-self/net/udp");

    private final Path table;

    ClientListeners() {
        this(TABLE);
    }

    ClientListeners(Path table) {
        this.table = table;
    }

    /// Whether an unconnected socket takes unicast to that address and port. False when the table cannot be read.
    boolean takes(int address, int port) {
        List<String> lines;
        try {
            lines = Files.readAllLines(table, StandardCharsets.US_ASCII);
        } catch (IOException e) {
            return false;
        }
        // Addresses stand there as the machine's byte order makes them of the network's.
        String exact = String.format("%08X:%04X", Integer.reverseBytes(address), port);
        String any = String.format("00000000:%04X", port);
        for (String line : lines) {
            String[] words = line.strip().split(" +", -1);
            if (words.length > 2 && (words[1].equals(exact) || words[1].equals(any))
                    && words[2].equals("00000000:0000")) {
                return true;
            }
        }
        return false;
    }
}
