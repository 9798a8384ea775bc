package io.nubicast.app.proxy;

import static io.nubicast.app.lab.Application.eventually;
import static io.nubicast.app.lab.Application.numbered;
import static io.nubicast.app.lab.Application.random;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.nubicast.app.lab.Application;
import io.nubicast.app.lab.Capture;
import io.nubicast.app.lab.Daemon;
import io.nubicast.app.lab.Machine;
import io.nubicast.tools.lab.NetworkLab;
import io.nubicast.tools.lab.Switch;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// The client as its users run it: the manual's second picture, a VPC without multicast and the LAN of an IDC behind VM1.
///
///        ecs1             vm1                     vm2          vm3
///     application     proxy client              receiver     receiver
///     proxy server    10.2.0.2   10.3.0.1       10.3.0.2     10.3.0.3
///     10.2.0.1          eth0       eth1           eth0         eth0
///       eth0             │          │              │            │
///         └───── VPC ────┤          └───── LAN ────┴────────────┘
///      stranger ─────────┘
///     10.2.0.9
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(120)
class ProxyClientIT {
    private static final String GROUP = "239.2.2.2";
    private static final int GROUP_PORT = 5_000;
    private static final int SERVER_PORT = 6_000;
    private static final String SERVER = """
            {"multi_group_array":[{"group_ip":"239.2.2.2","group_port":5000,"server_port":6000,
                                   "member_array":["10.2.0.2"]}]}
            """;
    private static final String CLIENT = """
            {"multi_server_info_array":[{"server_ip":"10.2.0.1","server_port":6000,"group_port":5000,
                                         "group_ip":"239.2.2.2"}]}
            """;

    private NetworkLab lab;
    private Machine ecs1;
    private Machine stranger;
    private Machine vm1;
    private Machine vm2;
    private Machine vm3;

    @BeforeAll
    void build(@TempDir Path directory) throws Exception {
        assumeTrue(NetworkLab.missing().isEmpty(), () -> NetworkLab.missing().orElse(""));
        lab = NetworkLab.open("nbprxcli");
        ecs1 = Machine.in(lab, "ecs1", directory);
        stranger = Machine.in(lab, "stranger", directory);
        vm1 = Machine.in(lab, "vm1", directory);
        vm2 = Machine.in(lab, "vm2", directory);
        vm3 = Machine.in(lab, "vm3", directory);
        Switch vpc = lab.bridge("vpc");
        vpc.attach(ecs1.node(), "eth0", "10.2.0.1/24").attach(stranger.node(), "eth0", "10.2.0.9/24")
                .attach(vm1.node(), "eth0", "10.2.0.2/24").blockMulticast();
        lab.bridge("lan").attach(vm1.node(), "eth1", "10.3.0.1/24").attach(vm2.node(), "eth0", "10.3.0.2/24")
                .attach(vm3.node(), "eth0", "10.3.0.3/24");
        // Restored multicast keeps its source, which VM2 and VM3 reach through VM1 (reverse path filter).
        vm2.node().route("10.2.0.0/24 via 10.3.0.1");
        vm3.node().route("10.2.0.0/24 via 10.3.0.1");
    }

    private List<Machine> machines() {
        return List.of(ecs1, stranger, vm1, vm2, vm3);
    }

    @AfterEach
    void reset() throws Exception {
        for (Machine machine : machines()) {
            machine.reset();
        }
    }

    @AfterAll
    void tearDown() throws Exception {
        if (lab != null) {
            for (Machine machine : machines()) {
                machine.close();
            }
            lab.close();
        }
    }

    /// T-PRX-03.
    @Test
    void theLanGetsTheMulticastOfTheVpcWithItsSourceAndPort() throws Exception {
        ecs1.server(SERVER);
        vm1.client(CLIENT, "--interface", "eth1");
        Capture lan = vm2.capture("eth0", "udp");
        List<Application> members = List.of(vm2.member(GROUP, GROUP_PORT, "eth0"),
                vm3.member(GROUP, GROUP_PORT, "eth0"));
        Application sender = ecs1.sender("10.2.0.1", "eth0");

        for (int number = 0; number < 500; number++) {
            sender.send(numbered(number, 1_000), GROUP, GROUP_PORT);
            for (Application member : members) {
                Application.Datagram restored = member.next();
                assertThat(restored.number()).isEqualTo(number);
                assertThat(restored.source()).isEqualTo("10.2.0.1");
                assertThat(restored.sourcePort()).isEqualTo(sender.port());
            }
        }
        for (int size : new int[]{0, 1_472, 1_473, 9_000, 65_507}) {
            sender.send(random(size), GROUP, GROUP_PORT);
            for (Application member : members) {
                assertThat(member.next().payload()).as("%d bytes", size).isEqualTo(random(size));
            }
        }

        ByteBuffer onTheWire = lan.packets(1).getFirst();
        assertThat(onTheWire.get(8)).as("TTL").isEqualTo((byte) 1);
        assertThat(onTheWire.getInt(16)).as("destination").isEqualTo(0xEF020202);
        for (Application member : members) {
            assertThat(member.isSilent()).as("a second time").isTrue();
        }
    }

    /// T-PRX-04.
    @Test
    void anApplicationOnTheRestoringHostGetsEachDatagramOnce() throws Exception {
        ecs1.server(SERVER);
        vm1.client(CLIENT);
        Application member = vm1.member(GROUP, GROUP_PORT, "eth0");
        Application sender = ecs1.sender("10.2.0.1", "eth0");

        for (int number = 0; number < 500; number++) {
            sender.send(numbered(number, 1_000), GROUP, GROUP_PORT);
            assertThat(member.next().number()).isEqualTo(number);
        }

        assertThat(member.isSilent()).isTrue();
    }

    @Test
    void anApplicationOnTheCopiesPortGetsEachDatagramOnce() throws Exception {
        ecs1.server(SERVER.replace("6000", "5000"));
        vm1.client(CLIENT.replace("6000", "5000"));
        Application member = vm1.member(GROUP, GROUP_PORT, "eth0");
        Application sender = ecs1.sender("10.2.0.1", "eth0");

        for (int number = 0; number < 500; number++) {
            sender.send(numbered(number, 1_000), GROUP, GROUP_PORT);
            assertThat(member.next().number()).isEqualTo(number);
        }

        assertThat(member.isSilent()).isTrue();
    }

    @Test
    void noPortIsTakenFromAnApplicationAndAKilledClientLeavesNothingBehind() throws Exception {
        Daemon client = vm1.client(CLIENT);
        assertThat(client.line()).contains("data plane ebpf").contains("steered past the applications' ports");
        Application member = vm1.member(GROUP, GROUP_PORT, "eth0");
        Application onTheCopiesPort = vm1.receiver(SERVER_PORT);
        Application server = ecs1.sender("10.2.0.1", "eth0");
        server.send(numbered(1, 100), "10.2.0.2", SERVER_PORT);
        assertThat(member.next().number()).isEqualTo(1);
        assertThat(onTheCopiesPort.isSilent()).isTrue();

        client.kill();
        server.send(numbered(2, 100), "10.2.0.2", SERVER_PORT);

        assertThat(onTheCopiesPort.next().number()).isEqualTo(2);
    }

    /// T-PRX-09.
    @Test
    void whatDoesNotComeFromTheServerIsRejectedAndCounted() throws Exception {
        Daemon client = vm1.client(CLIENT);
        Application member = vm1.member(GROUP, GROUP_PORT, "eth0");
        Application forger = stranger.sender("10.2.0.9", "eth0");
        Application server = ecs1.sender("10.2.0.1", "eth0");

        for (int number = 0; number < 100; number++) {
            forger.send(numbered(number, 100), "10.2.0.2", SERVER_PORT);
        }
        server.send(numbered(7_777, 100), "10.2.0.2", SERVER_PORT);

        assertThat(member.next().number()).isEqualTo(7_777);
        eventually("100 rejected", () -> client.number("\"unknown_server\":") == 100);
    }

    /// T-PRX-12, towards us: the copies of the original's kernel module, TOS 0xE0, ports kept, any port of that server.
    @Test
    void copiesOfTheOriginalsKernelModuleAreRestored() throws Exception {
        vm1.client("""
                {"multi_server_info_array":[{"server_ip":"10.2.0.1","group_ip":"239.2.2.2","client_port":"0"}]}
                """);
        Application member = vm1.member(GROUP, GROUP_PORT, "eth0");
        Application kernelModule = ecs1.sender("10.2.0.1", "eth0");
        kernelModule.channel().setOption(StandardSocketOptions.IP_TOS, 0xE0);

        for (int number = 0; number < 200; number++) {
            kernelModule.send(numbered(number, 300), "10.2.0.2", GROUP_PORT);
            Application.Datagram restored = member.next();
            assertThat(restored.number()).isEqualTo(number);
            assertThat(restored.source()).isEqualTo("10.2.0.1");
            assertThat(restored.sourcePort()).isEqualTo(kernelModule.port());
        }
        assertThat(member.isSilent()).isTrue();
    }

    /// T-PRX-12, from us: what the original's clients match. The user-space one looks at source address and server_port, the
    /// kernel's at the source address, the port and a TOS of 0xE0, which an application that sets it gets carried over.
    @Test
    void ourCopiesAreWhatTheOriginalsClientsMatch() throws Exception {
        ecs1.server(SERVER);
        vm1.receiver(SERVER_PORT);
        Capture wire = vm1.capture("eth0", "udp and src host 10.2.0.1");
        Application sender = ecs1.sender("10.2.0.1", "eth0");
        sender.channel().setOption(StandardSocketOptions.IP_TOS, 0xE0);

        sender.send(random(100), GROUP, GROUP_PORT);

        ByteBuffer copy = wire.packets(1).getFirst();
        assertThat(copy.get(1) & 0xFF).as("TOS").isEqualTo(0xE0);
        assertThat(copy.getInt(12)).as("source").isEqualTo(0x0A020001);
        assertThat(copy.getShort(20) & 0xFFFF).as("source port").isEqualTo(sender.port());
        assertThat(copy.getShort(22) & 0xFFFF).as("destination port").isEqualTo(SERVER_PORT);
        assertThat(copy.get(8)).as("TTL").isEqualTo((byte) 64);
    }
}
