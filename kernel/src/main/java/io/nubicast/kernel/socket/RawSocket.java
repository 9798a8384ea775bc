package io.nubicast.kernel.socket;

import io.nubicast.kernel.sys.SystemCallException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/// A raw IPv4 socket (raw(7)): receives whole IP datagrams, reassembled, header first; sends payloads or, with
/// [#headerIncluded(boolean)], whole datagrams. Needs CAP_NET_RAW.
public final class RawSocket extends InternetSocket {
    public static final int IPPROTO_ICMP = 1;
    public static final int IPPROTO_UDP = 17;
    public static final int IPPROTO_GRE = 47;
    /// Sends only, with the header included.
    public static final int IPPROTO_RAW = 255;

    private static final int IP_HDRINCL = 3;
    private static final int ICMP_FILTER = 1;

    private RawSocket(int fd) {
        super(fd);
    }

    /// A socket that receives this protocol.
    ///
    /// @throws SystemCallException EPERM without CAP_NET_RAW
    public static RawSocket open(int protocol) throws SystemCallException {
        return new RawSocket(open("socket SOCK_RAW of protocol " + protocol, SOCK_RAW, protocol));
    }

    /// Whether this thread may open raw sockets (CAP_NET_RAW), found by opening one.
    public static boolean permitted() {
        try (RawSocket probe = open(IPPROTO_RAW)) {
            return probe.isOpen();
        } catch (SystemCallException e) {
            return false;
        }
    }

    /// What is sent begins with an IP header. The kernel fills checksum and total length, and an id or source of 0; it does
    /// not fragment: EMSGSIZE above the MTU.
    public void headerIncluded(boolean on) throws SystemCallException {
        set("IP_HDRINCL", SOL_IP, IP_HDRINCL, on);
    }

    /// ICMP sockets: only these types (0..31) are received.
    public void receiveIcmpTypes(int... types) throws SystemCallException {
        int wanted = 0;
        for (int type : types) {
            wanted |= 1 << type;
        }
        set("ICMP_FILTER", SOL_RAW, ICMP_FILTER, ~wanted);
    }

    /// Sends one datagram that begins with its IP header, for cold paths and tests: bytes taken, or `-errno`.
    public int sendDatagram(byte[] datagram) {
        int destination = MemorySegment.ofArray(datagram)
                .get(ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN), 16);
        return sendTo(datagram, destination, 0);
    }
}
