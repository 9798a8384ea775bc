package io.nubicast.dataplane.socket;

import io.nubicast.kernel.socket.SocketFilter;
import io.nubicast.kernel.socket.UdpSocket;
import io.nubicast.kernel.sys.Errno;
import io.nubicast.kernel.sys.SystemCallException;
import io.nubicast.kernel.sys.UnsupportedFeature;
import org.jspecify.annotations.Nullable;

/// Where copies arrive: one address of this host and one port. The socket is bound to exactly that address, so that it takes
/// the copy from an application bound to 0.0.0.0, which gets the restored datagram. One thread.
final class ClientPort implements AutoCloseable {
    /// Leaves datagrams without a checksum to the [ClientCapture]: a UDP socket does not tell that there was none.
    private static final SocketFilter WITH_CHECKSUM = withChecksum();
    private static final int CHECKSUM = 6;
    private static final int RECEIVE_BUFFER_BYTES = 16 << 20;

    private final int address;
    private final int port;
    private int place;
    private @Nullable UdpSocket socket;
    private boolean held;
    private OverflowCount overflow = new OverflowCount();

    ClientPort(int address, int port, int place) {
        this.address = address;
        this.port = port;
        this.place = place;
    }

    private static SocketFilter withChecksum() {
        SocketFilter.Assembler assembler = new SocketFilter.Assembler();
        int none = assembler.label();
        return assembler.loadHalf(CHECKSUM).ifEqual(0, none).accept().place(none).drop().assemble();
    }

    int address() {
        return address;
    }

    int port() {
        return port;
    }

    /// Of the interface that owns the address.
    int place() {
        return place;
    }

    void place(int newPlace) {
        place = newPlace;
    }

    /// Null when it could not be bound.
    @Nullable
    UdpSocket socket() {
        return socket;
    }

    /// An application that does not share the port got it first, so it also gets the copies.
    boolean isHeld() {
        return held;
    }

    /// Binds unless bound already.
    ///
    /// @throws SystemCallException for all but EADDRINUSE, which makes it held
    void open() throws SystemCallException, UnsupportedFeature {
        if (socket != null) {
            return;
        }
        UdpSocket opening = UdpSocket.open();
        try {
            opening.reuseAddress(true);
            opening.attach(WITH_CHECKSUM);
            opening.receiveBuffer(RECEIVE_BUFFER_BYTES);
            opening.reportOverflow(true);
            opening.receiveTos(true);
            opening.receiveOffload(true);
            opening.bind(address, port);
        } catch (SystemCallException e) {
            opening.close();
            if (e.errno() != Errno.EADDRINUSE) {
                throw e;
            }
            held = true;
            return;
        } catch (UnsupportedFeature e) {
            opening.close();
            throw e;
        }
        socket = opening;
        held = false;
        overflow = new OverflowCount();
    }

    OverflowCount overflow() {
        return overflow;
    }

    @Override
    public void close() {
        UdpSocket closing = socket;
        socket = null;
        if (closing != null) {
            closing.close();
        }
    }
}
