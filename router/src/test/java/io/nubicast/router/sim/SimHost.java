package io.nubicast.router.sim;

import io.nubicast.router.port.Packet;
import io.nubicast.testkit.net.SimNode;
import io.nubicast.testkit.net.SimPorts;
import io.nubicast.wire.Address;
import io.nubicast.wire.igmp.GroupRecord;
import io.nubicast.wire.igmp.IgmpMessage;
import io.nubicast.wire.igmp.RecordType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.random.RandomGenerator;

/// A host with one port: listens to groups by IGMPv3, and sends to groups.
public final class SimHost implements SimNode {
    private static final int PORT = 1;
    private static final long REPEAT_NS = 1_000_000_000L;
    private static final ValueLayout.OfInt U32 = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final int PAYLOAD = 12;

    /// What arrived of one source and group.
    public record Flow(Address source, Address group) {}

    private static final class Sending {
        long everyNs;
        long nextNs;
        int sequence;

        Sending(long everyNs, long nextNs) {
            this.everyNs = everyNs;
            this.nextNs = nextNs;
        }
    }

    private final SimPorts ports;
    private final Address address;
    private final RandomGenerator random;
    /// Sources that are wanted of a group; empty: all.
    private final Map<Address, Set<Address>> joined = new LinkedHashMap<>();
    private final Map<Address, Sending> sending = new LinkedHashMap<>();
    private final Map<Flow, List<Integer>> received = new LinkedHashMap<>();
    private long reportNs = Long.MAX_VALUE;

    SimHost(SimPorts ports, Address address, RandomGenerator random) {
        this.ports = ports;
        this.address = address;
        this.random = random;
    }

    /// Wants the group from every source, from now on.
    public void join(Address group, long nowNs) {
        joined.put(group, Set.of());
        report(new GroupRecord(RecordType.CHANGE_TO_EXCLUDE_MODE, group, List.of()));
        repeat(nowNs);
    }

    /// Wants one more source of the group.
    public void join(Address group, Address source, long nowNs) {
        Set<Address> sources = new LinkedHashSet<>(joined.getOrDefault(group, Set.of()));
        sources.add(source);
        joined.put(group, sources);
        report(new GroupRecord(RecordType.ALLOW_NEW_SOURCES, group, List.of(source)));
        repeat(nowNs);
    }

    /// Wants nothing of the group any more.
    public void leave(Address group) {
        Set<Address> sources = joined.remove(group);
        if (sources != null) {
            report(sources.isEmpty()
                    ? new GroupRecord(RecordType.CHANGE_TO_INCLUDE_MODE, group, List.of())
                    : new GroupRecord(RecordType.BLOCK_OLD_SOURCES, group, List.copyOf(sources)));
        }
    }

    /// Sends a numbered datagram to the group now and every so often.
    public void send(Address group, long everyNs, long nowNs) {
        sending.put(group, new Sending(everyNs, nowNs));
    }

    /// Sends nothing to the group any more.
    ///
    /// @return how many it sent
    public int quiet(Address group) {
        Sending was = sending.remove(group);
        return was == null ? 0 : was.sequence;
    }

    /// The numbers of what arrived of that source and group since [#forget()], in that order.
    public List<Integer> received(Address source, Address group) {
        return List.copyOf(received.getOrDefault(new Flow(source, group), List.of()));
    }

    /// The source and group of all that arrived.
    public Set<Flow> flows() {
        return Set.copyOf(received.keySet());
    }

    public void forget() {
        received.clear();
    }

    public Address address() {
        return address;
    }

    @Override
    public void onPort(int port, boolean up, List<Address> addresses, long nowNs) {
        if (up && !joined.isEmpty()) {
            repeat(nowNs);
        }
    }

    @Override
    public void onPacket(int port, byte[] bytes, long nowNs) {
        Ipv4.parse(bytes).ifPresent(packet -> {
            if (packet.protocol() == Packet.UDP && packet.payload().byteSize() >= PAYLOAD) {
                received.computeIfAbsent(new Flow(packet.source(), packet.destination()), key -> new ArrayList<>())
                        .add(packet.payload().get(U32, 8));
            } else if (packet.protocol() == Packet.IGMP
                    && IgmpMessage.parse(packet.payload()) instanceof IgmpMessage.MembershipQuery
                    && !joined.isEmpty()) {
                // every query is answered with all; within a second, like the fastest host
                reportNs = Math.min(reportNs, nowNs + random.nextLong(REPEAT_NS));
            }
        });
    }

    @Override
    public long nextDeadlineNs() {
        return Math.min(reportNs, sending.values().stream().mapToLong(each -> each.nextNs).min()
                .orElse(Long.MAX_VALUE));
    }

    @Override
    public void run(long nowNs) {
        if (reportNs <= nowNs) {
            reportNs = Long.MAX_VALUE;
            joined.forEach((group, sources) -> report(new GroupRecord(
                    sources.isEmpty() ? RecordType.MODE_IS_EXCLUDE : RecordType.MODE_IS_INCLUDE, group,
                    List.copyOf(sources))));
        }
        sending.forEach((group, each) -> {
            if (each.nextNs <= nowNs) {
                each.nextNs = nowNs + each.everyNs;
                datagram(group, each.sequence++);
            }
        });
    }

    /// The unsolicited report is repeated once (RFC 3376 section 5.1).
    private void repeat(long nowNs) {
        reportNs = Math.min(reportNs, nowNs + random.nextLong(REPEAT_NS));
    }

    private void report(GroupRecord groupRecord) {
        MemorySegment payload = new IgmpMessage.V3Report(List.of(groupRecord)).bytes();
        send(IgmpMessage.ALL_V3_ROUTERS, new Packet(address, IgmpMessage.ALL_V3_ROUTERS, Packet.IGMP, 1,
                Packet.CONTROL, true, payload));
    }

    private void datagram(Address group, int sequence) {
        MemorySegment payload = MemorySegment.ofArray(new byte[PAYLOAD]);
        payload.set(U32, 0, 5000 << 16 | 5000);
        payload.set(U32, 4, PAYLOAD << 16);
        payload.set(U32, 8, sequence);
        send(group, new Packet(address, group, Packet.UDP, 64, 0, false, payload));
    }

    private void send(Address nextHop, Packet packet) {
        ports.send(PORT, nextHop, Ipv4.packet(packet, address));
    }
}
