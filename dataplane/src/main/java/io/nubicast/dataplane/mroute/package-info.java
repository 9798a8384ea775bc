/// The router's data plane by the kernel's multicast routing table (MFC-001 to MFC-018): a port is a vif, a route an entry of the
/// forwarding cache. The kernel forwards; this process is asked for a flow's first packet only.
///
/// `KernelRoutingPlane` is the plane, `Vifs` numbers ports and follows devices that come and go, `Upcalls` turns what the kernel
/// asks into events, `Audit` compares the kernel's table with what was put, `HostSettings` finds what on this host would break the
/// path.
///
/// The kernel replaces an entry in place, but a packet that is forwarded at that very moment, on another processor, may find it
/// half written and leave by no port (Linux 6.0 and newer; measured: three packets in some hundred thousand changes). So an entry
/// is put again only when it is not what the kernel has.
///
/// Frames addressed to the router's own MAC address, as clouds deliver group packets, are routed by the kernel like any others.
@NullMarked
package io.nubicast.dataplane.mroute;

import org.jspecify.annotations.NullMarked;
