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
@NullMarked
package io.nubicast.dataplane.ebpf;

import org.jspecify.annotations.NullMarked;
