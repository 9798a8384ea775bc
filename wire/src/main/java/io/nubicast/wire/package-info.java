/// Packet formats, addresses and checksums: bytes in, values out. No I/O, clock, logging or threads.
@NullMarked
package io.nubicast.wire;

import org.jspecify.annotations.NullMarked;
