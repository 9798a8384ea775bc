package io.nubicast.tools.mpegts;

/// Cuts a stream of bytes into packets of 188: datagrams may hold any number of bytes (`pkt_size=1000`), and what is missing
/// costs the sync, which is found again where three sync bytes stand 188 apart. One thread; allocates nothing.
public final class TsSync {
    /// Is given each packet, valid during the call.
    @FunctionalInterface
    public interface PacketSink {
        void onPacket(byte[] bytes, int offset);
    }

    private static final int LENGTH = TsPacket.LENGTH;
    private static final int WINDOW = 3 * LENGTH;

    private final PacketSink sink;
    private final byte[] held = new byte[WINDOW];
    private int heldLength;
    private boolean locked;
    private boolean everLocked;
    private boolean justLost;
    private long syncByteErrors;
    private long syncLosses;
    private long skippedBytes;

    public TsSync(PacketSink sink) {
        this.sink = sink;
    }

    /// Takes the next bytes of the stream.
    public void accept(byte[] bytes, int offset, int length) {
        int at = offset;
        int end = offset + length;
        while (at < end || locked && heldLength >= LENGTH) {
            if (locked && heldLength == 0 && end - at >= LENGTH && bytes[at] == TsPacket.SYNC_BYTE) {
                sink.onPacket(bytes, at);
                at += LENGTH;
                continue;
            }
            int wanted = locked ? LENGTH : WINDOW;
            int taken = Math.min(end - at, Math.max(0, wanted - heldLength));
            System.arraycopy(bytes, at, held, heldLength, taken);
            heldLength += taken;
            at += taken;
            if (heldLength < wanted) {
                return;
            }
            if (!locked) {
                hunt();
            } else if (held[0] == TsPacket.SYNC_BYTE) {
                sink.onPacket(held, 0);
                drop(LENGTH);
            } else {
                syncByteErrors++;
                locked = false;
                justLost = true;
            }
        }
    }

    private void hunt() {
        boolean first = justLost;
        justLost = false;
        if (first && synced(LENGTH)) {
            // Only the sync byte was hit: ETR 290 1.2 without 1.1. The packet is not to be trusted.
            skippedBytes += LENGTH;
            drop(LENGTH);
            locked = true;
            return;
        }
        for (int at = 0; at < LENGTH; at++) {
            if (synced(at)) {
                lock(at);
                return;
            }
        }
        skippedBytes += LENGTH;
        drop(LENGTH);
    }

    private void lock(int at) {
        if (everLocked) {
            syncLosses++;
        }
        skippedBytes += at;
        drop(at);
        locked = true;
        everLocked = true;
    }

    /// Sync bytes at `at` and every 188 after it, as far as bytes are held.
    private boolean synced(int at) {
        for (int i = at; i < heldLength; i += LENGTH) {
            if (held[i] != TsPacket.SYNC_BYTE) {
                return false;
            }
        }
        return true;
    }

    private void drop(int length) {
        heldLength -= length;
        System.arraycopy(held, length, held, 0, heldLength);
    }

    /// The stream has ended: gives out whole packets that are still held, and counts the rest as skipped.
    public void flush() {
        if (!locked) {
            for (int at = 0; at + LENGTH <= heldLength; at++) {
                if (synced(at)) {
                    lock(at);
                    break;
                }
            }
        }
        while (locked && heldLength >= LENGTH && held[0] == TsPacket.SYNC_BYTE) {
            sink.onPacket(held, 0);
            drop(LENGTH);
        }
        skippedBytes += heldLength;
        heldLength = 0;
        locked = false;
        everLocked = false;
        justLost = false;
    }

    /// Packets are being given out. False before the first, and while searching after a loss.
    public boolean locked() {
        return locked;
    }

    /// ETR 290 1.2: where a packet should begin there was no 0x47.
    public long syncByteErrors() {
        return syncByteErrors;
    }

    /// ETR 290 1.1: the packets had to be searched for after they had been found once.
    public long syncLosses() {
        return syncLosses;
    }

    /// Bytes that belong to no packet given out.
    public long skippedBytes() {
        return skippedBytes;
    }
}
