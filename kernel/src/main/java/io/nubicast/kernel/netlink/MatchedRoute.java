package io.nubicast.kernel.netlink;

import static io.nubicast.kernel.netlink.Attributes.BE32;
import static io.nubicast.kernel.netlink.Attributes.I32;
import static io.nubicast.kernel.netlink.Attributes.U16;
import static io.nubicast.kernel.netlink.Attributes.U8;
import static io.nubicast.kernel.netlink.Attributes.find;

import io.nubicast.kernel.sys.Structs;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// An IPv4 route as it stands in the kernel's tables.
///
/// @param table number
/// @param destination 0 with prefix length 0 for the default route
/// @param prefixLength 0..32
/// @param type RTN_ number: [RouteAnswer#UNICAST], [RouteAnswer#LOCAL], …
/// @param protocol who made it: an RTPROT_ number, 2 for the kernel, 4 for an administrator
/// @param metric the kernel's: the lowest wins
/// @param nextHops one; several for equal-cost paths; none of an unreachable or blackhole route
public record MatchedRoute(int table, int destination, int prefixLength, int type, int protocol, int metric,
        List<NextHop> nextHops) {
    /// One way of the route.
    ///
    /// @param device index of the interface
    /// @param gateway 0 when the destination is on the link
    /// @param usable neither its device nor its link is down
    /// @param foreign the gateway is an IPv6 address
    public record NextHop(int device, int gateway, boolean usable, boolean foreign) {}

    private static final int AF_INET = 2;
    private static final int RTA_DST = 1;
    private static final int RTA_OIF = 4;
    private static final int RTA_GATEWAY = 5;
    private static final int RTA_PRIORITY = 6;
    private static final int RTA_MULTIPATH = 9;
    private static final int RTA_TABLE = 15;
    private static final int RTA_VIA = 18;
    private static final int RTNH_F_DEAD = 1;
    private static final int RTNH_F_LINKDOWN = 16;
    private static final long RTM_DST_LEN = Structs.offset(Structs.RTMSG, "rtm_dst_len");
    private static final long RTM_TABLE = Structs.offset(Structs.RTMSG, "rtm_table");
    private static final long RTM_PROTOCOL = Structs.offset(Structs.RTMSG, "rtm_protocol");
    private static final long RTM_TYPE = Structs.offset(Structs.RTMSG, "rtm_type");
    private static final long RTM_FLAGS = Structs.offset(Structs.RTMSG, "rtm_flags");
    private static final long RTNH_FLAGS = Structs.offset(Structs.RTNEXTHOP, "rtnh_flags");
    private static final long RTNH_IFINDEX = Structs.offset(Structs.RTNEXTHOP, "rtnh_ifindex");
    private static final long RTNH_BYTES = Structs.RTNEXTHOP.byteSize();

    public MatchedRoute {
        nextHops = List.copyOf(nextHops);
    }

    /// The route that is the body of an RTM_NEWROUTE message, or nothing when it is none of IPv4.
    static Optional<MatchedRoute> read(MemorySegment bytes, long from, long end) {
        long attributes = from + Structs.RTMSG.byteSize();
        if (attributes > end || bytes.get(U8, from) != AF_INET) {
            return Optional.empty();
        }
        int prefixLength = bytes.get(U8, from + RTM_DST_LEN) & 0xFF;
        long destination = find(bytes, attributes, end, RTA_DST, 4);
        if (prefixLength > 32 || destination < 0 && prefixLength > 0) {
            return Optional.empty();
        }
        long table = find(bytes, attributes, end, RTA_TABLE, 4);
        long metric = find(bytes, attributes, end, RTA_PRIORITY, 4);
        return Optional.of(new MatchedRoute(
                table < 0 ? bytes.get(U8, from + RTM_TABLE) & 0xFF : bytes.get(I32, table),
                destination < 0 ? 0 : bytes.get(BE32, destination), prefixLength,
                bytes.get(U8, from + RTM_TYPE) & 0xFF, bytes.get(U8, from + RTM_PROTOCOL) & 0xFF,
                metric < 0 ? 0 : bytes.get(I32, metric), nextHops(bytes, from, attributes, end)));
    }

    private static List<NextHop> nextHops(MemorySegment bytes, long from, long attributes, long end) {
        List<NextHop> hops = new ArrayList<>();
        long several = find(bytes, attributes, end, RTA_MULTIPATH, 0);
        if (several < 0) {
            long device = find(bytes, attributes, end, RTA_OIF, 4);
            if (device >= 0) {
                hops.add(hop(bytes, bytes.get(I32, device), bytes.get(I32, from + RTM_FLAGS), attributes, end));
            }
            return hops;
        }
        long at = several;
        long last = Attributes.end(bytes, several);
        while (last - at >= RTNH_BYTES) {
            int length = bytes.get(U16, at) & 0xFFFF;
            if (length < RTNH_BYTES || length > last - at) {
                break;
            }
            hops.add(hop(bytes, bytes.get(I32, at + RTNH_IFINDEX), bytes.get(U8, at + RTNH_FLAGS) & 0xFF,
                    at + RTNH_BYTES, at + length));
            at = Attributes.next(at, length);
        }
        return hops;
    }

    private static NextHop hop(MemorySegment bytes, int device, int flags, long attributes, long end) {
        long gateway = find(bytes, attributes, end, RTA_GATEWAY, 4);
        return new NextHop(device, gateway < 0 ? 0 : bytes.get(BE32, gateway),
                (flags & (RTNH_F_DEAD | RTNH_F_LINKDOWN)) == 0, find(bytes, attributes, end, RTA_VIA, 0) >= 0);
    }
}
