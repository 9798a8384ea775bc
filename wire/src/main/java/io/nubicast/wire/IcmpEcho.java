package io.nubicast.wire;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Optional;

/// An ICMP echo or echo reply (RFC 792), without its data.
///
///      0                   1                   2                   3
///      0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
///     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
///     |  Type: 8 / 0  |   Code: 0     |          Checksum             |
///     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
///     |           Identifier          |        Sequence Number        |
///     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
///     |     Data ...
///     +-+-+-+-+-
///
/// @param reply whether it is an answer
/// @param identifier 0..65535
/// @param sequenceNumber 0..65535
public record IcmpEcho(boolean reply, int identifier, int sequenceNumber) {
    /// The IP protocol number of ICMP.
    public static final int PROTOCOL = 1;
    /// Bytes before the data.
    public static final int HEADER_LENGTH = 8;

    private static final int ECHO_REPLY = 0;
    private static final int ECHO = 8;
    private static final ValueLayout.OfShort U16 = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

    /// Reads an ICMP message; empty when it is no echo, is cut off, or its checksum is wrong.
    ///
    /// @param message from its type to its end
    public static Optional<IcmpEcho> parse(MemorySegment message) {
        long length = message.byteSize();
        if (length < HEADER_LENGTH || length > 65_535) {
            return Optional.empty();
        }
        int type = message.get(ValueLayout.JAVA_BYTE, 0) & 0xFF;
        if (type != ECHO && type != ECHO_REPLY || message.get(ValueLayout.JAVA_BYTE, 1) != 0
                || InternetChecksum.finish(InternetChecksum.sum(message, 0, (int) length)) != 0) {
            return Optional.empty();
        }
        return Optional.of(new IcmpEcho(type == ECHO_REPLY, message.get(U16, 4) & 0xFFFF,
                message.get(U16, 6) & 0xFFFF));
    }

    /// The message with that many bytes of data, which count up from 0 as those of ping programs do.
    public byte[] emit(int dataBytes) {
        byte[] message = new byte[HEADER_LENGTH + dataBytes];
        MemorySegment segment = MemorySegment.ofArray(message);
        message[0] = (byte) (reply ? ECHO_REPLY : ECHO);
        segment.set(U16, 4, (short) identifier);
        segment.set(U16, 6, (short) sequenceNumber);
        for (int i = 0; i < dataBytes; i++) {
            message[HEADER_LENGTH + i] = (byte) i;
        }
        segment.set(U16, 2, (short) InternetChecksum.finish(InternetChecksum.sum(segment, 0, message.length)));
        return message;
    }
}
