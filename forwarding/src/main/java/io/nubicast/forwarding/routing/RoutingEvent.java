package io.nubicast.forwarding.routing;

import io.nubicast.wire.Address;
import java.lang.foreign.MemorySegment;

/// What a plane tells the router about packets, through a bounded queue.
public sealed interface RoutingEvent {
    /// A packet has no route. The plane keeps it, and those that follow, for a moment: put a route, also one without outgoing
    /// ports, at once (MFC-004, MFC-006).
    ///
    /// @param port where it arrived; of what this host sent itself, where it left
    record NoRoute(int port, Address source, Address group) implements RoutingEvent {}

    /// A packet arrived on another port than its route's incoming one. Told at most once in three seconds for a route.
    record WrongPort(int port, Address source, Address group) implements RoutingEvent {}

    /// A packet of a route with [GroupRoute#wholePackets()], as it arrived: its TTL is not decremented (PIM-061).
    ///
    /// @param packet with its IP header
    record WholePacket(int port, Address source, Address group, MemorySegment packet) implements RoutingEvent {}

    /// Something worth a line in the log: what happened and what to do.
    record Notice(String text) implements RoutingEvent {}
}
