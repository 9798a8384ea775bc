package io.nubicast.kernel.netlink;

import static io.nubicast.kernel.netlink.Attributes.I32;
import static io.nubicast.kernel.netlink.Attributes.U16;

import io.nubicast.kernel.sys.Structs;
import java.lang.foreign.MemorySegment;

/// Walks the messages that a netlink socket received (RFC 3549). Total: any bytes give messages within them or are dropped.
final class Messages {
    static final int NLMSG_ERROR = 2;
    static final int NLMSG_DONE = 3;
    static final int NLM_F_DUMP_INTR = 0x10;

    /// Bits of [#read]'s answer: the dump is complete.
    static final int DONE = 1;
    /// The dump was refused; [#errno(int)] tells why.
    static final int FAILED = 2;
    /// The tables changed during the dump (NLM_F_DUMP_INTR): ask again, after its end.
    static final int INTERRUPTED = 4;

    static final long HEADER_BYTES = Structs.NLMSGHDR.byteSize();
    static final long TYPE = Structs.offset(Structs.NLMSGHDR, "nlmsg_type");
    static final long FLAGS = Structs.offset(Structs.NLMSGHDR, "nlmsg_flags");
    static final long SEQUENCE = Structs.offset(Structs.NLMSGHDR, "nlmsg_seq");

    private static final int ERRNO_SHIFT = 8;

    /// Takes one message.
    @FunctionalInterface
    interface Taker {
        /// Takes the message whose body begins at `from`.
        ///
        /// @param ours it belongs to the dump that is waited for
        void take(int type, long from, long end, boolean ours);
    }

    private Messages() {}

    /// Reads one buffer.
    ///
    /// @param sequence of the dump that is waited for, or 0
    /// @return how that dump stands: bits, 0 when it goes on
    static int read(MemorySegment bytes, long length, int sequence, Taker taker) {
        long at = 0;
        int dump = 0;
        while (length - at >= HEADER_BYTES) {
            long messageLength = bytes.get(I32, at) & 0xFFFFFFFFL;
            if (messageLength < HEADER_BYTES || messageLength > length - at) {
                return dump;
            }
            int type = bytes.get(U16, at + TYPE) & 0xFFFF;
            boolean ours = bytes.get(I32, at + SEQUENCE) == sequence && sequence != 0;
            if (ours && (bytes.get(U16, at + FLAGS) & NLM_F_DUMP_INTR) != 0) {
                dump |= INTERRUPTED;
            }
            if (type == NLMSG_DONE || type == NLMSG_ERROR) {
                if (ours) {
                    return dump | (type == NLMSG_ERROR ? failed(bytes, at, messageLength) : DONE);
                }
            } else {
                taker.take(type, at + HEADER_BYTES, at + messageLength, ours);
            }
            at += messageLength + 3 & ~3L;
        }
        return dump;
    }

    private static int failed(MemorySegment bytes, long at, long messageLength) {
        int errno = messageLength < HEADER_BYTES + 4 ? 0 : -bytes.get(I32, at + HEADER_BYTES);
        return FAILED | (errno & 0xFFFF) << ERRNO_SHIFT;
    }

    /// Why a dump failed: positive, 0 when not told.
    static int errno(int outcome) {
        return outcome >>> ERRNO_SHIFT;
    }
}
