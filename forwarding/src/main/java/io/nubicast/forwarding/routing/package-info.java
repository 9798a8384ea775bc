/// Multicast routes that are put, replaced and removed one at a time: what a multicast router decides, and what forwards it.
///
/// A router's routes are *(source, group), incoming interface → outgoing interfaces*; there are tens of thousands, and each changes
/// alone, so they are not swapped as a table like the proxy's ([io.nubicast.forwarding.RouteTable]).
@NullMarked
package io.nubicast.forwarding.routing;

import org.jspecify.annotations.NullMarked;
