/// Multicast routes: what local receivers want, and the one place that turns what the protocols decide into
/// [io.nubicast.forwarding.Route]s.
@NullMarked
package io.nubicast.router.mrib;

import org.jspecify.annotations.NullMarked;
