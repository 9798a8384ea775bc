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
    private final ClientPorts ports;
    private final ClientFlows flows;
    private final PlaneEvents events;
    private final NanoClock clock;
    private ClientHost host = ClientHost.NOTHING;
    private ClientTable table = ClientTable.EMPTY;
    private long batches;
    private int captureOverflow;
    private int told;

    ClientReceiver(Arena arena, RestoreOutputs outputs, ClientPorts ports, ClientFlows flows, PlaneEvents events,
            NanoClock clock) {
        batch = new ReceiveBatch(arena, SLOTS, SLOT_BYTES, CONTROL_BYTES);
        this.outputs = outputs;
        this.ports = ports;
        this.flows = flows;
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
        if (received <= 0) {
            // An error that was queued on the socket is gone by reading it.
            return;
        }
        for (int slot = 0; slot < received; slot++) {
            onCopy(port, slot);
        }
        long lost = port.newlyLost(batch.overflow(received - 1));
        if (lost != 0) {
            drops.add(DropReason.RECEIVE_BUFFER_FULL, lost);
        }
        outputs.flush();
    }

    private void onCopy(ClientPort port, int slot) {
        if (batch.truncated(slot)) {
            drops.add(DropReason.TRUNCATED);
            return;
        }
        int length = batch.length(slot);
        int segment = batch.segmentBytes(slot);
        int step = segment > 0 && segment < length ? segment : Math.max(1, length);
        int source = batch.sourceAddress(slot);
        RestoreRoute route = table.find(source, port.port());
        if (route == null || !route.accepts(port.address(), port.place())) {
            reject(source, port.port(), length == 0 ? 1 : (length + step - 1) / step);
            return;
        }
        datagram.source = source;
        datagram.sourcePort = batch.sourcePort(slot);
        datagram.destinationPort = port.port();
        datagram.tos = Math.max(0, batch.tos(slot));
        datagram.hasChecksum = true;
        long offset = batch.offset(slot);
        int at = 0;
        do {
            datagram.payload(batch.segment(), offset + at, Math.min(step, length - at));
            restore(route, port.place(), false);
            at += step;
        } while (at < length);
    }

    /// Takes one batch of the raw socket.
    void receive(RawSocket socket) {
        int received = batch.receiveNow(socket);
        if (received <= 0) {
            return;
        }
        batches++;
        for (int slot = 0; slot < received; slot++) {
            DropReason reason = onCaptured(slot);
            if (reason != null) {
                drops.add(reason);
            }
        }
        int total = batch.overflow(received - 1);
        if (total != captureOverflow) {
            drops.add(DropReason.RECEIVE_BUFFER_FULL, total - captureOverflow & 0xFFFFFFFFL);
            captureOverflow = total;
        }
        outputs.flush();
    }

    private @Nullable DropReason onCaptured(int slot) {
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
        ClientPort port = ports.find(address, destinationPort);
        if (port != null && port.socket() != null && hasChecksum) {
            // Its own socket has it.
            return null;
        }
        int source = ip.source();
        RestoreRoute route = table.find(source, destinationPort);
        if (route == null || !route.accepts(address, place)) {
            reject(source, destinationPort, 1);
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
        boolean direct = port != null
                ? port.socket() == null
                : flows.isDirect(source, datagram.sourcePort, address, destinationPort, batches,
                        batch.receivedNs(slot), clock.nowNs());
        restore(route, place, direct);
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
                    + " are dropped: no entry names that server with that port"));
        }
    }
}
