package io.nubicast.dataplane.gre;

/// Which numbered packets a tunnel accepts: none that is not newer than the last (RFC 2890 section 2.2, GRE-004). One thread; no clock
/// inside.
///
/// A peer that restarts counts from 0 again. So that it is not left out for up to 2^31 packets, the guard follows it after three
/// packets in order below what it expected, or after 10 s without an accepted one.
final class SequenceGuard {
    private static final long SILENCE_NS = 10_000_000_000L;
    private static final int IN_ORDER = 3;

    private boolean started;
    private int last;
    private long acceptedNs;
    private int lastOld;
    private int oldInOrder;

    /// Judges a packet.
    ///
    /// @param sequence 32 bits
    /// @return whether it is accepted
    boolean accepts(int sequence, long nowNs) {
        if (!started || sequence - last > 0 || nowNs - acceptedNs >= SILENCE_NS || restarted(sequence)) {
            started = true;
            last = sequence;
            acceptedNs = nowNs;
            oldInOrder = 0;
            return true;
        }
        return false;
    }

    private boolean restarted(int sequence) {
        oldInOrder = oldInOrder > 0 && sequence == lastOld + 1 ? oldInOrder + 1 : 1;
        lastOld = sequence;
        return oldInOrder == IN_ORDER;
    }

    /// The tunnel went down and up: whatever comes next is accepted.
    void reset() {
        started = false;
        oldInOrder = 0;
    }
}
