package io.nubicast.kernel.netlink;

import static io.nubicast.kernel.netlink.Attributes.I32;
import static io.nubicast.kernel.netlink.Attributes.U16;
import static io.nubicast.kernel.netlink.Attributes.U8;
import static io.nubicast.kernel.netlink.Attributes.find;

import io.nubicast.kernel.sys.Structs;
import java.lang.foreign.MemorySegment;

/// Reads what xfrm tells about policies (linux/xfrm.h). Total: any bytes give policies or are dropped.
final class XfrmMessages {
    static final int XFRM_MSG_NEWPOLICY = 0x13;
    static final int XFRM_MSG_DELPOLICY = 0x14;
    static final int XFRM_MSG_GETPOLICY = 0x15;
    private static final int XFRM_MSG_UPDPOLICY = 0x19;
    private static final int XFRM_MSG_POLEXPIRE = 0x1B;
    private static final int XFRM_MSG_FLUSHPOLICY = 0x1D;

    private static final long FAMILY = Structs.offset(Structs.XFRM_SELECTOR, "family");
    private static final long DIR = Structs.offset(Structs.XFRM_USERPOLICY_INFO, "dir");
    private static final int AF_INET6 = 10;
    private static final int XFRM_POLICY_OUT = 1;
    private static final int XFRMA_IF_ID = 31;

    private XfrmMessages() {}

    /// Reads one buffer of a dump.
    ///
    /// @param found is run for each policy of direction out that concerns IPv4; those of an xfrm interface, which is a device of
    ///     its own, do not count
    /// @return how the dump stands, bits of [Messages]
    static int read(MemorySegment bytes, long length, int sequence, Runnable found) {
        return Messages.read(bytes, length, sequence, (type, from, end, ours) -> {
            if (ours && type == XFRM_MSG_NEWPOLICY && isOutput(bytes, from, end)) {
                found.run();
            }
        });
    }

    private static boolean isOutput(MemorySegment bytes, long from, long end) {
        long attributes = from + Structs.XFRM_USERPOLICY_INFO.byteSize();
        if (attributes > end || bytes.get(U8, from + DIR) != XFRM_POLICY_OUT
                || bytes.get(U16, from + FAMILY) == AF_INET6) {
            return false;
        }
        long device = find(bytes, attributes, end, XFRMA_IF_ID, 4);
        return device < 0 || bytes.get(I32, device) == 0;
    }

    /// Whether one of the messages says that policies have changed.
    static boolean tellOfPolicies(MemorySegment bytes, long length) {
        boolean[] found = {false};
        Messages.read(bytes, length, 0, (type, from, end, ours) -> found[0] |= switch (type) {
            case XFRM_MSG_NEWPOLICY, XFRM_MSG_DELPOLICY, XFRM_MSG_UPDPOLICY, XFRM_MSG_POLEXPIRE,
                    XFRM_MSG_FLUSHPOLICY ->
                true;
            default -> false;
        });
        return found[0];
    }
}
