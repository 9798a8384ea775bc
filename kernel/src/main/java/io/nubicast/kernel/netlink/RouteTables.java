package io.nubicast.kernel.netlink;

import io.nubicast.kernel.sys.Errno;
import io.nubicast.kernel.sys.Structs;
import io.nubicast.kernel.sys.SystemCallException;
import io.nubicast.kernel.sys.SystemCalls;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Asks the kernel which of its unicast routes an address matches, by all its rules and tables, and changes routes. Interfaces and
/// tables are those of the namespace where the socket was opened. One thread; asking needs no privilege, changing CAP_NET_ADMIN.
public final class RouteTables extends NetlinkSocket {
    private static final int RTM_F_FIB_MATCH = 0x2000;
    private static final int NLM_F_REPLACE = 0x100;
    private static final int NLM_F_CREATE = 0x400;
    private static final int NLM_F_EXCL = 0x200;
    private static final int RTA_DST = 1;
    private static final int RTA_OIF = 4;
    private static final int RTA_GATEWAY = 5;
    private static final int RTA_PRIORITY = 6;
    private static final int RTA_TABLE = 15;
    private static final int AF_INET = 2;
    private static final int RT_SCOPE_UNIVERSE = 0;
    private static final int RT_SCOPE_LINK = 253;
    private static final int ATTEMPTS = 20;
    private static final long RTM_DST_LEN = Structs.offset(Structs.RTMSG, "rtm_dst_len");
    private static final long RTM_PROTOCOL = Structs.offset(Structs.RTMSG, "rtm_protocol");
    private static final long RTM_SCOPE = Structs.offset(Structs.RTMSG, "rtm_scope");
    private static final long RTM_TYPE = Structs.offset(Structs.RTMSG, "rtm_type");
    private static final long RTM_FLAGS = Structs.offset(Structs.RTMSG, "rtm_flags");

    private final Request request = new Request();

    private RouteTables(int fd) {
        super(fd);
    }

    /// A socket in the namespace of the calling thread.
    public static RouteTables open() throws SystemCallException {
        RouteTables socket = new RouteTables(newSocket(RouteNetlink.NETLINK_ROUTE));
        socket.bind(0);
        return socket;
    }

    /// The route that packets of this host to that address take (RTM_F_FIB_MATCH, Linux 4.13); empty where there is none, or an
    /// unreachable, blackhole or prohibit route matches.
    ///
    /// @throws SystemCallException when the kernel refuses the question itself
    public Optional<MatchedRoute> match(int address) throws SystemCallException {
        int sequence = nextSequence();
        request.begin(RouteMessages.RTM_GETROUTE, NLM_F_REQUEST, sequence, Structs.RTMSG.byteSize())
                .octet(0, AF_INET).octet(RTM_DST_LEN, 32).word(RTM_FLAGS, RTM_F_FIB_MATCH).address(RTA_DST, address);
        send("rtnetlink look-up", request.bytes(), request.length());
        List<MatchedRoute> found = new ArrayList<>(1);
        int outcome = 0;
        while (found.isEmpty() && (outcome & Messages.FAILED) == 0) {
            outcome = collect(sequence, found);
        }
        int errno = Messages.errno(outcome);
        if (errno != 0 && errno != Errno.ENETUNREACH && errno != Errno.EHOSTUNREACH && errno != Errno.EACCES
                && errno != Errno.EINVAL) {
            SystemCalls.check("rtnetlink look-up", -errno);
        }
        return found.stream().findFirst();
    }

    /// All IPv4 routes of every table.
    public List<MatchedRoute> routes() throws SystemCallException {
        String what = "rtnetlink dump of routes";
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            int sequence = nextSequence();
            request.begin(RouteMessages.RTM_GETROUTE, NLM_F_REQUEST | NLM_F_DUMP, sequence, Structs.RTMSG.byteSize())
                    .octet(0, AF_INET);
            send(what, request.bytes(), request.length());
            List<MatchedRoute> routes = new ArrayList<>();
            int outcome = 0;
            while ((outcome & (Messages.DONE | Messages.FAILED)) == 0) {
                outcome |= collect(sequence, routes);
            }
            if (outcome == Messages.DONE) {
                return routes;
            }
        }
        SystemCalls.check(what, -Errno.EAGAIN);
        return List.of();
    }

    private int collect(int sequence, List<MatchedRoute> into) throws SystemCallException {
        int received = receive(0);
        return received <= NOTHING
                ? Messages.INTERRUPTED
                : Messages.read(buffer(), received, sequence, (type, from, end, ours) -> {
                    if (ours && type == RouteMessages.RTM_NEWROUTE) {
                        MatchedRoute.read(buffer(), from, end).ifPresent(into::add);
                    }
                });
    }

    /// Adds a route; replaces the one of that destination, table and metric.
    ///
    /// @param route with one next hop
    /// @throws SystemCallException ENETUNREACH when its gateway is not on a link, ENODEV, EPERM
    public void put(MatchedRoute route) throws SystemCallException {
        change("put", RouteMessages.RTM_NEWROUTE, NLM_F_CREATE | NLM_F_REPLACE, route);
    }

    /// Adds a route, unless there is one of that destination, table and metric (EEXIST).
    ///
    /// @throws SystemCallException as [#put(MatchedRoute)]
    public void add(MatchedRoute route) throws SystemCallException {
        change("add", RouteMessages.RTM_NEWROUTE, NLM_F_CREATE | NLM_F_EXCL, route);
    }

    /// Removes a route of that destination, table, metric, protocol and next hop.
    ///
    /// @return whether it was there
    public boolean remove(MatchedRoute route) throws SystemCallException {
        try {
            change("remove", RouteMessages.RTM_DELROUTE, 0, route);
            return true;
        } catch (SystemCallException e) {
            if (e.errno() == Errno.ESRCH || e.errno() == Errno.ENODEV || e.errno() == Errno.ENETUNREACH) {
                return false;
            }
            throw e;
        }
    }

    private void change(String verb, int type, int flags, MatchedRoute route) throws SystemCallException {
        MatchedRoute.NextHop hop = route.nextHops().getFirst();
        int sequence = nextSequence();
        request.begin(type, NLM_F_REQUEST | NLM_F_ACK | flags, sequence, Structs.RTMSG.byteSize())
                .octet(0, AF_INET).octet(RTM_DST_LEN, route.prefixLength()).octet(RTM_PROTOCOL, route.protocol())
                .octet(RTM_TYPE, route.type())
                .octet(RTM_SCOPE, hop.gateway() == 0 ? RT_SCOPE_LINK : RT_SCOPE_UNIVERSE)
                .address(RTA_DST, route.destination()).number(RTA_TABLE, route.table());
        if (route.metric() != 0) {
            request.number(RTA_PRIORITY, route.metric());
        }
        if (hop.device() != 0) {
            request.number(RTA_OIF, hop.device());
        }
        if (hop.gateway() != 0) {
            request.address(RTA_GATEWAY, hop.gateway());
        }
        acknowledged(verb + " route " + dotted(route.destination()) + "/" + route.prefixLength(), request, sequence);
    }
}
