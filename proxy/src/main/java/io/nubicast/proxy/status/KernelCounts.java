package io.nubicast.proxy.status;

import io.nubicast.forwarding.DropCounters;
import io.nubicast.wire.DropReason;

/// The counters of the original's kernel modules, from ours. With S datagrams to groups that have members, members × S = tx
/// packets + route fail + no memory, but for what was lost before it was seen, which is in no memory as well.
///
/// @param rxPackets datagrams that a group, or a client's entry, took in
/// @param rxBytes of their IP packets
/// @param txPackets copies that the kernel took
/// @param txBytes of their IP packets
/// @param noGroup datagrams to a group, or a port of one, that is not configured; the original counts each UDP packet that
///     the host sends anywhere
/// @param noMember datagrams to a group that has no members
/// @param routeFail copies that could not be sent: every send error but a full buffer
/// @param noMemory copies that a full buffer refused, and datagrams lost in a full receive buffer
public record KernelCounts(long rxPackets, long rxBytes, long txPackets, long txBytes, long noGroup, long noMember,
        long routeFail, long noMemory) {
    private static final int IP_AND_UDP_HEADER = 28;

    static long onTheWire(long packets, long payloadBytes) {
        return payloadBytes + packets * IP_AND_UDP_HEADER;
    }

    static long withoutGroup(DropCounters drops) {
        return drops.of(DropReason.NO_ROUTE);
    }

    static long unseen(DropCounters drops) {
        return drops.of(DropReason.RECEIVE_BUFFER_FULL);
    }
}
