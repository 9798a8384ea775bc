package io.nubicast.dataplane.socket;

import io.nubicast.dataplane.linux.IcmpErrors;
import io.nubicast.forwarding.PlaneUnavailable;
import io.nubicast.kernel.socket.InternetSocket;
import io.nubicast.kernel.socket.RawSocket;
import io.nubicast.kernel.socket.SocketFilter;
import io.nubicast.kernel.sys.SystemCallException;
import java.lang.foreign.Arena;

/// The sockets of the server's hot path, open until closed: one that captures, those that send copies, one that hears of
/// errors.
final class ServerSockets implements AutoCloseable {
    /// A limit, not memory in use. 64 MiB hold about 80,000 small datagrams: a second of them while the worker is kept waiting.
    static final int RECEIVE_BUFFER_BYTES = 64 << 20;
    /// How long a receive waits: within this the worker notices that it should end. A new table needs no waking, because it is
    /// looked at after each receive; a short time would only cost an idle host.
    static final int RECEIVE_TIMEOUT_MS = 200;

    final RawSocket capture;
    final CopySockets copies;
    final IcmpErrors icmp;

    /// Opens all, on the thread whose namespace they shall belong to.
    ///
    /// @throws PlaneUnavailable without CAP_NET_RAW
    @SuppressWarnings("ReferenceEquality")
    ServerSockets(Arena arena) throws PlaneUnavailable {
        AutoCloseable[] opened = new AutoCloseable[2];
        try {
            capture = RawSocket.open(RawSocket.IPPROTO_UDP);
            opened[0] = capture;
            capture.attach(SocketFilter.DROP_ALL);
            capture.receiveBuffer(RECEIVE_BUFFER_BYTES);
            capture.receiveTimeout(RECEIVE_TIMEOUT_MS);
            copies = new CopySockets(arena);
            opened[1] = copies;
            icmp = new IcmpErrors(arena);
        } catch (SystemCallException e) {
            for (AutoCloseable each : opened) {
                closeQuietly(each);
            }
            throw new PlaneUnavailable(InternetSocket.isNotPermitted(e)
                    ? "needs root or CAP_NET_RAW for raw sockets"
                    : "cannot open its sockets: " + e.getMessage(), e);
        }
    }

    private static void closeQuietly(@org.jspecify.annotations.Nullable AutoCloseable opened) {
        try {
            if (opened != null) {
                opened.close();
            }
        } catch (Exception e) {
            throw new IllegalStateException(e); // none of ours throws
        }
    }

    @Override
    public void close() {
        capture.close();
        copies.close();
        icmp.close();
    }
}
