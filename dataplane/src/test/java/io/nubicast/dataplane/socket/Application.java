package io.nubicast.dataplane.socket;

import io.nubicast.kernel.netlink.RouteEvent.Link;
import io.nubicast.kernel.netlink.RouteNetlink;
import io.nubicast.kernel.socket.ReceiveBatch;
import io.nubicast.kernel.socket.UdpSocket;
import io.nubicast.tools.lab.Node;
import io.nubicast.wire.Address;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;

/// A receiving application on a node: bound and joined as wanted.
final class Application implements AutoCloseable {
    /// One datagram as the application sees it.
    @SuppressWarnings("ArrayRecordComponent") // never compared as a whole
    record Received(String source, int sourcePort, int tos, byte[] payload) {
        int number() {
            return (payload[0] & 0xFF) << 8 | payload[1] & 0xFF;
        }
    }

    private static final int QUIET_MS = 150;

    private final Arena arena = Arena.ofShared();
    private final UdpSocket socket;
    private final ReceiveBatch batch = new ReceiveBatch(arena, 1, 65_536, 128);

    private Application(UdpSocket socket) {
        this.socket = socket;
    }

    /// @param bound 0.0.0.0, or the group
    /// @param joined the group, or 0.0.0.0 for none; on eth0
    static Application open(Node node, Address bound, int port, boolean shared, Address joined) throws Exception {
        return open(node, bound, port, shared, joined, "eth0");
    }

    /// As [#open(Node, Address, int, boolean, Address)], on another interface.
    static Application open(Node node, Address bound, int port, boolean shared, Address joined, String device)
            throws Exception {
        return InNamespace.call(node, () -> {
            UdpSocket socket = UdpSocket.open();
            socket.reuseAddress(shared);
            socket.receiveBuffer(32 << 20);
            socket.receiveTos(true);
            socket.bind(bound.ipv4(), port);
            if (!joined.isUnspecified()) {
                socket.join(joined.ipv4(), index(device));
            }
            return new Application(socket);
        });
    }

    /// The index of an interface of the calling thread's namespace.
    static int index(String name) throws Exception {
        try (RouteNetlink netlink = RouteNetlink.open()) {
            return netlink.links().stream().filter(link -> link.name().equals(name)).findFirst().map(Link::index)
                    .orElseThrow();
        }
    }

    /// Receives that many, and then waits a moment for more that should not come.
    List<Received> receive(int expected) throws Exception {
        List<Received> result = new ArrayList<>();
        socket.receiveTimeout(3_000);
        while (result.size() < expected && batch.receive(socket) == 1) {
            result.add(received());
        }
        socket.receiveTimeout(QUIET_MS);
        while (batch.receive(socket) == 1) {
            result.add(received());
        }
        return result;
    }

    private Received received() {
        byte[] payload = new byte[batch.length(0)];
        MemorySegment.copy(batch.segment(), ValueLayout.JAVA_BYTE, batch.offset(0), payload, 0, payload.length);
        return new Received(Address.ofIpv4(batch.sourceAddress(0)).toString(), batch.sourcePort(0), batch.tos(0),
                payload);
    }

    @Override
    public void close() {
        if (socket.isOpen()) {
            socket.close();
            arena.close();
        }
    }
}
