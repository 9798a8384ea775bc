package io.nubicast.dataplane.socket;

import io.nubicast.engine.NanoClock;
import io.nubicast.kernel.socket.RawSocket;
import io.nubicast.kernel.sys.SystemCallException;
import java.lang.foreign.Arena;

/// The sockets by which one worker's copies leave through the kernel's routes and neighbours, open until closed: one that sends
/// them with their own headers, one that fragments those which are too big for the first.
public final class CopySockets implements AutoCloseable {
    /// Copies for members that do not answer ARP wait in the kernel, up to 208 KiB each (unres_qlen_bytes), and count as this
    /// socket's: with room for 2,000 such members none of them stops the others.
    static final int SEND_BUFFER_BYTES = 256 << 20;

    private final RawSocket copies;
    private final Fragmenter fragmenter;

    /// Opens both, on a thread whose namespace they shall belong to.
    ///
    /// @param arena lives as long as the sockets
    /// @throws SystemCallException without CAP_NET_RAW
    public CopySockets(Arena arena) throws SystemCallException {
        copies = RawSocket.open(RawSocket.IPPROTO_RAW);
        try {
            copies.headerIncluded(true);
            copies.receiveErrors(true);
            copies.sendBuffer(SEND_BUFFER_BYTES);
            fragmenter = new Fragmenter(arena);
        } catch (SystemCallException e) {
            copies.close();
            throw e;
        }
    }

    /// Copies that leave here; for one thread.
    public FanOut fanOut(Arena arena, NanoClock clock) {
        return new FanOut(arena, (batch, first, count) -> batch.send(copies, first, count), fragmenter, clock);
    }

    @Override
    public void close() {
        copies.close();
        fragmenter.close();
    }
}
