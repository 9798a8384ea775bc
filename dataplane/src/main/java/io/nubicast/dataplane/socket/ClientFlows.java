package io.nubicast.dataplane.socket;

import io.nubicast.dataplane.linux.PlaneEvents;
import io.nubicast.engine.TokenBucket;
import io.nubicast.forwarding.PlaneEvent;
import io.nubicast.kernel.socket.SocketFilter;
import io.nubicast.kernel.socket.UdpSocket;
import io.nubicast.kernel.sys.SystemCallException;
import io.nubicast.wire.Address;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// Flows that a route for any port took in. The first datagram of each opens a UDP socket that is bound and connected to exactly
/// this flow and drops all it gets, because the raw socket has it. The *shield* does two things: an application bound to
/// 0.0.0.0 on that port no longer gets the copy beside the restored datagram, and the kernel does not answer the server that
/// the port is unreachable. Connected, because a socket for the whole port would take other senders' datagrams away from the
/// application. Bounded in number and rate. One thread.
final class ClientFlows implements AutoCloseable {
    static final int CAPACITY = 512;

    private static final int SLOTS = 4 * CAPACITY;
    private static final int NEW_A_SECOND = 64;
    private static final long IDLE_NS = 60_000_000_000L;
    private static final long SWEEP_NS = 1_000_000_000L;
    private static final long SETTLING_NS = 5_000_000_000L;

    private static final class Flow implements AutoCloseable {
        private final int source;
        private final int sourcePort;
        private final int address;
        private final int port;
        private @Nullable UdpSocket shield;
        /// Until this batch an application of this host has got the datagrams itself; Long.MAX_VALUE: for good.
        private long directUntil;
        /// Datagrams that the kernel received before this, by its wall clock, met no shield, however late we read them.
        private long shieldedFromNs;
        /// Nothing from before the shield can still wait in the raw socket.
        private boolean settled = true;
        private long adoptedNs;
        private long lastNs;

        Flow(int source, int sourcePort, int address, int port) {
            this.source = source;
            this.sourcePort = sourcePort;
            this.address = address;
            this.port = port;
        }

        boolean is(int otherSource, int otherSourcePort, int otherAddress, int otherPort) {
            return source == otherSource && port == otherPort && sourcePort == otherSourcePort
                    && address == otherAddress;
        }

        @Override
        public void close() {
            if (shield != null) {
                shield.close();
            }
        }
    }

    private final PlaneEvents events;
    private final ClientListeners listeners;
    private final TokenBucket adoptions;
    private final List<Flow> flows = new ArrayList<>();
    private @Nullable Flow[] table = new Flow[SLOTS];
    private long sweepNs;

    ClientFlows(PlaneEvents events, ClientListeners listeners, long nowNs) {
        this.events = events;
        this.listeners = listeners;
        adoptions = new TokenBucket(NEW_A_SECOND, NEW_A_SECOND, nowNs);
        sweepNs = nowNs + SWEEP_NS;
    }

    /// Whether an application of this host has got this datagram as it came, so that it must not get it again.
    ///
    /// @param batch number of the receive call; all datagrams of one call were received before its first was looked at
    /// @param receivedNs when the kernel received it, by the wall clock
    boolean isDirect(int source, int sourcePort, int address, int port, long batch, long receivedNs, long nowNs) {
        int slot = slot(source, sourcePort, address, port);
        Flow flow = table[slot];
        if (flow == null) {
            if (flows.size() >= CAPACITY || !adoptions.take(1, nowNs)) {
                return false;
            }
            flow = adopt(source, sourcePort, address, port, batch);
            flow.adoptedNs = nowNs;
            flows.add(flow);
            table[slot] = flow;
        }
        flow.lastNs = nowNs;
        return batch <= flow.directUntil || !flow.settled && isFromBeforeTheShield(flow, receivedNs, nowNs);
    }

    /// More may have been waiting than the batch held that brought the first one: their time tells. It is asked only until the
    /// first datagram from behind the shield, and for a moment at most, because a wall clock may be set back.
    private static boolean isFromBeforeTheShield(Flow flow, long receivedNs, long nowNs) {
        if (receivedNs < flow.shieldedFromNs && nowNs - flow.adoptedNs < SETTLING_NS) {
            return true;
        }
        flow.settled = true;
        return false;
    }

    private int slot(int source, int sourcePort, int address, int port) {
        int hash = (source * 31 + address ^ (sourcePort << 16 | port) * 0x9E3779B1) * 0x85EBCA6B;
        int slot = (hash ^ hash >>> 15) & SLOTS - 1;
        Flow flow = table[slot];
        while (flow != null && !flow.is(source, sourcePort, address, port)) {
            slot = slot + 1 & SLOTS - 1;
            flow = table[slot];
        }
        return slot;
    }

    private Flow adopt(int source, int sourcePort, int address, int port, long batch) {
        Flow flow = new Flow(source, sourcePort, address, port);
        boolean listening = listeners.takes(address, port);
        try {
            long beforeNs = wallClockNs();
            UdpSocket shield = shield(source, sourcePort, address, port);
            flow.shield = shield;
            flow.directUntil = listening ? batch : -1;
            // A datagram that came between the two clocks met the shield or not. As long as the shield has met none, what came
            // before the second clock did not. Else those few are restored: one too many is better than one too few.
            long afterNs = wallClockNs();
            flow.shieldedFromNs = shield.receiveOverflow() == 0 ? afterNs : beforeNs;
            flow.settled = !listening;
        } catch (SystemCallException e) {
            flow.directUntil = listening ? Long.MAX_VALUE : -1;
            if (listening) {
                events.add(new PlaneEvent.Notice("an application holds port " + Address.ofIpv4(address) + ":" + port
                        + " for itself: it gets the copies of " + Address.ofIpv4(source) + " as they come, and they are"
                        + " restored for the LAN only"));
            }
        }
        return flow;
    }

    private static long wallClockNs() {
        Instant now = Instant.now();
        return now.getEpochSecond() * 1_000_000_000L + now.getNano();
    }

    private static UdpSocket shield(int source, int sourcePort, int address, int port) throws SystemCallException {
        UdpSocket socket = UdpSocket.open();
        try {
            socket.reuseAddress(true);
            socket.attach(SocketFilter.DROP_ALL);
            socket.bind(address, port);
            socket.connect(source, sourcePort);
            return socket;
        } catch (SystemCallException e) {
            socket.close();
            throw e;
        }
    }

    /// Forgets idle flows; those that an application held are asked for again with their next datagram. Cheap when called often.
    void sweep(long nowNs) {
        if (nowNs - sweepNs < 0 || flows.isEmpty()) {
            return;
        }
        sweepNs = nowNs + SWEEP_NS;
        forget(flow -> nowNs - flow.lastNs > IDLE_NS || flow.directUntil == Long.MAX_VALUE);
    }

    /// Forgets the flows that routes and addresses no longer want.
    void serve(ClientHost host, ClientTable routes) {
        forget(flow -> {
            int place = host.placeOf(flow.address);
            RestoreRoute route = routes.find(flow.source, flow.port);
            return place < 0 || route == null || !route.accepts(flow.address, place);
        });
    }

    private void forget(Predicate<Flow> over) {
        boolean removed = flows.removeIf(flow -> {
            boolean now = over.test(flow);
            if (now) {
                flow.close();
            }
            return now;
        });
        if (removed) {
            table = new Flow[SLOTS];
            for (Flow flow : flows) {
                table[slot(flow.source, flow.sourcePort, flow.address, flow.port)] = flow;
            }
        }
    }

    int count() {
        return flows.size();
    }

    @Override
    public void close() {
        forget(flow -> true);
    }
}
