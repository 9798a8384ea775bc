package io.nubicast.dataplane.gre;

import static io.nubicast.dataplane.gre.TunnelLab.LEFT;
import static io.nubicast.dataplane.gre.TunnelLab.RIGHT;
import static io.nubicast.dataplane.gre.TunnelLab.dropsIn;
import static io.nubicast.dataplane.gre.TunnelLab.dropsOut;
import static io.nubicast.dataplane.gre.TunnelLab.until;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nubicast.dataplane.gre.TunnelConfig.DfPolicy;
import io.nubicast.dataplane.gre.TunnelConfig.KeepaliveTimes;
import io.nubicast.dataplane.gre.TunnelConfig.Mode;
import io.nubicast.dataplane.gre.TunnelConfig.Source;
import io.nubicast.kernel.socket.RawSocket;
import io.nubicast.kernel.sys.Descriptor;
import io.nubicast.tools.lab.Node;
import io.nubicast.wire.Address;
import io.nubicast.wire.Ipv4Header;
import io.nubicast.wire.gre.GreDropReason;
import java.lang.foreign.MemorySegment;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What every pair of ends does, whoever carries their packets.
abstract class TunnelContract {
    @AfterEach
    void nothingStaysOpen() {
        assertThat(Descriptor.stillOpen()).isEmpty();
    }

    /// Who carries the left end.
    abstract TunnelConfig.Carrier leftCarrier();

    abstract TunnelConfig.Carrier rightCarrier();

    private TunnelConfig toRight() {
        return TunnelConfig.to(new Source.OfInterface("eth0"), RIGHT).withCarrier(leftCarrier());
    }

    private TunnelConfig toLeft() {
        return TunnelConfig.to(new Source.OfAddress(RIGHT), LEFT).withCarrier(rightCarrier());
    }

    /// Both ends of Tunnel1, 10.0.0.1 and 10.0.0.2.
    private record Pair(TunnelEngine leftEngine, TunnelEngine rightEngine, Tunnel left, Tunnel right) {}

    private static Pair pair(TunnelLab lab, TunnelConfig left, TunnelConfig right) throws Exception {
        TunnelEngine leftEngine = lab.engine(lab.left);
        TunnelEngine rightEngine = lab.engine(lab.right);
        return new Pair(leftEngine, rightEngine,
                TunnelLab.tunnel(lab.left, leftEngine, "Tunnel1", left, "10.0.0.1/30"),
                TunnelLab.tunnel(lab.right, rightEngine, "Tunnel1", right, "10.0.0.2/30"));
    }

    private static void assertPings(TunnelLab lab) throws Exception {
        assertThat(Ping.once(lab.left, "10.0.0.2", 84, true)).isEqualTo("reply");
        assertThat(Ping.once(lab.right, "10.0.0.1", 84, false)).isEqualTo("reply");
    }

    /// T-GRE-03: the largest packet passes, one byte more is answered with the MTU.
    @Test
    void pingsPassUpToTheMtuAndAreToldWhenTheyDoNot() throws Exception {
        try (TunnelLab lab = new TunnelLab()) {
            Pair ends = pair(lab, toRight(), toLeft());

            assertPings(lab);
            assertThat(ends.left.status().carriedBy().kernel())
                    .isEqualTo(leftCarrier() == TunnelConfig.Carrier.AUTOMATIC);
            if (ends.left.status().carriedBy().kernel()) {
                until("the kernel has counted", () -> ends.left.status().traffic().kernelPacketsOut() == 2
                        && ends.left.status().traffic().kernelPacketsIn() == 2);
            }
            assertThat(ends.left.status().transportMtu()).isEqualTo(1_476);
            assertThat(ends.left.status().deviceMtu()).isEqualTo(1_500);
            assertThat(Ping.once(lab.left, "10.0.0.2", 1_476, true)).isEqualTo("reply");
            assertThat(Ping.once(lab.left, "10.0.0.2", 1_477, true)).isEqualTo("too big: 1476");
            assertThat(Ping.once(lab.right, "10.0.0.1", 1_477, false)).isEqualTo("reply");
            until("all are counted", () -> ends.right.status().traffic().packetsIn() == 5);
            assertThat(dropsOut(ends.left, GreDropReason.TOO_BIG)).isEqualTo(1);
        }
    }

    /// T-GRE-01 on the wire, GRE-001, GRE-003, GRE-004
    @ParameterizedTest(name = "key {0}, checksum {1}, sequence {2}")
    @CsvSource({"5, false, false", ", true, false", ", false, true", "4294967295, true, true"})
    void everyOptionCarries(Long key, boolean checksummed, boolean sequenced) throws Exception {
        OptionalInt bits = key == null ? OptionalInt.empty() : OptionalInt.of((int) (long) key);
        try (TunnelLab lab = new TunnelLab()) {
            Pair ends = pair(lab, toRight().withKey(bits).withOptions(checksummed, sequenced),
                    toLeft().withKey(bits).withOptions(checksummed, sequenced));

            assertPings(lab);
            assertThat(ends.left.status().traffic().inputErrors()).isZero();
        }
    }

    /// T-GRE-05, GRE-021: 1472 B of payload with DF, as Linux sends multicast.
    @ParameterizedTest
    @CsvSource({"FRAGMENT_OUTER, true", "CLEAR_DF_FRAGMENT_INNER, true", "DROP, false"})
    void largeMulticastIsTreatedAsThePolicySays(DfPolicy policy, boolean arrives) throws Exception {
        try (TunnelLab lab = new TunnelLab()) {
            Pair ends = pair(lab, toRight().withSizes(OptionalInt.empty(), policy, false), toLeft());
            byte[] payload = new byte[1_472];
            payload[0] = 7;
            payload[1_471] = 9;

            try (Multicast multicast = new Multicast(lab, ends.left, ends.right)) {
                assertThat(multicast.send(new byte[100])).hasValueSatisfying(it -> assertThat(it).hasSize(100));
                Optional<byte[]> received = multicast.send(payload);
                assertThat(received.isPresent()).isEqualTo(arrives);
                received.ifPresent(it -> assertThat(it).isEqualTo(payload));
            }
            assertThat(dropsOut(ends.left, GreDropReason.TOO_BIG)).isEqualTo(arrives ? 0 : 1);
            TunnelStatus.Traffic traffic = ends.left.status().traffic();
            assertThat(traffic.fragmentedOuter()).isEqualTo(policy == DfPolicy.FRAGMENT_OUTER ? 1 : 0);
            assertThat(traffic.fragmentedInner()).isEqualTo(policy == DfPolicy.CLEAR_DF_FRAGMENT_INNER ? 1 : 0);
        }
    }

    /// T-GRE-07 with a period of 1 s, GRE-040, GRE-031
    @Test
    void aPeerThatDoesNotAnswerTakesTheLineDownUntilItReturns() throws Exception {
        try (TunnelLab lab = new TunnelLab()) {
            Optional<KeepaliveTimes> often = Optional.of(new KeepaliveTimes(1, 3));
            Pair ends = pair(lab, toRight().withKeepalive(often), toLeft().withKeepalive(often));
            until("keepalives are answered", () -> ends.left.status().traffic().keepalivesIn() > 0
                    && ends.right.status().traffic().keepalivesIn() > 0);
            assertThat(ends.left.status().traffic().keepalivesReflected()).isPositive();

            // what left sends reaches nobody
            lab.left.ip("neigh", "replace", RIGHT.toString(), "lladdr", "02:00:00:00:00:99", "nud", "permanent", "dev",
                    "eth0");
            long blackholeNs = System.nanoTime();
            until("the line is down", () -> !ends.left.status().line().up());
            assertThat(System.nanoTime() - blackholeNs).isBetween(1_900_000_000L, 5_000_000_000L);
            assertThat(ends.left.status().line().reason()).isEqualTo("keepalives are not answered");
            assertThat(lab.notices)
                    .contains("left %LINEPROTO-5-UPDOWN: Line protocol on Interface Tunnel1, changed state to down");
            assertThat(lab.left.ip("link", "show", "dev", "Tunnel1")).contains("NO-CARRIER");

            lab.left.ip("neigh", "del", RIGHT.toString(), "dev", "eth0");
            until("the line is up", () -> ends.left.status().line().up() && ends.right.status().line().up());
            assertPings(lab);
        }
    }

    /// T-GRE-08, GRE-041, GRE-042: the left end is behind an elastic IP.
    @ParameterizedTest
    @CsvSource({"false", "true"})
    void addressTranslationInBetweenChangesNothing(boolean udp) throws Exception {
        try (TunnelLab lab = new TunnelLab(false)) {
            Node nat = lab.lab.node("nat");
            lab.lab.cable(lab.left, "eth0", nat, "inner");
            lab.lab.cable(lab.right, "eth0", nat, "outer");
            lab.left.address("eth0", "192.168.0.129/24").route("default via 192.168.0.1");
            lab.right.address("eth0", "8.208.89.10/24").route("default via 8.208.89.1");
            nat.address("inner", "192.168.0.1/24").address("outer", "8.208.89.1/24").sysctl("net/ipv4/ip_forward", "1");
            nat.nft("""
                    table ip nat {
                        chain in { type nat hook prerouting priority -100; ip daddr 8.208.90.10 dnat to 192.168.0.129; }
                        chain out { type nat hook postrouting priority 100; ip saddr 192.168.0.129 snat to 8.208.90.10; }
                    }
                    """);
            Mode mode = udp ? new Mode.Udp(4_754, false, false, false) : new Mode.Gre();
            TunnelConfig left = TunnelConfig.to(new Source.OfInterface("eth0"), Address.ipv4("8.208.89.10"))
                    .withMode(mode).withCarrier(leftCarrier());
            pair(lab, left, TunnelConfig.to(new Source.OfInterface("eth0"), Address.ipv4("8.208.90.10"))
                    .withMode(mode).withCarrier(rightCarrier()));

            // the first to send makes the translation's entry
            assertPings(lab);
            assertThat(left.withKeepalive(Optional.of(KeepaliveTimes.DEFAULT)).warning(Address.ipv4("192.168.0.129")))
                    .hasValueSatisfying(warning -> assertThat(warning).contains("Use IP SLA"));
        }
    }

    /// T-GRE-09, GREU-001, GREU-003: with and without checksums, also when the ends differ.
    @ParameterizedTest
    @CsvSource({"false, false", "true, true", "true, false"})
    void greInUdpCarries(boolean leftChecksummed, boolean rightChecksummed) throws Exception {
        try (TunnelLab lab = new TunnelLab()) {
            Pair ends = pair(lab, toRight().withMode(new Mode.Udp(4_754, leftChecksummed, false, false)),
                    toLeft().withMode(new Mode.Udp(4_754, rightChecksummed, false, false)));

            assertPings(lab);
            assertThat(ends.left.status().transportMtu()).isEqualTo(1_468);
            assertThat(Ping.once(lab.left, "10.0.0.2", 1_468, true)).isEqualTo("reply");
            assertThat(Ping.once(lab.left, "10.0.0.2", 1_469, true)).isEqualTo("too big: 1468");
        }
    }

    /// T-GRE-10, GRE-002
    @Test
    void tunnelsBetweenTheSameEndsAreToldApartByTheirKeys() throws Exception {
        try (TunnelLab lab = new TunnelLab()) {
            Pair first = pair(lab, toRight().withKey(OptionalInt.of(1)), toLeft().withKey(OptionalInt.of(1)));
            Tunnel left2 = TunnelLab.tunnel(lab.left, first.leftEngine, "Tunnel2",
                    toRight().withKey(OptionalInt.of(2)), "10.0.2.1/30");
            Tunnel right2 = TunnelLab.tunnel(lab.right, first.rightEngine, "Tunnel2",
                    toLeft().withKey(OptionalInt.of(2)), "10.0.2.2/30");

            assertPings(lab);
            until("all are counted", () -> first.right.status().traffic().packetsIn() == 2);
            assertThat(right2.status().traffic().packetsIn()).isZero();
            assertThat(Ping.once(lab.left, "10.0.2.2", 84, true)).isEqualTo("reply");
            until("it is counted", () -> right2.status().traffic().packetsIn() == 1);
            assertThat(first.right.status().traffic().packetsIn()).isEqualTo(2);

            left2.apply(toRight().withKey(OptionalInt.of(3)));
            assertThat(Ping.once(lab.left, "10.0.2.2", 84, true)).isEqualTo("nothing");
            assertThat(dropsIn(first.right, GreDropReason.KEY_MISMATCH)
                    + dropsIn(right2, GreDropReason.KEY_MISMATCH)).isEqualTo(1);
            assertThatThrownBy(() -> left2.apply(toRight().withKey(OptionalInt.of(1))))
                    .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("another 'tunnel key'");
        }
    }

    /// T-GRE-13, GRE-002
    @Test
    void strangersAreDroppedAndCounted() throws Exception {
        try (TunnelLab lab = new TunnelLab()) {
            Pair ends = pair(lab, toRight(), toLeft());
            assertPings(lab);
            byte[] spoofed = new byte[48];
            MemorySegment segment = MemorySegment.ofArray(spoofed);
            new Ipv4Header().wrap(segment, 0).versionAndHeaderLength(20).totalLength(48).timeToLive(64).protocol(47)
                    .source(Address.ipv4("192.0.2.9").ipv4()).destination(LEFT.ipv4());
            spoofed[22] = 8;
            new Ipv4Header().wrap(segment, 24).versionAndHeaderLength(20).totalLength(24).timeToLive(64).protocol(103)
                    .source(Address.ipv4("10.0.0.2").ipv4()).destination(Address.ipv4("224.0.0.13").ipv4())
                    .finishHeaderChecksum();

            long before = ends.left.status().traffic().packetsIn();
            TunnelLab.inside(lab.right, () -> {
                try (RawSocket socket = RawSocket.open(RawSocket.IPPROTO_RAW)) {
                    return socket.sendDatagram(spoofed);
                }
            });
            until("it is counted",
                    () -> ends.leftEngine.strangers().getOrDefault(GreDropReason.UNKNOWN_TUNNEL, 0L) == 1);
            assertThat(ends.left.status().traffic().packetsIn()).isEqualTo(before);
        }
    }

    /// Packets go on while the kernel takes over and lets go.
    @Test
    void nothingIsLostWhenAnotherCarries() throws Exception {
        try (TunnelLab lab = new TunnelLab()) {
            Pair ends = pair(lab, toRight(), toLeft());
            assertPings(lab);
            for (int i = 0; i < 6; i++) {
                TunnelConfig.Carrier carrier = TunnelConfig.Carrier.values()[i % 2];
                ends.left.apply(toRight().withCarrier(carrier));
                assertThat(Ping.once(lab.left, "10.0.0.2", 84, true)).isEqualTo("reply");
                ends.right.apply(toLeft().withCarrier(carrier));
                assertThat(Ping.once(lab.left, "10.0.0.2", 84, true)).isEqualTo("reply");
            }

            until("all are counted", () -> ends.left.status().traffic().packetsIn() == 14
                    && ends.left.status().traffic().packetsOut() == 14);
            assertThat(ends.left.status().traffic().inputErrors()).isZero();
        }
    }

    /// A change of configuration keeps interface, address and counters.
    @Test
    void anotherConfigurationKeepsTheInterface() throws Exception {
        try (TunnelLab lab = new TunnelLab()) {
            Pair ends = pair(lab, toRight(), toLeft());
            assertPings(lab);
            int index = ends.left.interfaceIndex();

            ends.left.apply(toRight().withKey(OptionalInt.of(9)).withOptions(true, true));
            ends.right.apply(toLeft().withKey(OptionalInt.of(9)).withOptions(true, true));
            assertPings(lab);
            ends.left.apply(toRight().withMode(Mode.Udp.standard()));
            ends.right.apply(toLeft().withMode(Mode.Udp.standard()));
            assertPings(lab);

            assertThat(lab.left.ip("addr", "show", "dev", "Tunnel1")).startsWith(index + ": Tunnel1:")
                    .contains("inet 10.0.0.1/30");
            until("all are counted", () -> ends.left.status().traffic().packetsIn() == 6);
        }
    }

    /// T-GRE-06, GRE-030: a route to the destination that leads into the tunnel takes it down at once, and it comes back.
    @Test
    void aRecursiveRouteTakesTheLineDown() throws Exception {
        try (TunnelLab lab = new TunnelLab()) {
            Pair ends = pair(lab, toRight(), toLeft());
            assertPings(lab);

            lab.left.route("192.0.2.2/32 dev Tunnel1");
            long routedNs = System.nanoTime();
            until("the line is down", () -> !ends.left.status().line().up());
            assertThat(System.nanoTime() - routedNs).isLessThan(1_000_000_000L);
            assertThat(ends.left.status().line().reason()).isEqualTo("temporarily disabled due to recursive routing");
            assertThat(lab.notices)
                    .contains("left %TUN-5-RECURDOWN: Tunnel1 temporarily disabled due to recursive routing");
        }
    }

    /// GRE-012, T-GRE-12: a PIM hello passes as it is, and others read it so.
    @Test
    void aHelloOfPimIsReadByOthersAsOne() throws Exception {
        try (TunnelLab lab = new TunnelLab(); Capture capture = new Capture(lab, lab.right, "eth0")) {
            Pair ends = pair(lab, toRight().withKey(OptionalInt.of(7)), toLeft().withKey(OptionalInt.of(7)));
            TunnelLab.inside(lab.left, () -> {
                try (RawSocket socket = RawSocket.open(103)) {
                    socket.multicastInterface(ends.left.interfaceIndex());
                    socket.tos(0xC0);
                    // version 2 hello, checksum, option holdtime of 105 s
                    return socket.sendTo(new byte[]{0x20, 0, (byte) 0xDF, (byte) 0x93, 0, 1, 0, 2, 0, 105},
                            Address.ipv4("224.0.0.13").ipv4(), 0);
                }
            });
            until("it has arrived", () -> ends.right.status().traffic().multicastsIn() == 1);

            assertThat(capture.decoded("gre")).singleElement().asString()
                    .isEqualTo("192.0.2.1,10.0.0.1|192.0.2.2,224.0.0.13|255,1|48,48|0x00000007|Hello|");
        }
    }
}
