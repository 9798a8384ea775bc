package io.nubicast.kernel.socket;

import io.nubicast.kernel.sys.Descriptor;
import io.nubicast.kernel.sys.Structs;
import io.nubicast.kernel.sys.SystemCalls;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Objects;

/// Messages for `sendmmsg`, two pieces each: a header of their own, if wanted, and a payload anywhere, shared by as many as wanted.
/// Everything is allocated by the constructor, setters write a few words. One thread at a time.
public final class SendBatch {
    /// Room that [#addPacketInfo], [#addTtl], [#addTos] and [#addOption] need together.
    public static final int CONTROL_BYTES = 32 + 24 + 24 + 24;

    private static final ValueLayout.OfInt I32 = ValueLayout.JAVA_INT;
    private static final ValueLayout.OfLong I64 = ValueLayout.JAVA_LONG;
    private static final ValueLayout.OfInt BE32 = ValueLayout.JAVA_INT.withOrder(ByteOrder.BIG_ENDIAN);

    private static final long MMSGHDR_BYTES = Structs.MMSGHDR.byteSize();
    private static final long MSG_NAME = Structs.offset(Structs.MSGHDR, "msg_name");
    private static final long MSG_NAMELEN = Structs.offset(Structs.MSGHDR, "msg_namelen");
    private static final long MSG_IOV = Structs.offset(Structs.MSGHDR, "msg_iov");
    private static final long MSG_IOVLEN = Structs.offset(Structs.MSGHDR, "msg_iovlen");
    private static final long MSG_CONTROL = Structs.offset(Structs.MSGHDR, "msg_control");
    private static final long MSG_CONTROLLEN = Structs.offset(Structs.MSGHDR, "msg_controllen");
    private static final long SOCKADDR_BYTES = Structs.SOCKADDR_IN.byteSize();
    private static final long SIN_PORT = Structs.offset(Structs.SOCKADDR_IN, "sin_port");
    private static final long SIN_ADDR = Structs.offset(Structs.SOCKADDR_IN, "sin_addr");
    private static final long IOVEC_BYTES = Structs.IOVEC.byteSize();
    private static final long IOV_BASE = Structs.offset(Structs.IOVEC, "iov_base");
    private static final int IP_AND_UDP_BYTES = 28;
    private static final long IOV_LEN = Structs.offset(Structs.IOVEC, "iov_len");
    private static final long CMSGHDR_BYTES = Structs.CMSGHDR.byteSize();

    private final int slots;
    private final int headerBytes;
    private final int controlBytes;
    private final MemorySegment capture;
    private final MemorySegment messages;
    /// The messages from each slot on, made once because a slice is an object.
    private final MemorySegment[] from;
    private final MemorySegment vectors;
    private final MemorySegment names;
    private final MemorySegment headers;
    private final MemorySegment controls;
    private final long vectorsAt;
    private final long namesAt;
    private final long headersAt;

    /// Without control messages.
    public SendBatch(Arena arena, int slots, int headerBytes) {
        this(arena, slots, headerBytes, 0);
    }

    /// Allocates everything.
    ///
    /// @param arena lives as long as the batch
    /// @param slots messages, 1..1024
    /// @param headerBytes of each message's own piece, a multiple of 4; 0 for none
    /// @param controlBytes room for control messages of each, [#CONTROL_BYTES] for all that are known here
    public SendBatch(Arena arena, int slots, int headerBytes, int controlBytes) {
        if (slots < 1 || slots > 1024 || headerBytes < 0 || headerBytes % 4 != 0 || controlBytes < 0) {
            throw new IllegalArgumentException(slots + " slots of " + headerBytes + " and " + controlBytes + " bytes");
        }
        this.slots = slots;
        this.headerBytes = headerBytes;
        this.controlBytes = controlBytes + 7 & ~7;
        capture = SystemCalls.newCapture(arena);
        messages = arena.allocate(slots * MMSGHDR_BYTES, 64);
        from = new MemorySegment[slots];
        vectors = arena.allocate(2L * slots * IOVEC_BYTES, 64);
        names = arena.allocate(slots * SOCKADDR_BYTES, 16);
        headers = arena.allocate(Math.max(8, (long) slots * headerBytes), 64);
        controls = arena.allocate(Math.max(8, (long) slots * this.controlBytes), 8);
        vectorsAt = vectors.address();
        namesAt = names.address();
        headersAt = headers.address();
        for (int slot = 0; slot < slots; slot++) {
            long vector = 2L * slot * IOVEC_BYTES;
            vectors.set(I64, vector + IOV_BASE, headers.address() + (long) slot * headerBytes);
            vectors.set(I64, vector + IOV_LEN, headerBytes);
            names.set(ValueLayout.JAVA_SHORT, slot * SOCKADDR_BYTES, (short) InternetSocket.AF_INET);
            long message = slot * MMSGHDR_BYTES;
            messages.set(I64, message + MSG_NAME, names.address() + slot * SOCKADDR_BYTES);
            messages.set(I32, message + MSG_NAMELEN, (int) SOCKADDR_BYTES);
            // of one piece where there is no header: the kernel has a shorter way for these
            int pieces = headerBytes == 0 ? 1 : 2;
            messages.set(I64, message + MSG_IOV, vectors.address() + vector + (2 - pieces) * IOVEC_BYTES);
            messages.set(I64, message + MSG_IOVLEN, pieces);
            messages.set(I64, message + MSG_CONTROL, controls.address() + (long) slot * this.controlBytes);
            from[slot] = messages.asSlice(message);
        }
    }

    public int slots() {
        return slots;
    }

    /// Where the headers are: slot i begins at [#headerOffset(int)].
    public MemorySegment headers() {
        return headers;
    }

    public long headerOffset(int slot) {
        return (long) slot * headerBytes;
    }

    /// Where the message goes.
    ///
    /// @param port 0 on raw sockets
    public void destination(int slot, int address, int port) {
        long name = namesAt + Objects.checkIndex(slot, slots) * SOCKADDR_BYTES;
        NativeMemory.putNetworkShort(name + SIN_PORT, port);
        NativeMemory.putNetworkInt(name + SIN_ADDR, address);
    }

    /// Writes a header of 28 bytes, IPv4 without options and UDP, in words of the network's byte order.
    public void header(int slot, long ip0, long ip8, long ip16, int udp4) {
        if (headerBytes < IP_AND_UDP_BYTES) {
            throw new IllegalStateException("headers have " + headerBytes + " bytes");
        }
        long at = headersAt + (long) Objects.checkIndex(slot, slots) * headerBytes;
        NativeMemory.putNetworkLong(at, ip0);
        NativeMemory.putNetworkLong(at + 8, ip8);
        NativeMemory.putNetworkLong(at + 16, ip16);
        NativeMemory.putNetworkInt(at + 24, udp4);
    }

    /// What follows the header. The segment is native and must stay valid and unchanged until the message is sent.
    public void payload(int slot, MemorySegment segment, long offset, int length) {
        long vector = vectorsAt + (2L * Objects.checkIndex(slot, slots) + 1) * IOVEC_BYTES;
        NativeMemory.putLong(vector + IOV_BASE, segment.address() + offset);
        NativeMemory.putLong(vector + IOV_LEN, length);
    }

    /// [#payload] as it stands in a slot of another batch.
    public void copyPayload(int slot, SendBatch other, int otherSlot) {
        MemorySegment.copy(other.vectors, (2L * otherSlot + 1) * IOVEC_BYTES, vectors, (2L * slot + 1) * IOVEC_BYTES,
                IOVEC_BYTES);
    }

    /// Forgets the control messages of the slot.
    public void clearControl(int slot) {
        messages.set(I64, slot * MMSGHDR_BYTES + MSG_CONTROLLEN, 0);
    }

    /// IP_PKTINFO: the message leaves with this source, multicast by this interface (0: as routed).
    public void addPacketInfo(int slot, int interfaceIndex, int source) {
        long at = addControl(slot, InternetSocket.IP_PKTINFO, 12);
        controls.set(I32, at, interfaceIndex);
        controls.set(BE32, at + 4, source);
        controls.set(I32, at + 8, 0);
    }

    /// IP_TTL of the message.
    public void addTtl(int slot, int ttl) {
        controls.set(I32, addControl(slot, InternetSocket.IP_TTL, 4), ttl);
    }

    /// IP_TOS of the message.
    public void addTos(int slot, int tos) {
        controls.set(I32, addControl(slot, InternetSocket.IP_TOS, 4), tos);
    }

    /// An IP option of 4 bytes in the message's header (IP_RETOPTS).
    public void addOption(int slot, int option) {
        controls.set(BE32, addControl(slot, InternetSocket.IP_RETOPTS, 4), option);
    }

    private long addControl(int slot, int type, int bytes) {
        long message = slot * MMSGHDR_BYTES;
        long used = messages.get(I64, message + MSG_CONTROLLEN);
        long space = CMSGHDR_BYTES + bytes + 7 & ~7L;
        if (used + space > controlBytes) {
            throw new IllegalStateException("no room for control messages: " + controlBytes + " bytes a slot");
        }
        long at = (long) slot * controlBytes + used;
        controls.set(I64, at, CMSGHDR_BYTES + bytes);
        controls.set(I32, at + 8, InternetSocket.SOL_IP);
        controls.set(I32, at + 12, type);
        messages.set(I64, message + MSG_CONTROLLEN, used + space);
        return at + CMSGHDR_BYTES;
    }

    /// Header and payload of a slot as one copy, for tests and traces.
    @SuppressWarnings("restricted")
    public byte[] toArray(int slot) {
        long vector = (2L * slot + 1) * IOVEC_BYTES;
        long length = vectors.get(I64, vector + IOV_LEN);
        byte[] bytes = new byte[headerBytes + (int) length];
        MemorySegment.copy(headers, ValueLayout.JAVA_BYTE, headerOffset(slot), bytes, 0, headerBytes);
        MemorySegment payload = MemorySegment.ofAddress(vectors.get(I64, vector)).reinterpret(length);
        MemorySegment.copy(payload, ValueLayout.JAVA_BYTE, 0, bytes, headerBytes, (int) length);
        return bytes;
    }

    /// Sends slots `first` to `first + count - 1`, without blocking.
    ///
    /// @return how many the kernel took, at least 1: it stops at the first that fails; when that is slot `first`, its `-errno`
    public int send(Descriptor socket, int first, int count) {
        if (first < 0 || count < 1 || first + count > slots) {
            throw new IllegalArgumentException("slots " + first + " to " + (first + count - 1) + " of " + slots);
        }
        return SystemCalls.sendmmsg(capture, socket.fd(), from[first], count, InternetSocket.MSG_DONTWAIT);
    }
}
