/// PIM sparse mode and source-specific multicast (RFC 7761): one [io.nubicast.router.pim.PimInstance] a router.
@NullMarked
package io.nubicast.router.pim;

import org.jspecify.annotations.NullMarked;
