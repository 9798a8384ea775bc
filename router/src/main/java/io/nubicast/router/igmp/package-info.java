/// IGMP on the router's side: who on a link wants which groups and sources.
///
/// Versions 1, 2 and 3 (RFC 1112 appendix I, RFC 2236, RFC 3376; RFC 9776 is the same on the wire), each interface in a version of
/// its own; hosts of older versions are understood on every interface (RFC 3376 section 7.3). Source-specific ranges as in RFC 4604.
///
/// | file | what |
/// | --- | --- |
/// | [io.nubicast.router.igmp.IgmpInstance] | owns everything; interfaces come and go, packets come in, the others are told of receivers |
/// | `IgmpInterface` | one link: versions, what is accepted, limits |
/// | `IgmpGroup` | one group on one link: the machine of RFC 3376 section 6.4, filter mode, sources, timers, queries that follow a leave |
/// | `Querier` | who asks on a link, and with which times |
/// | `IgmpOutput` | everything that is sent |
/// | [io.nubicast.router.igmp.IgmpConfig], [io.nubicast.router.igmp.IgmpInterfaceConfig] | what the configuration says |
/// | [io.nubicast.router.igmp.IgmpCounters] | what was received and sent, and why something was not taken |
/// | [io.nubicast.router.igmp.IgmpShows], [io.nubicast.router.igmp.IgmpCommands] | the `show ip igmp` commands |
/// | [io.nubicast.router.igmp.proxy] | the IGMP proxy |
/// | [io.nubicast.router.igmp.HostMembership] | the kernel's memberships: what the router itself listens to |
///
/// Defaults are the RFCs' (a query every 125 s); IOS asks every 60 s. Both work together: a router that is not the querier takes the
/// querier's robustness and interval over (RFC 3376 sections 4.1.6 and 4.1.7).
///
/// Where this differs from the RFCs, and why:
/// * A router that is the querier does not lower its timers on a specific query of somebody else (section 6.6.1 does not tell the two
///   apart): what it did not ask itself it does not need to forget.
/// * While a group is being checked, another leave does not start the check again: a flood of leaves must not become a flood of queries.
/// * A query whose source is 0.0.0.0 (a switch's, a cloud's) never takes part in the election.
@NullMarked
package io.nubicast.router.igmp;

import org.jspecify.annotations.NullMarked;
