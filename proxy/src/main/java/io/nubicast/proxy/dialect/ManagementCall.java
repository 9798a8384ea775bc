package io.nubicast.proxy.dialect;

import io.nubicast.proxy.management.ManagementPort;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/// One call on a daemon's old management port on this host.
final class ManagementCall implements AutoCloseable {
    private static final int CONNECT_MILLIS = 2_000;
    private static final int REPLY_MILLIS = 5_000;
    private static final int REPLY_BYTES = 1_024;

    private final Socket socket;

    private ManagementCall(Socket socket) {
        this.socket = socket;
    }

    /// @throws IOException when nobody listens
    static ManagementCall open(Path directory, ManagementPort port) throws IOException {
        Socket socket = new Socket();
        try {
            socket.connect(new InetSocketAddress(InetAddress.getByAddress(new byte[]{127, 0, 0, 1}),
                    port.of(directory)), CONNECT_MILLIS);
            socket.setSoTimeout(REPLY_MILLIS);
            return new ManagementCall(socket);
        } catch (IOException | IllegalArgumentException e) {
            socket.close();
            throw e instanceof IOException io ? io : new IOException(e);
        }
    }

    void send(String command) throws IOException {
        socket.getOutputStream().write(command.getBytes(StandardCharsets.UTF_8));
    }

    /// What one receive call brings; empty when the daemon closed instead.
    String reply() throws IOException {
        byte[] bytes = new byte[REPLY_BYTES];
        int length = socket.getInputStream().read(bytes);
        return length <= 0 ? "" : new String(bytes, 0, length, StandardCharsets.UTF_8);
    }

    /// The numbers that `list` is answered with.
    ///
    /// @throws IOException when the daemon closed instead of answering
    long[] list(int count) throws IOException {
        send("list");
        String reply = reply();
        if (reply.isEmpty()) {
            throw new IOException("the daemon closed the connection");
        }
        return numbers(reply, count);
    }

    /// The decimal numbers at the beginning of a reply, 0 for those that are missing.
    static long[] numbers(String reply, int count) {
        long[] result = new long[count];
        int at = 0;
        for (int i = 0; i < count; i++) {
            while (at < reply.length() && reply.charAt(at) == ' ') {
                at++;
            }
            boolean negative = at < reply.length() && reply.charAt(at) == '-';
            at += negative ? 1 : 0;
            while (at < reply.length() && reply.charAt(at) >= '0' && reply.charAt(at) <= '9') {
                result[i] = result[i] * 10 + (reply.charAt(at++) - '0');
            }
            result[i] = negative ? -result[i] : result[i];
        }
        return result;
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
