/// The router's data plane by the kernel's multicast routing table (MFC-001 to MFC-018): a port is a vif, a route an entry of the
/// forwarding cache. The kernel forwards; this process is asked for a flow's first packet only.
///
/// `KernelRoutingPlane` is the plane, `Vifs` numbers ports and follows devices that come and go, `Upcalls` turns what the kernel
/// asks into events, `Audit` compares the kernel's table with what was put, `HostSettings` finds what on this host would break the
/// path.
@NullMarked
package io.nubicast.dataplane.mroute;

import org.jspecify.annotations.NullMarked;
