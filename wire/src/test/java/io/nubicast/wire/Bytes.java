package io.nubicast.wire;

import java.lang.foreign.MemorySegment;
import java.util.HexFormat;

/// Packets written as hexadecimal text.
final class Bytes {
    private Bytes() {}

    static byte[] hex(String... parts) {
        return HexFormat.of().parseHex(String.join("", parts).replace(" ", ""));
    }

    static MemorySegment segment(String... parts) {
        return MemorySegment.ofArray(hex(parts));
    }

    static String hex(MemorySegment segment) {
        return HexFormat.of().formatHex(segment.toArray(java.lang.foreign.ValueLayout.JAVA_BYTE));
    }
}
