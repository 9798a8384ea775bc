package io.nubicast.tools.mpegts;

/// A view of one transport stream packet of 188 bytes (ISO/IEC 13818-1 section 2.4.3). Reusable, never allocates.
///
///     0x47 | transport_error 1, payload_unit_start 1, priority 1, PID 13 | scrambling 2, adaptation 2, continuity 4
///
/// After [#wellFormed()] every accessor is total: it reads inside the packet.
public final class TsPacket {
    /// Bytes of a packet.
    public static final int LENGTH = 188;
    public static final byte SYNC_BYTE = 0x47;
    /// The PID of stuffing packets.
    public static final int NULL_PID = 0x1FFF;
    /// How many PIDs there are.
    public static final int PIDS = 0x2000;

    private static final int HEADER_LENGTH = 4;
    private static final int PCR_OFFSET = 6;

    private byte[] bytes = new byte[LENGTH];
    private int offset;

    /// Looks at the packet at `newOffset`; `newBytes` holds at least 188 bytes from there.
    public TsPacket wrap(byte[] newBytes, int newOffset) {
        bytes = newBytes;
        offset = newOffset;
        return this;
    }

    public byte[] array() {
        return bytes;
    }

    public int offset() {
        return offset;
    }

    /// The sync byte is right, and the adaptation field, if any, ends inside the packet.
    public boolean wellFormed() {
        return bytes[offset] == SYNC_BYTE
                && (!hasAdaptationField() || adaptationFieldLength() <= (hasPayload() ? 182 : 183));
    }

    public boolean transportError() {
        return (bytes[offset + 1] & 0x80) != 0;
    }

    public boolean payloadUnitStart() {
        return (bytes[offset + 1] & 0x40) != 0;
    }

    public int pid() {
        return (bytes[offset + 1] & 0x1F) << 8 | bytes[offset + 2] & 0xFF;
    }

    /// transport_scrambling_control: 0 is in the clear.
    public int scrambling() {
        return (bytes[offset + 3] & 0xC0) >> 6;
    }

    public boolean hasAdaptationField() {
        return (bytes[offset + 3] & 0x20) != 0;
    }

    public boolean hasPayload() {
        return (bytes[offset + 3] & 0x10) != 0;
    }

    public int continuityCounter() {
        return bytes[offset + 3] & 0x0F;
    }

    public void continuityCounter(int counter) {
        bytes[offset + 3] = (byte) (bytes[offset + 3] & 0xF0 | counter & 0x0F);
    }

    /// Bytes of the adaptation field after its length byte.
    public int adaptationFieldLength() {
        return bytes[offset + HEADER_LENGTH] & 0xFF;
    }

    private int adaptationFlags() {
        return hasAdaptationField() && adaptationFieldLength() > 0 ? bytes[offset + 5] & 0xFF : 0;
    }

    /// The clock or the continuity counter may jump here, and that is no fault.
    public boolean discontinuityIndicator() {
        return (adaptationFlags() & 0x80) != 0;
    }

    public boolean hasPcr() {
        return (adaptationFlags() & 0x10) != 0 && adaptationFieldLength() >= 7;
    }

    /// The program clock reference in ticks of 27 MHz. Only when [#hasPcr()].
    public long pcr() {
        return clock(offset + PCR_OFFSET);
    }

    public void pcr(long ticks) {
        clock(offset + PCR_OFFSET, ticks);
    }

    /// An original program clock reference follows the PCR.
    public boolean hasOpcr() {
        return (adaptationFlags() & 0x18) == 0x18 && adaptationFieldLength() >= 13;
    }

    public long opcr() {
        return clock(offset + PCR_OFFSET + 6);
    }

    public void opcr(long ticks) {
        clock(offset + PCR_OFFSET + 6, ticks);
    }

    /// Where the payload begins in [#array()].
    public int payloadOffset() {
        return offset + HEADER_LENGTH + (hasAdaptationField() ? 1 + adaptationFieldLength() : 0);
    }

    /// Bytes of payload, 0 when there is none.
    public int payloadLength() {
        return hasPayload() ? offset + LENGTH - payloadOffset() : 0;
    }

    private long clock(int at) {
        long base = (bytes[at] & 0xFFL) << 25 | (bytes[at + 1] & 0xFFL) << 17 | (bytes[at + 2] & 0xFFL) << 9
                | (bytes[at + 3] & 0xFFL) << 1 | (bytes[at + 4] & 0x80) >> 7;
        int extension = (bytes[at + 4] & 0x01) << 8 | bytes[at + 5] & 0xFF;
        return base * 300 + extension;
    }

    private void clock(int at, long ticks) {
        long base = ticks / 300;
        int extension = (int) (ticks % 300);
        bytes[at] = (byte) (base >>> 25);
        bytes[at + 1] = (byte) (base >>> 17);
        bytes[at + 2] = (byte) (base >>> 9);
        bytes[at + 3] = (byte) (base >>> 1);
        // The six reserved bits between base and extension stay as they are.
        bytes[at + 4] = (byte) ((base & 1) << 7 | bytes[at + 4] & 0x7E | extension >> 8);
        bytes[at + 5] = (byte) extension;
    }
}
