/// The data plane `socket`: Linux through system calls, with privileges (CAP_NET_RAW, CAP_NET_ADMIN).
///
/// Server, the way of a datagram:
///
///     application or LAN -> kernel -> raw socket, filtered (Capture) -> ServerWorker: check, route, loop guard, limit
///         -> FanOut: one header a member, one shared payload -> sendmmsg on a raw socket -> the kernel's routes
///                                                            -> Fragmenter, when above the MTU
///
/// Everything beside that way runs on ServerControl's thread: tables, memberships (GroupJoins), interfaces, ICMP and neighbour
/// errors, and the watch for senders that cannot be captured (CaptureWatch).
///
/// Client, the way of a copy:
///
///     kernel -> one UDP socket to which the kernel steers copies (SteeredIntake, CopySteering),
///               or a UDP socket of each address and port (BoundIntake, ClientPort); raw socket for the rest (ClientCapture)
///         -> ClientReceiver: configured server?, limit, cut glued datagrams -> RestoreRoute: which interfaces
///         -> RestoreOutput: header with the original source -> sendmmsg on a marked raw socket -> applications here, and the LAN
///
/// ClientWorker is its one thread: it also takes tables and follows addresses (ClientInterfaces). The bound intake binds ports
/// (ClientPorts) and adopts the flows of entries for any port (ClientFlows).
@NullMarked
package io.nubicast.dataplane.socket;

import org.jspecify.annotations.NullMarked;
