/// The router's ways to the kernel: control packets ([io.nubicast.app.router.kernel.ControlPort]), unicast routes
/// ([io.nubicast.app.router.kernel.KernelUnicastRoutes]) and interfaces ([io.nubicast.app.router.kernel.KernelInterfaces]). All of
/// it is called on the router's thread, which also lives in the network namespace that is meant.
@NullMarked
package io.nubicast.app.router.kernel;

import org.jspecify.annotations.NullMarked;
