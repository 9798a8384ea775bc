package io.nubicast.dataplane.linux;

import io.nubicast.forwarding.CompiledRoute;
import io.nubicast.forwarding.DropCounters;
import io.nubicast.forwarding.PlaneEvent;
import io.nubicast.forwarding.RouteIndex;
import io.nubicast.wire.Address;
import io.nubicast.wire.DropReason;
import io.nubicast.wire.Ipv4Header;
import io.nubicast.wire.UdpHeader;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/// What a captured datagram must pass before it is copied: headers, a route, no loop, the group's rate limit. Counts what it takes
/// and what it drops. One worker's own, allocates nothing a datagram.
public final class Admission {
    /// Of the datagram that [#route] looked at last.
    public final Ipv4Header ip = new Ipv4Header();
    /// Of the datagram that [#route] looked at last.
    public final UdpHeader udp = new UdpHeader();

    private final PlaneEvents events;
    private final DropCounters drops = new DropCounters();
    private final LoopGuard loopGuard;

    public Admission(PlaneEvents events) {
        this(events, new RestoredFlows());
    }

    /// @param restored shared by the workers of a plane
    public Admission(PlaneEvents events, RestoredFlows restored) {
        this.events = events;
        loopGuard = new LoopGuard(restored);
    }

    /// What was dropped before a route was found.
    public DropCounters drops() {
        return drops;
    }

    /// Checks the headers and finds the route; on null the drop has been counted. Wraps [#ip] and [#udp].
    ///
    /// @param segment native memory
    /// @param offset of the IP header
    /// @param length bytes there
    public @Nullable CompiledRoute route(RouteIndex table, MemorySegment segment, long offset, int length, long nowNs) {
        if (!check(segment, offset, length, nowNs)) {
            return null;
        }
        CompiledRoute route = table.toGroup((int) ip.addresses(), udp.ports() & 0xFFFF);
        if (route == null) {
            drops.add(DropReason.NO_ROUTE);
        }
        return route;
    }

    /// Checks the headers; on false the drop has been counted. Wraps [#ip] and [#udp].
    ///
    /// @param segment native memory
    /// @param offset of the IP header
    /// @param length bytes there
    public boolean check(MemorySegment segment, long offset, int length, long nowNs) {
        DropReason fault = ip.wrap(segment, offset).check(length);
        if (fault != null) {
            DropReason reason = cutBecause(fault, length);
            if (reason == DropReason.RESTORED_HERE) {
                loopGuard.onRestored(flow(udp.wrap(segment, offset + Ipv4Header.MINIMUM_LENGTH)), nowNs);
            }
            drops.add(reason);
            return false;
        }
        udp.wrap(segment, offset + ip.headerLength());
        fault = udp.check(ip.totalLength() - ip.headerLength());
        if (fault != null) {
            drops.add(fault);
            return false;
        }
        return true;
    }

    /// The capture filter cuts datagrams to tell us why they are not for us: see [CaptureScope#OWN_SOURCE_BYTES].
    private static DropReason cutBecause(DropReason fault, int length) {
        if (fault == DropReason.TOO_SHORT && length == CaptureScope.OWN_SOURCE_BYTES) {
            return DropReason.OWN_SOURCE;
        }
        return fault == DropReason.TOO_SHORT && length == CaptureScope.RESTORED_BYTES
                ? DropReason.RESTORED_HERE
                : fault;
    }

    /// Whether the datagram that [#route] looked at, whose checksum is right, goes round between proxies; then the drop has been
    /// counted. Ask once for each frame.
    public boolean goesRound(CompiledRoute route, OwnAddresses own, MemorySegment segment, long nowNs) {
        if (own.contains(ip.source()) || !isLooping(segment, nowNs)) {
            return false;
        }
        route.counters().drops().add(DropReason.LOOP);
        return true;
    }

    /// Applies the rate limit and counts the datagram.
    ///
    /// @return whether it is to be copied
    public boolean admits(CompiledRoute route, int payloadBytes, long nowNs) {
        if (route.isLimited() && !route.admit(payloadBytes, nowNs)) {
            route.counters().drops().add(DropReason.RATE_LIMITED);
            return false;
        }
        route.counters().received(payloadBytes);
        return true;
    }

    private long flow(UdpHeader ports) {
        return LoopGuard.flow(ip.source(), ports.sourcePort(), ip.destination(), ports.destinationPort());
    }

    private boolean isLooping(MemorySegment segment, long nowNs) {
        long flow = flow(udp);
        LoopGuard.Verdict verdict = loopGuard.onFlow(flow, nowNs);
        if (verdict == LoopGuard.Verdict.PASS) {
            long fingerprint = LoopGuard.fingerprint(flow, segment, udp.payloadOffset(), udp.payloadLength());
            verdict = loopGuard.onDatagram(flow, fingerprint, nowNs);
        }
        return switch (verdict) {
            case PASS -> false;
            case REPEATED -> true;
            case LOOP_BEGINS -> {
                events.add(new PlaneEvent.LoopDetected(Address.ofIpv4(ip.source()), Address.ofIpv4(ip.destination())));
                yield true;
            }
        };
    }
}
