package io.nubicast.app.daemon;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/// The lock that keeps a second daemon of the same role away. The kernel gives it up when the process ends, however it ends, so
/// nothing is left to clean up after `kill -9`.
final class SingleInstance implements AutoCloseable {
    private final Path file;
    private final FileChannel channel;
    private final FileLock lock;

    private SingleInstance(Path file, FileChannel channel, FileLock lock) {
        this.file = file;
        this.channel = channel;
        this.lock = lock;
    }

    /// Takes the lock that belongs to a control socket.
    ///
    /// @return empty when another daemon has it
    /// @throws IOException when the lock file cannot be made
    static Optional<SingleInstance> of(Path control) throws IOException {
        Path file = control.resolveSibling(control.getFileName() + ".lock");
        Path directory = file.toAbsolutePath().getParent();
        if (directory != null) {
            Files.createDirectories(directory);
        }
        FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        try {
            FileLock lock = channel.tryLock();
            if (lock != null) {
                return Optional.of(new SingleInstance(file, channel, lock));
            }
        } catch (OverlappingFileLockException e) {
            // Held by this very process: a test with two daemons.
        }
        channel.close();
        return Optional.empty();
    }

    Path file() {
        return file;
    }

    @Override
    public void close() throws IOException {
        lock.release();
        channel.close();
    }
}
