/// Everything that decides writes routes; everything that forwards compiles them. A route is *match → replications*.
///
/// Deciders (the proxy, later the router and the transit router) publish an immutable [RouteTable]; a [DataPlane] compiles
/// and serves it; counters and events come back. Nothing else crosses between the two halves. No system call here.
@NullMarked
package io.nubicast.forwarding;

import org.jspecify.annotations.NullMarked;
