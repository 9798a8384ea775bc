package io.nubicast.app.proxy;

import static io.nubicast.app.lab.Application.numbered;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.nubicast.app.lab.Application;
import io.nubicast.app.lab.Daemon;
import io.nubicast.app.lab.Machine;
import io.nubicast.tools.lab.NetworkLab;
import io.nubicast.tools.lab.Switch;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The full mesh: every machine is server for, and client of, all the others.
///
///      a 10.4.0.1 ──┐
///      b 10.4.0.2 ──┼── switch, with or without multicast
///      c 10.4.0.3 ──┘
@Timeout(120)
class ProxyMeshIT {
    private static final String GROUP = "239.4.4.4";
    private static final int PORT = 5_400;
    private static final int EACH = 100;

    @TempDir
    private Path directory;
    private NetworkLab lab;
    private final List<Machine> machines = new ArrayList<>();

    @BeforeEach
    void check() {
        assumeTrue(NetworkLab.missing().isEmpty(), () -> NetworkLab.missing().orElse(""));
    }

    @AfterEach
    void tearDown() throws Exception {
        for (Machine machine : machines) {
            machine.close();
        }
        if (lab != null) {
            lab.close();
        }
    }

    private static String address(int machine) {
        return "10.4.0." + (machine + 1);
    }

    private static List<String> others(int machine, int count) {
        return IntStream.range(0, count).filter(other -> other != machine).mapToObj(ProxyMeshIT::address).toList();
    }

    private static String server(int machine, int count) {
        return "{\"multi_group_array\":[{\"group_ip\":\"" + GROUP + "\",\"group_port\":" + PORT + ",\"server_port\":"
                + PORT + ",\"member_array\":["
                + others(machine, count).stream().map(other -> "\"" + other + "\"").collect(Collectors.joining(","))
                + "]}]}";
    }

    private static String client(int machine, int count) {
        return "{\"multi_server_info_array\":["
                + others(machine, count).stream()
                        .map(other -> "{\"server_ip\":\"" + other + "\",\"server_port\":" + PORT + ",\"group_port\":"
                                + PORT + ",\"group_ip\":\"" + GROUP + "\"}")
                        .collect(Collectors.joining(","))
                + "]}";
    }

    /// T-PRX-08: no storm, whether the network itself carries multicast or not, and where it does not, each datagram once.
    ///
    /// Three machines on a network that carries multicast do feed each other: the third captures from the wire what the second
    /// restored. There the bound is the loop guard's, and the status has to say so.
    @ParameterizedTest(name = "{0} machines, multicast blocked: {1}")
    @CsvSource({"2,true", "3,true", "2,false", "3,false"})
    void theMeshDoesNotLoop(int count, boolean blocked) throws Exception {
        lab = NetworkLab.open("nbprxmesh");
        Switch network = lab.bridge("network");
        List<Daemon> servers = new ArrayList<>();
        List<Application> senders = new ArrayList<>();
        List<Application> members = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Machine machine = Machine.in(lab, "m" + i, directory);
            machines.add(machine);
            network.attach(machine.node(), "eth0", address(i) + "/24");
        }
        if (blocked) {
            network.blockMulticast();
        }
        for (int i = 0; i < count; i++) {
            Machine machine = machines.get(i);
            servers.add(machine.server(server(i, count)));
            machine.client(client(i, count));
            members.add(machine.member(GROUP, PORT, "eth0"));
            senders.add(machine.sender(address(i), "eth0"));
        }

        for (int number = 0; number < EACH; number++) {
            for (int i = 0; i < count; i++) {
                senders.get(i).send(numbered(number, 200), GROUP, PORT);
            }
            if (blocked) {
                for (Application member : members) {
                    for (int i = 0; i < count; i++) {
                        assertThat(member.next().number()).isEqualTo(number);
                    }
                }
            }
        }
        servers.getFirst().runs(2_000);

        long copies = 0;
        for (Daemon server : servers) {
            copies += server.total("fwd_point");
        }
        servers.getFirst().runs(1_000);
        long later = 0;
        for (Daemon server : servers) {
            later += server.total("fwd_point");
        }
        assertThat(later).as("copies a second after the last datagram").isEqualTo(copies);
        long wanted = (long) EACH * count * (count - 1);
        if (blocked) {
            assertThat(copies).isEqualTo(wanted);
            for (Application member : members) {
                assertThat(member.isSilent()).as("a second time").isTrue();
            }
        } else if (count == 2) {
            assertThat(copies).isBetween(wanted, 2 * wanted);
        } else {
            assertThat(servers.stream().map(Daemon::status).toList()).as("the status of one of them, at least")
                    .anyMatch(status -> status.contains("two proxies feed each other"));
        }
    }
}
