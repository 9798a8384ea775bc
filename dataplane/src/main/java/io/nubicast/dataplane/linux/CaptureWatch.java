package io.nubicast.dataplane.linux;

import io.nubicast.forwarding.PlaneEvent;
import io.nubicast.kernel.socket.InternetSocket;
import io.nubicast.kernel.socket.PacketSocket;
import io.nubicast.kernel.socket.RawSocket;
import io.nubicast.kernel.socket.ReceiveBatch;
import io.nubicast.kernel.sys.SystemCallException;
import io.nubicast.wire.Address;
import io.nubicast.wire.Ipv4Header;
import io.nubicast.wire.UdpHeader;
import java.lang.foreign.Arena;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Finds local applications whose datagrams leave this host to a configured group and yet cannot be captured: because they
/// switched multicast loop off (PRX-011), or because they leave by an interface that is not captured (PRX-012).
///
/// Now and then, for a moment, it looks at what leaves (a packet socket, filtered in the kernel) and at what is captured (a raw
/// socket with the same filter as the worker's, opened first). A flow that leaves and is not captured is looked at once more
/// by itself, so that a full buffer under load makes no false report, and then told, each cause once. Costs nothing in between.
/// Control thread only.
final class CaptureWatch implements AutoCloseable {
    static final long FIRST_NS = 300_000_000L;
    static final long PERIOD_NS = 10_000_000_000L;
    static final long WINDOW_NS = 200_000_000L;

    private static final int SLOTS = 64;
    private static final int SLOT_BYTES = 128;
    private static final int BUFFER_BYTES = 4 << 20;
    private static final int MOST_FLOWS = 1_024;
    private static final int MOST_ROUNDS = 200;

    private record Flow(int source, int sourcePort, int group, int groupPort) {}

    private final PlaneEvents events;
    private final boolean loopDoesNotMatter;
    private final ReceiveBatch batch = new ReceiveBatch(Arena.ofAuto(), SLOTS, SLOT_BYTES, 64);
    private final Ipv4Header ip = new Ipv4Header();
    private final UdpHeader udp = new UdpHeader();
    private final Map<Flow, Integer> leaving = new HashMap<>();
    private final Set<Flow> captured = new HashSet<>();
    private @Nullable PacketSocket leavingSocket;
    private @Nullable RawSocket capturingSocket;
    private CaptureScope watched = CaptureScope.NOTHING;
    private Set<Flow> suspects = Set.of();
    private boolean overrun;
    private long nextNs;
    private boolean scheduled;
    private boolean failed;

    /// @param loopDoesNotMatter senders without multicast loop are captured, too
    CaptureWatch(PlaneEvents events, boolean loopDoesNotMatter) {
        this.events = events;
        this.loopDoesNotMatter = loopDoesNotMatter;
    }

    /// A look soon: the table has changed.
    void soon(long nowNs) {
        nextNs = nowNs + FIRST_NS;
        scheduled = true;
        closeSockets();
        suspects = Set.of();
    }

    /// Whether it looks just now, and wants to be called often.
    boolean isLooking() {
        return leavingSocket != null;
    }

    /// Called now and then, every few milliseconds while it looks; returns soon.
    void tick(long nowNs, CaptureScope scope, OwnAddresses own, List<HostInterface> interfaces) {
        if (!scheduled || failed || scope.groups().isEmpty()) {
            return;
        }
        PacketSocket left = leavingSocket;
        RawSocket taken = capturingSocket;
        if (left == null || taken == null) {
            if (nowNs - nextNs >= 0) {
                begin(nowNs, scope, own);
            }
            return;
        }
        // in this order: what has left has been captured by now, if ever
        read(left, true);
        read(taken, false);
        if (nowNs - nextNs < 0) {
            return;
        }
        closeSockets();
        end(nowNs, scope, own, interfaces);
    }

    private void begin(long nowNs, CaptureScope scope, OwnAddresses own) {
        leaving.clear();
        captured.clear();
        overrun = false;
        watched = suspects.isEmpty() ? scope : only(scope, suspects);
        nextNs = nowNs + WINDOW_NS;
        try {
            RawSocket raw = RawSocket.open(RawSocket.IPPROTO_UDP);
            capturingSocket = raw;
            raw.attach(watched.captureFilter(own.toArray(), true));
            raw.receiveBuffer(BUFFER_BYTES);
            raw.reportOverflow(true);
            PacketSocket packets = PacketSocket.open(watched.leavingFilter());
            leavingSocket = packets;
            packets.receiveBuffer(BUFFER_BYTES);
        } catch (SystemCallException e) {
            failed = true;
            closeSockets();
            events.add(new PlaneEvent.Notice("cannot watch for senders without multicast loop: " + e.getMessage()));
        }
    }

    private static CaptureScope only(CaptureScope scope, Set<Flow> flows) {
        Set<Integer> groups = flows.stream().map(Flow::group).collect(Collectors.toSet());
        Map<Integer, Set<Integer>> narrowed = new HashMap<>();
        scope.groups().forEach((index, set) -> narrowed.put(index,
                set.stream().filter(groups::contains).collect(Collectors.toSet())));
        return new CaptureScope(narrowed);
    }

    private void read(InternetSocket socket, boolean isLeaving) {
        for (int round = 0; round < MOST_ROUNDS; round++) {
            int received = batch.receiveNow(socket);
            for (int slot = 0; slot < received; slot++) {
                note(slot, isLeaving);
            }
            if (received < SLOTS) {
                return;
            }
        }
        overrun |= !isLeaving;
    }

    private void note(int slot, boolean isLeaving) {
        long offset = batch.offset(slot);
        int length = batch.length(slot);
        overrun |= !isLeaving && batch.overflow(slot) != 0;
        // only the beginning was read: the total length says more, and the ports are all that is wanted
        ip.wrap(batch.segment(), offset);
        if (length < Ipv4Header.MINIMUM_LENGTH || length < ip.headerLength() + UdpHeader.LENGTH
                || ip.headerLength() < Ipv4Header.MINIMUM_LENGTH) {
            return;
        }
        udp.wrap(batch.segment(), offset + ip.headerLength());
        Flow flow = new Flow(ip.source(), udp.sourcePort(), ip.destination(), udp.destinationPort());
        if (!isLeaving) {
            if (captured.size() < MOST_FLOWS) {
                captured.add(flow);
            } else {
                overrun = true;
            }
        } else if (leaving.size() < MOST_FLOWS) {
            leaving.put(flow, batch.deviceIndex(slot));
        }
    }

    private void end(long nowNs, CaptureScope scope, OwnAddresses own, List<HostInterface> interfaces) {
        Set<Flow> missed = new HashSet<>();
        for (Flow flow : leaving.keySet()) {
            boolean seen = loopDoesNotMatter && scope.contains(leaving.getOrDefault(flow, 0), flow.group());
            if (own.contains(flow.source()) && !seen && !captured.contains(flow)) {
                missed.add(flow);
            }
        }
        boolean second = !suspects.isEmpty();
        nextNs = nowNs + PERIOD_NS;
        if (!second) {
            suspects = missed;
            if (!missed.isEmpty()) {
                nextNs = nowNs;
            }
            return;
        }
        if (!overrun) {
            missed.retainAll(suspects);
            missed.forEach(flow -> tell(flow, leaving.getOrDefault(flow, 0), scope, interfaces));
        }
        suspects = Set.of();
    }

    private void tell(Flow flow, int device, CaptureScope scope, List<HostInterface> interfaces) {
        Address source = Address.ofIpv4(flow.source());
        Address group = Address.ofIpv4(flow.group());
        if (scope.contains(device, flow.group())) {
            events.add(new PlaneEvent.SenderWithoutLoop(source, flow.sourcePort(), group, flow.groupPort()));
            return;
        }
        String on = interfaces.stream().filter(each -> scope.contains(each.index(), flow.group()))
                .map(HostInterface::name).findFirst().orElse("none");
        events.add(new PlaneEvent.WrongInterface(source, group, name(device, interfaces), on));
    }

    private static String name(int device, List<HostInterface> interfaces) {
        return interfaces.stream().filter(each -> each.index() == device).map(HostInterface::name).findFirst()
                .orElse("interface " + device);
    }

    private void closeSockets() {
        if (leavingSocket != null) {
            leavingSocket.close();
            leavingSocket = null;
        }
        if (capturingSocket != null) {
            capturingSocket.close();
            capturingSocket = null;
        }
    }

    @Override
    public void close() {
        closeSockets();
    }
}
