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
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;

/// A socket of rtnetlink(7), bound to the changes it was opened for. One thread; needs no privilege.
///
/// Read the tables after opening: what changes meanwhile is kept and comes with [#changes], so nothing is missed.
public final class RouteNetlink extends Descriptor {
    /// What to be told about.
    public enum Topic {
        /// [RouteEvent.Link] and [RouteEvent.LinkGone].
        LINKS(0x1),
        /// [RouteEvent.Neighbour] and [RouteEvent.NeighbourGone], of IPv4 only.
        NEIGHBOURS(0x4),
        /// [RouteEvent.LocalAddress] and [RouteEvent.LocalAddressGone].
        ADDRESSES(0x10);

        private final int group;

        Topic(int group) {
            this.group = group;
        }
    }

    private static final int AF_NETLINK = 16;
    private static final int SOCK_RAW = 3;
    private static final int SOCK_CLOEXEC = 02000000;
    private static final int NETLINK_ROUTE = 0;
    private static final int SOL_SOCKET = 1;
    private static final int SO_RCVBUFFORCE = 33;
    private static final int SO_RCVBUF = 8;
    private static final int MSG_DONTWAIT = 0x40;
    private static final int NLM_F_REQUEST = 0x1;
    private static final int NLM_F_DUMP = 0x300;
    private static final int BUFFER_BYTES = 64 * 1024;
    private static final int ATTEMPTS = 20;

    private final MemorySegment buffer = Arena.ofAuto().allocate(BUFFER_BYTES, 8);
    private final MemorySegment capture = SystemCalls.newCapture(Arena.ofAuto());
    private final Deque<RouteEvent> pending = new ArrayDeque<>();
    private int sequence;

    private RouteNetlink(int fd) {
        super(fd);
    }

    /// A socket that is told about these topics; about none, it can still read the tables.
    public static RouteNetlink open(Topic... topics) throws SystemCallException {
        int fd = SystemCalls.check("socket AF_NETLINK",
                SystemCalls.socket(Scratch.capture(), AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE));
        RouteNetlink socket = new RouteNetlink(fd);
        try {
            socket.bind(topics);
            return socket;
        } catch (SystemCallException e) {
            socket.close();
            throw e;
        }
    }

    private void bind(Topic... topics) throws SystemCallException {
        MemorySegment size = Scratch.memory();
        size.set(ValueLayout.JAVA_INT, 0, 1 << 20);
        if (SystemCalls.setsockopt(Scratch.capture(), fd(), SOL_SOCKET, SO_RCVBUFFORCE, size, 4) < 0) {
            SystemCalls.check("setsockopt SO_RCVBUF",
                    SystemCalls.setsockopt(Scratch.capture(), fd(), SOL_SOCKET, SO_RCVBUF, size, 4));
        }
        int groups = 0;
        for (Topic topic : topics) {
            groups |= topic.group;
        }
        MemorySegment address = Scratch.memory();
        address.set(ValueLayout.JAVA_SHORT, 0, (short) AF_NETLINK);
        address.set(ValueLayout.JAVA_INT, Structs.offset(Structs.SOCKADDR_NL, "nl_groups"), groups);
        SystemCalls.check("bind AF_NETLINK",
                SystemCalls.bind(Scratch.capture(), fd(), address, (int) Structs.SOCKADDR_NL.byteSize()));
    }

    /// All interfaces.
    public List<RouteEvent.Link> links() throws SystemCallException {
        return dump(RouteMessages.RTM_GETLINK, RouteEvent.Link.class);
    }

    /// All IPv4 addresses of this host.
    public List<RouteEvent.LocalAddress> addresses() throws SystemCallException {
        return dump(RouteMessages.RTM_GETADDR, RouteEvent.LocalAddress.class);
    }

    /// All IPv4 neighbours.
    public List<RouteEvent.Neighbour> neighbours() throws SystemCallException {
        return dump(RouteMessages.RTM_GETNEIGH, RouteEvent.Neighbour.class);
    }

    /// Hands over what has changed since, oldest first. Never blocks.
    ///
    /// @throws SystemCallException when the socket is broken or closed
    public void changes(Consumer<RouteEvent> out) throws SystemCallException {
        while (!pending.isEmpty()) {
            out.accept(pending.remove());
        }
        while (true) {
            int received = receive(MSG_DONTWAIT);
            if (received == 0) {
                return;
            }
            if (received < 0) {
                out.accept(new RouteEvent.Overrun());
            } else {
                RouteMessages.read(buffer, received, 0, out, out);
            }
        }
    }

    private <T extends RouteEvent> List<T> dump(int type, Class<T> kind) throws SystemCallException {
        int outcome = RouteMessages.INTERRUPTED;
        for (int attempt = 0; attempt < ATTEMPTS && (outcome & RouteMessages.INTERRUPTED) != 0; attempt++) {
            List<T> result = new ArrayList<>();
            outcome = dumpOnce(type, kind, result);
            if (outcome == RouteMessages.DONE) {
                return result;
            }
        }
        String why = (outcome & RouteMessages.FAILED) != 0 ? "refused" : "interrupted each time";
        SystemCalls.check("rtnetlink dump " + type + ", " + why, -Errno.EAGAIN);
        return List.of();
    }

    private <T extends RouteEvent> int dumpOnce(int type, Class<T> kind, List<T> result) throws SystemCallException {
        sequence = sequence == Integer.MAX_VALUE ? 1 : sequence + 1;
        ask(type);
        int outcome = 0;
        while ((outcome & (RouteMessages.DONE | RouteMessages.FAILED)) == 0) {
            int received = receive(0);
            if (received < 0) {
                pending.add(new RouteEvent.Overrun());
                return RouteMessages.INTERRUPTED;
            }
            outcome |= RouteMessages.read(buffer, received, sequence, event -> {
                if (kind.isInstance(event)) {
                    result.add(kind.cast(event));
                }
            }, pending::add);
        }
        return outcome;
    }

    private void ask(int type) throws SystemCallException {
        // The longest of the three request structs; the kernel takes the length for each of them.
        long length = Structs.NLMSGHDR.byteSize() + Structs.IFINFOMSG.byteSize();
        MemorySegment request = Scratch.memory();
        request.set(ValueLayout.JAVA_INT, 0, (int) length);
        request.set(ValueLayout.JAVA_SHORT, Structs.offset(Structs.NLMSGHDR, "nlmsg_type"), (short) type);
        request.set(ValueLayout.JAVA_SHORT, Structs.offset(Structs.NLMSGHDR, "nlmsg_flags"),
                (short) (NLM_F_REQUEST | NLM_F_DUMP));
        request.set(ValueLayout.JAVA_INT, Structs.offset(Structs.NLMSGHDR, "nlmsg_seq"), sequence);
        if (type != RouteMessages.RTM_GETLINK) {
            request.set(ValueLayout.JAVA_BYTE, Structs.NLMSGHDR.byteSize(), (byte) 2);
        }
        SystemCalls.check("rtnetlink dump " + type, SystemCalls.send(capture, fd(), request, length, 0));
    }

    /// Bytes in the buffer; 0 when there is nothing; negative after an overrun.
    private int receive(int flags) throws SystemCallException {
        while (true) {
            int received = SystemCalls.recv(capture, fd(), buffer, BUFFER_BYTES, flags);
            if (received == -Errno.EINTR) {
                continue;
            }
            if (received == -Errno.EAGAIN) {
                return 0;
            }
            if (received == -Errno.ENOBUFS) {
                return -1;
            }
            return SystemCalls.check("recv AF_NETLINK", received);
        }
    }
}
