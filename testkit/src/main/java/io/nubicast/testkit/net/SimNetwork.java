package io.nubicast.testkit.net;

import io.nubicast.testkit.net.SimLink.Attachment;
import io.nubicast.wire.Address;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Deque;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.function.Function;
import java.util.function.ObjLongConsumer;
import org.jspecify.annotations.Nullable;

/// A network in virtual time. One thread: nothing runs but what [#runUntil(long)] runs, in the order of time, and of equal times in
/// the order in which it was caused.
///
/// Life: construct → hosts, links, attachments → [#start()] → let time pass, change links and hosts as often as wanted.
public final class SimNetwork {
    private static final long SECOND_NS = 1_000_000_000L;
    private static final int LINES_KEPT = 20_000;
    /// What a trace shows of a packet.
    private static final int BYTES_SHOWN = 96;

    private final Random random;
    private final PriorityQueue<Event> events = new PriorityQueue<>(
            Comparator.comparingLong(Event::atNs).thenComparingLong(Event::order));
    private final Map<String, Host> hosts = new LinkedHashMap<>();
    private final List<SimLink> links = new ArrayList<>();
    private final Deque<Line> lines = new ArrayDeque<>();
    private long nowNs;
    private long order;
    private long packets;

    private record Event(long atNs, long order, ObjLongConsumer<SimNetwork> what) {}

    private sealed interface Line {
        long atNs();

        record Note(long atNs, String text) implements Line {}

        record Carried(long atNs, String fate, Attachment from, Attachment to, MemorySegment packet)
                implements
                    Line {}
    }

    /// @param seed of everything that is random in the network
    public SimNetwork(long seed) {
        random = new Random(seed);
    }

    /// The time, from 0 on.
    public long nowNs() {
        return nowNs;
    }

    /// How many packets were delivered so far.
    public long packets() {
        return packets;
    }

    Random random() {
        return random;
    }

    /// A host that runs what `maker` makes, again after each restart.
    public Host host(String name, Function<SimPorts, ? extends SimNode> maker) {
        Host host = new Host(name, maker);
        if (hosts.putIfAbsent(name, host) != null) {
            throw new IllegalArgumentException("there is a host " + name);
        }
        return host;
    }

    /// A link, up.
    public SimLink link(String name) {
        SimLink link = new SimLink(this, name);
        links.add(link);
        return link;
    }

    public List<SimLink> links() {
        return List.copyOf(links);
    }

    /// Switches all hosts on.
    public void start() {
        hosts.values().forEach(Host::switchOn);
    }

    /// Runs that at a time, before what comes later.
    public void at(long atNs, Runnable what) {
        schedule(Math.max(nowNs, atNs), (network, now) -> what.run());
    }

    /// Lets time pass up to and including that time.
    public void runUntil(long untilNs) {
        for (Event next = events.peek(); next != null && next.atNs() <= untilNs; next = events.peek()) {
            events.remove();
            nowNs = next.atNs();
            next.what().accept(this, nowNs);
        }
        nowNs = Math.max(nowNs, untilNs);
    }

    /// Lets that many seconds pass.
    public void runSeconds(double seconds) {
        runUntil(nowNs + (long) (seconds * SECOND_NS));
    }

    /// Puts a line into the trace.
    public void note(String text) {
        add(new Line.Note(nowNs, text));
    }

    /// What happened lately, a line a packet and receiver: time, fate, way, addresses, protocol, bytes.
    public List<String> trace() {
        return lines.stream().map(SimNetwork::text).toList();
    }

    private void schedule(long atNs, ObjLongConsumer<SimNetwork> what) {
        events.add(new Event(atNs, order++, what));
    }

    void arrive(Attachment to, long atNs, byte[] packet) {
        schedule(atNs, (network, now) -> {
            if (to.link.isUp()) {
                to.host.deliver(to, packet, now);
            }
        });
    }

    void record(String fate, Attachment from, Attachment to, byte[] packet) {
        add(new Line.Carried(nowNs, fate, from, to, MemorySegment.ofArray(packet)));
    }

    private void add(Line line) {
        lines.add(line);
        if (lines.size() > LINES_KEPT) {
            lines.removeFirst();
        }
    }

    private static String text(Line line) {
        String time = String.format(Locale.ROOT, "%.6f ", line.atNs() / 1e9);
        return switch (line) {
            case Line.Note note -> time + note.text();
            case Line.Carried carried -> time + (carried.fate().isEmpty() ? "" : carried.fate() + " ")
                    + carried.from().host.name() + ":" + carried.from().port + " > " + carried.to().host.name() + ":"
                    + carried.to().port + " " + describe(carried.packet().toArray(ValueLayout.JAVA_BYTE));
        };
    }

    private static String describe(byte[] packet) {
        if (packet.length < 20) {
            return HexFormat.of().formatHex(packet);
        }
        int header = (packet[0] & 0x0F) * 4;
        return Address.of(Arrays.copyOfRange(packet, 12, 16)) + " > " + Address.of(Arrays.copyOfRange(packet, 16, 20))
                + " protocol " + (packet[9] & 0xFF) + " ttl " + (packet[8] & 0xFF) + " " + packet.length + " bytes "
                + HexFormat.of().formatHex(packet, Math.min(header, packet.length),
                        Math.min(packet.length, header + BYTES_SHOWN));
    }

    /// A host: its name, its ports, and what runs on it while it is on.
    public final class Host implements SimPorts {
        private final String name;
        private final Function<SimPorts, ? extends SimNode> maker;
        private final Map<Integer, Attachment> ports = new LinkedHashMap<>();
        private @Nullable SimNode node;
        /// When it is woken next; an event for it is in the queue.
        private long wakeNs = Long.MAX_VALUE;
        /// What is sent while it is being made, or after it was switched off, does not leave.
        private boolean on;

        private Host(String name, Function<SimPorts, ? extends SimNode> maker) {
            this.name = name;
            this.maker = maker;
        }

        public String name() {
            return name;
        }

        /// Attaches a port to a link.
        ///
        /// @param port any number that the host does not use yet
        /// @param addresses the primary one first; may be none
        public Host attach(int port, SimLink link, Address... addresses) {
            if (ports.putIfAbsent(port, link.attach(this, port, List.of(addresses))) != null) {
                throw new IllegalArgumentException(name + " has a port " + port);
            }
            return this;
        }

        /// What runs on it.
        ///
        /// @throws NullPointerException while it is off
        public SimNode node() {
            return Objects.requireNonNull(node, () -> name + " is off");
        }

        public boolean isOn() {
            return on;
        }

        /// Makes it anew, with no memory of before.
        public void switchOn() {
            if (on) {
                throw new IllegalStateException(name + " is on");
            }
            note(name + " is on");
            SimNode made = maker.apply(this);
            node = made;
            on = true;
            ports.values().forEach(each -> made.onPort(each.port, each.link.isUp(), each.addresses, nowNs));
            plan();
        }

        /// The power fails: nothing is said, and nothing remembered.
        public void crash() {
            note(name + " is off");
            on = false;
            node = null;
            wakeNs = Long.MAX_VALUE;
        }

        /// Stops it in good order.
        public void shutdown() {
            node().stop(nowNs);
            crash();
        }

        /// To be called after a test did something with the [#node()] itself, so that its deadlines are looked at.
        public void plan() {
            if (node == null) {
                return;
            }
            long deadline = Math.max(nowNs, node.nextDeadlineNs());
            if (deadline < wakeNs && deadline != Long.MAX_VALUE) {
                wakeNs = deadline;
                schedule(deadline, (network, now) -> wake(now));
            }
        }

        private void wake(long now) {
            if (now != wakeNs) {
                return; // moved to an earlier time, or it was off in between
            }
            wakeNs = Long.MAX_VALUE;
            if (node != null && node.nextDeadlineNs() <= now) {
                node.run(now);
            }
            plan();
        }

        private void deliver(Attachment to, byte[] packet, long now) {
            if (node != null) {
                packets++;
                node.onPacket(to.port, packet, now);
                plan();
            }
        }

        void tell(Attachment attachment) {
            if (node != null) {
                node.onPort(attachment.port, attachment.link.isUp(), attachment.addresses, nowNs);
                plan();
            }
        }

        @Override
        public void send(int port, Address nextHop, byte[] packet) {
            Attachment attachment = ports.get(port);
            if (attachment != null && on) {
                attachment.link.send(attachment, nextHop, packet);
            }
        }

        @Override
        public String toString() {
            return name;
        }
    }
}
