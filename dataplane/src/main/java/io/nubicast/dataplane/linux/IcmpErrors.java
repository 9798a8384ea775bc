package io.nubicast.dataplane.linux;

import io.nubicast.forwarding.SendError;
import io.nubicast.kernel.socket.RawSocket;
import io.nubicast.kernel.socket.ReceiveBatch;
import io.nubicast.kernel.sys.Descriptor;
import io.nubicast.kernel.sys.SystemCallException;
import io.nubicast.wire.IcmpUnreachable;
import io.nubicast.wire.Ipv4Header;
import java.lang.foreign.Arena;

/// Hears what routers and members answer to our copies (ICMP destination unreachable), also what this host's kernel tells itself
/// when a member does not answer ARP, and charges the member named in the quoted header. One thread.
public final class IcmpErrors implements AutoCloseable {
    private static final int SLOTS = 32;
    /// A quote is at most 576 bytes (RFC 1812 section 4.3.2.3).
    private static final int SLOT_BYTES = 1024;

    /// Who is to be charged for a copy that did not arrive.
    @FunctionalInterface
    public interface Charge {
        void charge(int memberAddress, int port, SendError kind);
    }

    private final RawSocket socket;
    private final ReceiveBatch batch;
    private final Ipv4Header ip = new Ipv4Header();
    private final IcmpUnreachable message = new IcmpUnreachable();

    public IcmpErrors(Arena arena) throws SystemCallException {
        batch = new ReceiveBatch(arena, SLOTS, SLOT_BYTES, 0);
        socket = RawSocket.open(RawSocket.IPPROTO_ICMP);
        try {
            socket.receiveIcmpTypes(IcmpUnreachable.TYPE_DESTINATION_UNREACHABLE);
        } catch (SystemCallException e) {
            socket.close();
            throw e;
        }
    }

    /// Takes what has come, up to a bound; never blocks.
    public void read(Charge charge) {
        for (int round = 0; round < 16; round++) {
            int received = batch.receiveNow(socket);
            for (int slot = 0; slot < received; slot++) {
                onMessage(batch.offset(slot), batch.length(slot), charge);
            }
            if (received < SLOTS) {
                return;
            }
        }
    }

    /// Readable when something has come.
    Descriptor descriptor() {
        return socket;
    }

    private void onMessage(long offset, int length, Charge charge) {
        if (ip.wrap(batch.segment(), offset).check(length) != null) {
            return;
        }
        message.wrap(batch.segment(), offset + ip.headerLength());
        if (message.check(ip.totalLength() - ip.headerLength()) == null) {
            charge.charge(message.quotedDestination(), message.quotedDestinationPort(), kind(message.code()));
        }
    }

    /// RFC 792, RFC 1812 section 5.2.7.1.
    static SendError kind(int code) {
        return switch (code) {
            case IcmpUnreachable.CODE_PORT_UNREACHABLE, IcmpUnreachable.CODE_PROTOCOL_UNREACHABLE -> SendError.REFUSED;
            case IcmpUnreachable.CODE_HOST_UNREACHABLE -> SendError.NO_NEIGHBOUR;
            case IcmpUnreachable.CODE_FRAGMENTATION_NEEDED -> SendError.TOO_BIG;
            case 9, 10, 13 -> SendError.NOT_PERMITTED;
            default -> SendError.NO_ROUTE;
        };
    }

    @Override
    public void close() {
        socket.close();
    }
}
