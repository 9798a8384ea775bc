package io.nubicast.dataplane.socket;

import io.nubicast.dataplane.linux.IcmpErrors;
import io.nubicast.forwarding.PlaneUnavailable;
import io.nubicast.kernel.socket.InternetSocket;
import io.nubicast.kernel.socket.RawSocket;
import io.nubicast.kernel.socket.SocketFilter;
import io.nubicast.kernel.sys.SystemCallException;
import java.lang.foreign.Arena;

/// The sockets of the server's hot path, open until closed: one that captures, one that sends copies, one that fragments those
/// which are too big for the first.
final class ServerSockets implements AutoCloseable {
    /// A limit, not memory in use. 64 MiB hold about 80,000 small datagrams: a second of them while the worker is kept waiting.
    static final int RECEIVE_BUFFER_BYTES = 64 << 20;
    /// Copies for members that do not answer ARP wait in the kernel, up to 208 KiB each (unres_qlen_bytes), and count as this
    /// socket's: with room for 2,000 such members none of them stops the others.
    static final int SEND_BUFFER_BYTES = 256 << 20;
    /// How long a receive waits: within this the worker notices that it should end. A new table needs no waking, because it is
    /// looked at after each receive; a short time would only cost an idle host.
    static final int RECEIVE_TIMEOUT_MS = 200;

    final RawSocket capture;
    final RawSocket copies;
    final Fragmenter fragmenter;
    final IcmpErrors icmp;

    /// Opens all, on the thread whose namespace they shall belong to.
    ///
    /// @throws PlaneUnavailable without CAP_NET_RAW
    @SuppressWarnings("ReferenceEquality")
    ServerSockets(Arena arena) throws PlaneUnavailable {
        AutoCloseable[] opened = new AutoCloseable[4];
        try {
            capture = RawSocket.open(RawSocket.IPPROTO_UDP);
            opened[0] = capture;
            capture.attach(SocketFilter.DROP_ALL);
            capture.receiveBuffer(RECEIVE_BUFFER_BYTES);
            capture.receiveTimeout(RECEIVE_TIMEOUT_MS);
            copies = RawSocket.open(RawSocket.IPPROTO_RAW);
            opened[1] = copies;
            copies.headerIncluded(true);
            copies.receiveErrors(true);
            copies.sendBuffer(SEND_BUFFER_BYTES);
            fragmenter = new Fragmenter(arena);
            opened[2] = fragmenter;
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
        fragmenter.close();
        icmp.close();
    }
}
