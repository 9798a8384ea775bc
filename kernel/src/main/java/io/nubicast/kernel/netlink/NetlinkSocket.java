package io.nubicast.kernel.netlink;

import io.nubicast.kernel.sys.Descriptor;
import io.nubicast.kernel.sys.Errno;
import io.nubicast.kernel.sys.Scratch;
import io.nubicast.kernel.sys.Structs;
import io.nubicast.kernel.sys.SystemCallException;
import io.nubicast.kernel.sys.SystemCalls;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// What sockets of netlink(7) share: opening, requests, receiving into one buffer. One thread.
abstract class NetlinkSocket extends Descriptor {
    static final int MSG_DONTWAIT = 0x40;
    static final int NLM_F_REQUEST = 0x1;
    static final int NLM_F_ACK = 0x4;
    static final int NLM_F_DUMP = 0x300;
    /// [#receive(int)]: there is nothing now.
    static final int NOTHING = 0;
    /// [#receive(int)]: messages were lost, the receive buffer was full.
    static final int OVERRUN = -1;

    private static final int AF_NETLINK = 16;
    private static final int SOCK_RAW = 3;
    private static final int SOCK_CLOEXEC = 02000000;
    private static final int SOL_SOCKET = 1;
    private static final int SO_RCVBUFFORCE = 33;
    private static final int SO_RCVBUF = 8;
    /// More than the kernel puts into one message of a dump.
    private static final int BUFFER_BYTES = 64 * 1024;
    private static final int RECEIVE_BUFFER_BYTES = 1 << 20;
    private static final int MOST_CHANGES = 1000;

    private final MemorySegment buffer = Arena.ofAuto().allocate(BUFFER_BYTES, 8);
    private final MemorySegment capture = SystemCalls.newCapture(Arena.ofAuto());
    private int sequence;

    NetlinkSocket(int fd) {
        super(fd);
    }

    static int newSocket(int protocol) throws SystemCallException {
        return SystemCalls.check("socket AF_NETLINK",
                SystemCalls.socket(Scratch.capture(), AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, protocol));
    }

    /// Binds this socket to multicast groups; closes it when that fails.
    ///
    /// @param groups bits: group n is bit n - 1
    final void bind(int groups) throws SystemCallException {
        try {
            MemorySegment size = Scratch.memory();
            size.set(ValueLayout.JAVA_INT, 0, RECEIVE_BUFFER_BYTES);
            if (SystemCalls.setsockopt(Scratch.capture(), fd(), SOL_SOCKET, SO_RCVBUFFORCE, size, 4) < 0) {
                SystemCalls.check("setsockopt SO_RCVBUF",
                        SystemCalls.setsockopt(Scratch.capture(), fd(), SOL_SOCKET, SO_RCVBUF, size, 4));
            }
            MemorySegment address = Scratch.memory();
            address.set(ValueLayout.JAVA_SHORT, 0, (short) AF_NETLINK);
            address.set(ValueLayout.JAVA_INT, Structs.offset(Structs.SOCKADDR_NL, "nl_groups"), groups);
            SystemCalls.check("bind AF_NETLINK",
                    SystemCalls.bind(Scratch.capture(), fd(), address, (int) Structs.SOCKADDR_NL.byteSize()));
        } catch (SystemCallException e) {
            close();
            throw e;
        }
    }

    /// What the last [#receive(int)] brought.
    final MemorySegment buffer() {
        return buffer;
    }

    final MemorySegment captured() {
        return capture;
    }

    /// A number for a request that no message without one has: never 0.
    final int nextSequence() {
        sequence = sequence == Integer.MAX_VALUE ? 1 : sequence + 1;
        return sequence;
    }

    /// Sends requests that lie one behind the other; the kernel has worked on all of them when this returns.
    final void send(String what, MemorySegment requests, long bytes) throws SystemCallException {
        SystemCalls.check(what, SystemCalls.send(capture, fd(), requests, bytes, 0));
    }

    /// Sends a request and waits for the kernel's answer to it, which comes at once.
    ///
    /// @throws SystemCallException the error that the kernel answers
    final void acknowledged(String what, Request request, int requestSequence) throws SystemCallException {
        send(what, request.bytes(), request.length());
        while (true) {
            int received = receive(0);
            int outcome = received <= NOTHING
                    ? 0
                    : Messages.read(buffer, received, requestSequence, (type, from, end, ours) -> {});
            if ((outcome & Messages.FAILED) != 0) {
                SystemCalls.check(what, -Messages.errno(outcome));
                return;
            }
        }
    }

    static String dotted(int address) {
        return (address >>> 24) + "." + (address >>> 16 & 0xFF) + "." + (address >>> 8 & 0xFF) + "."
                + (address & 0xFF);
    }

    /// Whether messages in a buffer tell of what a socket is for.
    interface Tells {
        boolean of(MemorySegment bytes, long length);
    }

    /// Takes what the kernel has told since, a bounded part of it. Never blocks.
    ///
    /// @return whether something was told, or lost
    final boolean changed(Tells tells) throws SystemCallException {
        boolean changed = false;
        for (int i = 0; i < MOST_CHANGES; i++) {
            int received = receive(MSG_DONTWAIT);
            if (received == NOTHING) {
                return changed;
            }
            changed |= received == OVERRUN || tells.of(buffer, received);
        }
        return changed;
    }

    /// Bytes in the buffer, [#NOTHING] or [#OVERRUN].
    final int receive(int flags) throws SystemCallException {
        while (true) {
            int received = SystemCalls.recv(capture, fd(), buffer, BUFFER_BYTES, flags);
            if (received == -Errno.EINTR) {
                continue;
            }
            if (received == -Errno.EAGAIN) {
                return NOTHING;
            }
            if (received == -Errno.ENOBUFS) {
                return OVERRUN;
            }
            return SystemCalls.check("recv AF_NETLINK", received);
        }
    }
}
