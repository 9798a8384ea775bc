package io.nubicast.dataplane.socket;

import io.nubicast.dataplane.linux.PlaneEvents;
import io.nubicast.forwarding.Match;
import io.nubicast.forwarding.PlaneEvent;
import io.nubicast.kernel.socket.RawSocket;
import io.nubicast.kernel.socket.SocketFilter;
import io.nubicast.kernel.sys.SystemCallException;
import java.util.Collection;

/// A raw socket that sees what the UDP sockets of [ClientPorts] cannot serve: datagrams without a checksum, ports that an
/// application holds, and every port of a server whose entry names none. One thread.
final class ClientCapture implements AutoCloseable {
    private static final int RECEIVE_BUFFER_BYTES = 16 << 20;
    private static final int SOURCE = 12;
    private static final int DESTINATION = 16;
    private static final int DESTINATION_PORT = 2;
    private static final int CHECKSUM = 6;
    private static final int FIRST_GROUP = 0xE0000000;
    /// Values that fit one program with room to spare; beyond, the finer tests are left to user space.
    private static final int MOST_VALUES = 2000;

    private final PlaneEvents events;
    private final RawSocket socket;

    ClientCapture(PlaneEvents events) throws SystemCallException {
        this.events = events;
        socket = RawSocket.open(RawSocket.IPPROTO_UDP);
        try {
            socket.attach(SocketFilter.DROP_ALL);
            socket.receiveBuffer(RECEIVE_BUFFER_BYTES);
            socket.reportOverflow(true);
            socket.reportTime(true);
        } catch (SystemCallException e) {
            socket.close();
            throw e;
        }
    }

    RawSocket socket() {
        return socket;
    }

    /// Lets through what these routes need. More may come through than needed, never less.
    void serve(Collection<RestoreRoute> routes, ClientPorts ports) {
        try {
            socket.attach(filter(routes, ports.bound(), ports.unbound()));
        } catch (SystemCallException e) {
            events.add(new PlaneEvent.Notice("datagrams without a checksum cannot be received: " + e.getMessage()));
        }
    }

    static SocketFilter filter(Collection<RestoreRoute> routes, int[] bound, int[] unbound) {
        if (routes.isEmpty()) {
            return SocketFilter.DROP_ALL;
        }
        int[] servers = routes.stream().mapToInt(route -> route.compiled().route().match().source().ipv4()).distinct()
                .toArray();
        boolean anyPort = routes.stream()
                .anyMatch(route -> route.compiled().route().match().destinationPort() == Match.ANY_PORT);
        int[] tested = anyPort ? bound : unbound;
        SocketFilter.Assembler assembler = new SocketFilter.Assembler();
        int accept = assembler.label();
        int drop = assembler.label();
        int fromServer = assembler.label();
        assembler.loadWord(DESTINATION).ifAtLeast(FIRST_GROUP, drop);
        if (servers.length <= MOST_VALUES) {
            assembler.loadWord(SOURCE).inSet(servers, fromServer, drop);
        }
        assembler.place(fromServer).loadHeaderLength(0).loadHalfIndexed(CHECKSUM).ifEqual(0, accept);
        if (servers.length + tested.length <= MOST_VALUES) {
            assembler.loadHalfIndexed(DESTINATION_PORT);
            assembler.inSet(tested, anyPort ? drop : accept, anyPort ? accept : drop);
        }
        return assembler.place(accept).accept().place(drop).drop().assemble();
    }

    @Override
    public void close() {
        socket.close();
    }
}
