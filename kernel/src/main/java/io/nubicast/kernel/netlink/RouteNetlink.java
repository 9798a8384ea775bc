package io.nubicast.kernel.netlink;

import io.nubicast.kernel.sys.Errno;
import io.nubicast.kernel.sys.Scratch;
import io.nubicast.kernel.sys.Structs;
import io.nubicast.kernel.sys.SystemCallException;
import io.nubicast.kernel.sys.SystemCalls;
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
public final class RouteNetlink extends NetlinkSocket {
    /// What to be told about.
    public enum Topic {
        /// [RouteEvent.Link] and [RouteEvent.LinkGone].
        LINKS(0x1),
        /// [RouteEvent.Neighbour] and [RouteEvent.NeighbourGone], of IPv4 only.
        NEIGHBOURS(0x4),
        /// [RouteEvent.LocalAddress] and [RouteEvent.LocalAddressGone].
        ADDRESSES(0x10),
        /// [RouteEvent.Route] and [RouteEvent.RouteGone], of IPv4 only.
        ROUTES(0x40),
        /// [RouteEvent.RulesChanged]: rules of IPv4.
        RULES(0x80),
        /// [RouteEvent.RulesChanged]: next hop objects.
        NEXT_HOPS(0x8000_0000);

        private final int group;

        Topic(int group) {
            this.group = group;
        }
    }

    static final int NETLINK_ROUTE = 0;
    private static final int ATTEMPTS = 20;

    private final Deque<RouteEvent> pending = new ArrayDeque<>();

    private RouteNetlink(int fd) {
        super(fd);
    }

    /// A socket that is told about these topics; about none, it can still read the tables.
    public static RouteNetlink open(Topic... topics) throws SystemCallException {
        int groups = 0;
        for (Topic topic : topics) {
            groups |= topic.group;
        }
        RouteNetlink socket = new RouteNetlink(newSocket(NETLINK_ROUTE));
        socket.bind(groups);
        return socket;
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
        changes(out, Integer.MAX_VALUE);
    }

    /// As [#changes(Consumer)], but only so many messages at once.
    ///
    /// @return whether there may be more
    public boolean changes(Consumer<RouteEvent> out, int most) throws SystemCallException {
        while (!pending.isEmpty()) {
            out.accept(pending.remove());
        }
        for (int i = 0; i < most; i++) {
            int received = receive(MSG_DONTWAIT);
            if (received == NOTHING) {
                return false;
            }
            if (received == OVERRUN) {
                out.accept(new RouteEvent.Overrun());
            } else {
                RouteMessages.read(buffer(), received, 0, out, out);
            }
        }
        return true;
    }

    private <T extends RouteEvent> List<T> dump(int type, Class<T> kind) throws SystemCallException {
        int outcome = Messages.INTERRUPTED;
        for (int attempt = 0; attempt < ATTEMPTS && (outcome & Messages.INTERRUPTED) != 0; attempt++) {
            List<T> result = new ArrayList<>();
            outcome = dumpOnce(type, kind, result);
            if (outcome == Messages.DONE) {
                return result;
            }
        }
        String why = (outcome & Messages.FAILED) != 0 ? "refused" : "interrupted each time";
        SystemCalls.check("rtnetlink dump " + type + ", " + why, -Errno.EAGAIN);
        return List.of();
    }

    private <T extends RouteEvent> int dumpOnce(int type, Class<T> kind, List<T> result) throws SystemCallException {
        int sequence = nextSequence();
        ask(type, sequence);
        int outcome = 0;
        while ((outcome & (Messages.DONE | Messages.FAILED)) == 0) {
            int received = receive(0);
            if (received == OVERRUN) {
                pending.add(new RouteEvent.Overrun());
                return Messages.INTERRUPTED;
            }
            outcome |= RouteMessages.read(buffer(), received, sequence, event -> {
                if (kind.isInstance(event)) {
                    result.add(kind.cast(event));
                }
            }, pending::add);
        }
        return outcome;
    }

    private void ask(int type, int sequence) throws SystemCallException {
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
        send("rtnetlink dump " + type, request, length);
    }
}
