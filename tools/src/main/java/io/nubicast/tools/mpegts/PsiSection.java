package io.nubicast.tools.mpegts;

/// Puts one PID's sections together from packets (ISO/IEC 13818-1 section 2.4.4) and reads a Program Association or Program
/// Map Table out of them. One thread.
public final class PsiSection {
    /// table_id of the Program Association Table.
    public static final int PAT = 0x00;
    /// table_id of the Conditional Access Table.
    public static final int CAT = 0x01;
    /// table_id of the Program Map Table.
    public static final int PMT = 0x02;

    private static final int LONGEST = 4096;
    private static final int LONG_HEADER = 8;
    private static final int CRC_LENGTH = 4;

    /// Is given each complete section, valid during the call.
    @FunctionalInterface
    public interface Listener {
        void onSection(PsiSection section);
    }

    /// Is given each elementary stream of a Program Map Table.
    @FunctionalInterface
    public interface StreamVisitor {
        /// A stream of the program.
        ///
        /// @param streamType by table 2-34: 0x02 MPEG-2 video, 0x1B H.264, 0x03 MPEG audio, ...
        void onStream(int streamType, int pid);
    }

    /// Is given each program of a Program Association Table.
    @FunctionalInterface
    public interface ProgramVisitor {
        /// A program and the PID of its map table.
        ///
        /// @param number of the program; 0 is the network PID
        void onProgram(int number, int pid);
    }

    private final byte[] bytes = new byte[LONGEST];
    private int have;

    /// Takes a packet's payload; calls `listener` for each section that ends in it.
    public void accept(TsPacket packet, Listener listener) {
        byte[] from = packet.array();
        int at = packet.payloadOffset();
        int end = at + packet.payloadLength();
        if (packet.payloadUnitStart() && at < end) {
            int pointer = from[at++] & 0xFF;
            int start = Math.min(end, at + pointer);
            if (have > 0) {
                append(from, at, start, listener);
            }
            have = 0;
            at = start;
            while (at < end && (from[at] & 0xFF) != 0xFF) {
                at = append(from, at, end, listener);
            }
        } else if (have > 0) {
            append(from, at, end, listener);
        }
    }

    /// Forgets a section begun: packets are missing.
    public void reset() {
        have = 0;
    }

    private int append(byte[] from, int start, int end, Listener listener) {
        int at = start;
        while (at < end && (have < 3 || have < length())) {
            bytes[have++] = from[at++];
            if (have == 3 && length() > LONGEST) {
                have = 0;
                return end;
            }
        }
        if (have >= 3 && have == length()) {
            listener.onSection(this);
            have = 0;
        }
        return at;
    }

    /// Bytes from table_id to the CRC.
    public int length() {
        return 3 + ((bytes[1] & 0x0F) << 8 | bytes[2] & 0xFF);
    }

    public int tableId() {
        return bytes[0] & 0xFF;
    }

    /// The long form with a CRC that fits.
    public boolean crcIsRight() {
        return length() >= LONG_HEADER + CRC_LENGTH && Crc32Mpeg.of(bytes, 0, length()) == 0;
    }

    /// Of a section whose CRC is right: the programs of a Program Association Table.
    public void programs(ProgramVisitor visitor) {
        int end = length() - CRC_LENGTH;
        for (int at = LONG_HEADER; at + 4 <= end; at += 4) {
            visitor.onProgram((bytes[at] & 0xFF) << 8 | bytes[at + 1] & 0xFF, pid(at + 2));
        }
    }

    /// Of a section whose CRC is right: the PID that carries the program's clock, 0x1FFF when none does.
    public int pcrPid() {
        return pid(LONG_HEADER);
    }

    /// Of a section whose CRC is right: the elementary streams of a Program Map Table.
    public void streams(StreamVisitor visitor) {
        int end = length() - CRC_LENGTH;
        int at = LONG_HEADER + 4 + ((bytes[LONG_HEADER + 2] & 0x0F) << 8 | bytes[LONG_HEADER + 3] & 0xFF);
        while (at + 5 <= end) {
            visitor.onStream(bytes[at] & 0xFF, pid(at + 1));
            at += 5 + ((bytes[at + 3] & 0x0F) << 8 | bytes[at + 4] & 0xFF);
        }
    }

    private int pid(int at) {
        return (bytes[at] & 0x1F) << 8 | bytes[at + 1] & 0xFF;
    }
}
