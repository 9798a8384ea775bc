package io.nubicast.kernel.socket;

import io.nubicast.kernel.sys.Descriptor;
import io.nubicast.kernel.sys.Errno;
import io.nubicast.kernel.sys.Structs;
import io.nubicast.kernel.sys.SystemCalls;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Objects;

/// Room for a batch of datagrams and one `recvmmsg` to fill it. Everything is allocated by the constructor; the accessors are
/// valid until the next receive, for slots 0 to its result - 1. One thread at a time.
public final class ReceiveBatch {
    private static final ValueLayout.OfInt I32 = ValueLayout.JAVA_INT;
    private static final ValueLayout.OfLong I64 = ValueLayout.JAVA_LONG;
    private static final ValueLayout.OfShort BE16 = ValueLayout.JAVA_SHORT.withOrder(ByteOrder.BIG_ENDIAN);
    private static final ValueLayout.OfInt BE32 = ValueLayout.JAVA_INT.withOrder(ByteOrder.BIG_ENDIAN);

    private static final long MMSGHDR_BYTES = Structs.MMSGHDR.byteSize();
    private static final long MSG_NAME = Structs.offset(Structs.MSGHDR, "msg_name");
    private static final long MSG_NAMELEN = Structs.offset(Structs.MSGHDR, "msg_namelen");
    private static final long MSG_IOV = Structs.offset(Structs.MSGHDR, "msg_iov");
    private static final long MSG_IOVLEN = Structs.offset(Structs.MSGHDR, "msg_iovlen");
    private static final long MSG_CONTROL = Structs.offset(Structs.MSGHDR, "msg_control");
    private static final long MSG_CONTROLLEN = Structs.offset(Structs.MSGHDR, "msg_controllen");
    private static final long MSG_FLAGS = Structs.offset(Structs.MSGHDR, "msg_flags");
    private static final long MSG_LEN = Structs.offset(Structs.MMSGHDR, "msg_len");
    private static final long SOCKADDR_BYTES = Structs.SOCKADDR_IN.byteSize();
    private static final long SIN_PORT = Structs.offset(Structs.SOCKADDR_IN, "sin_port");
    private static final long SIN_ADDR = Structs.offset(Structs.SOCKADDR_IN, "sin_addr");
    private static final long SLL_HATYPE = Structs.offset(Structs.SOCKADDR_LL, "sll_hatype");
    private static final long SLL_PKTTYPE = Structs.offset(Structs.SOCKADDR_LL, "sll_pkttype");
    private static final long CMSGHDR_BYTES = Structs.CMSGHDR.byteSize();
    private static final long CMSG_LEN = Structs.offset(Structs.CMSGHDR, "cmsg_len");
    private static final long CMSG_LEVEL = Structs.offset(Structs.CMSGHDR, "cmsg_level");
    private static final long CMSG_TYPE = Structs.offset(Structs.CMSGHDR, "cmsg_type");
    private static final long IPI_IFINDEX = Structs.offset(Structs.IN_PKTINFO, "ipi_ifindex");
    private static final long IPI_ADDR = Structs.offset(Structs.IN_PKTINFO, "ipi_addr");
    private static final int MSG_TRUNC = 0x20;
    private static final int CACHE_LINE = 64;

    private final int slots;
    private final int slotBytes;
    /// From one slot to the next: an odd number of cache lines, so that the first lines of all slots, which hold all of a small
    /// datagram, do not compete for the same few places of a cache.
    private final long stride;
    private final boolean sources;
    private final int controlBytes;
    private final MemorySegment capture;
    private final MemorySegment messages;
    private final MemorySegment names;
    private final MemorySegment controls;
    private final MemorySegment buffers;
    private final long messagesAt;
    private final long namesAt;
    /// Slots whose lengths the kernel has overwritten.
    private int dirty;

    /// Allocates everything.
    ///
    /// @param arena lives as long as the batch
    /// @param slots datagrams a call, 1..1024
    /// @param slotBytes room for each; 65,536 holds any
    /// @param controlBytes room for control messages of each, 0 when none is asked for; 128 holds all that are known here
    public ReceiveBatch(Arena arena, int slots, int slotBytes, int controlBytes) {
        this(arena, slots, slotBytes, controlBytes, true);
    }

    /// @param sources false: [#sourceAddress(int)] and [#sourcePort(int)] are not asked for, which saves the kernel some work a
    ///     datagram; for raw sockets, where the IP header says it
    public ReceiveBatch(Arena arena, int slots, int slotBytes, int controlBytes, boolean sources) {
        if (slots < 1 || slots > 1024 || slotBytes < 1 || controlBytes < 0) {
            throw new IllegalArgumentException(slots + " slots of " + slotBytes + " and " + controlBytes + " bytes");
        }
        this.slots = slots;
        this.slotBytes = slotBytes;
        this.sources = sources;
        stride = ((slotBytes + CACHE_LINE - 1) / CACHE_LINE | 1L) * CACHE_LINE;
        this.controlBytes = controlBytes + 7 & ~7;
        capture = SystemCalls.newCapture(arena);
        messages = arena.allocate(slots * MMSGHDR_BYTES, 64);
        names = arena.allocate(slots * SOCKADDR_BYTES, 16);
        controls = arena.allocate(Math.max(8, (long) slots * this.controlBytes), 8);
        buffers = arena.allocate(slots * stride, CACHE_LINE);
        messagesAt = messages.address();
        namesAt = names.address();
        MemorySegment vectors = arena.allocate(slots * Structs.IOVEC.byteSize(), 16);
        for (int slot = 0; slot < slots; slot++) {
            long vector = slot * Structs.IOVEC.byteSize();
            vectors.set(I64, vector, buffers.address() + slot * stride);
            vectors.set(I64, vector + 8, slotBytes);
            long message = slot * MMSGHDR_BYTES;
            messages.set(I64, message + MSG_NAME, sources ? names.address() + slot * SOCKADDR_BYTES : 0);
            messages.set(I64, message + MSG_IOV, vectors.address() + vector);
            messages.set(I64, message + MSG_IOVLEN, 1);
            messages.set(I64, message + MSG_CONTROL, controls.address() + (long) slot * this.controlBytes);
        }
        dirty = slots;
    }

    public int slots() {
        return slots;
    }

    public int slotBytes() {
        return slotBytes;
    }

    /// Waits for the first datagram, as long as the socket's receive timeout allows, and takes what is there.
    ///
    /// @return datagrams received; 0 when none came in time, or when interrupted by a signal; else `-errno`
    public int receive(Descriptor socket) {
        return receive(socket, InternetSocket.MSG_WAITFORONE);
    }

    /// Takes what is there, without waiting. Result as for [#receive(Descriptor)].
    public int receiveNow(Descriptor socket) {
        return receive(socket, InternetSocket.MSG_DONTWAIT);
    }

    /// As [#receiveNow(Descriptor)], at most `most` datagrams.
    public int receiveNow(Descriptor socket, int most) {
        return receive(socket, InternetSocket.MSG_DONTWAIT, Math.min(most, slots));
    }

    /// With flags of recvmmsg(2), [InternetSocket#MSG_ERRQUEUE] for one. Result as for [#receive(Descriptor)].
    public int receive(Descriptor socket, int flags) {
        return receive(socket, flags, slots);
    }

    private int receive(Descriptor socket, int flags, int most) {
        if (sources || controlBytes > 0) {
            long end = messagesAt + dirty * MMSGHDR_BYTES;
            for (long message = messagesAt; message < end; message += MMSGHDR_BYTES) {
                NativeMemory.putInt(message + MSG_NAMELEN, sources ? (int) SOCKADDR_BYTES : 0);
                NativeMemory.putLong(message + MSG_CONTROLLEN, controlBytes);
            }
        }
        dirty = 0;
        int received = SystemCalls.recvmmsg(capture, socket.fd(), messages, most, flags);
        if (received >= 0) {
            dirty = received;
            return received;
        }
        // The kernel may have touched the first slot before it failed.
        dirty = 1;
        return received == -Errno.EAGAIN || received == -Errno.EINTR ? 0 : received;
    }

    /// Where the datagrams are: slot i begins at [#offset(int)].
    public MemorySegment segment() {
        return buffers;
    }

    public long offset(int slot) {
        return slot * stride;
    }

    /// Bytes received, at most [#slotBytes()].
    public int length(int slot) {
        return NativeMemory.getInt(messagesAt + Objects.checkIndex(slot, slots) * MMSGHDR_BYTES + MSG_LEN);
    }

    /// The datagram was longer than the slot, and its end is lost.
    public boolean truncated(int slot) {
        return (messages.get(I32, slot * MMSGHDR_BYTES + MSG_FLAGS) & MSG_TRUNC) != 0;
    }

    /// 0 when sources were not asked for.
    public int sourceAddress(int slot) {
        return names.get(BE32, slot * SOCKADDR_BYTES + SIN_ADDR);
    }

    /// 0 on raw sockets.
    public int sourcePort(int slot) {
        return names.get(BE16, slot * SOCKADDR_BYTES + SIN_PORT) & 0xFFFF;
    }

    /// On packet sockets the index of the device (sll_ifindex, which stands where an IPv4 address would).
    public int deviceIndex(int slot) {
        return NativeMemory.getInt(name(slot) + SIN_ADDR);
    }

    /// On packet sockets the ARPHRD_ type of the device (sll_hatype): 1 for Ethernet.
    public int deviceType(int slot) {
        return NativeMemory.getShort(name(slot) + SLL_HATYPE);
    }

    /// On packet sockets what the device thinks of it (sll_pkttype): PACKET_OUTGOING 4 when this host sent it.
    public int packetType(int slot) {
        return NativeMemory.getByte(name(slot) + SLL_PKTTYPE);
    }

    private long name(int slot) {
        return namesAt + Objects.checkIndex(slot, slots) * SOCKADDR_BYTES;
    }

    /// The length of the datagrams that UDP_GRO glued together in this slot, the last one may be shorter; 0 when it is one.
    public int segmentBytes(int slot) {
        long at = control(slot, InternetSocket.SOL_UDP, InternetSocket.UDP_GRO, 4);
        return at < 0 ? 0 : controls.get(I32, at);
    }

    /// The TOS byte (IP_RECVTOS), or -1.
    public int tos(int slot) {
        long at = control(slot, InternetSocket.SOL_IP, InternetSocket.IP_TOS, 1);
        return at < 0 ? -1 : controls.get(ValueLayout.JAVA_BYTE, at) & 0xFF;
    }

    /// Where it arrived (IP_PKTINFO), or 0.
    public int interfaceIndex(int slot) {
        long at = control(slot, InternetSocket.SOL_IP, InternetSocket.IP_PKTINFO, 12);
        return at < 0 ? 0 : controls.get(I32, at + IPI_IFINDEX);
    }

    /// The destination address in its header (IP_PKTINFO), or 0.
    public int destinationAddress(int slot) {
        long at = control(slot, InternetSocket.SOL_IP, InternetSocket.IP_PKTINFO, 12);
        return at < 0 ? 0 : controls.get(BE32, at + IPI_ADDR);
    }

    /// The destination address in its header (IP_RECVORIGDSTADDR), or 0.
    public int originalAddress(int slot) {
        long at = control(slot, InternetSocket.SOL_IP, InternetSocket.IP_ORIGDSTADDR, (int) SOCKADDR_BYTES);
        return at < 0 ? 0 : controls.get(BE32, at + SIN_ADDR);
    }

    /// The destination port in its header (IP_RECVORIGDSTADDR), or 0.
    public int originalPort(int slot) {
        long at = control(slot, InternetSocket.SOL_IP, InternetSocket.IP_ORIGDSTADDR, (int) SOCKADDR_BYTES);
        return at < 0 ? 0 : controls.get(BE16, at + SIN_PORT) & 0xFFFF;
    }

    /// How many datagrams the receive buffer had no room for since the socket was opened (SO_RXQ_OVFL), modulo 2^32; 0
    /// while none was lost.
    public int overflow(int slot) {
        long at = control(slot, InternetSocket.SOL_SOCKET, InternetSocket.SO_RXQ_OVFL, 4);
        return at < 0 ? 0 : controls.get(I32, at);
    }

    /// When the kernel received it (SO_TIMESTAMPNS): nanoseconds of the wall clock since 1970; 0 when that was not asked for.
    public long receivedNs(int slot) {
        long at = control(slot, InternetSocket.SOL_SOCKET, InternetSocket.SO_TIMESTAMPNS, 16);
        return at < 0 ? 0 : controls.get(I64, at) * 1_000_000_000L + controls.get(I64, at + 8);
    }

    /// The errno of an entry of the error queue (IP_RECVERR), or 0.
    public int queuedError(int slot) {
        long at = control(slot, InternetSocket.SOL_IP, InternetSocket.IP_RECVERR, 16);
        return at < 0 ? 0 : controls.get(I32, at);
    }

    /// The offset in `controls` of the data of a control message with at least `bytes` of it, or -1.
    private long control(int slot, int level, int type, int bytes) {
        long at = (long) slot * controlBytes;
        long end = at + Math.min(controlBytes, messages.get(I64, slot * MMSGHDR_BYTES + MSG_CONTROLLEN));
        while (end - at >= CMSGHDR_BYTES) {
            long length = controls.get(I64, at + CMSG_LEN);
            if (length < CMSGHDR_BYTES || length > end - at) {
                return -1;
            }
            if (controls.get(I32, at + CMSG_LEVEL) == level && controls.get(I32, at + CMSG_TYPE) == type) {
                return length - CMSGHDR_BYTES >= bytes ? at + CMSGHDR_BYTES : -1;
            }
            at += length + 7 & ~7L;
        }
        return -1;
    }
}
