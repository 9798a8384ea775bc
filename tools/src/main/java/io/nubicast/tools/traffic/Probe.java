package io.nubicast.tools.traffic;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/// The payload of `nubicast send`: numbered and stamped, so that the receiver can tell loss, duplicates, order and latency.
///
///     magic "NbP1" 4 | stream id 4 | sequence number 8 | sent at, ns since 1970 8 | filling, its offset modulo 256
///
/// All big-endian. A view over a buffer; static, allocates nothing.
public final class Probe {
    /// The shortest payload that holds all fields, in bytes.
    public static final int LENGTH = 24;

    private static final int MAGIC = 0x4E625031;
    private static final int STREAM = 4;
    private static final int SEQUENCE = 8;
    private static final int SENT_AT = 16;

    private Probe() {}

    /// Writes magic, stream id and filling; number and time follow with [#stamp].
    public static void prepare(ByteBuffer buffer, int streamId) {
        buffer.order(ByteOrder.BIG_ENDIAN);
        for (int i = LENGTH; i < buffer.capacity(); i++) {
            buffer.put(i, (byte) i);
        }
        buffer.putInt(0, MAGIC);
        buffer.putInt(STREAM, streamId);
    }

    public static void stamp(ByteBuffer buffer, long sequence, long sentAtNs) {
        buffer.putLong(SEQUENCE, sequence);
        buffer.putLong(SENT_AT, sentAtNs);
    }

    /// The bytes from 0 to the limit are a probe.
    public static boolean check(ByteBuffer buffer) {
        return buffer.limit() >= LENGTH && buffer.getInt(0) == MAGIC;
    }

    public static int streamId(ByteBuffer buffer) {
        return buffer.getInt(STREAM);
    }

    public static long sequence(ByteBuffer buffer) {
        return buffer.getLong(SEQUENCE);
    }

    /// Nanoseconds since 1970 by the sender's clock.
    public static long sentAtNs(ByteBuffer buffer) {
        return buffer.getLong(SENT_AT);
    }
}
