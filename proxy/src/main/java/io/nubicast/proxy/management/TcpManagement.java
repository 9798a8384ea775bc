package io.nubicast.proxy.management;

import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/// The original's management channel: TCP, `reload` (never answered) and `list` (decimal numbers, no newline), recognised by
/// the exact content of one receive call; a newline at the end, as `nc` sends it, is forgiven. Anything else is answered
/// `parameter error!`. On loopback unless told otherwise: there is no authentication in it.
public final class TcpManagement implements AutoCloseable {
    private static final int MOST_BYTES = 1024;

    /// What the channel asks of the daemon; called on many threads at once.
    public interface Handler {
        /// Reads the configuration again. May return before it is in force.
        void reload();

        /// `recv drop forward fwd_point` of a server, `recv drop forward` of a client.
        long[] list();
    }

    private final Connections connections;
    private final int port;

    private TcpManagement(Connections connections, int port) {
        this.connections = connections;
        this.port = port;
    }

    /// Listens on 127.0.0.1.
    ///
    /// @param port 0 for a free one
    /// @throws IOException when the port is taken; the message says what to do
    public static TcpManagement open(ManagementPort which, int port, Handler handler) throws IOException {
        return open(which, new InetSocketAddress(InetAddress.getByAddress(new byte[]{127, 0, 0, 1}), port), handler);
    }

    /// Listens on another address, where the administrator asked for it.
    public static TcpManagement open(ManagementPort which, InetSocketAddress address, Handler handler)
            throws IOException {
        return open(which, address, handler, Connections.Limits.DEFAULT);
    }

    static TcpManagement open(ManagementPort which, InetSocketAddress address, Handler handler,
            Connections.Limits limits) throws IOException {
        ServerSocketChannel listener;
        try {
            listener = Connections.bound(
                    address.getAddress() instanceof java.net.Inet6Address
                            ? StandardProtocolFamily.INET6
                            : StandardProtocolFamily.INET,
                    address);
        } catch (BindException e) {
            throw new IOException("cannot listen on " + address.getHostString() + " port " + address.getPort()
                    + " for management (" + e.getMessage()
                    + "): another proxy may be running; otherwise write a free port"
                    + " into " + which.fileName(), e);
        }
        Connections connections = new Connections("management", listener, limits,
                connection -> talk(connection, handler));
        connections.start();
        return new TcpManagement(connections, ((InetSocketAddress) listener.getLocalAddress()).getPort());
    }

    static Connections.Limits limits(int most, Duration idle) {
        return new Connections.Limits(most, idle);
    }

    private static void talk(Connections.Connection connection, Handler handler) throws IOException {
        SocketChannel channel = connection.channel();
        ByteBuffer buffer = ByteBuffer.allocate(MOST_BYTES);
        while (channel.read(buffer.clear()) >= 0) {
            connection.heard();
            String command = new String(buffer.array(), 0, buffer.position(), StandardCharsets.ISO_8859_1);
            if (command.endsWith("\n")) {
                command = command.substring(0, command.length() - (command.endsWith("\r\n") ? 2 : 1));
            }
            switch (command) {
                case "reload" -> handler.reload();
                case "list" -> send(channel, numbers(handler.list()));
                default -> send(channel, "parameter error!\n");
            }
        }
    }

    private static String numbers(long[] counters) {
        StringBuilder text = new StringBuilder(80);
        for (int i = 0; i < counters.length; i++) {
            text.append(i == 0 ? "" : " ").append(counters[i]);
        }
        return text.toString();
    }

    private static void send(SocketChannel channel, String text) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }

    /// Where it listens.
    public int port() {
        return port;
    }

    int connections() {
        return connections.count();
    }

    @Override
    public void close() {
        connections.close();
    }
}
