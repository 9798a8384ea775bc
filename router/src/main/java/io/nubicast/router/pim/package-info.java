/// PIM sparse mode and source-specific multicast (RFC 7761): one [io.nubicast.router.pim.PimInstance] a router.
///
/// **How it works.** A *tree* ([io.nubicast.router.pim.GroupTree] for (\*,G), [io.nubicast.router.pim.SourceTree] for (S,G) and
/// (S,G,rpt)) holds machines: downstream and assert machines for each interface, upstream machines, a register machine. A machine is
/// a table of the RFC: it is told events, and says by its `Effects` what is to be done. Whatever changes a machine marks its tree;
/// at the end of each call [io.nubicast.router.pim.Trees#settle] asks the macros of the RFC what follows from the state as it is now,
/// feeds that to the machines until nothing changes, writes the routes, and sends what was collected. So no order of events leaves
/// anything stale, and all that one call causes shares messages.
///
///     packets ──▶ PimInstance ─┬─▶ hello                          plane ── NoRoute, WrongPort ──▶ DataRules ─┐
///                              ├─▶ JoinPruneInput ─┐                    └─ WholePacket ─────────▶ RegisterTunnel ──▶ Registers
///                              ├─▶ asserts ────────┼─▶ machines of the trees ─▶ Trees.settle ─┬─▶ Mrib ──▶ plane
///                              └─▶ RegisterTunnel ─┘      ▲                                    └─▶ JoinPruneOutput ──▶ packets
///     IGMP, routes, interfaces, configuration ────────────┘
///
/// - `PimInstance`, `PimConfig`, `PimCore`, `PimInterface`, `PimTimes`, `PimCounters`: the instance, and what its parts share
/// - `Macros`: immediate_olist, inherited_olist, JoinDesired, CouldAssert and their like, by their names
/// - `DownstreamMachine`, `DownstreamRptMachine`, `UpstreamMachine`, `UpstreamRptMachine`, `AssertMachine`, `RegisterMachine`: the tables
/// - `Trees`, `GroupTree`, `SourceTree`, `InterfaceSet`, `Upstream`, `AssertMetric`: state
/// - `JoinPruneInput`, `JoinPruneOutput`, `RegisterTunnel`, `DataRules`: messages, Registers, and what packets of sources do
/// - `PimShows`, `MrouteShow`, `PimCommands`: `show ip mroute`, `show ip pim …`, `show ip rpf`, `show ip multicast`
/// - [io.nubicast.router.pim.hello]: neighbours and designated routers
///
/// **Where this is not the RFC.** Keepalive timers follow the counters of the plane, read every 25 s at most, so a silent source is
/// noticed that much later (MFC-010). The SPTbit of a connected source is set as soon as somebody joins while its packets come, instead
/// of with the next one (PIM-053). Packets that nobody wants are remembered for 210 s, for a route to nowhere (MFC-006). The first
/// periodic Join comes early, at a random time within the period, and all come on ticks of a second, so that thousands of trees share
/// messages and spread over the period. PMBR and (\*,\*,RP) are gone from the RFC; a border bit is ignored.
///
/// Dense mode, Auto-RP and the bootstrap mechanism are not there yet: their messages are counted and ignored in `PimInstance`, their
/// mappings have a place in [io.nubicast.router.rp.RpTable].
@NullMarked
package io.nubicast.router.pim;

import org.jspecify.annotations.NullMarked;
