package io.nubicast.kernel.netlink;

import static io.nubicast.kernel.netlink.Attributes.I32;
import static io.nubicast.kernel.netlink.Attributes.U16;
import static io.nubicast.kernel.netlink.Attributes.U8;
import static io.nubicast.kernel.netlink.Attributes.find;
import static io.nubicast.kernel.netlink.Attributes.text;

import io.nubicast.kernel.netlink.TrafficControl.Filter;
import io.nubicast.kernel.sys.Structs;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/// Writes and reads messages of rtnetlink about traffic control: the qdisc clsact and its cls_bpf filters (linux/pkt_sched.h,
/// linux/pkt_cls.h). Reading is total.
final class TrafficMessages {
    static final int RTM_NEWQDISC = 36;
    static final int RTM_DELQDISC = 37;
    static final int RTM_GETQDISC = 38;
    static final int RTM_NEWTFILTER = 44;
    static final int RTM_DELTFILTER = 45;
    static final int RTM_GETTFILTER = 46;

    /// Of the qdiscs `clsact` and `ingress`; an interface can have one of them.
    static final int CLSACT_HANDLE = 0xFFFF_0000;
    private static final int CLSACT_PARENT = 0xFFFF_FFF1;
    /// The longest message: a filter with a name of 255 bytes.
    static final int MOST_BYTES = 512;
    private static final String CLSACT = "clsact";
    private static final String BPF = "bpf";
    /// Before what others have; equal ones run in the order they came.
    private static final int PRIORITY = 1;
    /// ETH_P_ALL in the network's byte order
    private static final int EVERY_PROTOCOL = 0x0300;

    private static final int TCA_KIND = 1;
    private static final int TCA_OPTIONS = 2;
    private static final int TCA_BPF_FD = 6;
    private static final int TCA_BPF_NAME = 7;
    private static final int TCA_BPF_FLAGS = 8;
    private static final int TCA_BPF_ID = 11;
    private static final int DIRECT_ACTION = 1;

    private static final long BODY = Messages.HEADER_BYTES;
    private static final long ATTRIBUTES = BODY + Structs.TCMSG.byteSize();

    private TrafficMessages() {}

    /// Writes a request about the qdisc clsact of an interface; returns its length.
    static long clsact(MemorySegment to, int type, int flags, int sequence, int interfaceIndex) {
        begin(to, interfaceIndex, CLSACT_HANDLE, CLSACT_PARENT, 0);
        return end(to, type, flags, sequence, put(to, ATTRIBUTES, TCA_KIND, CLSACT));
    }

    /// Writes a request for every qdisc of an interface, or every filter of a parent (the others 0).
    static long dump(MemorySegment to, int type, int flags, int sequence, int interfaceIndex, int parent) {
        begin(to, interfaceIndex, 0, parent, 0);
        return end(to, type, flags, sequence, ATTRIBUTES);
    }

    /// Writes a request about a filter.
    ///
    /// @param handle 0 for a new one
    /// @param program its descriptor, or -1 where the request is to remove the filter
    static long filter(MemorySegment to, int type, int flags, int sequence, int interfaceIndex, int parent, int handle,
            int program, String name) {
        begin(to, interfaceIndex, handle, parent, PRIORITY << 16 | EVERY_PROTOCOL);
        long end = put(to, ATTRIBUTES, TCA_KIND, BPF);
        if (program >= 0) {
            long options = end;
            end += Attributes.HEADER_BYTES;
            end = put(to, end, TCA_BPF_FD, program);
            end = put(to, end, TCA_BPF_NAME, name);
            end = put(to, end, TCA_BPF_FLAGS, DIRECT_ACTION);
            header(to, options, TCA_OPTIONS, (int) (end - options));
        }
        return end(to, type, flags, sequence, end);
    }

    private static void begin(MemorySegment to, int interfaceIndex, int handle, int parent, int info) {
        to.fill((byte) 0);
        to.set(I32, BODY + Structs.offset(Structs.TCMSG, "tcm_ifindex"), interfaceIndex);
        to.set(I32, BODY + Structs.offset(Structs.TCMSG, "tcm_handle"), handle);
        to.set(I32, BODY + Structs.offset(Structs.TCMSG, "tcm_parent"), parent);
        to.set(I32, BODY + Structs.offset(Structs.TCMSG, "tcm_info"), info);
    }

    private static long end(MemorySegment to, int type, int flags, int sequence, long end) {
        to.set(I32, 0, (int) end);
        to.set(U16, Messages.TYPE, (short) type);
        to.set(U16, Messages.FLAGS, (short) flags);
        to.set(I32, Messages.SEQUENCE, sequence);
        return end;
    }

    private static void header(MemorySegment to, long at, int type, int length) {
        to.set(U16, at, (short) length);
        to.set(U16, at + 2, (short) type);
    }

    private static long put(MemorySegment to, long at, int type, int value) {
        header(to, at, type, Attributes.HEADER_BYTES + Integer.BYTES);
        to.set(I32, at + Attributes.HEADER_BYTES, value);
        return at + Attributes.HEADER_BYTES + Integer.BYTES;
    }

    private static long put(MemorySegment to, long at, int type, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        int length = Attributes.HEADER_BYTES + bytes.length + 1;
        header(to, at, type, length);
        MemorySegment.copy(bytes, 0, to, U8, at + Attributes.HEADER_BYTES, bytes.length);
        return Attributes.next(at, length);
    }

    /// The filter that a message of type RTM_NEWTFILTER tells of, when it is one of cls_bpf for that interface.
    static Optional<Filter> filter(MemorySegment bytes, long from, long end, int interfaceIndex) {
        long attributes = from + Structs.TCMSG.byteSize();
        if (end < attributes || !about(bytes, from, interfaceIndex) || !kind(bytes, attributes, end).equals(BPF)) {
            return Optional.empty();
        }
        long options = find(bytes, attributes, end, TCA_OPTIONS, 0);
        int handle = bytes.get(I32, from + Structs.offset(Structs.TCMSG, "tcm_handle"));
        if (options < 0 || handle == 0) {
            return Optional.empty();
        }
        long optionsEnd = Attributes.end(bytes, options);
        long id = find(bytes, options, optionsEnd, TCA_BPF_ID, Integer.BYTES);
        int priority = bytes.get(I32, from + Structs.offset(Structs.TCMSG, "tcm_info")) >>> 16;
        return Optional.of(new Filter(priority, handle, text(bytes, find(bytes, options, optionsEnd, TCA_BPF_NAME, 0)),
                id < 0 ? 0 : bytes.get(I32, id)));
    }

    /// The kind of the qdisc in the place of clsact that a message of type RTM_NEWQDISC tells of, or "".
    static String ingressQdisc(MemorySegment bytes, long from, long end, int interfaceIndex) {
        long attributes = from + Structs.TCMSG.byteSize();
        boolean there = end >= attributes && about(bytes, from, interfaceIndex)
                && bytes.get(I32, from + Structs.offset(Structs.TCMSG, "tcm_handle")) == CLSACT_HANDLE;
        return there ? kind(bytes, attributes, end) : "";
    }

    private static boolean about(MemorySegment bytes, long from, int interfaceIndex) {
        return bytes.get(I32, from + Structs.offset(Structs.TCMSG, "tcm_ifindex")) == interfaceIndex;
    }

    private static String kind(MemorySegment bytes, long attributes, long end) {
        return text(bytes, find(bytes, attributes, end, TCA_KIND, 0));
    }
}
