package io.nubicast.kernel.netlink;

import io.nubicast.kernel.sys.Structs;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// Writes a netlink request: header, body, attributes. Filled, sent, and filled again; one thread.
final class Request {
    private static final int MOST_BYTES = 512;

    private final MemorySegment bytes = Arena.ofAuto().allocate(MOST_BYTES, 8);
    private long length;
    private long body;

    /// Begins one whose body is of that struct's size, all zero.
    Request begin(int type, int flags, int sequence, long bodyBytes) {
        bytes.fill((byte) 0);
        bytes.set(Attributes.U16, Messages.TYPE, (short) type);
        bytes.set(Attributes.U16, Messages.FLAGS, (short) flags);
        bytes.set(Attributes.I32, Messages.SEQUENCE, sequence);
        body = Structs.NLMSGHDR.byteSize();
        length = body + bodyBytes;
        return this;
    }

    /// Sets a byte of the body.
    Request octet(long offset, int value) {
        bytes.set(Attributes.U8, body + offset, (byte) value);
        return this;
    }

    /// Sets a word of the body.
    Request word(long offset, int value) {
        bytes.set(Attributes.I32, body + offset, value);
        return this;
    }

    /// Adds an attribute of 32 bits in the host's byte order.
    Request number(int type, int value) {
        bytes.set(Attributes.I32, attribute(type), value);
        return this;
    }

    /// Adds an attribute of an IPv4 address.
    Request address(int type, int value) {
        bytes.set(Attributes.BE32, attribute(type), value);
        return this;
    }

    private long attribute(int type) {
        long at = length;
        bytes.set(Attributes.U16, at, (short) (Attributes.HEADER_BYTES + 4));
        bytes.set(Attributes.U16, at + 2, (short) type);
        length += Attributes.HEADER_BYTES + 4;
        return at + Attributes.HEADER_BYTES;
    }

    /// The finished message, [#length()] bytes of it.
    MemorySegment bytes() {
        bytes.set(Attributes.I32, 0, (int) length);
        return bytes;
    }

    long length() {
        return length;
    }
}
