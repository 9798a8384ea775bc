package io.nubicast.router.igmp;

import static org.assertj.core.api.Assertions.assertThat;

import io.nubicast.router.iface.InterfaceAddress;
import io.nubicast.router.iface.RouterInterface;
import io.nubicast.router.port.Packet;
import io.nubicast.router.port.PacketPort;
import io.nubicast.wire.Address;
import io.nubicast.wire.igmp.GroupRecord;
import io.nubicast.wire.igmp.IgmpMessage;
import io.nubicast.wire.igmp.RecordType;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/// One router with one interface, `GigabitEthernet1` = 1 with 10.0.0.2/24, in virtual time, and a list of what it did and when.
final class Router implements PacketPort, HostMembership {
    static final int LINK = 1;
    static final String NAME = "GigabitEthernet1";
    static final Address OWN = Address.ipv4("10.0.0.2");
    static final Address HOST = Address.ipv4("10.0.0.100");
    static final Address GROUP = Address.ipv4("239.1.1.1");
    private static final long SECOND_NS = 1_000_000_000L;

    final IgmpInstance igmp = new IgmpInstance(this, this);
    final List<Packet> packets = new ArrayList<>();
    /// `seconds message`, of what is sent since the last look.
    private final List<String> sent = new ArrayList<>();
    final List<String> memberships = new ArrayList<>();
    final List<String> told = new ArrayList<>();
    long nowNs;

    Router(IgmpInterfaceConfig config) {
        this(config, OWN);
    }

    Router(IgmpInterfaceConfig config, Address own) {
        igmp.addListener((link, group, now) -> told.add(seconds(now) + " " + group));
        configure(config);
        igmp.onInterface(link(own, true), nowNs);
    }

    static RouterInterface link(Address own, boolean up) {
        return new RouterInterface(LINK, NAME, "eth0", up, false, false, 1500, List.of(new InterfaceAddress(own, 24)));
    }

    void configure(IgmpInterfaceConfig config) {
        igmp.configure(IgmpConfig.of(Map.of(NAME, config)), nowNs);
    }

    void advanceTo(double seconds) {
        long untilNs = Math.round(seconds * SECOND_NS);
        while (igmp.nextDeadlineNs() <= untilNs) {
            nowNs = Math.max(nowNs, igmp.nextDeadlineNs());
            igmp.onDeadline(nowNs);
        }
        nowNs = untilNs;
    }

    void receive(Address from, IgmpMessage message) {
        receive(from, message.bytes());
    }

    void receive(Address from, MemorySegment bytes) {
        igmp.onPacket(LINK, packet(from, 1, true, bytes), nowNs);
    }

    static Packet packet(Address from, int ttl, boolean routerAlert, MemorySegment bytes) {
        return new Packet(from, IgmpMessage.ALL_V3_ROUTERS, Packet.IGMP, ttl, Packet.CONTROL, routerAlert, bytes);
    }

    void report(RecordType type, Address group, String... sources) {
        receive(HOST, new IgmpMessage.V3Report(List.of(new GroupRecord(type, group, addresses(sources)))));
    }

    static List<Address> addresses(String... sources) {
        return Arrays.stream(sources).map(Address::ipv4).toList();
    }

    /// What was sent since the last call.
    List<String> sent() {
        List<String> taken = List.copyOf(sent);
        sent.clear();
        return taken;
    }

    SourceFilter wanted(Address group) {
        return igmp.wanted(LINK, group);
    }

    IgmpGroup group(Address group) {
        return igmp.links().iterator().next().group(group).orElseThrow();
    }

    Querier querier() {
        return igmp.links().iterator().next().querier();
    }

    long ignored(IgmpIgnored reason) {
        return igmp.counters().ignored(reason);
    }

    private static String seconds(long ns) {
        return String.valueOf((double) ns / SECOND_NS).replaceAll("\\.0$", "");
    }

    @Override
    public void send(int interfaceId, Packet packet) {
        assertThat(interfaceId).isEqualTo(LINK);
        packets.add(packet);
        sent.add(seconds(nowNs) + " " + describe((IgmpMessage) IgmpMessage.parse(packet.payload())));
    }

    /// `Q3`, `Q2(239.1.1.1)`, `Q3(232.1.1.1, 10.1.0.1 10.1.0.2) S`.
    static String describe(IgmpMessage message) {
        return switch (message) {
            case IgmpMessage.V1Query ignored -> "Q1";
            case IgmpMessage.V2Query query -> query.isGeneral() ? "Q2" : "Q2(" + query.group() + ")";
            case IgmpMessage.V3Query query -> {
                String sources = query.sources().isEmpty()
                        ? ""
                        : query.sources().stream().sorted().map(Address::toString)
                                .collect(Collectors.joining(" ", ", ", ""));
                yield (query.isGeneral() ? "Q3" : "Q3(" + query.group() + sources + ")")
                        + (query.suppress() ? " S" : "");
            }
            default -> message.toString();
        };
    }

    @Override
    public void sendRouted(Packet packet) {
        throw new AssertionError("IGMP is never routed");
    }

    @Override
    public void join(int interfaceId, Address group, Optional<Address> source) {
        memberships.add("join " + group + source.map(from -> " " + from).orElse(""));
    }

    @Override
    public void leave(int interfaceId, Address group, Optional<Address> source) {
        memberships.add("leave " + group + source.map(from -> " " + from).orElse(""));
    }
}
