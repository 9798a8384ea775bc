/// A whole multicast domain in one test: routers that run IGMP and PIM as they are, hosts, unicast routes and forwarding, on the
/// simulated network of `testkit`.
///
/// - [io.nubicast.router.sim.Domain]: makes routers, hosts and links, and lets time pass
/// - [io.nubicast.router.sim.SimRouter]: the protocol cores of a router behind ports
/// - [io.nubicast.router.sim.SimPlane]: forwards data packets by the routes that the router puts
/// - [io.nubicast.router.sim.SimHost]: a source and receiver, IGMPv3
/// - [io.nubicast.router.sim.ShortestPaths]: unicast routes over the links that are up
/// - [io.nubicast.router.sim.Ipv4]: packets as bytes
@NullMarked
package io.nubicast.router.sim;

import org.jspecify.annotations.NullMarked;
