package io.nubicast.app.demo;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/// SHA-256 over a sequence of datagrams, each with its length before it: equal only if the same datagrams came in the same
/// order, each unchanged and none missing, added or cut differently. One thread; [#text()] after that thread has ended.
final class Fingerprint {
    private final MessageDigest digest = sha256();
    private final byte[] length = new byte[4];

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    void add(ByteBuffer payload) {
        int bytes = payload.remaining();
        length[0] = (byte) (bytes >>> 24);
        length[1] = (byte) (bytes >>> 16);
        length[2] = (byte) (bytes >>> 8);
        length[3] = (byte) bytes;
        digest.update(length);
        digest.update(payload);
    }

    /// Hexadecimal. Ends the sequence.
    String text() {
        return HexFormat.of().formatHex(digest.digest());
    }
}
