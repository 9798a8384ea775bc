/// The data plane `ebpf`: Linux, with programs of our own in the kernel, which copy and restore without a process being woken. What
/// they do not take is served by the planes in user space beside them. The programs are C, in `src/main/bpf`, and come compiled.
///
/// The way of a copy to a client:
///
///     wire -> interface -> client.c at TCX ingress: entry of this server, address and port?
///         -> group as destination, marked -> out by the interfaces of the LAN
///                                         -> up the stack, to applications that joined on the interface
///         -> else as it came: the plane `socket` (EbpfClientPlane has one), or whoever it is for
///
/// ClientCopies keeps the program's entries in line with routes and interfaces (ClientEntry is one of them), and adds what the program
/// counted to the routes' counters (ClientTally).
///
/// The way of a datagram to the members: [EbpfServerPlane] is the plane `packet` behind programs. On each captured interface one takes a datagram to a group in
/// the sender's own call, clones it to the members in its route's *version*, and lets the original go on. [ServerCopies] makes
/// versions of routes and of where members are; [MemberRuns] holds their members; [RouteVersion] is one of them. What a program
/// does not take comes out of a TAP device, labelled with what is to be done, and is served by workers of the plane `packet`.
///
/// * A change is a new version: written aside, then put into the map of routes, where a datagram finds the old or the new one. An
///   old version's memory is used again only when no program can be in it any more.
/// * A datagram that waits for user space is not overtaken: a version that takes over members from user space begins when all that
///   was handed over before is done with (struct gate).
/// * What the kernel counted goes into the same counters as everywhere, a few times a second.
@NullMarked
package io.nubicast.dataplane.ebpf;

import org.jspecify.annotations.NullMarked;
