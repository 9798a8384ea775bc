package io.nubicast.kernel.netlink;

import static io.nubicast.kernel.netlink.Attributes.BE32;
import static io.nubicast.kernel.netlink.Attributes.I32;
import static io.nubicast.kernel.netlink.Attributes.U16;

import io.nubicast.kernel.sys.Errno;
import io.nubicast.kernel.sys.Structs;
import io.nubicast.kernel.sys.SystemCallException;
import io.nubicast.kernel.sys.SystemCalls;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Optional;

/// Asks the kernel where it would send a packet to an address, and has neighbours confirmed. One thread; look-ups need no
/// privilege and wait for no lock of the kernel.
///
/// Many requests go with one system call, and the answers are there when it returns.
public final class RouteQueries extends NetlinkSocket {
    /// Most look-ups at once: their answers fit the receive buffer of a process without privileges.
    public static final int BATCH = 64;

    private static final int RTM_F_LOOKUP_TABLE = 0x1000;
    private static final int RTA_DST = 1;
    private static final int NDA_DST = 1;
    private static final int NTF_USE = 1;
    private static final byte AF_INET = 2;

    private static final long HEADER = Messages.HEADER_BYTES;
    private static final long ADDRESS_ATTRIBUTE = 8;
    private static final long LOOK_UP_BYTES = HEADER + Structs.RTMSG.byteSize() + ADDRESS_ATTRIBUTE;
    private static final long USE_BYTES = HEADER + Structs.NDMSG.byteSize() + ADDRESS_ATTRIBUTE;
    /// An answer has some twenty attributes at most, an error the request again.
    private static final int ANSWER_BYTES = 2048;

    /// Takes one answer.
    @FunctionalInterface
    public interface Answers {
        /// Takes the answer to the address at that index of what was asked.
        void take(int index, RouteAnswer answer);
    }

    private final MemorySegment requests = Arena.ofAuto().allocate(BATCH * Math.max(LOOK_UP_BYTES, USE_BYTES), 8);
    private final MemorySegment replies = Arena.ofAuto().allocate((long) BATCH * ANSWER_BYTES, 8);
    private final MemorySegment messages = Arena.ofAuto().allocate(Structs.MMSGHDR, BATCH);
    private final MemorySegment vectors = Arena.ofAuto().allocate(Structs.IOVEC, BATCH);
    private int base = 1;

    private RouteQueries(int fd) {
        super(fd);
        long message = Structs.MMSGHDR.byteSize();
        long vector = Structs.IOVEC.byteSize();
        for (int i = 0; i < BATCH; i++) {
            vectors.set(Attributes.I64, i * vector, replies.address() + (long) i * ANSWER_BYTES);
            vectors.set(Attributes.I64, i * vector + Structs.offset(Structs.IOVEC, "iov_len"), ANSWER_BYTES);
            messages.set(Attributes.I64, i * message + Structs.offset(Structs.MSGHDR, "msg_iov"),
                    vectors.address() + i * vector);
            messages.set(Attributes.I64, i * message + Structs.offset(Structs.MSGHDR, "msg_iovlen"), 1);
        }
    }

    /// A socket in the namespace of the calling thread.
    public static RouteQueries open() throws SystemCallException {
        RouteQueries socket = new RouteQueries(newSocket(RouteNetlink.NETLINK_ROUTE));
        socket.bind(0);
        return socket;
    }

    /// Asks for the routes to some addresses: as for a packet without a source address that this process sends.
    ///
    /// @param count 1..[#BATCH] addresses from the start of the array
    /// @return how many answers came; fewer than asked when the kernel is out of memory: ask again
    public int lookUp(int[] addresses, int count, Answers out) throws SystemCallException {
        begin();
        for (int i = 0; i < count; i++) {
            long at = i * LOOK_UP_BYTES;
            header(at, LOOK_UP_BYTES, RouteMessages.RTM_GETROUTE, NLM_F_REQUEST, base + i);
            long body = at + HEADER;
            requests.set(Attributes.U8, body, AF_INET);
            requests.set(Attributes.U8, body + Structs.offset(Structs.RTMSG, "rtm_dst_len"), (byte) 32);
            requests.set(I32, body + Structs.offset(Structs.RTMSG, "rtm_flags"), RTM_F_LOOKUP_TABLE);
            address(body + Structs.RTMSG.byteSize(), RTA_DST, addresses[i]);
        }
        send("rtnetlink look-up", requests, count * LOOK_UP_BYTES);
        return collect(count, out);
    }

    /// Tells the kernel that a neighbour is in use, as a packet to it would: one that is stale is asked for soon, and is then
    /// reachable or failed. Creates no neighbour.
    ///
    /// @return 0, or an error: ENOENT when there is no such neighbour any more, EPERM without CAP_NET_ADMIN
    public int use(int device, int address) throws SystemCallException {
        begin();
        header(0, USE_BYTES, RouteMessages.RTM_NEWNEIGH, NLM_F_REQUEST | NLM_F_ACK, base);
        requests.set(Attributes.U8, HEADER, AF_INET);
        requests.set(I32, HEADER + Structs.offset(Structs.NDMSG, "ndm_ifindex"), device);
        requests.set(Attributes.U8, HEADER + Structs.offset(Structs.NDMSG, "ndm_flags"), (byte) NTF_USE);
        address(HEADER + Structs.NDMSG.byteSize(), NDA_DST, address);
        send("rtnetlink neighbour", requests, USE_BYTES);
        int[] error = {Errno.EAGAIN};
        collect(1, (index, reply) -> error[0] = reply.error());
        return error[0];
    }

    private void begin() {
        base = base > Integer.MAX_VALUE - 2 * BATCH ? 1 : base + BATCH;
        requests.fill((byte) 0);
    }

    private void header(long at, long length, int type, int flags, int sequence) {
        requests.set(I32, at, (int) length);
        requests.set(U16, at + Messages.TYPE, (short) type);
        requests.set(U16, at + Messages.FLAGS, (short) flags);
        requests.set(I32, at + Messages.SEQUENCE, sequence);
    }

    private void address(long at, int type, int address) {
        requests.set(U16, at, (short) ADDRESS_ATTRIBUTE);
        requests.set(U16, at + 2, (short) type);
        requests.set(BE32, at + Attributes.HEADER_BYTES, address);
    }

    private int collect(int count, Answers out) throws SystemCallException {
        int answered = 0;
        while (answered < count) {
            int received = SystemCalls.recvmmsg(captured(), fd(), messages, BATCH, MSG_DONTWAIT);
            if (received == -Errno.EINTR || received == -Errno.ENOBUFS) {
                continue;
            }
            if (received == -Errno.EAGAIN) {
                return answered;
            }
            SystemCalls.check("recvmmsg AF_NETLINK", received);
            for (int i = 0; i < received; i++) {
                long length = messages.get(I32, i * Structs.MMSGHDR.byteSize()
                        + Structs.offset(Structs.MMSGHDR, "msg_len"));
                answered += read(replies, (long) i * ANSWER_BYTES, Math.min(length, ANSWER_BYTES), base, count, out);
            }
        }
        return answered;
    }

    /// Reads one received buffer; messages with a sequence outside of `base` .. `base + count - 1` are left out.
    ///
    /// @return answers found
    static int read(MemorySegment bytes, long from, long length, int base, int count, Answers out) {
        int answers = 0;
        long at = from;
        long end = from + length;
        while (end - at >= HEADER) {
            long messageLength = bytes.get(I32, at) & 0xFFFFFFFFL;
            if (messageLength < HEADER || messageLength > end - at) {
                return answers;
            }
            int index = bytes.get(I32, at + Messages.SEQUENCE) - base;
            if (index >= 0 && index < count) {
                Optional<RouteAnswer> answer = answer(bytes, at, at + messageLength);
                answer.ifPresent(found -> out.take(index, found));
                answers += answer.isPresent() ? 1 : 0;
            }
            at += messageLength + 3 & ~3L;
        }
        return answers;
    }

    private static Optional<RouteAnswer> answer(MemorySegment bytes, long at, long end) {
        int type = bytes.get(U16, at + Messages.TYPE) & 0xFFFF;
        if (type == RouteMessages.RTM_NEWROUTE) {
            return RouteAnswer.read(bytes, at + HEADER, end);
        }
        if (type == Messages.NLMSG_ERROR && end - at >= HEADER + 4) {
            return Optional.of(RouteAnswer.refused(-bytes.get(I32, at + HEADER)));
        }
        return Optional.empty();
    }
}
