/// The portable data plane: plain `DatagramChannel`s, no privileges; Windows, macOS, and Linux without `CAP_NET_RAW`.
///
/// Server: [ServerInput]s (one channel a group, port and set of interfaces) → [MemberOutput]. Client: [ClientInput]s (one channel
/// an own address and port) → [MulticastOutputs]. One thread a plane, the [SelectorLoop]; it also follows the interfaces.
///
/// What a datagram channel cannot do, and what happens instead:
/// * the source of a copy is this host and a port of ours, the TTL is the system's default, the DSCP is 0;
/// * the port of an arriving datagram is known only from the channel, so a route for any port is refused;
/// * a copy that this host restored to multicast is known by its source port ([RestoredPorts]) alone;
/// * ICMP answers are not seen: a member that refuses or does not answer ARP counts as sent.
///
/// Allocation: none of ours. `DatagramChannel.receive` keeps the last sender's address and makes a new one only when the
/// sender changes; `send` writes into native memory that the channel owns.
@NullMarked
package io.nubicast.dataplane.portable;

import org.jspecify.annotations.NullMarked;
