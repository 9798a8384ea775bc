package io.nubicast.dataplane.socket;

import io.nubicast.dataplane.linux.PlaneEvents;
import io.nubicast.engine.NanoClock;
import io.nubicast.forwarding.DropCounters;
import io.nubicast.forwarding.PlaneEvent;
import io.nubicast.kernel.socket.RawSocket;
import io.nubicast.kernel.socket.ReceiveBatch;
import io.nubicast.kernel.socket.UdpSocket;
import io.nubicast.wire.Address;
import io.nubicast.wire.DropReason;
import io.nubicast.wire.Ipv4Header;
import io.nubicast.wire.UdpChecksum;
import io.nubicast.wire.UdpHeader;
import java.lang.foreign.Arena;
import org.jspecify.annotations.Nullable;

/// The client's hot path: receive a batch, accept what configured servers sent, queue it at its outputs, send. Allocates nothing
/// a datagram. One thread.
final class ClientReceiver {
    private static final int SLOTS = 64;
    private static final int SLOT_BYTES = 65_536;
    private static final int CONTROL_BYTES = 128;
    /// Unknown senders that are worth a line in the log.
    private static final int TOLD_SOURCES = 32;

    private final ReceiveBatch batch;
    private final DropCounters drops = new DropCounters();
    private final ClientRejects rejects = new ClientRejects();
    private final RestoreDatagram datagram = new RestoreDatagram();
    private final Ipv4Header ip = new Ipv4Header();
    private final UdpHeader udp = new UdpHeader();
    private final RestoreOutputs outputs;
    private final PlaneEvents events;
    private final NanoClock clock;
    private ClientHost host = ClientHost.NOTHING;
    private ClientTable table = ClientTable.EMPTY;
    private long batches;
    private int told;

    ClientReceiver(Arena arena, RestoreOutputs outputs, PlaneEvents events, NanoClock clock) {
        batch = new ReceiveBatch(arena, SLOTS, SLOT_BYTES, CONTROL_BYTES);
        this.outputs = outputs;
        this.events = events;
        this.clock = clock;
    }

    DropCounters drops() {
        return drops;
    }

    ClientRejects rejects() {
        return rejects;
    }

    /// What holds from the next datagram on.
    void serve(ClientHost newHost, ClientTable newTable) {
        host = newHost;
        table = newTable;
    }

    /// Takes one batch of a bound port.
    void receive(ClientPort port) {
        UdpSocket socket = port.socket();
        if (socket == null) {
            return;
        }
        int received = batch.receiveNow(socket);
        for (int slot = 0; slot < received; slot++) {
            onCopy(slot, port.address(), port.place(), port.port());
        }
        finish(received, port.overflow());
    }

    /// Takes one batch of the socket to which copies to any address and port are steered.
    void receive(UdpSocket socket, OverflowCount overflow) {
        int received = batch.receiveNow(socket);
        for (int slot = 0; slot < received; slot++) {
            int address = batch.originalAddress(slot);
            onCopy(slot, address, host.placeOf(address), batch.originalPort(slot));
        }
        finish(received, overflow);
    }

    /// @param received 0 or less: nothing, or an error that was queued on the socket and is gone by reading it
    private void finish(int received, OverflowCount overflow) {
        if (received <= 0) {
            return;
        }
        long lost = overflow.newlyLost(batch.overflow(received - 1));
        if (lost != 0) {
            drops.add(DropReason.RECEIVE_BUFFER_FULL, lost);
        }
        outputs.flush();
    }

    private void onCopy(int slot, int address, int place, int port) {
        if (batch.truncated(slot)) {
            drops.add(DropReason.TRUNCATED);
            return;
        }
        if (place < 0 || port == 0) {
            drops.add(DropReason.NO_ROUTE);
            return;
        }
        int length = batch.length(slot);
        int segment = batch.segmentBytes(slot);
        int step = segment > 0 && segment < length ? segment : Math.max(1, length);
        int source = batch.sourceAddress(slot);
        RestoreRoute route = table.find(source, port);
        if (route == null || !route.accepts(address, place)) {
            reject(source, port, length == 0 ? 1 : (length + step - 1) / step);
            return;
        }
        int tos = Math.max(0, batch.tos(slot));
        if (!route.compiled().route().match().takesTypeOfService(tos)) {
            route.compiled().counters().drops().add(DropReason.NOT_MARKED,
                    length == 0 ? 1 : (length + step - 1) / step);
            return;
        }
        datagram.source = source;
        datagram.sourcePort = batch.sourcePort(slot);
        datagram.destinationPort = port;
        datagram.tos = tos;
        datagram.hasChecksum = true;
        long offset = batch.offset(slot);
        int at = 0;
        do {
            datagram.payload(batch.segment(), offset + at, Math.min(step, length - at));
            restore(route, place, false);
            at += step;
        } while (at < length);
    }

    /// Takes one batch of the raw socket of that intake.
    void receive(RawSocket socket, OverflowCount overflow, ClientIntake intake) {
        int received = batch.receiveNow(socket);
        batches++;
        for (int slot = 0; slot < received; slot++) {
            DropReason reason = onCaptured(slot, intake);
            if (reason != null) {
                drops.add(reason);
            }
        }
        finish(received, overflow);
    }

    private @Nullable DropReason onCaptured(int slot, ClientIntake intake) {
        if (batch.truncated(slot)) {
            return DropReason.TRUNCATED;
        }
        long offset = batch.offset(slot);
        DropReason reason = ip.wrap(batch.segment(), offset).check(batch.length(slot));
        if (reason != null) {
            return reason;
        }
        int headerLength = ip.headerLength();
        reason = udp.wrap(batch.segment(), offset + headerLength).check(ip.totalLength() - headerLength);
        if (reason != null) {
            return reason;
        }
        int address = ip.destination();
        int place = host.placeOf(address);
        int destinationPort = udp.destinationPort();
        if (place < 0 || destinationPort == 0) {
            return DropReason.NO_ROUTE;
        }
        boolean hasChecksum = udp.checksum() != 0;
        int source = ip.source();
        RestoreRoute route = table.find(source, destinationPort);
        if (route == null || !route.accepts(address, place)) {
            if (intake.countsStranger(address, destinationPort, hasChecksum, clock.nowNs())) {
                reject(source, destinationPort, 1);
            }
            return null;
        }
        if (hasChecksum && intake.hasSocketFor(address, destinationPort)) {
            return null;
        }
        if (!route.compiled().route().match().takesTypeOfService(ip.typeOfService())) {
            route.compiled().counters().drops().add(DropReason.NOT_MARKED);
            return null;
        }
        datagram.source = source;
        datagram.sourcePort = udp.sourcePort();
        datagram.destinationPort = destinationPort;
        datagram.tos = ip.typeOfService();
        datagram.hasChecksum = hasChecksum;
        datagram.payload(batch.segment(), udp.payloadOffset(), udp.payloadLength());
        if (hasChecksum && UdpChecksum.judge(ip, udp, datagram.payloadSum()) == UdpChecksum.Verdict.WRONG) {
            return DropReason.BAD_CHECKSUM;
        }
        restore(route, place,
                intake.isDirect(datagram, address, batches, batch.receivedNs(slot), clock.nowNs()));
        return null;
    }

    private void restore(RestoreRoute route, int place, boolean direct) {
        int length = datagram.length;
        if (route.compiled().isLimited() && !route.compiled().admit(length, clock.nowNs())) {
            route.compiled().counters().drops().add(DropReason.RATE_LIMITED);
            return;
        }
        route.compiled().counters().received(length);
        route.compiled().counters().burst();
        if (direct) {
            route.restoreOutside(datagram, place, outputs);
        } else {
            route.restore(datagram, place);
        }
    }

    private void reject(int source, int port, int packets) {
        drops.add(DropReason.UNKNOWN_SERVER, packets);
        if (rejects.add(source, packets) && told < TOLD_SOURCES) {
            told++;
            events.add(new PlaneEvent.Notice("datagrams of " + Address.ofIpv4(source) + " to port " + port
                    + " are not restored: no entry names that server with that port"));
        }
    }
}
