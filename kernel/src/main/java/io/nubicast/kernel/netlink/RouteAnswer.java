package io.nubicast.kernel.netlink;

import static io.nubicast.kernel.netlink.Attributes.BE32;
import static io.nubicast.kernel.netlink.Attributes.I32;
import static io.nubicast.kernel.netlink.Attributes.U8;
import static io.nubicast.kernel.netlink.Attributes.find;

import io.nubicast.kernel.sys.Structs;
import java.lang.foreign.MemorySegment;
import java.util.Optional;

/// Where the kernel would send a packet to one address: its answer to RTM_GETROUTE.
///
/// @param error 0, or why there is no route: ENETUNREACH, EHOSTUNREACH (unreachable), EACCES (prohibit), EINVAL (blackhole); all
///     else is 0 then
/// @param type RTN_ number, [#UNICAST] for example
/// @param table where the route was found; 0 when the kernel did not say
/// @param device index of the interface that packets leave by
/// @param gateway 0 when the address itself is the next hop
/// @param mtu the route's own limit in bytes, or 0
/// @param encapsulated packets are wrapped on their way (a lightweight tunnel, MPLS)
/// @param foreignGateway the gateway is an IPv6 address
public record RouteAnswer(int error, int type, int table, int device, int gateway, int mtu, boolean encapsulated,
        boolean foreignGateway) {
    /// A type: to a host or by a gateway (RTN_UNICAST).
    public static final int UNICAST = 1;
    /// A type: an own address (RTN_LOCAL).
    public static final int LOCAL = 2;
    /// A type: RTN_BROADCAST.
    public static final int BROADCAST = 3;
    /// A type: RTN_MULTICAST.
    public static final int MULTICAST = 5;
    /// A table of ordinary routes.
    public static final int TABLE_DEFAULT = 253;
    /// The table of ordinary routes.
    public static final int TABLE_MAIN = 254;
    /// The table of own and broadcast addresses.
    public static final int TABLE_LOCAL = 255;

    private static final long RTM_TABLE = Structs.offset(Structs.RTMSG, "rtm_table");
    private static final long RTM_TYPE = Structs.offset(Structs.RTMSG, "rtm_type");
    private static final int AF_INET = 2;
    private static final int RTA_OIF = 4;
    private static final int RTA_GATEWAY = 5;
    private static final int RTA_METRICS = 8;
    private static final int RTA_TABLE = 15;
    private static final int RTA_VIA = 18;
    private static final int RTA_ENCAP = 22;
    private static final int RTAX_MTU = 2;

    /// There is no route.
    ///
    /// @param errno positive
    public static RouteAnswer refused(int errno) {
        return new RouteAnswer(errno, 0, 0, 0, 0, 0, false, false);
    }

    /// The answer that is the body of an RTM_NEWROUTE message, or nothing when it is none.
    static Optional<RouteAnswer> read(MemorySegment bytes, long from, long end) {
        long attributes = from + Structs.RTMSG.byteSize();
        if (attributes > end || bytes.get(U8, from) != AF_INET) {
            return Optional.empty();
        }
        long table = find(bytes, attributes, end, RTA_TABLE, 4);
        long device = find(bytes, attributes, end, RTA_OIF, 4);
        long gateway = find(bytes, attributes, end, RTA_GATEWAY, 4);
        return Optional.of(new RouteAnswer(0, bytes.get(U8, from + RTM_TYPE) & 0xFF,
                table < 0 ? bytes.get(U8, from + RTM_TABLE) & 0xFF : bytes.get(I32, table),
                device < 0 ? 0 : bytes.get(I32, device), gateway < 0 ? 0 : bytes.get(BE32, gateway),
                mtu(bytes, attributes, end), find(bytes, attributes, end, RTA_ENCAP, 0) >= 0,
                find(bytes, attributes, end, RTA_VIA, 0) >= 0));
    }

    private static int mtu(MemorySegment bytes, long attributes, long end) {
        long metrics = find(bytes, attributes, end, RTA_METRICS, 0);
        if (metrics < 0) {
            return 0;
        }
        long mtu = find(bytes, metrics, Attributes.end(bytes, metrics), RTAX_MTU, 4);
        return mtu < 0 ? 0 : Math.max(0, bytes.get(I32, mtu));
    }
}
