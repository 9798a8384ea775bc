/// The plane `packet`: frames built here, sent by packet sockets, many datagrams in one where the device splits them.
///
/// Where a member's frames go is decided by NextHops, member by member, from what the kernel tells: Paths (the core, without I/O)
/// keeps Neighbours, Hops and the interfaces, and publishes a PathTable. What the kernel alone can do is left to the plane
/// `socket`, each with a Reason.
@NullMarked
package io.nubicast.dataplane.packet;

import org.jspecify.annotations.NullMarked;
