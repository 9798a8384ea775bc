package io.nubicast.kernel.socket;

import static io.nubicast.kernel.sys.SystemCalls.check;

import io.nubicast.kernel.sys.Scratch;
import io.nubicast.kernel.sys.SystemCallException;
import io.nubicast.kernel.sys.SystemCalls;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// Sees what devices receive and send, from the network header on (packet(7), SOCK_DGRAM). It costs the host a look at each
/// packet: give it a filter, and close it soon. [ReceiveBatch#deviceIndex(int)] tells the device. Needs CAP_NET_RAW.
public final class PacketSocket extends InternetSocket {
    private static final int AF_PACKET = 17;
    private static final short ETH_P_ALL = 0x0003;
    private static final int SOCKADDR_LL_BYTES = 20;
    private static final long SLL_PROTOCOL = 2;

    private PacketSocket(int fd) {
        super(fd);
    }

    /// A socket that receives what the filter takes, of every device and protocol, also what leaves.
    ///
    /// @throws SystemCallException EPERM without CAP_NET_RAW
    public static PacketSocket open(SocketFilter filter) throws SystemCallException {
        // Protocol 0 receives nothing until it is bound, so that nothing comes before the filter.
        PacketSocket socket = new PacketSocket(check("socket AF_PACKET",
                SystemCalls.socket(Scratch.capture(), AF_PACKET, SOCK_DGRAM | SOCK_CLOEXEC, 0)));
        try {
            socket.attach(filter);
            MemorySegment address = Scratch.memory();
            address.set(ValueLayout.JAVA_SHORT, 0, (short) AF_PACKET);
            address.set(BE16, SLL_PROTOCOL, ETH_P_ALL);
            check("bind AF_PACKET",
                    SystemCalls.bind(Scratch.capture(), socket.fd(), address, SOCKADDR_LL_BYTES));
            return socket;
        } catch (SystemCallException e) {
            socket.close();
            throw e;
        }
    }
}
