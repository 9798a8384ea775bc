package io.nubicast.kernel.socket;

import static io.nubicast.kernel.sys.SystemCalls.check;

import io.nubicast.kernel.sys.Scratch;
import io.nubicast.kernel.sys.Structs;
import io.nubicast.kernel.sys.SystemCallException;
import io.nubicast.kernel.sys.SystemCalls;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// A packet socket (packet(7), SOCK_RAW) on which each frame begins with a virtio_net_hdr: it sees what devices receive and send,
/// and sends frames whose checksum and segmentation are left to the kernel or the device.
///
/// Sockets that take part in one capture share a fan-out group: what one of them sends, none of them sees, at no cost; and the
/// kernel reassembles fragments before it hands them over (PACKET_FANOUT_FLAG_DEFRAG). Needs CAP_NET_RAW.
public final class FrameSocket extends InternetSocket {
    /// linux/virtio_net.h: flags, gso_type, hdr_len, gso_size, csum_start, csum_offset, in the host's byte order.
    public static final int VNET_HEADER_BYTES = 10;
    /// Flag: the checksum at csum_start + csum_offset is unfinished, it holds the sum of the pseudo-header.
    public static final int VNET_NEEDS_CHECKSUM = 1;
    /// Flag: the checksum has been verified.
    public static final int VNET_CHECKSUM_VALID = 2;
    /// gso_type: a UDP payload to be cut into datagrams of gso_size bytes (VIRTIO_NET_HDR_GSO_UDP_L4).
    public static final int VNET_GSO_UDP = 5;

    static final int AF_PACKET = 17;
    static final short ETH_P_IP = 0x0800;

    private static final short ETH_P_ALL = 0x0003;
    private static final int SOL_PACKET = 263;
    private static final int PACKET_ADD_MEMBERSHIP = 1;
    private static final int PACKET_DROP_MEMBERSHIP = 2;
    private static final short PACKET_MR_ALLMULTI = 2;
    private static final int PACKET_VNET_HDR = 15;
    private static final int PACKET_FANOUT = 18;
    private static final int PACKET_FANOUT_DATA = 22;
    private static final int FANOUT_CBPF = 6;
    private static final int FANOUT_UNIQUE_ID = 0x2000;
    private static final int FANOUT_IGNORE_OUTGOING = 0x4000;
    private static final int FANOUT_DEFRAGMENT = 0x8000;

    private FrameSocket(int fd) {
        super(fd);
    }

    /// A socket that receives nothing until [#listen].
    ///
    /// @throws SystemCallException EPERM without CAP_NET_RAW
    public static FrameSocket open() throws SystemCallException {
        FrameSocket socket = new FrameSocket(check("socket AF_PACKET",
                SystemCalls.socket(Scratch.capture(), AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0)));
        try {
            socket.set("PACKET_VNET_HDR", SOL_PACKET, PACKET_VNET_HDR, true);
            socket.attach(SocketFilter.DROP_ALL);
            return socket;
        } catch (SystemCallException e) {
            socket.close();
            throw e;
        }
    }

    /// From now on it sees the frames that its filter takes, of every protocol, both ways.
    ///
    /// @param interfaceIndex of one interface, or 0 for all
    public void listen(int interfaceIndex) throws SystemCallException {
        MemorySegment address = Scratch.memory();
        address.fill((byte) 0);
        address.set(ValueLayout.JAVA_SHORT, 0, (short) AF_PACKET);
        address.set(BE16, Structs.offset(Structs.SOCKADDR_LL, "sll_protocol"), ETH_P_ALL);
        address.set(ValueLayout.JAVA_INT, Structs.offset(Structs.SOCKADDR_LL, "sll_ifindex"), interfaceIndex);
        check("bind AF_PACKET",
                SystemCalls.bind(Scratch.capture(), fd(), address, (int) Structs.SOCKADDR_LL.byteSize()));
    }

    /// The interface takes in multicast frames of every group, for as long as the socket is open or until it is told otherwise.
    ///
    /// @throws SystemCallException ENODEV when it is gone
    public void allMulticast(int interfaceIndex, boolean on) throws SystemCallException {
        MemorySegment request = Scratch.memory();
        request.set(ValueLayout.JAVA_INT, Structs.offset(Structs.PACKET_MREQ, "mr_ifindex"), interfaceIndex);
        request.set(ValueLayout.JAVA_SHORT, Structs.offset(Structs.PACKET_MREQ, "mr_type"), PACKET_MR_ALLMULTI);
        set(on ? "PACKET_ADD_MEMBERSHIP" : "PACKET_DROP_MEMBERSHIP", SOL_PACKET,
                on ? PACKET_ADD_MEMBERSHIP : PACKET_DROP_MEMBERSHIP, request, (int) Structs.PACKET_MREQ.byteSize());
    }

    /// Founds a fan-out group with this socket as its only member. Call it after [#listen].
    ///
    /// @param incomingOnly whether it sees what devices receive only; then what they send costs next to nothing (Linux 5.8)
    /// @return the group's number, unique in the network namespace
    public int foundGroup(boolean incomingOnly) throws SystemCallException {
        set("PACKET_FANOUT", SOL_PACKET, PACKET_FANOUT, (flags(incomingOnly) | FANOUT_UNIQUE_ID) << 16);
        return get("PACKET_FANOUT", SOL_PACKET, PACKET_FANOUT) & 0xFFFF;
    }

    /// Joins a group that another socket founded, bound to the same interface.
    ///
    /// @param incomingOnly as the founder said
    public void joinGroup(int group, boolean incomingOnly) throws SystemCallException {
        set("PACKET_FANOUT", SOL_PACKET, PACKET_FANOUT, flags(incomingOnly) << 16 | group);
    }

    private static int flags(boolean incomingOnly) {
        return FANOUT_CBPF | FANOUT_DEFRAGMENT | (incomingOnly ? FANOUT_IGNORE_OUTGOING : 0);
    }

    /// Which member of the group gets a frame: the one whose number is what the program returns, modulo their count; without a
    /// program the first.
    public void spread(SocketFilter program) throws SystemCallException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment struct = program.toProgram(arena);
            set("PACKET_FANOUT_DATA", SOL_PACKET, PACKET_FANOUT_DATA, struct, (int) struct.byteSize());
        }
    }
}
