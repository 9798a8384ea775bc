package io.nubicast.kernel.socket;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// Sends a protocol's packets by a raw socket, each with its own interface, source, TTL, type of service and option. For the few
/// packets of control protocols; one thread.
public final class PacketSender {
    /// The option Router Alert with the value 0 (RFC 2113), padded: 4 bytes.
    public static final int ROUTER_ALERT = 0x94040000;
    /// No option.
    public static final int NO_OPTION = 0;

    private static final int MOST_BYTES = 65_535;

    private final RawSocket socket;
    private final SendBatch batch = new SendBatch(Arena.ofAuto(), 1, 0, SendBatch.CONTROL_BYTES);
    private final MemorySegment payload = Arena.ofAuto().allocate(MOST_BYTES);

    /// @param socket of the protocol that is sent; the kernel writes the IP headers
    public PacketSender(RawSocket socket) {
        this.socket = socket;
    }

    /// Sends one packet; never blocks.
    ///
    /// @param interfaceIndex by which it leaves; 0: as routed
    /// @param source one of this host's addresses; 0: the kernel chooses, for multicast the interface's primary one
    /// @param ttl 1..255
    /// @param option [#ROUTER_ALERT] or [#NO_OPTION]
    /// @param bytes what follows the IP header
    /// @return 0 or `-errno`
    public int send(int interfaceIndex, int source, int destination, int ttl, int typeOfService, int option,
            MemorySegment bytes) {
        if (bytes.byteSize() > MOST_BYTES) {
            throw new IllegalArgumentException(bytes.byteSize() + " bytes are no IP packet");
        }
        MemorySegment.copy(bytes, 0, payload, 0, bytes.byteSize());
        batch.clearControl(0);
        batch.addPacketInfo(0, interfaceIndex, source);
        batch.addTtl(0, ttl);
        batch.addTos(0, typeOfService);
        if (option != NO_OPTION) {
            batch.addOption(0, option);
        }
        batch.destination(0, destination, 0);
        batch.payload(0, payload, 0, (int) bytes.byteSize());
        return Math.min(0, batch.send(socket, 0, 1));
    }
}
