package io.nubicast.router.sim;

import io.nubicast.forwarding.routing.GroupRoute;
import io.nubicast.forwarding.routing.GroupTraffic;
import io.nubicast.forwarding.routing.PortTraffic;
import io.nubicast.forwarding.routing.RoutingEvent;
import io.nubicast.forwarding.routing.RoutingPlane;
import io.nubicast.forwarding.routing.RoutingPort;
import io.nubicast.router.port.Packet;
import io.nubicast.wire.Address;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Forwards as the kernel does: a packet without a route waits for one, three of a source and group at most; one on a wrong port is
/// told once in three seconds.
final class SimPlane implements RoutingPlane {
    private static final int MOST_WAITING = 3;
    private static final long WRONG_PORT_EVERY_NS = 3_000_000_000L;
    private static final long WAIT_NS = 10_000_000_000L;

    /// Where copies leave.
    interface Out {
        void send(int port, Address group, byte[] packet);
    }

    private record Key(Address source, Address group) {}

    private static final class Entry {
        final GroupRoute route;
        long packets;
        long bytes;
        long wrongPort;
        long toldNs = Long.MIN_VALUE;

        Entry(GroupRoute route) {
            this.route = route;
        }
    }

    private static final class Waiting {
        final long untilNs;
        final List<Integer> ports = new ArrayList<>();
        final List<byte[]> packets = new ArrayList<>();

        Waiting(long untilNs) {
            this.untilNs = untilNs;
        }
    }

    private final Out out;
    private final Map<Key, Entry> entries = new HashMap<>();
    private final Map<Key, Waiting> waiting = new HashMap<>();
    private final Deque<RoutingEvent> events = new ArrayDeque<>();
    private long nowNs;

    SimPlane(Out out) {
        this.out = out;
    }

    /// A multicast packet arrived on a port, or out of a Register.
    void onPacket(int port, byte[] bytes, long now) {
        nowNs = now;
        Packet packet = Ipv4.parse(bytes).orElseThrow();
        if (packet.destination().isLinkLocalMulticast()) {
            return;
        }
        Key key = new Key(packet.source(), packet.destination());
        Entry entry = entries.get(key);
        if (entry == null) {
            entry = entries.get(new Key(Address.ANY_IPV4, packet.destination()));
        }
        if (entry != null) {
            forward(entry, port, packet, bytes);
            return;
        }
        Waiting known = waiting.get(key);
        if (known == null || known.untilNs < now) {
            known = new Waiting(now + WAIT_NS);
            waiting.put(key, known);
            events.add(new RoutingEvent.NoRoute(port, packet.source(), packet.destination()));
        }
        if (known.packets.size() < MOST_WAITING) {
            known.ports.add(port);
            known.packets.add(bytes);
        }
    }

    private void forward(Entry entry, int port, Packet packet, byte[] bytes) {
        if (port != entry.route.incoming()) {
            entry.wrongPort++;
            if (entry.toldNs == Long.MIN_VALUE || nowNs - entry.toldNs >= WRONG_PORT_EVERY_NS) {
                entry.toldNs = nowNs;
                events.add(new RoutingEvent.WrongPort(port, packet.source(), packet.destination()));
            }
            return;
        }
        entry.packets++;
        entry.bytes += bytes.length;
        if (entry.route.wholePackets()) {
            events.add(new RoutingEvent.WholePacket(port, packet.source(), packet.destination(),
                    MemorySegment.ofArray(bytes.clone())));
        }
        if (packet.ttl() > 1) {
            byte[] copy = Ipv4.hop(bytes);
            entry.route.outgoing().stream().sorted().filter(each -> each != RoutingPort.REGISTER)
                    .forEach(each -> out.send(each, packet.destination(), copy));
        }
    }

    @Override
    public String name() {
        return "simulated";
    }

    @Override
    public void ports(Collection<RoutingPort> ports) {}

    @Override
    public void put(GroupRoute route) {
        Key key = new Key(route.source(), route.group());
        Entry entry = new Entry(route);
        Entry before = entries.put(key, entry);
        if (before != null) {
            entry.packets = before.packets;
            entry.bytes = before.bytes;
            entry.wrongPort = before.wrongPort;
            entry.toldNs = before.toldNs;
        }
        waiting.keySet().stream().filter(each -> each.group().equals(route.group())
                && (route.source().isUnspecified() || each.source().equals(route.source()))).toList().forEach(each -> {
                    Waiting found = waiting.remove(each);
                    for (int i = 0; found != null && found.untilNs >= nowNs && i < found.packets.size(); i++) {
                        onPacket(found.ports.get(i), found.packets.get(i), nowNs);
                    }
                });
    }

    @Override
    public void remove(Address source, Address group) {
        entries.remove(new Key(source, group));
    }

    @Override
    public Collection<GroupRoute> routes() {
        return entries.values().stream().map(each -> each.route).toList();
    }

    @Override
    public GroupTraffic traffic(Address source, Address group) {
        Entry entry = entries.get(new Key(source, group));
        return entry == null ? GroupTraffic.NONE : new GroupTraffic(entry.packets, entry.bytes, entry.wrongPort);
    }

    @Override
    public Map<Integer, PortTraffic> traffic() {
        return Map.of();
    }

    @Override
    public Collection<String> audit() {
        return List.of();
    }

    @Override
    public void poll(Listener listener, int most) {
        for (int i = 0; i < most && !events.isEmpty(); i++) {
            listener.on(events.remove());
        }
    }

    boolean hasEvents() {
        return !events.isEmpty();
    }

    @Override
    public int readable() {
        return -1;
    }

    @Override
    public long lostEvents() {
        return 0;
    }

    @Override
    public void close() {
        entries.clear();
    }
}
