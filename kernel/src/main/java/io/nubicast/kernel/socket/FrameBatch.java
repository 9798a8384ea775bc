package io.nubicast.kernel.socket;

import io.nubicast.kernel.sys.Descriptor;
import io.nubicast.kernel.sys.Structs;
import io.nubicast.kernel.sys.SystemCalls;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Objects;

/// Frames for `sendmmsg` on a [FrameSocket], two pieces each: [#HEADER_BYTES] of headers of their own, from the virtio_net_hdr to
/// the UDP header, and a payload anywhere, shared by as many as wanted. Everything is allocated by the constructor, setters write
/// a few words. One thread at a time.
public final class FrameBatch {
    /// virtio_net_hdr 10, Ethernet 14, IPv4 20, UDP 8.
    public static final int HEADER_BYTES = 52;
    /// Where the Ethernet header is in a header.
    public static final int ETHERNET = FrameSocket.VNET_HEADER_BYTES;
    /// Where the IPv4 header is in a header: a multiple of 8, as each header begins at one.
    public static final int IP = 24;

    private static final int STRIDE = 64;
    private static final ValueLayout.OfInt I32 = ValueLayout.JAVA_INT;
    private static final ValueLayout.OfLong I64 = ValueLayout.JAVA_LONG;
    private static final ValueLayout.OfShort BE16 = ValueLayout.JAVA_SHORT.withOrder(ByteOrder.BIG_ENDIAN);
    private static final long MMSGHDR_BYTES = Structs.MMSGHDR.byteSize();
    private static final long MSG_NAME = Structs.offset(Structs.MSGHDR, "msg_name");
    private static final long MSG_NAMELEN = Structs.offset(Structs.MSGHDR, "msg_namelen");
    private static final long MSG_IOV = Structs.offset(Structs.MSGHDR, "msg_iov");
    private static final long MSG_IOVLEN = Structs.offset(Structs.MSGHDR, "msg_iovlen");
    private static final long IOVEC_BYTES = Structs.IOVEC.byteSize();
    private static final long IOV_LEN = Structs.offset(Structs.IOVEC, "iov_len");
    private static final long SOCKADDR_BYTES = Structs.SOCKADDR_LL.byteSize();
    private static final long SLL_IFINDEX = Structs.offset(Structs.SOCKADDR_LL, "sll_ifindex");

    private final int slots;
    private final MemorySegment capture;
    private final MemorySegment messages;
    /// The messages from each slot on, made once because a slice is an object.
    private final MemorySegment[] from;
    private final MemorySegment vectors;
    private final MemorySegment names;
    private final MemorySegment headers;
    private final long vectorsAt;
    private final long namesAt;
    private final long headersAt;

    /// Allocates everything.
    ///
    /// @param arena lives as long as the batch
    /// @param slots frames, 1..1024
    public FrameBatch(Arena arena, int slots) {
        if (slots < 1 || slots > 1024) {
            throw new IllegalArgumentException(slots + " slots");
        }
        this.slots = slots;
        capture = SystemCalls.newCapture(arena);
        messages = arena.allocate(slots * MMSGHDR_BYTES, 64);
        from = new MemorySegment[slots];
        vectors = arena.allocate(2L * slots * IOVEC_BYTES, 64);
        names = arena.allocate(slots * SOCKADDR_BYTES, 16);
        headers = arena.allocate((long) slots * STRIDE, 64);
        vectorsAt = vectors.address();
        namesAt = names.address();
        headersAt = headers.address();
        for (int slot = 0; slot < slots; slot++) {
            long vector = 2L * slot * IOVEC_BYTES;
            vectors.set(I64, vector, headers.address() + headerOffset(slot));
            vectors.set(I64, vector + IOV_LEN, HEADER_BYTES);
            long name = slot * SOCKADDR_BYTES;
            names.set(ValueLayout.JAVA_SHORT, name, (short) FrameSocket.AF_PACKET);
            names.set(BE16, name + Structs.offset(Structs.SOCKADDR_LL, "sll_protocol"), FrameSocket.ETH_P_IP);
            names.set(ValueLayout.JAVA_BYTE, name + Structs.offset(Structs.SOCKADDR_LL, "sll_halen"), (byte) 6);
            long message = slot * MMSGHDR_BYTES;
            messages.set(I64, message + MSG_NAME, names.address() + name);
            messages.set(I32, message + MSG_NAMELEN, (int) SOCKADDR_BYTES);
            messages.set(I64, message + MSG_IOV, vectors.address() + vector);
            messages.set(I64, message + MSG_IOVLEN, 2);
            from[slot] = messages.asSlice(message);
        }
    }

    public int slots() {
        return slots;
    }

    /// Where the headers are: slot i begins at [#headerOffset(int)], a multiple of 8.
    public MemorySegment headers() {
        return headers;
    }

    public long headerOffset(int slot) {
        return (long) slot * STRIDE;
    }

    /// Writes all headers of a slot, in words as they lie there: the first in the host's byte order, the others in the network's.
    ///
    /// @param virtio the first 8 bytes of the virtio_net_hdr
    /// @param destination the rest of it, and the destination's Ethernet address
    /// @param source Ethernet address and type
    /// @param ip0 bytes 0 to 7 of the IPv4 header
    /// @param ip8 bytes 8 to 15
    /// @param ip16 its rest, and the UDP ports
    /// @param udp4 length and checksum of UDP
    public void header(int slot, long virtio, long destination, long source, long ip0, long ip8, long ip16, int udp4) {
        long at = headersAt + (long) Objects.checkIndex(slot, slots) * STRIDE;
        NativeMemory.putLong(at, virtio);
        NativeMemory.putNetworkLong(at + 8, destination);
        NativeMemory.putNetworkLong(at + 16, source);
        NativeMemory.putNetworkLong(at + IP, ip0);
        NativeMemory.putNetworkLong(at + IP + 8, ip8);
        NativeMemory.putNetworkLong(at + IP + 16, ip16);
        NativeMemory.putNetworkInt(at + IP + 24, udp4);
    }

    /// How much of a slot's header belongs to the frame, from its beginning: all of it unless told otherwise.
    ///
    /// @param bytes 10..[#HEADER_BYTES]
    public void headerLength(int slot, int bytes) {
        if (bytes < FrameSocket.VNET_HEADER_BYTES || bytes > HEADER_BYTES) {
            throw new IllegalArgumentException(bytes + " bytes of headers");
        }
        NativeMemory.putLong(vectorsAt + 2L * Objects.checkIndex(slot, slots) * IOVEC_BYTES + IOV_LEN, bytes);
    }

    /// By which interface the frame leaves.
    public void device(int slot, int interfaceIndex) {
        NativeMemory.putInt(namesAt + Objects.checkIndex(slot, slots) * SOCKADDR_BYTES + SLL_IFINDEX, interfaceIndex);
    }

    /// The interface of [#device(int, int)].
    public int device(int slot) {
        return NativeMemory.getInt(namesAt + Objects.checkIndex(slot, slots) * SOCKADDR_BYTES + SLL_IFINDEX);
    }

    /// What follows the header.
    ///
    /// @param address of native memory that stays valid and unchanged until the frame is sent
    public void payload(int slot, long address, int length) {
        long vector = vectorsAt + (2L * Objects.checkIndex(slot, slots) + 1) * IOVEC_BYTES;
        NativeMemory.putLong(vector, address);
        NativeMemory.putLong(vector + IOV_LEN, length);
    }

    /// Where what follows the header is.
    public long payloadAddress(int slot) {
        return NativeMemory.getLong(vectorsAt + (2L * Objects.checkIndex(slot, slots) + 1) * IOVEC_BYTES);
    }

    /// Header and payload of a slot as one copy, for tests and traces.
    @SuppressWarnings("restricted")
    public byte[] toArray(int slot) {
        long vector = (2L * slot + 1) * IOVEC_BYTES;
        long length = vectors.get(I64, vector + IOV_LEN);
        byte[] bytes = new byte[HEADER_BYTES + (int) length];
        MemorySegment.copy(headers, ValueLayout.JAVA_BYTE, headerOffset(slot), bytes, 0, HEADER_BYTES);
        MemorySegment payload = MemorySegment.ofAddress(vectors.get(I64, vector)).reinterpret(length);
        MemorySegment.copy(payload, ValueLayout.JAVA_BYTE, 0, bytes, HEADER_BYTES, (int) length);
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
