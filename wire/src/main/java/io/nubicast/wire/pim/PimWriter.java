package io.nubicast.wire.pim;

import io.nubicast.wire.Address;
import io.nubicast.wire.InternetChecksum;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.List;

/// Writes one message. Every byte of it is written, whatever was there before.
final class PimWriter {
    private static final ValueLayout.OfByte U8 = ValueLayout.JAVA_BYTE;
    private static final ValueLayout.OfShort U16 = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final ValueLayout.OfInt U32 = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

    private static final int ENCODED_UNICAST = 6;
    private static final int ENCODED_GROUP = 8;
    private static final int ENCODED_SOURCE = 8;
    /// Upstream neighbour, reserved, number of groups, holdtime.
    static final int JOIN_PRUNE_FIXED = PimMessage.HEADER_LENGTH + ENCODED_UNICAST + 4;
    /// Group, number of joins, number of prunes.
    static final int GROUP_FIXED = ENCODED_GROUP + 4;

    private static final long CHECKSUM = 2;
    /// What the checksum of a Register covers.
    private static final int REGISTER_COVERED = 8;

    private final MemorySegment bytes;
    private long at;

    PimWriter(MemorySegment bytes) {
        this.bytes = bytes;
    }

    static int length(PimMessage message) {
        return switch (message) {
            case PimMessage.Hello hello -> PimMessage.HEADER_LENGTH
                    + hello.options().stream().mapToInt(option -> 4 + length(option)).sum();
            case PimMessage.Register register -> 8 + Math.toIntExact(register.packet().byteSize());
            case PimMessage.RegisterStop stop -> PimMessage.HEADER_LENGTH + ENCODED_GROUP + ENCODED_UNICAST;
            case PimMessage.JoinPrune joinPrune -> length(joinPrune.groups());
            case PimMessage.Bootstrap bootstrap -> length(bootstrap.body());
            case PimMessage.Assert claim -> PimMessage.HEADER_LENGTH + ENCODED_GROUP + ENCODED_UNICAST + 8;
            case PimMessage.Graft graft -> length(graft.groups());
            case PimMessage.GraftAck ack -> length(ack.groups());
            case PimMessage.CandidateRpAdvertisement candidate -> length(candidate.body());
            case PimMessage.StateRefresh refresh -> PimMessage.HEADER_LENGTH + ENCODED_GROUP + 2 * ENCODED_UNICAST + 12;
            case PimMessage.Unknown unknown -> length(unknown.body());
        };
    }

    private static int length(MemorySegment body) {
        return PimMessage.HEADER_LENGTH + Math.toIntExact(body.byteSize());
    }

    private static int length(List<GroupSet> groups) {
        return JOIN_PRUNE_FIXED + groups.stream().mapToInt(PimWriter::length).sum();
    }

    static int length(GroupSet group) {
        return GROUP_FIXED + ENCODED_SOURCE * group.size();
    }

    private static int length(HelloOption option) {
        return switch (option) {
            case HelloOption.Holdtime holdtime -> 2;
            case HelloOption.LanPruneDelay delay -> 4;
            case HelloOption.DrPriority priority -> 4;
            case HelloOption.GenerationId generation -> 4;
            case HelloOption.StateRefreshCapable capable -> 4;
            case HelloOption.BidirectionalCapable capable -> 0;
            case HelloOption.AddressList list -> ENCODED_UNICAST * list.addresses().size();
            case HelloOption.JoinAttributeCapable capable -> 0;
            case HelloOption.Unknown unknown -> Math.toIntExact(unknown.value().byteSize());
        };
    }

    void write(PimMessage message) {
        int length = length(message);
        u8(0x20 | message.type());
        u8(0);
        u16(0);
        switch (message) {
            case PimMessage.Hello hello -> hello.options().forEach(this::option);
            case PimMessage.Register register -> {
                u32((register.border() ? 0x8000_0000 : 0) | (register.nullRegister() ? 0x4000_0000 : 0));
                copy(register.packet());
            }
            case PimMessage.RegisterStop stop -> {
                group(stop.group(), stop.groupMaskLength());
                unicast(stop.source());
            }
            case PimMessage.JoinPrune joinPrune ->
                joinPrune(joinPrune.upstreamNeighbor(), joinPrune.holdtimeSeconds(), joinPrune.groups());
            case PimMessage.Bootstrap bootstrap -> copy(bootstrap.body());
            case PimMessage.Assert claim -> {
                group(claim.group(), 32);
                unicast(claim.source());
                metric(claim.rpt(), claim.metricPreference(), claim.metric());
            }
            case PimMessage.Graft graft -> joinPrune(graft.upstreamNeighbor(), graft.holdtimeSeconds(), graft.groups());
            case PimMessage.GraftAck ack -> joinPrune(ack.upstreamNeighbor(), ack.holdtimeSeconds(), ack.groups());
            case PimMessage.CandidateRpAdvertisement candidate -> copy(candidate.body());
            case PimMessage.StateRefresh refresh -> stateRefresh(refresh);
            case PimMessage.Unknown unknown -> copy(unknown.body());
        }
        int covered = message instanceof PimMessage.Register ? REGISTER_COVERED : length;
        bytes.set(U16, CHECKSUM, (short) InternetChecksum.finish(InternetChecksum.sum(bytes, 0, covered)));
    }

    private void option(HelloOption option) {
        u16(option.type());
        u16(length(option));
        switch (option) {
            case HelloOption.Holdtime holdtime -> u16(holdtime.seconds());
            case HelloOption.LanPruneDelay delay -> {
                u16((delay.trackingSupport() ? 0x8000 : 0) | delay.propagationDelayMs());
                u16(delay.overrideIntervalMs());
            }
            case HelloOption.DrPriority dr -> u32((int) dr.priority());
            case HelloOption.GenerationId generation -> u32(generation.id());
            case HelloOption.StateRefreshCapable capable -> {
                u8(capable.version());
                u8(capable.intervalSeconds());
                u16(0);
            }
            case HelloOption.BidirectionalCapable capable -> {}
            case HelloOption.JoinAttributeCapable capable -> {}
            case HelloOption.AddressList list -> list.addresses().forEach(this::unicast);
            case HelloOption.Unknown unknown -> copy(unknown.value());
        }
    }

    private void joinPrune(Address upstreamNeighbor, int holdtime, List<GroupSet> groups) {
        unicast(upstreamNeighbor);
        u8(0);
        u8(groups.size());
        u16(holdtime);
        for (GroupSet set : groups) {
            group(set.group(), 32);
            u16(set.joins().size());
            u16(set.prunes().size());
            set.joins().forEach(this::source);
            set.prunes().forEach(this::source);
        }
    }

    private void stateRefresh(PimMessage.StateRefresh refresh) {
        group(refresh.group(), 32);
        unicast(refresh.source());
        unicast(refresh.originator());
        metric(refresh.rpt(), refresh.metricPreference(), refresh.metric());
        u8(refresh.maskLength());
        u8(refresh.ttl());
        u8((refresh.pruneIndicator() ? 0x80 : 0) | (refresh.pruneNow() ? 0x40 : 0)
                | (refresh.assertOverride() ? 0x20 : 0));
        u8(refresh.intervalSeconds());
    }

    private void metric(boolean rpt, int preference, long metric) {
        u32((rpt ? 0x8000_0000 : 0) | preference);
        u32((int) metric);
    }

    private void unicast(Address address) {
        u8(1);
        u8(0);
        u32(address.ipv4());
    }

    private void group(Address group, int maskLength) {
        u8(1);
        u8(0);
        u8(0);
        u8(maskLength);
        u32(group.ipv4());
    }

    private void source(SourceEntry source) {
        u8(1);
        u8(0);
        u8((source.sparse() ? 0x04 : 0) | (source.wildcard() ? 0x02 : 0) | (source.rpt() ? 0x01 : 0));
        u8(32);
        u32(source.address().ipv4());
    }

    private void copy(MemorySegment from) {
        MemorySegment.copy(from, 0, bytes, at, from.byteSize());
        at += from.byteSize();
    }

    private void u8(int value) {
        bytes.set(U8, at, (byte) value);
        at++;
    }

    private void u16(int value) {
        bytes.set(U16, at, (short) value);
        at += 2;
    }

    private void u32(int value) {
        bytes.set(U32, at, value);
        at += 4;
    }
}
