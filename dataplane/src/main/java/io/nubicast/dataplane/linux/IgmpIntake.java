package io.nubicast.dataplane.linux;

import java.lang.foreign.MemorySegment;

/// Takes the IGMP packets that a router's plane receives beside its own business: it sees reports to groups that this host has not
/// joined, which no other socket does.
@FunctionalInterface
public interface IgmpIntake {
    /// A packet arrived.
    ///
    /// @param interfaceIndex where
    /// @param datagram with its IP header; valid during the call only
    void onDatagram(int interfaceIndex, MemorySegment datagram);
}
