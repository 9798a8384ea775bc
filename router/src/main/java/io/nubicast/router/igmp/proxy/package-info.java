/// IGMP proxying (RFC 4605): multicast for a tree of links without PIM. Towards the sources the router is a host
/// ([io.nubicast.router.igmp.proxy.IgmpHost], RFC 3376 section 5), towards the members it is a router
/// ([io.nubicast.router.igmp.IgmpInstance]); [io.nubicast.router.igmp.proxy.IgmpProxy] stands between: it merges what is wanted
/// below into what is reported above, and routes what arrives.
///
/// Only links of which this router is the querier are served, unless the configuration says otherwise: of several proxies on one link
/// one must forward (RFC 4605 section 4.2). That the links form a tree is the operator's promise.
@NullMarked
package io.nubicast.router.igmp.proxy;

import org.jspecify.annotations.NullMarked;
