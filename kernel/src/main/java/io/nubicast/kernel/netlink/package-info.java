/// netlink(7): which links, addresses and neighbours there are and how they change (RouteNetlink), where an address is reached
/// (RouteQueries), which firewall rules (NetfilterNetlink) and IPsec policies (XfrmNetlink) see what leaves, which eBPF programs are
/// at an interface by traffic control (TrafficControl).
///
/// Messages, Attributes and the parsers are total: any bytes give values or nothing.
@NullMarked
package io.nubicast.kernel.netlink;

import org.jspecify.annotations.NullMarked;
