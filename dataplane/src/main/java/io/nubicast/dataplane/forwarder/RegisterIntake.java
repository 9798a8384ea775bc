package io.nubicast.dataplane.forwarder;

import io.nubicast.kernel.socket.RawSocket;
import io.nubicast.kernel.socket.ReceiveBatch;
import io.nubicast.kernel.sys.SystemCallException;
import io.nubicast.wire.InternetChecksum;
import io.nubicast.wire.Ipv4Header;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// Takes packets out of PIM Registers (RFC 7761 section 4.9.3, MFC-018): those with a right checksum, over the header or over all
/// of it, that carry multicast and are no Null-Registers.
final class RegisterIntake implements AutoCloseable {
    private static final int PIM = 103;
    private static final int SLOTS = 16;
    private static final int SLOT_BYTES = 65_536;
    private static final byte VERSION_2_REGISTER = 0x21;
    private static final int NULL_REGISTER = 0x40;
    private static final int HEADER_BYTES = 8;
    private static final int FLAGS = 4;
    private static final int MULTICAST = 0xE;

    /// Takes a packet.
    interface Taker {
        void take(MemorySegment segment, long ipAt, int length);
    }

    private final RawSocket socket;
    private final ReceiveBatch batch;
    private final Ipv4Header outer = new Ipv4Header();
    private final Ipv4Header inner = new Ipv4Header();

    RegisterIntake(Arena arena) throws SystemCallException {
        socket = RawSocket.open(PIM);
        batch = new ReceiveBatch(arena, SLOTS, SLOT_BYTES, 0, false);
    }

    RawSocket socket() {
        return socket;
    }

    /// Takes what is there, at most a batch.
    ///
    /// @return whether there may be more
    boolean receive(Taker taker) {
        int received = batch.receiveNow(socket);
        for (int slot = 0; slot < received; slot++) {
            long at = batch.offset(slot);
            int length = Math.min(batch.length(slot), SLOT_BYTES);
            if (outer.wrap(batch.segment(), at).check(length) == null) {
                int headerLength = outer.headerLength();
                register(batch.segment(), at + headerLength, outer.totalLength() - headerLength, taker);
            }
        }
        return received == SLOTS;
    }

    private void register(MemorySegment segment, long at, int length, Taker taker) {
        if (length < HEADER_BYTES + Ipv4Header.MINIMUM_LENGTH
                || segment.get(ValueLayout.JAVA_BYTE, at) != VERSION_2_REGISTER
                || (segment.get(ValueLayout.JAVA_BYTE, at + FLAGS) & NULL_REGISTER) != 0
                || InternetChecksum.sum(segment, at, HEADER_BYTES) != 0xFFFF
                        && InternetChecksum.sum(segment, at, length) != 0xFFFF) {
            return;
        }
        long ipAt = at + HEADER_BYTES;
        if (inner.wrap(segment, ipAt).check(length - HEADER_BYTES) == null
                && inner.destination() >>> 28 == MULTICAST) {
            taker.take(segment, ipAt, inner.totalLength());
        }
    }

    @Override
    public void close() {
        socket.close();
    }
}
