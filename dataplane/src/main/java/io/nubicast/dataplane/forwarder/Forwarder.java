package io.nubicast.dataplane.forwarder;

import io.nubicast.dataplane.linux.UnfinishedChecksum;
import io.nubicast.forwarding.routing.RoutingEvent;
import io.nubicast.forwarding.routing.RoutingPort;
import io.nubicast.kernel.socket.FrameSocket;
import io.nubicast.kernel.socket.ReceiveBatch;
import io.nubicast.wire.Address;
import io.nubicast.wire.InternetChecksum;
import io.nubicast.wire.Ipv4Header;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// What happens to a packet. Guarded by the plane's lock; allocates nothing per packet, but for what the router is told.
final class Forwarder {
    private static final int SLOTS = 64;
    private static final int SLOT_BYTES = 65_536 + 64;
    private static final int IGMP = 2;
    private static final int UDP_HEADER_BYTES = 8;
    /// MFC-008: as the kernel.
    private static final long WRONG_PORT_AGAIN_NS = 3_000_000_000L;
    private static final int TTL_WORD = 8;
    private static final int LINK_LOCAL_MASK = 0xFFFF_FF00;
    private static final int LINK_LOCAL = 0xE000_0000;

    private final FrameSocket socket;
    private final Ports ports;
    private final RouteIndex routes;
    private final Outbox outbox;
    private final ReceiveBatch batch;
    private final Copies copies;
    private final MissQueue misses;
    private final Ipv4Header ip = new Ipv4Header();
    private final UnfinishedChecksum unfinished = new UnfinishedChecksum();
    private final MemorySegment noVirtio;
    private long nowNs;
    private long malformed;
    private long ttlExpired;
    private final MissQueue.Taker waited = this::afterWaiting;
    private final RegisterIntake.Taker registered = this::registered;

    Forwarder(FrameSocket socket, Arena arena, Ports ports, RouteIndex routes, Outbox outbox, Port nowhere) {
        this.socket = socket;
        this.ports = ports;
        this.routes = routes;
        this.outbox = outbox;
        batch = new ReceiveBatch(arena, SLOTS, SLOT_BYTES, 0);
        copies = new Copies(socket, arena, nowhere);
        misses = new MissQueue(arena, nowhere);
        noVirtio = arena.allocate(Virtio.BYTES, 8);
    }

    /// Forwards one batch of what devices have received.
    ///
    /// @return whether there may be more
    boolean receive(long now) {
        nowNs = now;
        int received = batch.receiveNow(socket);
        for (int slot = 0; slot < received; slot++) {
            frame(slot);
        }
        copies.flush();
        return received == SLOTS;
    }

    /// Forwards one batch of what Registers carry.
    ///
    /// @return whether there may be more
    boolean receive(RegisterIntake registers, long now) {
        nowNs = now;
        boolean more = registers.receive(registered);
        copies.flush();
        return more;
    }

    private void frame(int slot) {
        Port port = ports.at(batch.deviceIndex(slot));
        if (port == null) {
            return;
        }
        MemorySegment segment = batch.segment();
        long at = batch.offset(slot);
        long ipAt = at + Virtio.BYTES + port.linkBytes;
        int available = batch.length(slot) - Virtio.BYTES - port.linkBytes;
        ip.wrap(segment, ipAt);
        if (batch.truncated(slot) || ip.check(available) != null || !ip.headerChecksumIsValid()) {
            malformed++;
            return;
        }
        int length = ip.totalLength();
        if (ip.protocol() == IGMP) {
            outbox.add(new Outbox.Igmp(port.index,
                    MemorySegment.ofArray(segment.asSlice(ipAt, length).toArray(ValueLayout.JAVA_BYTE))));
            return;
        }
        packet(port, segment, ipAt, length, segment, at, port.linkBytes);
    }

    private void registered(MemorySegment segment, long ipAt, int length) {
        Port port = ports.of(RoutingPort.REGISTER);
        ip.wrap(segment, ipAt);
        if (port != null && (ip.destination() & LINK_LOCAL_MASK) != LINK_LOCAL) {
            packet(port, segment, ipAt, length, noVirtio, 0, 0);
        }
    }

    /// Of a packet that `ip` is wrapped over.
    private void packet(Port port, MemorySegment segment, long ipAt, int length, MemorySegment virtio, long virtioAt,
            int linkBytes) {
        int source = ip.source();
        int group = ip.destination();
        int count = datagrams(length, Virtio.segmentBytes(virtio, virtioAt));
        port.packetsIn += count;
        port.bytesIn += length;
        Route route = routes.find(source, group);
        if (route == null || isNewOn(port, route)) {
            miss(port, segment, ipAt, length, virtio, virtioAt, linkBytes);
        } else {
            forward(route, port, segment, ipAt, length, virtio, virtioAt, linkBytes, count);
        }
    }

    /// On a port that has nothing to do with a route for every source, that source may be new.
    private static boolean isNewOn(Port port, Route route) {
        return route.isForEverySource && route.incoming != port && !route.leavesBy(port);
    }

    private int datagrams(int length, int segmentBytes) {
        int payload = length - ip.headerLength() - UDP_HEADER_BYTES;
        return segmentBytes == 0 || payload <= segmentBytes ? 1 : (payload + segmentBytes - 1) / segmentBytes;
    }

    private void miss(Port port, MemorySegment segment, long ipAt, int length, MemorySegment virtio, long virtioAt,
            int linkBytes) {
        long key = RouteIndex.key(ip.source(), ip.destination());
        if (!misses.isKnown(key)) {
            if (!misses.begin(key, port, nowNs)) {
                outbox.countLost();
                return;
            }
            outbox.add(new Outbox.Event(new RoutingEvent.NoRoute(port.id, Address.ofIpv4(ip.source()),
                    Address.ofIpv4(ip.destination()))));
        }
        misses.add(key, segment, ipAt, length, virtio, virtioAt, linkBytes, nowNs);
    }

    private void forward(Route route, Port port, MemorySegment segment, long ipAt, int length, MemorySegment virtio,
            long virtioAt, int linkBytes, int count) {
        if (route.incoming != port) {
            wrongPort(route, port, count);
            return;
        }
        route.packets += count;
        route.bytes += length;
        int ttl = ip.timeToLive();
        int group = ip.destination();
        if (route.route.wholePackets()) {
            whole(port, segment, ipAt, length, count);
        }
        if (ttl <= 1) {
            ttlExpired += count;
            return;
        }
        boolean first = true;
        for (Port out : route.outgoing) {
            if (out.index == 0 || ttl <= out.threshold || out == port) {
                continue;
            }
            if (first) {
                decrementTtl(segment, ipAt, ttl);
                first = false;
            }
            copies.add(out, group, segment, ipAt, length, virtio, virtioAt, linkBytes, count);
        }
    }

    /// RFC 1624: the checksum changes with the word of TTL and protocol.
    private void decrementTtl(MemorySegment segment, long ipAt, int ttl) {
        int protocol = segment.get(ValueLayout.JAVA_BYTE, ipAt + TTL_WORD + 1) & 0xFF;
        ip.headerChecksum(InternetChecksum.update(ip.headerChecksum(), ttl << 8 | protocol, ttl - 1 << 8 | protocol));
        ip.timeToLive(ttl - 1);
    }

    private void wrongPort(Route route, Port port, int count) {
        route.wrongPort += count;
        if (!route.wrongPortTold || nowNs - route.wrongPortToldNs >= WRONG_PORT_AGAIN_NS) {
            route.wrongPortTold = true;
            route.wrongPortToldNs = nowNs;
            outbox.add(new Outbox.Event(new RoutingEvent.WrongPort(port.id, Address.ofIpv4(ip.source()),
                    Address.ofIpv4(ip.destination()))));
        }
    }

    /// A burst is not told whole: nobody cuts it there.
    private void whole(Port port, MemorySegment segment, long ipAt, int length, int count) {
        if (count > 1) {
            outbox.countLost();
            return;
        }
        MemorySegment copy = MemorySegment.ofArray(segment.asSlice(ipAt, length).toArray(ValueLayout.JAVA_BYTE));
        unfinished.finish(copy, 0, length);
        outbox.add(new Outbox.Event(new RoutingEvent.WholePacket(port.id, Address.ofIpv4(ip.source()),
                Address.ofIpv4(ip.destination()), copy)));
    }

    // ---- packets that have waited

    /// A route has come: forwards what waited for it.
    void release(Route route, long now) {
        nowNs = now;
        int group = route.route.group().ipv4();
        if (route.isForEverySource) {
            misses.releaseGroup(group, waited);
        } else {
            misses.release(RouteIndex.key(route.route.source().ipv4(), group), waited);
        }
        copies.flush();
    }

    private void afterWaiting(Port port, MemorySegment segment, long virtioAt, int length) {
        long ipAt = virtioAt + Virtio.BYTES;
        ip.wrap(segment, ipAt);
        Route route = routes.find(ip.source(), ip.destination());
        if (route != null && !isNewOn(port, route)) {
            forward(route, port, segment, ipAt, length, segment, virtioAt, 0,
                    datagrams(length, Virtio.segmentBytes(segment, virtioAt)));
        }
    }

    /// Drops what has waited too long.
    void expire(long now) {
        misses.expire(now);
    }

    // ---- counters

    long malformed() {
        return malformed;
    }

    long ttlExpired() {
        return ttlExpired;
    }

    long tooBig() {
        return copies.tooBig();
    }

    long failed() {
        return copies.failed();
    }

    long unrouted() {
        return misses.dropped();
    }
}
