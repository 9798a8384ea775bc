package io.nubicast.app.router;

import static io.nubicast.app.lab.Application.eventually;
import static io.nubicast.app.lab.Application.numbered;
import static org.assertj.core.api.Assertions.assertThat;

import io.nubicast.app.lab.Application;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/// Runs beside the document's case (spec section 8.4). Configured at the prompt, while the routers run.
class HybridVariationsIT extends HybridRouters {
    private static void configure(RouterProcess router, String... lines) {
        String[] all = new String[lines.length + 2];
        all[0] = "configure terminal";
        System.arraycopy(lines, 0, all, 1, lines.length);
        all[lines.length + 1] = "end";
        assertThat(router.shell(all)).doesNotContain("%");
    }

    /// Sends until the stream arrives, then requires each of the next hundred exactly once.
    private static void flows(Application source, Application member, String group, int size) throws IOException {
        long[] number = {0};
        eventually("the stream arrives", () -> {
            try {
                source.send(numbered(number[0]++, size), group, PORT);
                return !member.isSilent();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        // What was under way, and whatever follows while trees change over, is taken first.
        eventually("the stream is steady", () -> {
            try {
                for (boolean silent = member.isSilent(); !silent; silent = member.isSilent()) {
                    number[0]++;
                }
                source.send(numbered(++number[0], size), group, PORT);
                return member.next().number() == number[0] && member.isSilent();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        long first = number[0] + 1;
        for (int i = 0; i < 100; i++) {
            source.send(numbered(first + i, size), group, PORT);
            Application.Datagram datagram = member.next();
            assertThat(datagram.number()).isEqualTo(first + i);
            assertThat(datagram.payload()).hasSize(size);
        }
        assertThat(member.isSilent()).as("each once").isTrue();
    }

    /// T-E2E-02: a member that names its source joins without a rendezvous point.
    @Test
    void sourceSpecificMulticastNeedsNoRendezvousPoint() throws Exception {
        String group = "232.0.0.10";
        network.domain(Map.of(group, List.of("ecs", "c8kv")));
        Application member = machine("rcv").receiver(PORT);
        machines.getLast().call(() -> member.channel().join(InetAddress.getByName(group),
                NetworkInterface.getByName("eth0"), InetAddress.getByName("192.168.0.128")));
        cloud.until("the join arrives", text -> text.contains("(192.168.0.128, 232.0.0.10)"), "show ip mroute");

        flows(source("ecs", "192.168.0.128"), member, group, 1000);

        assertThat(cloud.shell("show ip mroute")).doesNotContain("(*, 232.0.0.10)")
                .containsPattern("\\(192\\.168\\.0\\.128, 232\\.0\\.0\\.10\\), .*flags: s");
    }

    /// T-E2E-04: a source in the data centre, a member in the cloud that no IGMP tells of.
    @Test
    void aSourceOfTheDataCentreReachesAStaticMemberInTheCloud() throws Exception {
        String group = "239.0.0.20";
        network.domain(Map.of(group, List.of("c8kv", "ecs2")));
        configure(cloud, "interface GigabitEthernet1", "ip igmp static-group 239.0.0.20");
        Application member = machine("ecs2").member(group, PORT, "eth0");

        Application source = source("rcv", "172.16.10.10");
        Pattern ofItsOwn = Pattern.compile("\\(172\\.16\\.10\\.10, 239\\.0\\.0\\.20\\)[^\n]*T\n"
                + "  Incoming interface: Tunnel1, RPF nbr 10\\.0\\.0\\.2");
        cloud.until("the source's own tree", text -> {
            try {
                source.send(numbered(0, 1000), group, PORT);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            return ofItsOwn.matcher(text).find();
        }, "show ip mroute");

        flows(source, member, group, 1000);

        assertThat(idc.shell("show ip mroute"))
                .containsPattern("\\(172\\.16\\.10\\.10, 239\\.0\\.0\\.20\\).*flags: .*F.*T");
    }

    /// T-E2E-09, PIM-048: a source of another subnet that comes through the cloud's fabric needs `border-source`.
    @Test
    void aSourceOfAnotherSubnetNeedsBorderSource() throws Exception {
        String other = "239.0.0.11";
        network.domain(Map.of(GROUP, List.of("ecs", "c8kv"), other, List.of("ecs", "c8kv")));
        network.node("ecs").address("eth0", "192.168.1.50/24");
        configure(idc, "ip route 192.168.1.0 255.255.255.0 10.0.0.1");
        Application member = machine("rcv").member(GROUP, PORT, "eth0");
        cloud.until("the join arrives", text -> text.contains("(*, 239.0.0.10)"), "show ip mroute");
        Application source = source("ecs", "192.168.1.50");
        for (int i = 0; i < 20; i++) {
            source.send(numbered(i, 100), GROUP, PORT);
        }
        cloud.until("the source is known", text -> text.contains("(192.168.1.50"), "show ip mroute");
        assertThat(member.isSilent()).as("not directly connected").isTrue();

        configure(cloud, "access-list 10 permit 192.168.1.0 0.0.0.255", "interface GigabitEthernet1",
                "ip pim border-source 10");

        Application otherMember = machines.getFirst().member(other, PORT, "eth0");
        cloud.until("the join arrives", text -> text.contains("(*, 239.0.0.11)"), "show ip mroute");
        flows(source, otherMember, other, 1000);
    }

    /// T-E2E-10: clouds that drop protocol 47.
    @Test
    void greInUdpCarriesTheSame() throws Exception {
        network.domain(Map.of(GROUP, List.of("ecs", "c8kv")));
        configure(cloud, "interface Tunnel1", "tunnel mode gre udp");
        configure(idc, "interface Tunnel1", "tunnel mode gre udp");
        Application member = machine("rcv").member(GROUP, PORT, "eth0");
        cloud.until("the join arrives", text -> text.contains("(*, 239.0.0.10)"), "show ip mroute");

        flows(source("ecs", "192.168.0.128"), member, GROUP, 1000);

        assertThat(cloud.shell("show interfaces Tunnel1")).contains("Tunnel protocol/transport GRE/UDP");
    }

    /// T-E2E-13: what fits, and what must be fragmented outside.
    @Test
    void datagramsLargerThanTheTunnelArriveWhole() throws Exception {
        network.domain(Map.of(GROUP, List.of("ecs", "c8kv")));
        Application member = machine("rcv").member(GROUP, PORT, "eth0");
        cloud.until("the join arrives", text -> text.contains("(*, 239.0.0.10)"), "show ip mroute");
        Application source = source("ecs", "192.168.0.128");

        flows(source, member, GROUP, 1316);
        flows(source, member, GROUP, 1472);
    }

    /// E2E-010: the security group closes and opens; nobody has to help.
    @Test
    void aTunnelThatIsBlockedIsNoticedAndComesBackByItself() throws Exception {
        configure(cloud, "interface Tunnel1", "ip pim query-interval 1");
        configure(idc, "interface Tunnel1", "ip pim query-interval 1");
        idc.until("short holdtimes", text -> text.contains("00:00:0"), "show ip pim neighbor");

        network.closeSecurityGroup();
        cloud.until("the neighbour is gone", text -> !text.contains("10.0.0.2 "), "show ip pim neighbor");
        network.openSecurityGroup();

        cloud.until("it is back", text -> text.contains("10.0.0.2 "), "show ip pim neighbor");
    }
}
