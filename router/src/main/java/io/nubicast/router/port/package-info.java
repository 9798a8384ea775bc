/// What every protocol is driven by and speaks through: [io.nubicast.router.port.Protocol] and
/// [io.nubicast.router.port.PacketPort].
@NullMarked
package io.nubicast.router.port;

import org.jspecify.annotations.NullMarked;
