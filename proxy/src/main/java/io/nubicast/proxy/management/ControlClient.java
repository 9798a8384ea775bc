package io.nubicast.proxy.management;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;

/// Asks a running daemon through its Unix socket.
public final class ControlClient implements AutoCloseable {
    private final Path path;
    private final SocketChannel channel;
    private final Selector selector;

    private ControlClient(Path path) throws IOException {
        this.path = path;
        channel = connect(path);
        selector = Selector.open();
        channel.configureBlocking(false);
    }

    /// No daemon answers at that place; the message says so.
    public static final class NotRunning extends IOException {
        @java.io.Serial
        private static final long serialVersionUID = 1L;

        NotRunning(Path path, Throwable cause) {
            super("no daemon answers at " + path + ": it is not running, or runs with another control socket", cause);
        }
    }

    /// Sends one request and returns the answer without its newline.
    ///
    /// @param request one line, without the newline
    /// @param patience for the whole answer
    /// @throws NotRunning when there is no daemon
    /// @throws SocketTimeoutException when the daemon does not answer in time
    public static String ask(Path path, String request, Duration patience) throws IOException {
        try (ControlClient client = new ControlClient(path)) {
            return client.ask(request, patience);
        }
    }

    /// Opens a conversation, for requests that belong together.
    ///
    /// @throws NotRunning when there is no daemon
    public static ControlClient open(Path path) throws IOException {
        return new ControlClient(path);
    }

    /// Sends one request and returns the answer without its newline. For one thread.
    ///
    /// @param request one line, without the newline
    /// @param patience for the whole answer
    /// @throws SocketTimeoutException when the daemon does not answer in time; the conversation is of no use then
    public String ask(String request, Duration patience) throws IOException {
        if (request.indexOf('\n') >= 0) {
            throw new IllegalArgumentException("a request is one line");
        }
        ByteBuffer line = ByteBuffer.wrap((request + "\n").getBytes(StandardCharsets.UTF_8));
        long deadlineNs = System.nanoTime() + patience.toNanos();
        while (line.hasRemaining()) {
            if (channel.write(line) == 0) {
                channel.register(selector, SelectionKey.OP_WRITE);
                selector.select(1 + Math.max(0, (deadlineNs - System.nanoTime()) / 1_000_000));
                selector.selectedKeys().clear();
                if (System.nanoTime() - deadlineNs > 0) {
                    throw new SocketTimeoutException("the daemon at " + path + " does not answer in time");
                }
            }
        }
        channel.register(selector, SelectionKey.OP_READ);
        return answer(channel, selector, path, deadlineNs);
    }

    @Override
    public void close() throws IOException {
        selector.close();
        channel.close();
    }

    private static SocketChannel connect(Path path) throws IOException {
        if (Files.notExists(path, LinkOption.NOFOLLOW_LINKS)) {
            throw new NotRunning(path, new java.nio.file.NoSuchFileException(path.toString()));
        }
        try {
            return SocketChannel.open(UnixDomainSocketAddress.of(path));
        } catch (SocketException e) {
            if (String.valueOf(e.getMessage()).contains("Permission denied")) {
                throw new IOException(path + " may be used only by root and the user who runs the daemon", e);
            }
            throw new NotRunning(path, e);
        }
    }

    private static String answer(SocketChannel channel, Selector selector, Path path, long deadlineNs)
            throws IOException {
        ByteArrayOutputStream answer = new ByteArrayOutputStream(4096);
        ByteBuffer buffer = ByteBuffer.allocate(65536);
        while (true) {
            long leftNs = deadlineNs - System.nanoTime();
            if (leftNs <= 0) {
                throw new SocketTimeoutException("the daemon at " + path + " does not answer in time");
            }
            selector.select(Math.max(1, leftNs / 1_000_000));
            selector.selectedKeys().clear();
            int length = channel.read(buffer.clear());
            if (length < 0) {
                throw new IOException("the daemon at " + path + " closed the connection before its answer");
            }
            if (length > 0 && buffer.get(length - 1) == '\n') {
                answer.write(buffer.array(), 0, length - 1);
                return answer.toString(StandardCharsets.UTF_8);
            }
            answer.write(buffer.array(), 0, Math.max(0, length));
        }
    }
}
