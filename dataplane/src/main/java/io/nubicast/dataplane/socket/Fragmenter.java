package io.nubicast.dataplane.socket;

import io.nubicast.kernel.socket.InternetSocket.PathMtuDiscovery;
import io.nubicast.kernel.socket.RawSocket;
import io.nubicast.kernel.socket.SendBatch;
import io.nubicast.kernel.socket.SocketFilter;
import io.nubicast.kernel.sys.SystemCallException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/// Sends copies that are larger than the device's MTU: here the kernel writes the IP header, and so fragments, which it does not
/// do for headers of ours (raw(7)). The original source goes with each copy as IP_PKTINFO, allowed by IP_TRANSPARENT.
///
/// One thread.
final class Fragmenter implements CopyOutput, AutoCloseable {
    private static final int UDP_OFFSET = 20;
    private static final int UDP_BYTES = 8;
    private static final int LOOPBACK = 0x7F000001;
    private static final ValueLayout.OfInt U32 = ValueLayout.JAVA_INT.withOrder(ByteOrder.BIG_ENDIAN);

    private final RawSocket socket;
    private final SendBatch own;

    Fragmenter(Arena arena) throws SystemCallException {
        socket = RawSocket.open(RawSocket.IPPROTO_UDP);
        try {
            socket.attach(SocketFilter.DROP_ALL);
            // bound, so that the kernel does not even clone what the host receives for this socket to drop
            socket.bind(LOOPBACK, 0);
            socket.transparent(true);
            socket.pathMtuDiscovery(PathMtuDiscovery.DONT);
            socket.sendBuffer(CopySockets.SEND_BUFFER_BYTES);
        } catch (SystemCallException e) {
            socket.close();
            throw e;
        }
        own = new SendBatch(arena, 1, UDP_BYTES, SendBatch.CONTROL_BYTES);
    }

    /// Sends one copy of a [FanOut]; `count` must be 1.
    @Override
    public int send(SendBatch batch, int slot, int count) {
        MemorySegment headers = batch.headers();
        long header = batch.headerOffset(slot);
        MemorySegment.copy(headers, header + UDP_OFFSET, own.headers(), 0, UDP_BYTES);
        own.copyPayload(0, batch, slot);
        own.destination(0, headers.get(U32, header + 16), 0);
        own.clearControl(0);
        own.addPacketInfo(0, 0, headers.get(U32, header + 12));
        own.addTtl(0, headers.get(ValueLayout.JAVA_BYTE, header + 8) & 0xFF);
        own.addTos(0, headers.get(ValueLayout.JAVA_BYTE, header + 1) & 0xFF);
        return own.send(socket, 0, 1);
    }

    @Override
    public void close() {
        socket.close();
    }
}
