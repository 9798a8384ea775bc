/// Hellos of PIM (RFC 7761 section 4.3): who the neighbours on an interface are, which router is the designated one, and how long
/// the link delays what it carries.
///
/// - [io.nubicast.router.pim.hello.PimNeighbors]: what the trees ask, and what they are told
/// - [io.nubicast.router.pim.hello.PimHello]: owns all of it; one a router, driven by the PIM instance
/// - `HelloInterface`: one interface: when Hellos leave, what they say, the election
/// - `HelloNeighbor`: one neighbour
/// - [io.nubicast.router.pim.hello.HelloConfig]: what is configured on an interface
/// - `PimHelloShows`: `show ip pim neighbor`, `show ip pim interface`
@NullMarked
package io.nubicast.router.pim.hello;

import org.jspecify.annotations.NullMarked;
