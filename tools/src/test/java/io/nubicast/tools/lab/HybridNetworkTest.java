package io.nubicast.tools.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class HybridNetworkTest {
    @BeforeEach
    void aLabCanBeBuiltHere() {
        Optional<String> missing = NetworkLab.missing();
        assumeTrue(missing.isEmpty(), () -> missing.orElse(""));
        assumeTrue(Command.find("nft").isPresent(), "nft is missing: apt-get install nftables");
    }

    @Test
    void theCloudReachesTheDataCentreThroughItsElasticAddressAndTheSecurityGroupHoldsTheOtherWay() {
        try (NetworkLab lab = NetworkLab.open("nbhybrid")) {
            HybridNetwork network = HybridNetwork.build(lab);
            count(network.node("idc"), "ip saddr " + HybridNetwork.ELASTIC);

            assertThat(connect(network.node("c8kv"), HybridNetwork.IDC)).contains("refused");
            assertThat(counted(network.node("idc"))).isPositive();
            assertThat(connect(network.node("idc"), HybridNetwork.ELASTIC)).doesNotContain("refused");
        }
    }

    @Test
    void multicastReachesRegisteredMembersOnly() {
        try (NetworkLab lab = NetworkLab.open("nbhybrid")) {
            HybridNetwork network = HybridNetwork.build(lab);
            Node router = network.node("c8kv");
            count(router, "ip daddr 239.0.0.10");
            count(network.node("ecs2"), "ip daddr 239.0.0.10");

            send(network.node("ecs"));
            assertThat(counted(router)).as("not registered").isZero();
            network.domain(Map.of("239.0.0.10", List.of("ecs", "c8kv")));
            send(network.node("ecs"));
            assertThat(counted(router)).isEqualTo(1);
            send(network.node("ecs2"));
            assertThat(counted(router)).as("not its source").isEqualTo(1);
            assertThat(counted(network.node("ecs2"))).isZero();
            network.domain(Map.of("239.0.0.10", List.of("ecs", "c8kv")), true);
            send(network.node("ecs"));
            assertThat(counted(router)).as("in frames to its own address").isEqualTo(2);
        }
    }

    private static String connect(Node from, String to) {
        return from.run("bash", "-c", "(exec timeout 1 bash -c 'exec 3<>/dev/tcp/" + to + "/9') 2>&1 || true");
    }

    private static void send(Node from) {
        from.run("bash", "-c", "ip route replace 224.0.0.0/4 dev eth0; echo hello > /dev/udp/239.0.0.10/1234");
    }

    private static void count(Node node, String what) {
        node.nft("table ip watch {\n chain in {\n type filter hook prerouting priority -300; policy accept;\n " + what
                + " counter\n }\n}\n");
    }

    private static long counted(Node node) {
        String text = node.run("nft", "list", "table", "ip", "watch");
        int at = text.indexOf("packets ") + 8;
        return Long.parseLong(text.substring(at, text.indexOf(' ', at)));
    }
}
