package io.nubicast.dataplane.socket;

import io.nubicast.dataplane.linux.PlaneEvents;
import io.nubicast.dataplane.socket.CopySteering.Steered;
import io.nubicast.engine.NanoClock;
import io.nubicast.forwarding.Match;
import io.nubicast.forwarding.PlaneEvent;
import io.nubicast.kernel.bpf.VerifierRejection;
import io.nubicast.kernel.socket.Poller;
import io.nubicast.kernel.socket.SocketFilter;
import io.nubicast.kernel.socket.UdpSocket;
import io.nubicast.kernel.sys.SystemCallException;
import io.nubicast.kernel.sys.UnsupportedFeature;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;

/// One UDP socket gets every copy, whatever its address and port, because the kernel steers them to it ([CopySteering]): no port of
/// a copy is bound, every other datagram goes to the application it is for, and entries for any port are served as fast as the
/// rest.
///
/// What others than the servers send to a copy's port is counted as long as no application listens there: the raw socket sees
/// it, and once a listener is found for a port its datagrams are not even looked at, until it is gone.
final class SteeredIntake implements ClientIntake {
    private static final int LOOPBACK = 0x7F000001;
    private static final int RECEIVE_BUFFER_BYTES = 64 << 20;
    /// How old the list of listeners may be that decides about a stranger's datagram. Where it is long, it is read less often, so
    /// that strangers cannot keep this thread busy with it.
    private static final long LISTENERS_NS = 10_000_000L;
    private static final long LISTENERS_COSTS = 50;
    /// How often it is asked whether an application still listens.
    private static final long HELD_NS = 1_000_000_000L;
    private static final int CAPTURE = 0;
    private static final int COPIES = 1;

    private final PlaneEvents events;
    private final NanoClock clock;
    private final ClientCapture capture;
    private final ClientListeners listeners;
    private final UdpSocket socket;
    private final CopySteering steering;
    private final OverflowCount captureOverflow = new OverflowCount();
    private final SteeredFilter filter;
    private final OverflowCount overflow;
    private ClientListeners.Snapshot listening;
    private long lookNs;
    private long heldNs;
    /// What the routes want of the map, but for what is held.
    private Set<Steered> wanted = Set.of();
    /// Ports of copies on which an application listens.
    private final Set<Steered> held = new HashSet<>();
    /// The other ports of copies, as [#place(int, int)], sorted: strangers' datagrams to them are counted.
    private long[] counted = {};

    /// @param capture owned from now on, unless this fails
    /// @throws CopySteering.Unavailable with the reason as a clause for people
    SteeredIntake(ClientCapture capture, ClientListeners listeners, PlaneEvents events, NanoClock clock)
            throws CopySteering.Unavailable {
        this.capture = capture;
        this.listeners = listeners;
        this.events = events;
        this.clock = clock;
        listening = listeners.now();
        lookNs = clock.nowNs();
        heldNs = lookNs;
        try {
            socket = UdpSocket.open();
        } catch (SystemCallException e) {
            throw new CopySteering.Unavailable(String.valueOf(e.getMessage()));
        }
        try {
            prepare(socket);
            filter = SteeredFilter.on(socket);
        } catch (SystemCallException | UnsupportedFeature | VerifierRejection e) {
            socket.close();
            throw new CopySteering.Unavailable(String.valueOf(e.getMessage()));
        }
        overflow = new OverflowCount(filter::count);
        boolean complete = false;
        try {
            steering = CopySteering.open(socket, capture.socket());
            complete = true;
        } finally {
            if (!complete) {
                socket.close();
                filter.close();
            }
        }
    }

    private static void prepare(UdpSocket socket) throws SystemCallException, UnsupportedFeature {
        socket.attach(SocketFilter.DROP_ALL);
        socket.receiveBuffer(RECEIVE_BUFFER_BYTES);
        socket.reportOverflow(true);
        socket.receiveTos(true);
        socket.receiveOriginalDestination(true);
        socket.receiveOffload(true);
        // A socket must be bound to be steered to. A free port of the loopback address is nobody's wish.
        socket.bind(LOOPBACK, 0);
    }

    @Override
    public String remark() {
        return "copies are steered past the applications' ports";
    }

    @Override
    public boolean leavesPortsFree() {
        return true;
    }

    @Override
    public void serve(ClientHost host, ClientTable table) {
        Set<Steered> keys = new HashSet<>();
        for (RestoreRoute route : table.routes()) {
            Match match = route.compiled().route().match();
            for (int i = 0; i < host.addressCount(); i++) {
                if (route.accepts(host.address(i), host.place(i))) {
                    int port = match.destinationPort() == Match.ANY_PORT ? 0 : match.destinationPort();
                    keys.add(new Steered(match.source().ipv4(), host.address(i), port));
                    if (port != 0) {
                        keys.add(new Steered(0, host.address(i), port));
                    }
                }
            }
        }
        wanted = keys;
        held.retainAll(keys);
        steer();
    }

    private void steer() {
        Set<Steered> keys = new HashSet<>(wanted);
        keys.removeAll(held);
        counted = keys.stream().filter(each -> each.remote() == 0).mapToLong(each -> place(each.local(), each.port()))
                .sorted().toArray();
        try {
            int refused = steering.serve(keys);
            if (refused > 0) {
                events.add(
                        new PlaneEvent.Notice(refused + " servers and addresses of this host find no room beside the "
                                + CopySteering.CAPACITY + " that are served; name the address with --address"));
            }
        } catch (SystemCallException e) {
            events.add(new PlaneEvent.Notice("copies cannot be steered as the entries say: " + e.getMessage()));
        }
    }

    @Override
    public int descriptors() {
        return COPIES + 1;
    }

    @Override
    public void watch(Poller poller) {
        poller.add(capture.socket());
        poller.add(socket);
    }

    @Override
    public void receive(Poller poller, int first, ClientReceiver receiver) {
        if (poller.isReady(first + CAPTURE)) {
            receiver.receive(capture.socket(), captureOverflow, this);
        }
        if (poller.isReady(first + COPIES)) {
            receiver.receive(socket, overflow);
        }
    }

    @Override
    public boolean keep(long nowNs, ClientReceiver receiver) {
        if (!held.isEmpty() && nowNs - heldNs >= HELD_NS) {
            heldNs = nowNs;
            look(nowNs);
            if (held.removeIf(each -> !listening.takes(each.local(), each.port()))) {
                steer();
            }
        }
        return false;
    }

    private void look(long nowNs) {
        listening = listeners.now();
        long doneNs = clock.nowNs();
        lookNs = doneNs + Math.max(LISTENERS_NS, LISTENERS_COSTS * (doneNs - nowNs));
    }

    @Override
    public boolean hasSocketFor(int address, int port) {
        return true;
    }

    @Override
    public boolean isDirect(RestoreDatagram datagram, int address, long batch, long receivedNs, long nowNs) {
        return false;
    }

    @Override
    public boolean countsStranger(int address, int port, boolean hasChecksum, long nowNs) {
        if (Arrays.binarySearch(counted, place(address, port)) < 0) {
            return false;
        }
        if (nowNs - lookNs >= 0) {
            look(nowNs);
        }
        if (!listening.takes(address, port)) {
            return true;
        }
        held.add(new Steered(0, address, port));
        heldNs = nowNs;
        steer();
        return false;
    }

    private static long place(int address, int port) {
        return (long) address << 16 | port;
    }

    @Override
    public void close() {
        steering.close();
        socket.close();
        filter.close();
        capture.close();
    }
}
