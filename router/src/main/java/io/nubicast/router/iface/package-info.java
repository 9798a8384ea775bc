/// The router's interfaces as protocols see them: values, told again with each change.
@NullMarked
package io.nubicast.router.iface;

import org.jspecify.annotations.NullMarked;
