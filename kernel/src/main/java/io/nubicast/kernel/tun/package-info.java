/// Interfaces of this process's own: Ethernet (TAP) and IP (TUN) devices that live as long as a descriptor, so that a process that is killed
/// leaves none.
@NullMarked
package io.nubicast.kernel.tun;

import org.jspecify.annotations.NullMarked;
