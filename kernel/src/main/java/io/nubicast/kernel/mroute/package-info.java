/// The kernel's multicast routing table (linux/mroute.h): virtual interfaces, the multicast forwarding cache, and what the kernel
/// asks and tells the process that owns it.
@NullMarked
package io.nubicast.kernel.mroute;

import org.jspecify.annotations.NullMarked;
