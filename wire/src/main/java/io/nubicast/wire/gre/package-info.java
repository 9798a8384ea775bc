/// Generic routing encapsulation: the header of RFC 2784 with key and sequence number of RFC 2890 ([GreHeader] on the data path,
/// [GreFields] as a value), GRE in UDP of RFC 8086 ([GreInUdp]), explicit congestion notification through tunnels by RFC 6040
/// ([TunnelEcn]), and the keepalive packets of Cisco routers ([GreKeepalive]).
///
/// Routing (RFC 1701, RFC 1702) is not supported: headers with its bits are dropped, as RFC 2784 section 2.3 demands.
@NullMarked
package io.nubicast.wire.gre;

import org.jspecify.annotations.NullMarked;
