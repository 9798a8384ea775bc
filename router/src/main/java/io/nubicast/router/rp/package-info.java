/// Which router is the RP of a group.
///
/// - [io.nubicast.router.rp.StaticRp]: what is configured
/// - [io.nubicast.router.rp.RpTable]: what holds, from all origins: precedence and longest match (RP-001, RP-002)
///
/// Today every mapping is static. Auto-RP and the bootstrap mechanism will offer theirs to the same table by
/// [io.nubicast.router.rp.RpTable#learn].
@NullMarked
package io.nubicast.router.rp;

import org.jspecify.annotations.NullMarked;
