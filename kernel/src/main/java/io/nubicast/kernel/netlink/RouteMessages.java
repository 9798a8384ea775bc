package io.nubicast.kernel.netlink;

import io.nubicast.kernel.sys.Structs;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/// Reads what an rtnetlink socket received (RFC 3549, rtnetlink(7)). Total: any bytes give events or are dropped.
final class RouteMessages {
    static final int NLMSG_ERROR = 2;
    static final int NLMSG_DONE = 3;
    static final int RTM_NEWLINK = 16;
    static final int RTM_DELLINK = 17;
    static final int RTM_GETLINK = 18;
    static final int RTM_NEWADDR = 20;
    static final int RTM_DELADDR = 21;
    static final int RTM_GETADDR = 22;
    static final int RTM_NEWNEIGH = 28;
    static final int RTM_DELNEIGH = 29;
    static final int RTM_GETNEIGH = 30;
    static final int NLM_F_DUMP_INTR = 0x10;

    private static final ValueLayout.OfByte U8 = ValueLayout.JAVA_BYTE;
    private static final ValueLayout.OfShort U16 = ValueLayout.JAVA_SHORT_UNALIGNED;
    private static final ValueLayout.OfInt I32 = ValueLayout.JAVA_INT_UNALIGNED;
    private static final ValueLayout.OfInt BE32 = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

    private static final long NLMSGHDR_BYTES = Structs.NLMSGHDR.byteSize();
    private static final long NLMSG_TYPE = Structs.offset(Structs.NLMSGHDR, "nlmsg_type");
    private static final long NLMSG_FLAGS = Structs.offset(Structs.NLMSGHDR, "nlmsg_flags");
    private static final long NLMSG_SEQ = Structs.offset(Structs.NLMSGHDR, "nlmsg_seq");
    private static final long IFI_INDEX = Structs.offset(Structs.IFINFOMSG, "ifi_index");
    private static final long IFI_FLAGS = Structs.offset(Structs.IFINFOMSG, "ifi_flags");
    private static final long IFA_PREFIXLEN = Structs.offset(Structs.IFADDRMSG, "ifa_prefixlen");
    private static final long IFA_INDEX = Structs.offset(Structs.IFADDRMSG, "ifa_index");
    private static final long NDM_IFINDEX = Structs.offset(Structs.NDMSG, "ndm_ifindex");
    private static final long NDM_STATE = Structs.offset(Structs.NDMSG, "ndm_state");

    private static final int AF_INET = 2;
    private static final int IFLA_ADDRESS = 1;
    private static final int IFLA_IFNAME = 3;
    private static final int IFLA_MTU = 4;
    private static final int IFA_ADDRESS = 1;
    private static final int IFA_LOCAL = 2;
    private static final int NDA_DST = 1;
    private static final int NDA_LLADDR = 2;
    private static final int NLA_TYPE_MASK = 0x3FFF;

    /// Bits of [#read]'s answer: the dump is complete.
    static final int DONE = 1;
    /// The dump was refused.
    static final int FAILED = 2;
    /// The tables changed during the dump (NLM_F_DUMP_INTR): ask again, after its end.
    static final int INTERRUPTED = 4;

    private RouteMessages() {}

    /// Reads one buffer.
    ///
    /// @param sequence of the dump that is waited for; messages of it go to `dumped`, all others to `changed`
    /// @return how that dump stands: bits, 0 when it goes on
    static int read(MemorySegment bytes, long length, int sequence, Consumer<RouteEvent> dumped,
            Consumer<RouteEvent> changed) {
        long at = 0;
        int dump = 0;
        while (length - at >= NLMSGHDR_BYTES) {
            long messageLength = bytes.get(I32, at) & 0xFFFFFFFFL;
            if (messageLength < NLMSGHDR_BYTES || messageLength > length - at) {
                return dump;
            }
            int type = bytes.get(U16, at + NLMSG_TYPE) & 0xFFFF;
            boolean ours = bytes.get(I32, at + NLMSG_SEQ) == sequence && sequence != 0;
            if (ours && (bytes.get(U16, at + NLMSG_FLAGS) & NLM_F_DUMP_INTR) != 0) {
                dump |= INTERRUPTED;
            }
            if (type == NLMSG_DONE || type == NLMSG_ERROR) {
                if (ours) {
                    return dump | (type == NLMSG_ERROR ? FAILED : DONE);
                }
            } else {
                message(bytes, type, at + NLMSGHDR_BYTES, at + messageLength, ours ? dumped : changed);
            }
            at += messageLength + 3 & ~3L;
        }
        return dump;
    }

    private static void message(MemorySegment bytes, int type, long from, long end, Consumer<RouteEvent> out) {
        switch (type) {
            case RTM_NEWLINK, RTM_DELLINK -> link(bytes, type == RTM_NEWLINK, from, end, out);
            case RTM_NEWADDR, RTM_DELADDR -> address(bytes, type == RTM_NEWADDR, from, end, out);
            case RTM_NEWNEIGH, RTM_DELNEIGH -> neighbour(bytes, type == RTM_NEWNEIGH, from, end, out);
            default -> {
                // Routes and rules come when someone needs them.
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
        if (name < 0) {
            return;
        }
        String text = text(bytes, name, payloadBytes(bytes, name));
        if (isNew) {
            out.accept(new RouteEvent.Link(index, text, bytes.get(I32, from + IFI_FLAGS),
                    mtu < 0 ? 0 : bytes.get(I32, mtu),
                    hardwareAddress(bytes, find(bytes, attributes, end, IFLA_ADDRESS, 6))));
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

    /// The offset of the payload of the first attribute of that type with at least `least` bytes, or -1.
    private static long find(MemorySegment bytes, long from, long end, int type, int least) {
        long at = from;
        while (end - at >= 4) {
            int length = bytes.get(U16, at) & 0xFFFF;
            if (length < 4 || length > end - at) {
                return -1;
            }
            if ((bytes.get(U16, at + 2) & NLA_TYPE_MASK) == type) {
                return length - 4 >= least ? at + 4 : -1;
            }
            at += length + 3 & ~3;
        }
        return -1;
    }

    private static int payloadBytes(MemorySegment bytes, long payload) {
        return (bytes.get(U16, payload - 4) & 0xFFFF) - 4;
    }

    private static long hardwareAddress(MemorySegment bytes, long at) {
        if (at < 0) {
            return -1;
        }
        return (bytes.get(BE32, at) & 0xFFFFFFFFL) << 16 | (bytes.get(U8, at + 4) & 0xFFL) << 8
                | bytes.get(U8, at + 5) & 0xFFL;
    }

    private static String text(MemorySegment bytes, long at, int length) {
        byte[] copy = new byte[length];
        MemorySegment.copy(bytes, U8, at, copy, 0, length);
        int end = 0;
        while (end < length && copy[end] != 0) {
            end++;
        }
        return new String(copy, 0, end, StandardCharsets.UTF_8);
    }
}
