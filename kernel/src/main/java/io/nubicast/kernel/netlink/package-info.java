/// netlink(7): which links, addresses and neighbours there are and how they change (RouteNetlink), where an address is reached
/// (RouteQueries). Attributes and the parsers are total: any bytes give values or nothing.
@NullMarked
package io.nubicast.kernel.netlink;

import org.jspecify.annotations.NullMarked;
