package io.nubicast.kernel.socket;

import io.nubicast.kernel.sys.Errno;
import io.nubicast.kernel.sys.SystemCallException;
import io.nubicast.kernel.sys.UnsupportedFeature;

/// A UDP socket (udp(7)).
public final class UdpSocket extends InternetSocket {
    private static final int IP_MTU = 14;
    private static final int UDP_SEGMENT = 103;

    private UdpSocket(int fd) {
        super(fd);
    }

    public static UdpSocket open() throws SystemCallException {
        return new UdpSocket(open("socket SOCK_DGRAM", SOCK_DGRAM, 0));
    }

    /// Datagrams of a flow may come glued together; [ReceiveBatch#segmentBytes(int)] tells the cuts.
    ///
    /// @throws UnsupportedFeature before Linux 5.0
    public void receiveOffload(boolean on) throws SystemCallException, UnsupportedFeature {
        try {
            set("UDP_GRO", SOL_UDP, UDP_GRO, on);
        } catch (SystemCallException e) {
            if (e.errno() == Errno.ENOPROTOOPT) {
                throw new UnsupportedFeature("UDP_GRO", "5.0");
            }
            throw e;
        }
    }

    /// What is sent is cut into datagrams of this many bytes; 0 switches it off.
    public void segmentBytes(int bytes) throws SystemCallException, UnsupportedFeature {
        try {
            set("UDP_SEGMENT", SOL_UDP, UDP_SEGMENT, bytes);
        } catch (SystemCallException e) {
            if (e.errno() == Errno.ENOPROTOOPT) {
                throw new UnsupportedFeature("UDP_SEGMENT", "4.18");
            }
            throw e;
        }
    }

    /// The path MTU to the connected peer, in bytes with the IP header. ENOTCONN when not connected.
    public int pathMtu() throws SystemCallException {
        return get("IP_MTU", SOL_IP, IP_MTU);
    }
}
