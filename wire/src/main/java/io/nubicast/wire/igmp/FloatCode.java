package io.nubicast.wire.igmp;

/// The eight-bit numbers of version 3: Max Resp Code and Querier's Query Interval Code (RFC 3376 sections 4.1.1 and 4.1.7).
///
///      0 1 2 3 4 5 6 7
///     +-+-+-+-+-+-+-+-+
///     |1| exp | mant  |    (mant | 0x10) << (exp + 3), from 128 on; below, the number itself
///     +-+-+-+-+-+-+-+-+
public final class FloatCode {
    /// The greatest value that has a code.
    public static final int MAXIMUM = 31_744;

    private FloatCode() {}

    /// The value of a code.
    ///
    /// @param code 0..255
    public static int decode(int code) {
        return code < 128 ? code : (code & 0x0F | 0x10) << ((code >>> 4 & 0x07) + 3);
    }

    /// The code of the greatest value that is not above the wanted one.
    ///
    /// @param value at least 0
    public static int encode(int value) {
        if (value < 128) {
            return value;
        }
        int least = Math.min(value, MAXIMUM);
        int exponent = 31 - Integer.numberOfLeadingZeros(least) - 7;
        return 0x80 | exponent << 4 | least >>> exponent + 3 & 0x0F;
    }
}
