/// rtnetlink: which links, addresses and neighbours there are, and how they change. Routes and write operations come later.
@NullMarked
package io.nubicast.kernel.netlink;

import org.jspecify.annotations.NullMarked;
