package io.nubicast.dataplane.packet;

import io.nubicast.kernel.socket.IptablesSocket;
import io.nubicast.kernel.sys.SystemCallException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/// The tables of iptables-legacy that have output rules. One thread. Where nothing can be read there are none.
final class LegacyTables implements AutoCloseable {
    /// Of the calling thread's namespace; the file stays that namespace's.
    private static final Path NAMES = Path.of("/proc/thread-self/net/ip_tables_names");

    private Optional<RandomAccessFile> names = Optional.empty();
    private Optional<IptablesSocket> socket = Optional.empty();

    /// In the namespace of the calling thread.
    LegacyTables() {
        try {
            socket = Optional.of(IptablesSocket.open());
            names = Optional.of(new RandomAccessFile(NAMES.toFile(), "r"));
        } catch (IOException e) {
            // No file, no tables: the module is not there. It is tried again.
        }
    }

    Set<String> withOutputRules() {
        Set<String> found = new HashSet<>();
        try {
            if (names.isEmpty()) {
                names = Optional.of(new RandomAccessFile(NAMES.toFile(), "r"));
            }
            RandomAccessFile file = names.get();
            file.seek(0);
            for (String table = file.readLine(); table != null; table = file.readLine()) {
                if (socket.isPresent() && hasOutputRules(socket.get(), table)) {
                    found.add(table);
                }
            }
        } catch (IOException e) {
            return Set.of();
        }
        return found;
    }

    private static boolean hasOutputRules(IptablesSocket socket, String table) {
        try {
            return socket.hasOutputRules(table);
        } catch (SystemCallException e) {
            // It is there, and cannot be looked into.
            return true;
        }
    }

    @Override
    public void close() {
        socket.ifPresent(IptablesSocket::close);
        try {
            if (names.isPresent()) {
                names.get().close();
            }
        } catch (IOException e) {
            // It was only read.
        }
    }
}
