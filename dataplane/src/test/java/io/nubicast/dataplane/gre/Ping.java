package io.nubicast.dataplane.gre;

import io.nubicast.kernel.socket.InternetSocket.PathMtuDiscovery;
import io.nubicast.kernel.socket.RawSocket;
import io.nubicast.kernel.socket.ReceiveBatch;
import io.nubicast.tools.lab.Node;
import io.nubicast.wire.Address;
import io.nubicast.wire.IcmpUnreachable;
import io.nubicast.wire.InternetChecksum;
import io.nubicast.wire.Ipv4Header;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/// An ICMP echo and what comes back.
final class Ping {
    private static final ValueLayout.OfShort U16 = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final int ECHO = 8;
    private static final int ECHO_REPLY = 0;
    private static final int IDENTIFIER = 0x4E55;
    private static final int ICMP_BYTES = 8;

    private Ping() {}

    /// Sends an IP packet of that size and waits a second.
    ///
    /// @param dontFragment the DF bit
    /// @return `reply`, `too big: 1476`, `nothing`, or the error of sending
    static String once(Node from, String to, int bytes, boolean dontFragment) throws Exception {
        return TunnelLab.inside(from, () -> {
            try (RawSocket socket = RawSocket.open(RawSocket.IPPROTO_ICMP); Arena arena = Arena.ofConfined()) {
                // PROBE: DF, and what the kernel has learned of the path does not matter
                socket.pathMtuDiscovery(dontFragment ? PathMtuDiscovery.PROBE : PathMtuDiscovery.DONT);
                socket.receiveTimeout(100);
                byte[] echo = new byte[bytes - Ipv4Header.MINIMUM_LENGTH];
                MemorySegment message = MemorySegment.ofArray(echo);
                message.set(ValueLayout.JAVA_BYTE, 0, (byte) ECHO);
                message.set(U16, 4, (short) IDENTIFIER);
                message.set(U16, 2, (short) InternetChecksum.finish(InternetChecksum.sum(message, 0, echo.length)));
                int sent = socket.sendTo(echo, Address.ipv4(to).ipv4(), 0);
                if (sent < 0) {
                    return "errno " + -sent;
                }
                ReceiveBatch batch = new ReceiveBatch(arena, 1, 65_536, 0);
                for (int attempt = 0; attempt < 10; attempt++) {
                    if (batch.receive(socket) == 1) {
                        MemorySegment answer = batch.segment();
                        int type = answer.get(ValueLayout.JAVA_BYTE, Ipv4Header.MINIMUM_LENGTH);
                        if (type == ECHO_REPLY && answer.get(U16, Ipv4Header.MINIMUM_LENGTH + 4) == IDENTIFIER) {
                            return batch.length(0) == bytes ? "reply" : "reply of " + batch.length(0);
                        }
                        IcmpUnreachable error = new IcmpUnreachable().wrap(answer, Ipv4Header.MINIMUM_LENGTH);
                        if (type == IcmpUnreachable.TYPE_DESTINATION_UNREACHABLE
                                && batch.length(0) >= Ipv4Header.MINIMUM_LENGTH + ICMP_BYTES) {
                            return error.code() == IcmpUnreachable.CODE_FRAGMENTATION_NEEDED
                                    ? "too big: " + error.nextHopMtu()
                                    : "unreachable, code " + error.code();
                        }
                    }
                }
                return "nothing";
            }
        });
    }
}
