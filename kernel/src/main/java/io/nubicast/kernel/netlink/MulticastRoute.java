package io.nubicast.kernel.netlink;

import static io.nubicast.kernel.netlink.Attributes.BE32;
import static io.nubicast.kernel.netlink.Attributes.I32;
import static io.nubicast.kernel.netlink.Attributes.I64;
import static io.nubicast.kernel.netlink.Attributes.U16;
import static io.nubicast.kernel.netlink.Attributes.U8;
import static io.nubicast.kernel.netlink.Attributes.find;

import io.nubicast.kernel.sys.Structs;
import java.lang.foreign.MemorySegment;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// An entry of a multicast routing table, as the kernel has it.
///
/// @param table number
/// @param source 0 for every source that has no entry of its own
/// @param incoming index of the interface that packets must arrive on; 0 when it is gone
/// @param outgoing indexes of the interfaces that packets leave by, and their TTL thresholds
/// @param unresolved packets wait for it: there is no entry yet
/// @param packets all that arrived, also on a wrong interface
/// @param wrongInterface those that arrived on another one
public record MulticastRoute(int table, int source, int group, int incoming, Map<Integer, Integer> outgoing,
        boolean unresolved, long packets, long bytes, long wrongInterface) {
    /// RTNL_FAMILY_IPMR
    static final int FAMILY = 128;

    private static final int RTNH_F_UNRESOLVED = 32;
    private static final int RTA_DST = 1;
    private static final int RTA_SRC = 2;
    private static final int RTA_IIF = 3;
    private static final int RTA_MULTIPATH = 9;
    private static final int RTA_TABLE = 15;
    private static final int RTA_MFC_STATS = 17;
    private static final int STATS_BYTES = 24;
    private static final long RTM_TABLE = Structs.offset(Structs.RTMSG, "rtm_table");
    private static final long RTM_FLAGS = Structs.offset(Structs.RTMSG, "rtm_flags");
    private static final long RTNH_HOPS = Structs.offset(Structs.RTNEXTHOP, "rtnh_hops");
    private static final long RTNH_IFINDEX = Structs.offset(Structs.RTNEXTHOP, "rtnh_ifindex");

    public MulticastRoute {
        outgoing = Map.copyOf(outgoing);
    }

    /// The entry that is the body of an RTM_NEWROUTE or RTM_DELROUTE message, or nothing when it is none.
    static Optional<MulticastRoute> read(MemorySegment bytes, long from, long end) {
        long attributes = from + Structs.RTMSG.byteSize();
        if (attributes > end || (bytes.get(U8, from) & 0xFF) != FAMILY) {
            return Optional.empty();
        }
        long group = find(bytes, attributes, end, RTA_DST, 4);
        long source = find(bytes, attributes, end, RTA_SRC, 4);
        if (group < 0) {
            return Optional.empty();
        }
        long table = find(bytes, attributes, end, RTA_TABLE, 4);
        long incoming = find(bytes, attributes, end, RTA_IIF, 4);
        long stats = find(bytes, attributes, end, RTA_MFC_STATS, STATS_BYTES);
        return Optional.of(new MulticastRoute(
                table < 0 ? bytes.get(U8, from + RTM_TABLE) & 0xFF : bytes.get(I32, table),
                source < 0 ? 0 : bytes.get(BE32, source), bytes.get(BE32, group),
                incoming < 0 ? 0 : bytes.get(I32, incoming), outgoing(bytes, attributes, end),
                (bytes.get(I32, from + RTM_FLAGS) & RTNH_F_UNRESOLVED) != 0,
                stats < 0 ? 0 : bytes.get(I64, stats), stats < 0 ? 0 : bytes.get(I64, stats + 8),
                stats < 0 ? 0 : bytes.get(I64, stats + 16)));
    }

    private static Map<Integer, Integer> outgoing(MemorySegment bytes, long attributes, long end) {
        Map<Integer, Integer> outgoing = new TreeMap<>();
        long at = find(bytes, attributes, end, RTA_MULTIPATH, 0);
        long last = at < 0 ? 0 : Attributes.end(bytes, at);
        while (at >= 0 && last - at >= Structs.RTNEXTHOP.byteSize()) {
            int length = bytes.get(U16, at) & 0xFFFF;
            outgoing.put(bytes.get(I32, at + RTNH_IFINDEX), bytes.get(U8, at + RTNH_HOPS) & 0xFF);
            if (length < Structs.RTNEXTHOP.byteSize()) {
                break;
            }
            at = Attributes.next(at, length);
        }
        return outgoing;
    }
}
