/// Unicast routes, whoever made them, and what reverse path forwarding makes of them (RFC 7761 section 4.4, PIM-046).
@NullMarked
package io.nubicast.router.rib;

import org.jspecify.annotations.NullMarked;
