/// The daemon of the virtual router: one thread that carries packets, events and the time to the protocol cores
/// ([io.nubicast.router]), and what they decide to the kernel and the data planes.
@NullMarked
package io.nubicast.app.router;

import org.jspecify.annotations.NullMarked;
