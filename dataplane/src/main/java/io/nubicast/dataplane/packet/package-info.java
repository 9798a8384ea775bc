/// The data plane `packet`: Linux with packet sockets, frames built by us.
///
/// The way of a datagram:
///
///     application or LAN -> device -> packet socket, filtered (CaptureScope) -> PacketWorker: check, route, loop guard, limit
///         -> Coalescer: what this call brought and belongs together
///         -> FrameFanOut: one frame a member, headers of its own, the burst's payload shared -> sendmmsg on the same socket
///         -> KernelPath: members and datagrams that frames cannot serve, by the plane `socket`
///
/// Where each member's frames go is decided beside that way, on ServerControl's thread, member by member: NextHops follows what
/// the kernel tells; Paths (the core, without I/O) keeps Neighbours, Hops and the interfaces, and publishes a PathTable. What the
/// kernel alone can do is left to the plane `socket`, each with a Reason. MemberPlaces numbers the members.
@NullMarked
package io.nubicast.dataplane.packet;

import org.jspecify.annotations.NullMarked;
