package io.nubicast.router.port;

import io.nubicast.wire.Address;
import java.lang.foreign.MemorySegment;

/// An IPv4 packet of a protocol, without its header. Who makes one gives its payload away.
///
/// @param source of what is sent: [Address#ANY_IPV4] for the primary address of the interface it leaves by
/// @param protocol IP protocol number: IGMP 2, PIM 103
/// @param ttl 0..255
/// @param typeOfService the whole octet
/// @param routerAlert whether the IP header has the option (RFC 2113)
/// @param payload what follows the header, as long as the header's total length says (GEN-002)
public record Packet(Address source, Address destination, int protocol, int ttl, int typeOfService, boolean routerAlert,
        MemorySegment payload) {
    /// Internetwork control, CS6 (GEN-007).
    public static final int CONTROL = 0xC0;
    public static final int IGMP = 2;
    public static final int UDP = 17;
    public static final int PIM = 103;
}
