package io.nubicast.app.router;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.nubicast.app.lab.Application;
import io.nubicast.app.lab.Machine;
import io.nubicast.tools.lab.HybridNetwork;
import io.nubicast.tools.lab.NetworkLab;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// The document's network as drawn in [HybridNetwork], with our routers in the cloud and in the data centre, which are PIM neighbours
/// over their tunnel when a test begins. Static routes stand in for OSPF.
@Timeout(180)
abstract class HybridRouters {
    static final String GROUP = "239.0.0.10";
    static final int PORT = 1234;

    /// The document's lines, with a real address, and the lines of E2E-001.
    static final String CLOUD = """
            hostname cisco-8000v
            ip multicast-routing distributed     //开启组播路由功能
            ip pim rp-address 10.0.0.1           //配置静态RP地址
            interface GigabitEthernet1
             ip pim sparse-mode
            interface Tunnel1
             ip address 10.0.0.1 255.255.255.252  // 配置tunnel接口IP地址
             ip pim sparse-mode                   //启用PIM稀疏模式
             tunnel source GigabitEthernet1       //ECS端口
             tunnel destination 8.208.89.10       //数据中心组播路由器公网IP

             router ospf 10  //运行ospf协议
             network 10.0.0.0 0.0.0.255 area 0
             network 192.168.0.0 0.0.0.255 area 0
            ip route 172.16.10.0 255.255.255.0 10.0.0.2
            """;
    static final String IDC = """
            hostname idc
            ip multicast-routing distributed
            ip pim rp-address 10.0.0.1
            interface GigabitEthernet1
            interface GigabitEthernet2
             ip pim sparse-mode
            interface Tunnel1
             ip address 10.0.0.2 255.255.255.252
             ip pim sparse-mode
             tunnel source GigabitEthernet1
             tunnel destination 203.0.113.10
            ip route 192.168.0.0 255.255.255.0 10.0.0.1
            """;

    @TempDir
    Path directory;
    NetworkLab lab;
    HybridNetwork network;
    RouterProcess cloud;
    RouterProcess idc;
    final List<Machine> machines = new ArrayList<>();

    @BeforeEach
    void build() throws Exception {
        assumeTrue(NetworkLab.missing().isEmpty(), () -> NetworkLab.missing().orElse(""));
        lab = NetworkLab.open("nbrouter");
        network = HybridNetwork.build(lab);
        cloud = RouterProcess.start(network.node("c8kv"), directory, CLOUD);
        idc = RouterProcess.start(network.node("idc"), directory, IDC);
        cloud.until("neighbours", text -> text.contains("10.0.0.2"), "show ip pim neighbor");
        idc.until("neighbours", text -> text.contains("10.0.0.1"), "show ip pim neighbor");
    }

    @AfterEach
    void tearDown() throws Exception {
        for (Machine machine : machines) {
            machine.close();
        }
        if (cloud != null) {
            cloud.close();
        }
        if (idc != null) {
            idc.close();
        }
        if (lab != null) {
            lab.close();
        }
    }

    final Machine machine(String name) throws Exception {
        Machine machine = Machine.on(network.node(name), directory.resolve("machine-" + name));
        machines.add(machine);
        return machine;
    }

    /// An application of that machine that sends with ffmpeg's TTL.
    final Application source(String machine, String address) throws Exception {
        Application source = machine(machine).sender(address, "eth0");
        source.channel().setOption(java.net.StandardSocketOptions.IP_MULTICAST_TTL, 16);
        return source;
    }
}
