package io.nubicast.proxy.management;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.SocketException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.time.Duration;
import java.util.function.Supplier;
import jdk.net.ExtendedSocketOptions;
import jdk.net.UnixDomainPrincipal;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Our own management channel: a Unix socket of mode 0600 whose peers are checked (PRX-041): root, or the user who runs the
/// daemon. A request is a line; the answer is a line, of JSON unless the request asks for text, where line feeds are part of a
/// JSON string.
public final class ControlServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ControlServer.class);
    private static final int MOST_REQUEST_BYTES = 32_768;

    /// Answers requests; called on many threads at once.
    public interface Requests {
        /// The answer to a request, JSON without a newline; the request comes without its own.
        String answer(String request);
    }

    private final Connections connections;
    private final Path path;
    private final @Nullable Object fileKey;

    private ControlServer(Connections connections, Path path, @Nullable Object fileKey) {
        this.connections = connections;
        this.path = path;
        this.fileKey = fileKey;
    }

    /// Listens at `path`. A socket that a killed daemon left behind is removed; one that answers is left alone.
    ///
    /// @throws IOException when another daemon answers there, or the place cannot be used
    public static ControlServer open(Path path, Requests requests) throws IOException {
        return open(path, requests, Connections.Limits.DEFAULT);
    }

    /// Listens for conversations: every connection has answers of its own, and may be silent for `idle`.
    public static ControlServer open(Path path, Supplier<? extends Requests> perConnection, Duration idle)
            throws IOException {
        return open(path, perConnection, new Connections.Limits(Connections.Limits.DEFAULT.most(), idle));
    }

    static ControlServer open(Path path, Requests requests, Connections.Limits limits) throws IOException {
        return open(path, () -> requests, limits);
    }

    private static ControlServer open(Path path, Supplier<? extends Requests> requests, Connections.Limits limits)
            throws IOException {
        Path absolute = path.toAbsolutePath();
        Path directory = absolute.getParent();
        if (directory == null) {
            throw new FileSystemException(path.toString(), null, "not a place for a socket");
        }
        ControlSocket.prepareDirectory(directory);
        Path lock = absolute.resolveSibling("." + absolute.getFileName() + ".lock");
        try (FileChannel one = FileChannel.open(lock, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            one.lock(); // two daemons that start together shall not take each other's socket for stale
            removeStale(absolute);
            ServerSocketChannel listener = Connections.bound(StandardProtocolFamily.UNIX,
                    UnixDomainSocketAddress.of(absolute));
            try {
                return listen(absolute, listener, requests, limits);
            } catch (IOException | RuntimeException e) {
                listener.close();
                throw e;
            }
        }
    }

    private static ControlServer listen(Path path, ServerSocketChannel listener,
            Supplier<? extends Requests> requests, Connections.Limits limits) throws IOException {
        try {
            Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-------"));
        } catch (UnsupportedOperationException e) {
            LOG.debug("no file modes here: {}", path);
        }
        UserPrincipal owner = Files.getOwner(path);
        Object fileKey = Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS).fileKey();
        Connections connections = new Connections("control", listener, limits,
                connection -> talk(connection, owner, requests.get()));
        connections.start();
        return new ControlServer(connections, path, fileKey);
    }

    private static void removeStale(Path path) throws IOException {
        if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        if (!Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS).isOther()) {
            throw new FileSystemException(path.toString(), null, "is no socket: take it away, or name another place");
        }
        try (SocketChannel peer = SocketChannel.open(UnixDomainSocketAddress.of(path))) {
            throw new FileSystemException(path.toString(), null,
                    "another daemon answers there" + (peer.isConnected() ? "" : "?")
                            + ": stop it, or name another place");
        } catch (SocketException e) {
            Files.deleteIfExists(path);
        }
    }

    private static void talk(Connections.Connection connection, UserPrincipal owner, Requests requests)
            throws IOException {
        SocketChannel channel = connection.channel();
        boolean mayAsk = mayAsk(channel, owner);
        ByteBuffer buffer = ByteBuffer.allocate(MOST_REQUEST_BYTES);
        ByteArrayOutputStream line = new ByteArrayOutputStream(64);
        while (channel.read(buffer.clear()) >= 0) {
            connection.heard();
            for (int i = 0; i < buffer.position(); i++) {
                byte b = buffer.get(i);
                if (b == '\n' && !mayAsk) {
                    send(channel, "{\"error\":\"only root and the user who runs the daemon may ask\"}\n");
                    return;
                } else if (b == '\n') {
                    send(channel, requests.answer(line.toString(StandardCharsets.UTF_8).strip()) + "\n");
                    connection.heard();
                    line.reset();
                } else if (line.size() == MOST_REQUEST_BYTES) {
                    send(channel, "{\"error\":\"the request is too long\"}\n");
                    return;
                } else {
                    line.write(b);
                }
            }
        }
    }

    private static boolean mayAsk(SocketChannel channel, UserPrincipal owner) throws IOException {
        try {
            UnixDomainPrincipal peer = channel.getOption(ExtendedSocketOptions.SO_PEERCRED);
            return mayAsk(peer.user(), owner);
        } catch (UnsupportedOperationException e) {
            return true; // no such option on this system: the file's mode protects it
        }
    }

    static boolean mayAsk(UserPrincipal peer, UserPrincipal owner) {
        return peer.equals(owner) || peer.getName().equals("root");
    }

    private static void send(SocketChannel channel, String text) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }

    public Path path() {
        return path;
    }

    /// Stops answering and removes the socket, if it is still this one.
    @Override
    public void close() {
        connections.close();
        try {
            Object now = Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS).fileKey();
            if (fileKey == null || fileKey.equals(now)) {
                Files.deleteIfExists(path);
            }
        } catch (IOException e) {
            LOG.debug("removing {}: {}", path, e.getMessage());
        }
    }
}
