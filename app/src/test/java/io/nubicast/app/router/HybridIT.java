package io.nubicast.app.router;

import static io.nubicast.app.lab.Application.eventually;
import static io.nubicast.app.lab.Application.numbered;
import static org.assertj.core.api.Assertions.assertThat;

import io.nubicast.app.lab.Application;
import io.nubicast.app.lab.Capture;
import io.nubicast.app.lab.Machine;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The document's case, end to end: a source in the cloud, a member in the data centre (spec section 8.3).
class HybridIT extends HybridRouters {
    /// T-E2E-01, the seven steps of the document; also with frames that are addressed to the router's own MAC.
    @ParameterizedTest(name = "frames to the router''s own address: {0}")
    @ValueSource(booleans = {false, true})
    void theDocumentsCaseWorksStepByStep(boolean unicastFrames) throws Exception {
        network.domain(Map.of(GROUP, List.of("ecs", "c8kv")), unicastFrames);
        assertThat(cloud.shell("ping 10.0.0.2")).contains("Sending 5, 100-byte ICMP Echos to 10.0.0.2")
                .contains("!!!!!\nSuccess rate is 100 percent (5/5), round-trip min/avg/max = ");
        network.node("rcv").sysctl("net/ipv4/conf/eth0/force_igmp_version", "2");
        Application member = machine("rcv").member(GROUP, PORT, "eth0");
        String joined = cloud.until("the join arrives", text -> text.contains("(*, 239.0.0.10)"), "show ip mroute");
        assertThat(joined).containsPattern("\\(\\*, 239\\.0\\.0\\.10\\), \\d\\d:\\d\\d:\\d\\d/\\d\\d:\\d\\d:\\d\\d, "
                + "RP 10\\.0\\.0\\.1, flags: S\n  Incoming interface: Null, RPF nbr 0\\.0\\.0\\.0\n"
                + "  Outgoing interface list:\n    Tunnel1, Forward/Sparse, ").doesNotContain("(192.168.0.128");
        Capture underlay =
                Machine.on(network.node("inet"), directory.resolve("machine-inet")).capture("eth1", "proto 47");

        Application source = source("ecs", "192.168.0.128");
        List<Application.Datagram> received = new ArrayList<>();
        for (int number = 0; number < 300; number++) {
            source.send(numbered(number, 1000), GROUP, PORT);
            received.add(member.next());
        }

        assertThat(received).extracting(Application.Datagram::number).containsExactlyElementsOf(
                java.util.stream.LongStream.range(0, 300).boxed().toList());
        assertThat(received).allSatisfy(each -> assertThat(each.source()).isEqualTo("192.168.0.128"));
        assertThat(member.isSilent()).isTrue();
        assertThat(cloud.shell("show ip mroute")).containsPattern("\\(192\\.168\\.0\\.128, 239\\.0\\.0\\.10\\), "
                + "\\d\\d:\\d\\d:\\d\\d/\\d\\d:\\d\\d:\\d\\d, flags: FT\n"
                + "  Incoming interface: GigabitEthernet1, RPF nbr 0\\.0\\.0\\.0\n"
                + "  Outgoing interface list:\n    Tunnel1, Forward/Sparse, ");
        assertThat(idc.shell("show ip mroute")).containsPattern("\\(\\*, 239\\.0\\.0\\.10\\), .*flags: SJ?C")
                .containsPattern("""
                        \\(192\\.168\\.0\\.128, 239\\.0\\.0\\.10\\), .*flags: J?T
                          Incoming interface: Tunnel1, RPF nbr 10\\.0\\.0\\.1
                          Outgoing interface list:
                            GigabitEthernet2, Forward/Sparse,""");
        assertThat(idc.shell("show ip igmp groups"))
                .containsPattern("239\\.0\\.0\\.10\\s+GigabitEthernet2.*172\\.16\\.10\\.10");
        ByteBuffer data = underlay.packets(300).stream().filter(packet -> packet.getShort(2) == 1052).findFirst()
                .orElseThrow();
        assertThat(data.get(8) & 0xFF).as("outer TTL").isLessThanOrEqualTo(255).isGreaterThan(250);
        assertThat(data.get(9)).as("protocol").isEqualTo((byte) 47);
        assertThat(data.getInt(20)).as("GRE").isEqualTo(0x0800);
        assertThat(data.get(24 + 8)).as("inner TTL").isEqualTo((byte) 15);
    }

    /// T-E2E-03: the member leaves, and the tunnel falls silent.
    @Test
    void aMemberThatLeavesStopsTheStreamAtTheSourcesRouter() throws Exception {
        network.domain(Map.of(GROUP, List.of("ecs", "c8kv")));
        network.node("rcv").sysctl("net/ipv4/conf/eth0/force_igmp_version", "2");
        Application member = machine("rcv").member(GROUP, PORT, "eth0");
        cloud.until("the join arrives", text -> text.contains("(*, 239.0.0.10)"), "show ip mroute");
        Application source = source("ecs", "192.168.0.128");
        source.send(numbered(1, 1000), GROUP, PORT);
        assertThat(member.next().number()).isEqualTo(1);

        member.close();

        cloud.until("pruned", text -> text.contains("Outgoing interface list: Null"),
                "show ip mroute 239.0.0.10 192.168.0.128");
        source.send(numbered(2, 1000), GROUP, PORT);
        assertThat(cloud.shell("show ip mroute"))
                .containsPattern("\\(192\\.168\\.0\\.128, 239\\.0\\.0\\.10\\), .*flags: .*P");
    }

    /// A router that was killed comes back by itself, and the stream with it.
    @Test
    void eachRouterMayCrashAndTheStreamComesBack() throws Exception {
        network.domain(Map.of(GROUP, List.of("ecs", "c8kv")));
        Application member = machine("rcv").member(GROUP, PORT, "eth0");
        cloud.until("the join arrives", text -> text.contains("(*, 239.0.0.10)"), "show ip mroute");
        Application source = source("ecs", "192.168.0.128");
        for (RouterProcess router : List.of(cloud, idc)) {
            router.crashAndRestart();
            eventually("the stream is back", () -> {
                try {
                    source.send(numbered(7, 1000), GROUP, PORT);
                    return !member.isSilent();
                } catch (java.io.IOException e) {
                    throw new java.io.UncheckedIOException(e);
                }
            });
        }
    }
}
