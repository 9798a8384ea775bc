package io.nubicast.dataplane.socket;

import io.nubicast.dataplane.linux.Admission;
import io.nubicast.dataplane.linux.OwnAddresses;
import io.nubicast.dataplane.linux.PlaneEvents;
import io.nubicast.engine.NanoClock;
import io.nubicast.forwarding.CompiledRoute;
import io.nubicast.forwarding.DropCounters;
import io.nubicast.forwarding.PlaneEvent;
import io.nubicast.forwarding.RouteIndex;
import io.nubicast.kernel.socket.RawSocket;
import io.nubicast.kernel.socket.ReceiveBatch;
import io.nubicast.kernel.sys.Errno;
import io.nubicast.wire.DropReason;
import io.nubicast.wire.InternetChecksum;
import io.nubicast.wire.Ipv4Header;
import io.nubicast.wire.UdpChecksum;
import io.nubicast.wire.UdpHeader;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.locks.LockSupport;

/// The server's hot loop: receive, check, look up, guard, limit, copy, send, count. One thread, which alone writes the packet
/// counters; others give it a table through a volatile field, read once a batch. Allocates nothing a datagram.
final class ServerWorker implements Runnable {
    /// Datagrams a system call.
    static final int SLOTS = 64;
    private static final int SLOT_BYTES = 65_536;
    /// How often the socket is asked for what it had no room for: not with each datagram, where it would cost more than the look-up.
    private static final long OVERFLOW_EVERY_NS = 20_000_000L;

    private final RawSocket socket;
    private final ReceiveBatch batch;
    private final MemorySegment segment;
    private final FanOut fanOut;
    private final NanoClock clock;
    private final PlaneEvents events;
    private final Admission admission;
    private final Ipv4Header ip;
    private final UdpHeader udp;
    private long overflow;
    private long overflowAskedNs;

    private volatile RouteIndex index = RouteIndex.EMPTY;
    private volatile OwnAddresses ownAddresses = OwnAddresses.NONE;
    private volatile boolean stopped;

    ServerWorker(Arena arena, RawSocket socket, FanOut fanOut, NanoClock clock, PlaneEvents events) {
        this.socket = socket;
        this.fanOut = fanOut;
        this.clock = clock;
        this.events = events;
        admission = new Admission(events);
        ip = admission.ip;
        udp = admission.udp;
        batch = new ReceiveBatch(arena, SLOTS, SLOT_BYTES, 0, false);
        segment = batch.segment();
    }

    /// From the next batch on datagrams are handled by this. Any thread.
    void publish(RouteIndex newIndex) {
        index = newIndex;
    }

    /// What tells local senders from those on the wire. Any thread.
    void publish(OwnAddresses newAddresses) {
        ownAddresses = newAddresses;
    }

    DropCounters drops() {
        return admission.drops();
    }

    /// Ends [#run()] within the receive timeout. Any thread.
    void stop() {
        stopped = true;
    }

    @Override
    public void run() {
        while (!stopped) {
            int received = batch.receive(socket);
            long nowNs = clock.nowNs();
            if (nowNs - overflowAskedNs >= OVERFLOW_EVERY_NS) {
                overflowAskedNs = nowNs;
                countOverflow();
            }
            if (received > 0) {
                onBatch(received, nowNs);
            } else if (received < 0) {
                events.add(new PlaneEvent.Notice("capturing failed: "
                        + Errno.name(-received)));
                LockSupport.parkNanos(10_000_000L);
            }
        }
    }

    private void countOverflow() {
        long lost = socket.receiveOverflow();
        if (lost >= 0 && lost != overflow) {
            admission.drops().add(DropReason.RECEIVE_BUFFER_FULL, (lost - overflow) & 0xFFFFFFFFL);
            overflow = lost;
        }
    }

    private void onBatch(int received, long nowNs) {
        RouteIndex table = index;
        OwnAddresses own = ownAddresses;
        for (int slot = 0; slot < received; slot++) {
            onDatagram(table, own, batch.offset(slot), batch.length(slot), nowNs);
        }
        fanOut.flush();
    }

    private void onDatagram(RouteIndex table, OwnAddresses own, long offset, int length, long nowNs) {
        CompiledRoute route = admission.route(table, segment, offset, length, nowNs);
        if (route == null) {
            return;
        }
        int payloadLength = udp.payloadLength();
        int payloadSum = InternetChecksum.sum(segment, udp.payloadOffset(), payloadLength);
        UdpChecksum.Verdict checksum = UdpChecksum.judge(ip, udp, payloadSum);
        if (checksum == UdpChecksum.Verdict.WRONG) {
            route.counters().drops().add(DropReason.BAD_CHECKSUM);
            return;
        }
        if (!admission.goesRound(route, own, segment, nowNs) && admission.admits(route, payloadLength, nowNs)) {
            route.counters().burst();
            fanOut.copy(route, ip, udp, segment, payloadSum, checksum != UdpChecksum.Verdict.NONE);
        }
    }
}
