package io.nubicast.kernel.netlink;

import static io.nubicast.kernel.netlink.Attributes.BE32;
import static io.nubicast.kernel.netlink.Attributes.I32;
import static io.nubicast.kernel.netlink.Attributes.U16;
import static io.nubicast.kernel.netlink.Attributes.U8;
import static io.nubicast.kernel.netlink.Attributes.find;
import static io.nubicast.kernel.netlink.Attributes.text;

import io.nubicast.kernel.sys.Structs;
import java.lang.foreign.MemorySegment;
import java.util.function.Consumer;

/// Reads what an rtnetlink socket received (RFC 3549, rtnetlink(7)). Total: any bytes give events or are dropped.
final class RouteMessages {
    static final int RTM_NEWLINK = 16;
    static final int RTM_DELLINK = 17;
    static final int RTM_GETLINK = 18;
    static final int RTM_NEWADDR = 20;
    static final int RTM_DELADDR = 21;
    static final int RTM_GETADDR = 22;
    static final int RTM_NEWROUTE = 24;
    static final int RTM_DELROUTE = 25;
    static final int RTM_GETROUTE = 26;
    static final int RTM_NEWNEIGH = 28;
    static final int RTM_DELNEIGH = 29;
    static final int RTM_GETNEIGH = 30;
    static final int RTM_NEWRULE = 32;
    static final int RTM_DELRULE = 33;
    static final int RTM_NEWNEXTHOP = 104;
    static final int RTM_DELNEXTHOP = 105;

    private static final long IFI_TYPE = Structs.offset(Structs.IFINFOMSG, "ifi_type");
    private static final long IFI_INDEX = Structs.offset(Structs.IFINFOMSG, "ifi_index");
    private static final long IFI_FLAGS = Structs.offset(Structs.IFINFOMSG, "ifi_flags");
    private static final long IFA_PREFIXLEN = Structs.offset(Structs.IFADDRMSG, "ifa_prefixlen");
    private static final long IFA_INDEX = Structs.offset(Structs.IFADDRMSG, "ifa_index");
    private static final long NDM_IFINDEX = Structs.offset(Structs.NDMSG, "ndm_ifindex");
    private static final long NDM_STATE = Structs.offset(Structs.NDMSG, "ndm_state");

    private static final long RTM_DST_LEN = Structs.offset(Structs.RTMSG, "rtm_dst_len");
    private static final long RTM_TABLE = Structs.offset(Structs.RTMSG, "rtm_table");

    private static final int AF_INET = 2;
    private static final int IFLA_ADDRESS = 1;
    private static final int IFLA_IFNAME = 3;
    private static final int IFLA_MTU = 4;
    private static final int IFLA_MASTER = 10;
    private static final int IFLA_TXQLEN = 13;
    private static final int IFA_ADDRESS = 1;
    private static final int IFA_LOCAL = 2;
    private static final int NDA_DST = 1;
    private static final int NDA_LLADDR = 2;
    private static final int RTA_DST = 1;
    private static final int RTA_TABLE = 15;

    private RouteMessages() {}

    /// Reads one buffer.
    ///
    /// @param sequence of the dump that is waited for; messages of it go to `dumped`, all others to `changed`
    /// @return how that dump stands, bits of [Messages]
    static int read(MemorySegment bytes, long length, int sequence, Consumer<RouteEvent> dumped,
            Consumer<RouteEvent> changed) {
        return Messages.read(bytes, length, sequence,
                (type, from, end, ours) -> message(bytes, type, from, end, ours ? dumped : changed));
    }

    private static void message(MemorySegment bytes, int type, long from, long end, Consumer<RouteEvent> out) {
        switch (type) {
            case RTM_NEWLINK, RTM_DELLINK -> link(bytes, type == RTM_NEWLINK, from, end, out);
            case RTM_NEWADDR, RTM_DELADDR -> address(bytes, type == RTM_NEWADDR, from, end, out);
            case RTM_NEWNEIGH, RTM_DELNEIGH -> neighbour(bytes, type == RTM_NEWNEIGH, from, end, out);
            case RTM_NEWROUTE, RTM_DELROUTE -> route(bytes, type == RTM_NEWROUTE, from, end, out);
            case RTM_NEWRULE, RTM_DELRULE -> rule(bytes, Structs.FIB_RULE_HDR.byteSize(), from, end, out);
            case RTM_NEWNEXTHOP, RTM_DELNEXTHOP -> rule(bytes, Structs.NHMSG.byteSize(), from, end, out);
            default -> {
                // Nobody subscribed to it.
            }
        }
    }

    private static void link(MemorySegment bytes, boolean isNew, long from, long end, Consumer<RouteEvent> out) {
        long attributes = from + Structs.IFINFOMSG.byteSize();
        // A bridge tells about its ports in messages of its own family: not about the link itself.
        if (attributes > end || bytes.get(U8, from) != 0) {
            return;
        }
        int index = bytes.get(I32, from + IFI_INDEX);
        long name = find(bytes, attributes, end, IFLA_IFNAME, 1);
        long mtu = find(bytes, attributes, end, IFLA_MTU, 4);
        long master = find(bytes, attributes, end, IFLA_MASTER, 4);
        long queueLength = find(bytes, attributes, end, IFLA_TXQLEN, 4);
        if (name < 0) {
            return;
        }
        String text = text(bytes, name);
        if (isNew) {
            out.accept(new RouteEvent.Link(index, text, bytes.get(I32, from + IFI_FLAGS),
                    mtu < 0 ? 0 : bytes.get(I32, mtu),
                    hardwareAddress(bytes, find(bytes, attributes, end, IFLA_ADDRESS, 6)),
                    bytes.get(U16, from + IFI_TYPE) & 0xFFFF, master < 0 ? 0 : bytes.get(I32, master),
                    queueLength < 0 ? 0 : Math.max(0, bytes.get(I32, queueLength))));
        } else {
            out.accept(new RouteEvent.LinkGone(index, text));
        }
    }

    private static void address(MemorySegment bytes, boolean isNew, long from, long end, Consumer<RouteEvent> out) {
        long attributes = from + Structs.IFADDRMSG.byteSize();
        if (attributes > end || bytes.get(U8, from) != AF_INET) {
            return;
        }
        // On a point-to-point link IFA_ADDRESS is the peer's.
        long local = find(bytes, attributes, end, IFA_LOCAL, 4);
        long address = local >= 0 ? local : find(bytes, attributes, end, IFA_ADDRESS, 4);
        int prefixLength = bytes.get(U8, from + IFA_PREFIXLEN) & 0xFF;
        if (address < 0 || prefixLength > 32) {
            return;
        }
        int index = bytes.get(I32, from + IFA_INDEX);
        int value = bytes.get(BE32, address);
        out.accept(isNew
                ? new RouteEvent.LocalAddress(index, value, prefixLength)
                : new RouteEvent.LocalAddressGone(index, value, prefixLength));
    }

    private static void neighbour(MemorySegment bytes, boolean isNew, long from, long end, Consumer<RouteEvent> out) {
        long attributes = from + Structs.NDMSG.byteSize();
        if (attributes > end || bytes.get(U8, from) != AF_INET) {
            return;
        }
        long address = find(bytes, attributes, end, NDA_DST, 4);
        if (address < 0) {
            return;
        }
        int index = bytes.get(I32, from + NDM_IFINDEX);
        int value = bytes.get(BE32, address);
        out.accept(isNew
                ? new RouteEvent.Neighbour(index, value, bytes.get(U16, from + NDM_STATE) & 0xFFFF,
                        hardwareAddress(bytes, find(bytes, attributes, end, NDA_LLADDR, 6)))
                : new RouteEvent.NeighbourGone(index, value));
    }

    private static void route(MemorySegment bytes, boolean isNew, long from, long end, Consumer<RouteEvent> out) {
        long attributes = from + Structs.RTMSG.byteSize();
        int prefixLength = attributes > end ? 255 : bytes.get(U8, from + RTM_DST_LEN) & 0xFF;
        if (prefixLength > 32 || bytes.get(U8, from) != AF_INET) {
            return;
        }
        long destination = find(bytes, attributes, end, RTA_DST, 4);
        if (destination < 0 && prefixLength > 0) {
            return;
        }
        long table = find(bytes, attributes, end, RTA_TABLE, 4);
        int number = table < 0 ? bytes.get(U8, from + RTM_TABLE) & 0xFF : bytes.get(I32, table);
        int value = destination < 0 ? 0 : bytes.get(BE32, destination);
        out.accept(isNew
                ? new RouteEvent.Route(number, value, prefixLength)
                : new RouteEvent.RouteGone(number, value, prefixLength));
    }

    private static void rule(MemorySegment bytes, long headerBytes, long from, long end, Consumer<RouteEvent> out) {
        // A next hop object of a blackhole or a group has no family.
        if (end - from >= headerBytes && (bytes.get(U8, from) == AF_INET || bytes.get(U8, from) == 0)) {
            out.accept(new RouteEvent.RulesChanged());
        }
    }

    private static long hardwareAddress(MemorySegment bytes, long at) {
        if (at < 0) {
            return -1;
        }
        return (bytes.get(BE32, at) & 0xFFFFFFFFL) << 16 | (bytes.get(U8, at + 4) & 0xFFL) << 8
                | bytes.get(U8, at + 5) & 0xFFL;
    }
}
