/// IGMP proxying (RFC 4605): for people without PIM.
@NullMarked
package io.nubicast.router.igmp.proxy;

import org.jspecify.annotations.NullMarked;
