/// The multicast proxy: groups and members, the original's file formats and command dialects, the management channel.
@NullMarked
package io.nubicast.proxy;

import org.jspecify.annotations.NullMarked;
