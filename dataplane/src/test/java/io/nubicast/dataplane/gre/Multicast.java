package io.nubicast.dataplane.gre;

import io.nubicast.kernel.socket.ReceiveBatch;
import io.nubicast.kernel.socket.UdpSocket;
import io.nubicast.wire.Address;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.util.Optional;

/// A sender at the left end and a member at the right one.
final class Multicast implements AutoCloseable {
    private static final int GROUP = Address.ipv4("239.1.2.3").ipv4();
    private static final int PORT = 5_001;

    private final Arena arena = Arena.ofShared();
    private final ReceiveBatch batch = new ReceiveBatch(arena, 1, 65_536, 0);
    private final UdpSocket sender;
    private final UdpSocket member;

    Multicast(TunnelLab lab, Tunnel left, Tunnel right) throws Exception {
        sender = TunnelLab.inside(lab.left, () -> {
            UdpSocket socket = UdpSocket.open();
            socket.multicastInterface(left.interfaceIndex());
            socket.multicastTtl(16);
            // what a program of the kernel encapsulates leaves this host's veth with a checksum that only a wire would finish
            socket.noChecksum(true);
            return socket;
        });
        member = TunnelLab.inside(lab.right, () -> {
            UdpSocket socket = UdpSocket.open();
            socket.bind(GROUP, PORT);
            socket.join(GROUP, right.interfaceIndex());
            socket.receiveTimeout(1_000);
            return socket;
        });
    }

    /// What arrives, if anything does within a second.
    Optional<byte[]> send(byte[] payload) {
        int sent = sender.sendTo(payload, GROUP, PORT);
        if (sent < 0 || batch.receive(member) != 1) {
            return Optional.empty();
        }
        return Optional.of(batch.segment().asSlice(batch.offset(0), batch.length(0)).toArray(ValueLayout.JAVA_BYTE));
    }

    @Override
    public void close() {
        sender.close();
        member.close();
        arena.close();
    }
}
