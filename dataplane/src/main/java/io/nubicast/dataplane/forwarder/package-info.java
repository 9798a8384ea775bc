/// The router's data plane in user space (FWD-001 to FWD-007): for more ports than the kernel's multicast routing table has room
/// for, and where there is none.
///
///     devices ──▶ one packet socket, filter: served device, multicast, not 224.0.0.0/24 but IGMP; what it sends it does not see
///                     │ recvmmsg, up to 64
///                     ▼
///     check ▶ RouteIndex: (S,G), (*,G) ▶ incoming port? ▶ TTL less one, in place ▶ a header a port, the packet shared
///                     │ no route: MissQueue, NoRoute                                     │ sendmmsg, up to 256
///                     ▼                                                                  ▼
///     poll(2) ◀── events, IGMP                                                         devices
///
/// Each frame begins with a virtio_net_hdr, which goes along: so unfinished checksums are finished and bursts are cut where the
/// copy leaves, by the device or the kernel. One worker; the router's thread changes routes between two batches, under a fair
/// lock. Per packet nothing is allocated; what the router is told of costs a little each.
///
/// `UserSpaceRoutingPlane` is what the router calls, `Forwarder` what the worker does, `Ports` the devices, `RouteIndex` the routes,
/// `Copies` the frames on their way out, `MissQueue` packets that wait for a route, `Outbox` what waits for the router,
/// `RegisterIntake` takes packets out of PIM Registers.
@NullMarked
package io.nubicast.dataplane.forwarder;

import org.jspecify.annotations.NullMarked;
