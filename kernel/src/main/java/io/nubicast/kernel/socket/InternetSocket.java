package io.nubicast.kernel.socket;

import static io.nubicast.kernel.sys.SystemCalls.check;

import io.nubicast.kernel.bpf.BpfProgram;
import io.nubicast.kernel.sys.Descriptor;
import io.nubicast.kernel.sys.Errno;
import io.nubicast.kernel.sys.Scratch;
import io.nubicast.kernel.sys.Structs;
import io.nubicast.kernel.sys.SystemCallException;
import io.nubicast.kernel.sys.SystemCalls;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/// An IPv4 socket and its options (socket(7), ip(7), raw(7), udp(7)). Setters are for cold paths and throw with the option's
/// name. Descriptors are closed on exec.
public abstract sealed class InternetSocket extends Descriptor permits RawSocket, UdpSocket, PacketSocket,
        FrameSocket {
    /// Receive flag: return with what is there after the first datagram.
    public static final int MSG_WAITFORONE = 0x10000;
    /// Never block.
    public static final int MSG_DONTWAIT = 0x40;
    /// Read from the error queue (IP_RECVERR).
    public static final int MSG_ERRQUEUE = 0x2000;

    static final int AF_INET = 2;
    static final int SOCK_DGRAM = 2;
    static final int SOCK_RAW = 3;
    static final int SOCK_CLOEXEC = 02000000;
    static final int SOL_IP = 0;
    static final int SOL_SOCKET = 1;
    static final int SOL_UDP = 17;
    static final int SOL_RAW = 255;

    static final int SO_TIMESTAMPNS = 35;
    static final int SO_RXQ_OVFL = 40;
    static final int IP_TOS = 1;
    static final int IP_TTL = 2;
    static final int IP_RETOPTS = 7;
    static final int IP_PKTINFO = 8;
    static final int IP_RECVERR = 11;
    static final int IP_ORIGDSTADDR = 20;
    static final int UDP_GRO = 104;

    private static final int SO_REUSEADDR = 2;
    private static final int SO_BROADCAST = 6;
    private static final int SO_SNDBUF = 7;
    private static final int SO_RCVBUF = 8;
    private static final int SO_NO_CHECK = 11;
    private static final int SO_RCVTIMEO = 20;
    private static final int SO_BINDTODEVICE = 25;
    private static final int SO_ATTACH_FILTER = 26;
    private static final int SO_SNDBUFFORCE = 32;
    private static final int SO_RCVBUFFORCE = 33;
    private static final int SO_MARK = 36;
    private static final int SO_ATTACH_BPF = 50;
    private static final int SO_MEMINFO = 55;
    /// SK_MEMINFO_VARS of linux/sock_diag.h, and the place of SK_MEMINFO_DROPS among them.
    private static final int MEMINFO_BYTES = 9 * 4;
    private static final long MEMINFO_DROPS = 8 * 4;
    private static final int IP_MTU_DISCOVER = 10;
    private static final int IP_RECVTOS = 13;
    private static final int IP_TRANSPARENT = 19;
    private static final int IP_MULTICAST_IF = 32;
    private static final int IP_MULTICAST_TTL = 33;
    private static final int IP_MULTICAST_LOOP = 34;
    private static final int IP_ADD_MEMBERSHIP = 35;
    private static final int IP_DROP_MEMBERSHIP = 36;
    private static final int IP_MULTICAST_ALL = 49;

    private static final int SOCKADDR_BYTES = (int) Structs.SOCKADDR_IN.byteSize();
    private static final long SIN_PORT = Structs.offset(Structs.SOCKADDR_IN, "sin_port");
    private static final long SIN_ADDR = Structs.offset(Structs.SOCKADDR_IN, "sin_addr");
    static final ValueLayout.OfShort BE16 = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final ValueLayout.OfInt BE32 = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

    /// How the socket treats datagrams above the path MTU: IP_MTU_DISCOVER of ip(7), in the kernel's numbering.
    public enum PathMtuDiscovery {
        /// Fragment, DF never set.
        DONT,
        /// Fragment what the route's MTU asks for, else DF set.
        WANT,
        /// DF set, EMSGSIZE above the known path MTU.
        DO,
        /// DF set, the path MTU ignored.
        PROBE,
        /// Interface's MTU, ICMP ignored, DF never set.
        INTERFACE,
        /// As INTERFACE, but fragments.
        OMIT
    }

    InternetSocket(int fd) {
        super(fd);
    }

    static int open(String what, int type, int protocol) throws SystemCallException {
        return check(what, SystemCalls.socket(Scratch.capture(), AF_INET, type | SOCK_CLOEXEC, protocol));
    }

    /// bind(2). For a raw socket the port has no meaning.
    public void bind(int address, int port) throws SystemCallException {
        check("bind " + dotted(address) + ":" + port,
                SystemCalls.bind(Scratch.capture(), fd(), socketAddress(address, port), SOCKADDR_BYTES));
    }

    /// connect(2)
    public void connect(int address, int port) throws SystemCallException {
        check("connect " + dotted(address) + ":" + port,
                SystemCalls.connect(Scratch.capture(), fd(), socketAddress(address, port), SOCKADDR_BYTES));
    }

    /// The address it is bound to, 0 for any.
    public int localAddress() throws SystemCallException {
        return localName().get(BE32, SIN_ADDR);
    }

    /// The port it is bound to.
    public int localPort() throws SystemCallException {
        return localName().get(BE16, SIN_PORT) & 0xFFFF;
    }

    private MemorySegment localName() throws SystemCallException {
        MemorySegment memory = Scratch.memory();
        MemorySegment length = memory.asSlice(128, 4);
        length.set(ValueLayout.JAVA_INT, 0, SOCKADDR_BYTES);
        check("getsockname", SystemCalls.getsockname(Scratch.capture(), fd(), memory, length));
        return memory;
    }

    /// Sends one datagram, for cold paths and tests: bytes taken, or `-errno`.
    public int sendTo(byte[] bytes, int address, int port) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment copy = arena.allocate(Math.max(1, bytes.length));
            MemorySegment.copy(bytes, 0, copy, ValueLayout.JAVA_BYTE, 0, bytes.length);
            return SystemCalls.sendto(Scratch.capture(), fd(), copy, bytes.length, 0, socketAddress(address, port),
                    SOCKADDR_BYTES);
        }
    }

    // ---- socket(7)

    public void reuseAddress(boolean on) throws SystemCallException {
        set("SO_REUSEADDR", SOL_SOCKET, SO_REUSEADDR, on);
    }

    /// As large as allowed: above net.core.rmem_max only with CAP_NET_ADMIN.
    ///
    /// @return what the kernel gave, in its own accounting (twice the bytes asked for)
    public int receiveBuffer(int bytes) throws SystemCallException {
        if (put(SOL_SOCKET, SO_RCVBUFFORCE, bytes) < 0) {
            set("SO_RCVBUF", SOL_SOCKET, SO_RCVBUF, bytes);
        }
        return get("SO_RCVBUF", SOL_SOCKET, SO_RCVBUF);
    }

    /// As [#receiveBuffer(int)], for what is on its way out.
    public int sendBuffer(int bytes) throws SystemCallException {
        if (put(SOL_SOCKET, SO_SNDBUFFORCE, bytes) < 0) {
            set("SO_SNDBUF", SOL_SOCKET, SO_SNDBUF, bytes);
        }
        return get("SO_SNDBUF", SOL_SOCKET, SO_SNDBUF);
    }

    /// How long a blocking receive waits.
    ///
    /// @param milliseconds 0 for ever
    public void receiveTimeout(int milliseconds) throws SystemCallException {
        MemorySegment value = Scratch.memory();
        value.set(ValueLayout.JAVA_LONG, Structs.offset(Structs.TIMEVAL, "tv_sec"), milliseconds / 1000);
        value.set(ValueLayout.JAVA_LONG, Structs.offset(Structs.TIMEVAL, "tv_usec"), milliseconds % 1000 * 1000L);
        set("SO_RCVTIMEO", SOL_SOCKET, SO_RCVTIMEO, value, (int) Structs.TIMEVAL.byteSize());
    }

    /// Every packet sent carries this mark in the kernel; filters see it as [SocketFilter.Ancillary#MARK]. CAP_NET_ADMIN.
    public void mark(int mark) throws SystemCallException {
        set("SO_MARK", SOL_SOCKET, SO_MARK, mark);
    }

    /// May send to broadcast addresses.
    public void broadcast(boolean on) throws SystemCallException {
        set("SO_BROADCAST", SOL_SOCKET, SO_BROADCAST, on);
    }

    /// Datagrams bring the count of what the receive buffer had no room for: [ReceiveBatch#overflow(int)].
    public void reportOverflow(boolean on) throws SystemCallException {
        set("SO_RXQ_OVFL", SOL_SOCKET, SO_RXQ_OVFL, on);
    }

    /// Whether each datagram brings the time at which the kernel received it: [ReceiveBatch#receivedNs(int)] (SO_TIMESTAMPNS).
    public void reportTime(boolean on) throws SystemCallException {
        set("SO_TIMESTAMPNS", SOL_SOCKET, SO_TIMESTAMPNS, on);
    }

    /// What [#reportOverflow(boolean)] counts, asked for instead of brought along: datagrams that the receive buffer had no room
    /// for since the socket was opened, modulo 2^32. One system call, nothing allocated after a thread's first.
    ///
    /// @return the count, or -1 on a kernel before 4.12
    public long receiveOverflow() {
        MemorySegment memory = Scratch.memory();
        MemorySegment length = memory.asSlice(128, 4);
        length.set(ValueLayout.JAVA_INT, 0, MEMINFO_BYTES);
        if (SystemCalls.getsockopt(Scratch.capture(), fd(), SOL_SOCKET, SO_MEMINFO, memory, length) < 0
                || length.get(ValueLayout.JAVA_INT, 0) < MEMINFO_BYTES) {
            return -1;
        }
        return memory.get(ValueLayout.JAVA_INT, MEMINFO_DROPS) & 0xFFFFFFFFL;
    }

    /// Receives from and sends to this interface only.
    public void bindToDevice(String interfaceName) throws SystemCallException {
        byte[] name = interfaceName.getBytes(StandardCharsets.UTF_8);
        MemorySegment value = Scratch.memory();
        MemorySegment.copy(name, 0, value, ValueLayout.JAVA_BYTE, 0, name.length);
        set("SO_BINDTODEVICE " + interfaceName, SOL_SOCKET, SO_BINDTODEVICE, value, name.length + 1);
    }

    /// UDP checksums of what is sent stay 0.
    public void noChecksum(boolean on) throws SystemCallException {
        set("SO_NO_CHECK", SOL_SOCKET, SO_NO_CHECK, on);
    }

    /// From now on only datagrams that the filter accepts are received. Replaces an earlier one.
    public void attach(SocketFilter filter) throws SystemCallException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment program = filter.toProgram(arena);
            set("SO_ATTACH_FILTER of " + filter.length() + " instructions", SOL_SOCKET, SO_ATTACH_FILTER, program,
                    (int) program.byteSize());
        }
    }

    /// [#attach(SocketFilter)] for a program of type [BpfProgram.Type#SOCKET_FILTER], which may be closed then. CAP_BPF.
    public void attach(BpfProgram program) throws SystemCallException {
        set("SO_ATTACH_BPF", SOL_SOCKET, SO_ATTACH_BPF, program.fd());
    }

    // ---- ip(7)

    /// May be bound to, and send from, addresses that are not this host's. CAP_NET_ADMIN or CAP_NET_RAW.
    public void transparent(boolean on) throws SystemCallException {
        set("IP_TRANSPARENT", SOL_IP, IP_TRANSPARENT, on);
    }

    public void pathMtuDiscovery(PathMtuDiscovery mode) throws SystemCallException {
        set("IP_MTU_DISCOVER", SOL_IP, IP_MTU_DISCOVER, mode.ordinal());
    }

    /// Errors are queued ([#MSG_ERRQUEUE]), and full queues below the socket are reported as ENOBUFS.
    public void receiveErrors(boolean on) throws SystemCallException {
        set("IP_RECVERR", SOL_IP, IP_RECVERR, on);
    }

    /// Datagrams bring their TOS byte: [ReceiveBatch#tos(int)].
    public void receiveTos(boolean on) throws SystemCallException {
        set("IP_RECVTOS", SOL_IP, IP_RECVTOS, on);
    }

    /// Datagrams bring interface and destination: [ReceiveBatch#interfaceIndex(int)].
    public void receivePacketInfo(boolean on) throws SystemCallException {
        set("IP_PKTINFO", SOL_IP, IP_PKTINFO, on);
    }

    /// Datagrams bring the destination of their headers, address and port: [ReceiveBatch#originalAddress(int)]. For sockets that
    /// receive what others are bound for.
    public void receiveOriginalDestination(boolean on) throws SystemCallException {
        set("IP_RECVORIGDSTADDR", SOL_IP, IP_ORIGDSTADDR, on);
    }

    /// The TOS byte of what is sent.
    public void tos(int tos) throws SystemCallException {
        set("IP_TOS", SOL_IP, IP_TOS, tos);
    }

    /// The TTL of unicast that is sent.
    public void ttl(int ttl) throws SystemCallException {
        set("IP_TTL", SOL_IP, IP_TTL, ttl);
    }

    /// The interface by which multicast leaves.
    public void multicastInterface(int interfaceIndex) throws SystemCallException {
        set("IP_MULTICAST_IF of interface " + interfaceIndex, SOL_IP, IP_MULTICAST_IF, membership(0, interfaceIndex),
                (int) Structs.IP_MREQN.byteSize());
    }

    /// Whether multicast that is sent also reaches sockets of this host.
    public void multicastLoop(boolean on) throws SystemCallException {
        set("IP_MULTICAST_LOOP", SOL_IP, IP_MULTICAST_LOOP, on);
    }

    /// Whether groups that other sockets of this host joined are received too (Linux's default: yes).
    public void multicastAll(boolean on) throws SystemCallException {
        set("IP_MULTICAST_ALL", SOL_IP, IP_MULTICAST_ALL, on);
    }

    /// The TTL of multicast that is sent.
    public void multicastTtl(int ttl) throws SystemCallException {
        set("IP_MULTICAST_TTL", SOL_IP, IP_MULTICAST_TTL, ttl);
    }

    /// IP_ADD_MEMBERSHIP. ENOBUFS when the socket has net.ipv4.igmp_max_memberships (20) groups already, ENODEV when the
    /// interface is gone, EADDRINUSE when joined already.
    public void join(int group, int interfaceIndex) throws SystemCallException {
        set("IP_ADD_MEMBERSHIP " + dotted(group) + " on interface " + interfaceIndex, SOL_IP, IP_ADD_MEMBERSHIP,
                membership(group, interfaceIndex), (int) Structs.IP_MREQN.byteSize());
    }

    /// IP_DROP_MEMBERSHIP. EADDRNOTAVAIL when not joined.
    public void leave(int group, int interfaceIndex) throws SystemCallException {
        set("IP_DROP_MEMBERSHIP " + dotted(group) + " on interface " + interfaceIndex, SOL_IP, IP_DROP_MEMBERSHIP,
                membership(group, interfaceIndex), (int) Structs.IP_MREQN.byteSize());
    }

    // ---- helpers

    final void set(String name, int level, int option, boolean on) throws SystemCallException {
        set(name, level, option, on ? 1 : 0);
    }

    final void set(String name, int level, int option, int value) throws SystemCallException {
        check("setsockopt " + name + " to " + value, put(level, option, value));
    }

    final void set(String name, int level, int option, MemorySegment value, int bytes) throws SystemCallException {
        check("setsockopt " + name, SystemCalls.setsockopt(Scratch.capture(), fd(), level, option, value, bytes));
    }

    final int put(int level, int option, int value) {
        MemorySegment memory = Scratch.memory();
        memory.set(ValueLayout.JAVA_INT, 0, value);
        return SystemCalls.setsockopt(Scratch.capture(), fd(), level, option, memory, 4);
    }

    final int get(String name, int level, int option) throws SystemCallException {
        MemorySegment memory = Scratch.memory();
        MemorySegment length = memory.asSlice(128, 4);
        length.set(ValueLayout.JAVA_INT, 0, 4);
        check("getsockopt " + name,
                SystemCalls.getsockopt(Scratch.capture(), fd(), level, option, memory, length));
        return memory.get(ValueLayout.JAVA_INT, 0);
    }

    private static MemorySegment membership(int group, int interfaceIndex) {
        MemorySegment value = Scratch.memory();
        value.set(BE32, Structs.offset(Structs.IP_MREQN, "imr_multiaddr"), group);
        value.set(ValueLayout.JAVA_INT, Structs.offset(Structs.IP_MREQN, "imr_ifindex"), interfaceIndex);
        return value;
    }

    private static MemorySegment socketAddress(int address, int port) {
        MemorySegment value = Scratch.memory();
        value.set(ValueLayout.JAVA_SHORT, 0, (short) AF_INET);
        value.set(BE16, SIN_PORT, (short) port);
        value.set(BE32, SIN_ADDR, address);
        return value;
    }

    static String dotted(int address) {
        return (address >>> 24) + "." + (address >>> 16 & 0xFF) + "." + (address >>> 8 & 0xFF) + "."
                + (address & 0xFF);
    }

    /// Whether a failed call means that privileges are missing.
    public static boolean isNotPermitted(SystemCallException e) {
        return e.errno() == Errno.EPERM || e.errno() == Errno.EACCES;
    }
}
