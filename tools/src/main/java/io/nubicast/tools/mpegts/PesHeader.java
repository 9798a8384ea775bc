package io.nubicast.tools.mpegts;

/// A view of the timestamps in the PES header that a packet begins with (ISO/IEC 13818-1 section 2.4.3.6). Reusable.
public final class PesHeader {
    private static final int FLAGS = 7;
    private static final int PTS = 9;
    private static final int DTS = 14;
    private static final int STAMP_LENGTH = 5;

    private byte[] bytes = new byte[0];
    private int offset;
    private int length;

    /// Looks at a packet's payload. True when an unscrambled PES packet with the optional header begins there and its
    /// timestamps lie inside this packet; then the other methods may be called.
    public boolean wrap(TsPacket packet) {
        length = 0;
        if (!packet.payloadUnitStart() || packet.scrambling() != 0 || packet.payloadLength() < PTS) {
            return false;
        }
        bytes = packet.array();
        offset = packet.payloadOffset();
        if (bytes[offset] != 0 || bytes[offset + 1] != 0 || bytes[offset + 2] != 1
                || !hasOptionalHeader(bytes[offset + 3] & 0xFF) || (bytes[offset + 6] & 0xC0) != 0x80) {
            return false;
        }
        length = Math.min(packet.payloadLength(), PTS + (bytes[offset + 8] & 0xFF));
        return true;
    }

    /// stream_id says so: all but program_stream_map, padding, private_stream_2, ECM, EMM, DSM-CC, H.222.1 type E, directory.
    private static boolean hasOptionalHeader(int streamId) {
        return switch (streamId) {
            case 0xBC, 0xBE, 0xBF, 0xF0, 0xF1, 0xF2, 0xF8, 0xFF -> false;
            default -> streamId >= 0xBC;
        };
    }

    public boolean hasPts() {
        return (bytes[offset + FLAGS] & 0x80) != 0 && length >= PTS + STAMP_LENGTH;
    }

    /// A decoding time that differs from the presentation time.
    public boolean hasDts() {
        return (bytes[offset + FLAGS] & 0xC0) == 0xC0 && length >= DTS + STAMP_LENGTH;
    }

    /// Presentation time in ticks of 90 kHz. Only when [#hasPts()].
    public long pts() {
        return stamp(offset + PTS);
    }

    public void pts(long ticks) {
        stamp(offset + PTS, ticks);
    }

    /// Decoding time in ticks of 90 kHz. Only when [#hasDts()]; without one it equals the PTS.
    public long dts() {
        return stamp(offset + DTS);
    }

    public void dts(long ticks) {
        stamp(offset + DTS, ticks);
    }

    private long stamp(int at) {
        return (bytes[at] & 0x0EL) << 29 | (bytes[at + 1] & 0xFFL) << 22 | (bytes[at + 2] & 0xFEL) << 14
                | (bytes[at + 3] & 0xFFL) << 7 | (bytes[at + 4] & 0xFE) >> 1;
    }

    private void stamp(int at, long ticks) {
        // The four leading bits and the three marker bits stay as they are.
        bytes[at] = (byte) (bytes[at] & 0xF1 | ticks >>> 29 & 0x0E);
        bytes[at + 1] = (byte) (ticks >>> 22);
        bytes[at + 2] = (byte) (bytes[at + 2] & 0x01 | ticks >>> 14 & 0xFE);
        bytes[at + 3] = (byte) (ticks >>> 7);
        bytes[at + 4] = (byte) (bytes[at + 4] & 0x01 | ticks << 1 & 0xFE);
    }
}
