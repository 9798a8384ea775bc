package io.nubicast.kernel.netlink;

import io.nubicast.kernel.sys.Errno;
import io.nubicast.kernel.sys.Structs;
import io.nubicast.kernel.sys.SystemCallException;
import io.nubicast.kernel.sys.SystemCalls;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/// Reads multicast routing tables by rtnetlink (RTNL_FAMILY_IPMR): what is really in force, for audits and counters. In the
/// namespace of the thread that opened it; needs no privilege. One thread.
public final class MulticastNetlink extends NetlinkSocket {
    private static final int ATTEMPTS = 20;

    private final MemorySegment request = Arena.ofAuto()
            .allocate(Messages.HEADER_BYTES + Structs.RTMSG.byteSize(), 8);

    private MulticastNetlink(int fd) {
        super(fd);
    }

    /// A socket in the namespace of the calling thread.
    public static MulticastNetlink open() throws SystemCallException {
        MulticastNetlink socket = new MulticastNetlink(newSocket(RouteNetlink.NETLINK_ROUTE));
        socket.bind(0);
        return socket;
    }

    /// All entries of a table, also those that packets wait for.
    public List<MulticastRoute> routes(int table) throws SystemCallException {
        String what = "rtnetlink dump of multicast routes";
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            List<MulticastRoute> routes = new ArrayList<>();
            int outcome = dump(what, table, routes);
            if ((outcome & Messages.FAILED) != 0) {
                SystemCalls.check(what, -Math.max(1, Messages.errno(outcome)));
            }
            if (outcome == Messages.DONE) {
                return routes;
            }
        }
        SystemCalls.check(what + ", interrupted each time", -Errno.EAGAIN);
        return List.of();
    }

    private int dump(String what, int table, List<MulticastRoute> routes) throws SystemCallException {
        int sequence = nextSequence();
        long length = request.byteSize();
        request.fill((byte) 0);
        request.set(Attributes.I32, 0, (int) length);
        request.set(Attributes.U16, Messages.TYPE, (short) RouteMessages.RTM_GETROUTE);
        request.set(Attributes.U16, Messages.FLAGS, (short) (NLM_F_REQUEST | NLM_F_DUMP));
        request.set(Attributes.I32, Messages.SEQUENCE, sequence);
        request.set(Attributes.U8, Messages.HEADER_BYTES, (byte) MulticastRoute.FAMILY);
        send(what, request, length);
        int outcome = 0;
        while ((outcome & (Messages.DONE | Messages.FAILED)) == 0) {
            int received = receive(0);
            if (received == OVERRUN) {
                return Messages.INTERRUPTED;
            }
            outcome |= Messages.read(buffer(), received, sequence, (type, from, end, ours) -> {
                if (ours && type == RouteMessages.RTM_NEWROUTE) {
                    MulticastRoute.read(buffer(), from, end).filter(route -> route.table() == table)
                            .ifPresent(routes::add);
                }
            });
        }
        return outcome;
    }
}
