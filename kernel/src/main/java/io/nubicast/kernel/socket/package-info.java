/// IPv4 sockets as the data planes need them: raw and UDP sockets with typed options, batches for `recvmmsg` and `sendmmsg`
/// that are allocated once, and classic BPF filters.
///
/// Addresses are ints, `0xC0A80001` being 192.168.0.1; ports are ints 0..65535. A socket belongs to one thread at a time.
@NullMarked
package io.nubicast.kernel.socket;

import org.jspecify.annotations.NullMarked;
