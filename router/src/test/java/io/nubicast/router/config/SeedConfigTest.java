package io.nubicast.router.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.nubicast.router.pim.PimConfig;
import io.nubicast.wire.Address;
import org.junit.jupiter.api.Test;

/// The configuration of the hybrid-cloud document, as people paste it: remarks, blanks and all (specification 8.1).
class SeedConfigTest {
    private static final String SEED = """
            ip multicast-routing distributed     //开启组播路由功能
            ip pim rp-address 10.0.0.1           //配置静态RP地址
            interface Tunnel1
             ip address 10.0.0.1 255.255.255.252  // 配置tunnel接口IP地址
             ip pim sparse-mode                   //启用PIM稀疏模式
             tunnel source GigabitEthernet1       //ECS端口
             tunnel destination 8.208.89.10        //数据中心组播路由器公网IP
            \s
             router ospf 10  //运行ospf协议,通过VPC网段和tunel网段,与IDC之间互相学习到内网路由
             network 10.0.0.0 0.0.0.255 area 0
             network 192.168.0.0 0.0.0.255 area 0
            """;

    private static final String RUNNING = """
            !
            ip multicast-routing distributed
            !
            interface Tunnel1
             ip address 10.0.0.1 255.255.255.252
             ip pim sparse-mode
             tunnel source GigabitEthernet1
             tunnel destination 8.208.89.10
            !
            router ospf 10
             network 10.0.0.0 0.0.0.255 area 0
             network 192.168.0.0 0.0.0.255 area 0
            !
            ip pim rp-address 10.0.0.1
            !
            """;

    @Test
    void theDocumentsTextIsTakenAsItStands() {
        ConfigReader.Read read = ConfigReader.read(SEED);

        assertThat(read.isValid()).as(read.report("seed")).isTrue();
        assertThat(read.tree().text()).isEqualTo(RUNNING);
        RouterConfig config = read.config();
        assertThat(config.pim().routing()).isTrue();
        assertThat(config.pim().rps()).singleElement()
                .satisfies(rp -> assertThat(rp.address()).isEqualTo(Address.ipv4("10.0.0.1")));
        assertThat(config.pim().interfaces()).containsOnlyKeys("Tunnel1");
        assertThat(config.pim().interfaces().get("Tunnel1")).isEqualTo(PimConfig.Interface.SPARSE);
        assertThat(config.igmp().interfaces()).containsOnlyKeys("Tunnel1");
        assertThat(config.interfaces()).containsOnlyKeys("Tunnel1", "GigabitEthernet1");
        assertThat(config.find("GigabitEthernet1").orElseThrow().implied()).isTrue();
        TunnelConfig tunnel = config.find("Tunnel1").orElseThrow().tunnel().orElseThrow();
        assertThat(tunnel.destination()).contains(Address.ipv4("8.208.89.10"));
        assertThat(tunnel.source()).contains(
                new TunnelConfig.Source.OfInterface(InterfaceName.parse("GigabitEthernet1").orElseThrow()));
        assertThat(config.ospf()).containsExactly(new RouterConfig.OspfProcess(10,
                java.util.List.of("network 10.0.0.0 0.0.0.255 area 0", "network 192.168.0.0 0.0.0.255 area 0")));
    }

    @Test
    void remarksAndOspfAreToldOf() {
        assertThat(ConfigReader.read(SEED).problems()).extracting(Problem::message)
                .filteredOn(message -> message.contains("OSPF")).hasSize(1);
        assertThat(ConfigReader.read(SEED).problems()).extracting(Problem::message)
                .filteredOn(message -> message.contains("remark")).hasSize(7);
    }

    @Test
    void theXOfTheDocumentIsPointedAt() {
        ConfigReader.Read read = ConfigReader.read(SEED.replace("8.208.89.10 ", "8.208.89.x "));

        assertThat(read.isValid()).isFalse();
        assertThat(read.problems()).filteredOn(Problem::fault).singleElement().satisfies(problem -> {
            assertThat(problem.line()).isEqualTo(7);
            assertThat(problem.text("router.cfg")).isEqualTo("""
                    router.cfg:7:30: invalid input
                         tunnel destination 8.208.89.x        //数据中心组播路由器公网IP
                                                     ^
                        Expected: the IPv4 address of a host: no group, broadcast or 0.0.0.0
                    """);
        });
    }

    @Test
    void whatIsShownReadsBackAsTheSame() {
        ConfigReader.Read read = ConfigReader.read(SEED);

        ConfigReader.Read again = ConfigReader.read(read.tree().text() + "end\n");

        assertThat(again.tree()).isEqualTo(read.tree());
        assertThat(again.config()).isEqualTo(read.config());
    }
}
