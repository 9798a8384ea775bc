package io.nubicast.kernel.bpf;

import static io.nubicast.kernel.bpf.Namespace.index;
import static io.nubicast.kernel.bpf.Namespace.send;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.nubicast.kernel.bpf.Attachment.Mechanism;
import io.nubicast.kernel.bpf.Attachment.Place;
import io.nubicast.kernel.bpf.BpfLink.Direction;
import io.nubicast.kernel.sys.Descriptor;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// Programs at the kinds of interface that hosts send by. In each, 10.80.0.1 is on `uplink` and 10.80.0.2 is a neighbour there.
class UplinkAttachmentTest {
    @BeforeEach
    void need() {
        String missing = BpfFeature.INTERFACE_PROGRAMS.missing().orElse("");
        assumeTrue(!missing.contains("CAP_BPF"), missing);
    }

    @AfterEach
    void nothingStaysOpen() {
        assertThat(Descriptor.stillOpen()).isEmpty();
    }

    /// Sends over `uplink`, and wants each of these interfaces to see every frame once, by each mechanism.
    private static void seenAt(List<String> interfaces, String... links) throws Exception {
        try (Namespace namespace = new Namespace()) {
            namespace.in("sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1");
            namespace.ip("link add west type veth peer name east");
            namespace.ip("link set east up");
            for (String words : links) {
                namespace.ip(words);
            }
            namespace.ip("link set west up");
            namespace.ip("link set uplink up");
            namespace.ip("addr add 10.80.0.1/24 dev uplink");
            namespace.ip("neigh add 10.80.0.2 dev uplink lladdr 02:00:00:00:00:02");
            namespace.inside(() -> {
                for (Mechanism mechanism : Mechanism.values()) {
                    if (mechanism.missing().isEmpty()) {
                        for (String each : interfaces) {
                            assertThat(sentThrough(mechanism, each)).as("%s by %s", each, mechanism).containsExactly(7,
                                    700);
                        }
                    }
                }
            });
        }
    }

    private static List<Integer> sentThrough(Mechanism mechanism, String networkInterface) throws Exception {
        try (BpfCollection loaded = BpfCollection.of(BpfObject.ofResource(BpfObjectTest.class, "count.o")).load();
                Arena arena = Arena.ofConfined();
                Attachment attachment = Attachment.attach(mechanism, loaded.program("tcx/egress"),
                        new Place(index(networkInterface), Direction.EGRESS, "uplink-test"), Optional.empty())) {
            assertThat(attachment.mechanism()).isEqualTo(mechanism);
            send(7);
            BpfMap map = loaded.map("totals");
            long[] totals = new long[2];
            map.sum(arena.allocate(4, 4), arena.allocate(map.valueBytes(), 8), totals);
            List<Integer> counted = new ArrayList<>();
            for (long total : totals) {
                counted.add((int) total);
            }
            return counted;
        }
    }

    @Test
    void aBridgeAndItsPort() throws Exception {
        seenAt(List.of("uplink", "west"), "link add uplink type bridge", "link set west master uplink");
    }

    @Test
    void aMacvlanAndWhatItIsOn() throws Exception {
        seenAt(List.of("uplink", "west"), "link add uplink link west type macvlan mode bridge");
    }

    @Test
    void aVethLikeThatOfAContainer() throws Exception {
        seenAt(List.of("uplink"), "link add uplink type veth peer name host", "link add bridge type bridge",
                "link set host master bridge", "link set host up", "link set bridge up");
    }

    /// The kernel's module 8021q.
    @Test
    @Tag("other-kernel")
    void aVlan() throws Exception {
        seenAt(List.of("uplink"), "link add uplink link west type vlan id 5");
    }

    /// The kernel's module bonding.
    @Test
    @Tag("other-kernel")
    void aBondAndItsPort() throws Exception {
        seenAt(List.of("uplink", "west"), "link add uplink type bond mode active-backup",
                "link set west master uplink");
    }
}
