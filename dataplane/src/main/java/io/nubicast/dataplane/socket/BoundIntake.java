package io.nubicast.dataplane.socket;

import io.nubicast.dataplane.linux.PlaneEvents;
import io.nubicast.kernel.socket.Poller;
import io.nubicast.kernel.socket.UdpSocket;

/// A socket for each port of the copies and each address of the host ([ClientPorts]), and a shield for each flow of entries for
/// any port ([ClientFlows]). Needs CAP_NET_RAW only; an application that wants such a port for itself is in its way.
final class BoundIntake implements ClientIntake {
    private static final long RETRY_NS = 1_000_000_000L;
    private static final int CAPTURE = 0;
    private static final int FIRST_PORT = 1;

    private final String remark;
    private final ClientCapture capture;
    private final ClientPorts ports;
    private final ClientFlows flows;
    private final OverflowCount captureOverflow = new OverflowCount();
    private ClientTable table = ClientTable.EMPTY;
    private boolean retrying;
    private long retryNs;

    /// @param capture owned from now on
    /// @param reason why copies are not steered, a clause
    BoundIntake(ClientCapture capture, String reason, PlaneEvents events, long nowNs) {
        this.capture = capture;
        remark = "the ports of the copies are bound, because " + reason;
        ports = new ClientPorts(events);
        flows = new ClientFlows(events, new ClientListeners(), nowNs);
    }

    @Override
    public String remark() {
        return remark;
    }

    @Override
    public boolean leavesPortsFree() {
        return false;
    }

    @Override
    public void serve(ClientHost host, ClientTable newTable) {
        table = newTable;
        ports.serve(host, table.routes());
        flows.serve(host, table);
        capture.serve(table.routes(), ports);
        retrying = false;
    }

    @Override
    public int descriptors() {
        return FIRST_PORT + ports.count();
    }

    @Override
    public void watch(Poller poller) {
        poller.add(capture.socket());
        for (int i = 0; i < ports.count(); i++) {
            UdpSocket socket = ports.at(i).socket();
            // Without a socket of its own the place is taken all the same: poll(2) skips a negative descriptor.
            if (socket == null) {
                poller.addNone();
            } else {
                poller.add(socket);
            }
        }
    }

    @Override
    public void receive(Poller poller, int first, ClientReceiver receiver) {
        if (poller.isReady(first + CAPTURE)) {
            receiver.receive(capture.socket(), captureOverflow, this);
        }
        for (int i = 0; i < ports.count(); i++) {
            if (poller.isReady(first + FIRST_PORT + i)) {
                receiver.receive(ports.at(i));
            }
        }
    }

    @Override
    public boolean keep(long nowNs, ClientReceiver receiver) {
        flows.sweep(nowNs);
        if (!ports.isIncomplete()) {
            return false;
        }
        if (!retrying) {
            retrying = true;
            retryNs = nowNs + RETRY_NS;
        }
        if (nowNs - retryNs < 0) {
            return false;
        }
        retryNs = nowNs + RETRY_NS;
        // What was captured while an application held the port is restored first: then nothing is lost or doubled.
        receiver.receive(capture.socket(), captureOverflow, this);
        if (!ports.openAll()) {
            return false;
        }
        capture.serve(table.routes(), ports);
        return true;
    }

    @Override
    public boolean hasSocketFor(int address, int port) {
        ClientPort bound = ports.find(address, port);
        return bound != null && bound.socket() != null;
    }

    @Override
    public boolean isDirect(RestoreDatagram datagram, int address, long batch, long receivedNs, long nowNs) {
        ClientPort port = ports.find(address, datagram.destinationPort);
        return port != null
                ? port.socket() == null
                : flows.isDirect(datagram.source, datagram.sourcePort, address, datagram.destinationPort, batch,
                        receivedNs, nowNs);
    }

    @Override
    public boolean countsStranger(int address, int port, boolean hasChecksum, long nowNs) {
        // Its own socket counts it.
        return !hasChecksum || !hasSocketFor(address, port);
    }

    @Override
    public void close() {
        flows.close();
        ports.close();
        capture.close();
    }
}
