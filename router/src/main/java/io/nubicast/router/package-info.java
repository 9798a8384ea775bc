/// The virtual multicast router: one package a protocol, each a core without I/O and clock. The daemon in `app` gives it packets,
/// the time and what happens to interfaces and routes, and carries out what it returns.
@NullMarked
package io.nubicast.router;

import org.jspecify.annotations.NullMarked;
