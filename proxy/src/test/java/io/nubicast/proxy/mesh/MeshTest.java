package io.nubicast.proxy.mesh;

import static org.assertj.core.api.Assertions.assertThat;

import io.nubicast.proxy.config.AddressRules;
import io.nubicast.proxy.config.ClientFile;
import io.nubicast.proxy.config.EditResult;
import io.nubicast.proxy.config.KernelFiles;
import io.nubicast.proxy.config.OwnAddresses;
import io.nubicast.proxy.config.ServerFile;
import io.nubicast.wire.Address;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MeshTest {
    private static final String LIST = """
            # group and port
            239.254.1.2 \t 5000

            192.168.1.1
            192.168.1.10
            192.168.1.100
            """;
    private static final OwnAddresses FIRST = OwnAddresses.of(Set.of(Address.ipv4("192.168.1.1")), Set.of());

    @Test
    void aHostIsLeftOutByItsExactAddress() {
        MeshFiles files = new MeshFiles(list(LIST), FIRST);

        assertThat(files.isMember()).isTrue();
        assertThat(files.serverText()).isEqualTo("{\"multi_group_array\":[{\"group_ip\":\"239.254.1.2\","
                + "\"group_port\":5000,\"server_port\":5000,\"member_array\":[\"192.168.1.10\",\"192.168.1.100\"]}]}");
        assertThat(files.clientText()).isEqualTo("{\"multi_server_info_array\":["
                + "{\"server_ip\":\"192.168.1.10\",\"server_port\":5000,\"group_port\":5000,\"group_ip\":\"239.254.1.2\"},"
                + "{\"server_ip\":\"192.168.1.100\",\"server_port\":5000,\"group_port\":5000,\"group_ip\":\"239.254.1.2\"}]}");
    }

    @Test
    void whatIsWrittenIsReadWithoutAFault() {
        MeshFiles files = new MeshFiles(list(LIST), FIRST);

        assertThat(ServerFile.parse("s", bytes(files.serverText()), AddressRules.anywhere()).faults()).isEmpty();
        assertThat(ClientFile.parse("c", bytes(files.clientText()), AddressRules.anywhere()).faults()).isEmpty();
    }

    @Test
    void filesThatAreThereAreExtendedAndNothingIsAddedTwice(@TempDir Path directory) throws IOException {
        Path server = directory.resolve("server_cfg.json.txt");
        Path client = directory.resolve("client_cfg.json.txt");
        Files.writeString(server, "{\"multi_group_array\":[{\"group_ip\":\"239.254.1.2\",\"group_port\":6000,"
                + "\"server_port\":1,\"member_array\":[\"192.168.1.50\"]}]}");
        MeshFiles files = new MeshFiles(list(LIST), FIRST);

        for (int i = 0; i < 2; i++) {
            assertThat(files.addToServer(server).isDone()).isTrue();
            assertThat(files.addToClient(client).isDone()).isTrue();
        }

        assertThat(server).hasContent("{\"multi_group_array\":[{\"group_ip\":\"239.254.1.2\",\"group_port\":6000,"
                + "\"server_port\":1,\"member_array\":[\"192.168.1.50\"]},{\"group_ip\":\"239.254.1.2\","
                + "\"group_port\":5000,\"server_port\":5000,\"member_array\":[\"192.168.1.10\",\"192.168.1.100\"]}]}");
        assertThat(client).hasContent(files.clientText());
    }

    @Test
    void theKernelDialectsFilesAreItsOwn(@TempDir Path directory) throws IOException {
        MeshFiles files = new MeshFiles(list("239.254.1.2 0\n192.168.1.1\n192.168.1.10\n"),
                OwnAddresses.of(Set.of(Address.ipv4("192.168.1.1")), Set.of()));
        Path server = KernelFiles.SERVER.running(directory);
        Path client = KernelFiles.CLIENT.running(directory);

        for (EditResult.Outcome outcome : List.of(EditResult.Outcome.CHANGED, EditResult.Outcome.UNCHANGED)) {
            assertThat(files.addToKernelServer(server).outcome()).isEqualTo(outcome);
            assertThat(files.addToKernelClient(client).outcome()).isEqualTo(outcome);
        }

        assertThat(server).hasContent(files.kernelServerText()).hasContent("""
                {
                  "multi_group_array":[
                    {
                      "group_ip":"239.254.1.2",
                      "member_array":[
                        "192.168.1.10"
                      ]
                    }
                  ]
                }""");
        assertThat(client).hasContent(files.kernelClientText()).hasContent("""
                {
                  "multi_server_info_array":[
                    {
                      "server_ip":"192.168.1.10",
                      "group_ip":"239.254.1.2",
                      "client_port":0
                    }
                  ]
                }""");
    }

    @Test
    void aHostThatIsNotInTheListIsTold() {
        assertThat(new MeshFiles(list(LIST), OwnAddresses.NONE).isMember()).isFalse();
    }

    @Test
    void badLinesAreNamedAllAtOnce() {
        MeshList.Reading reading = MeshList.parse("iplist", bytes("""
                239.254.1.2 70000
                192.168.1.1
                192.168.1.1
                192.168.01.2
                239.1.1.1
                10.0.0.2 # web
                foo
                fe80::1:2:3
                """));

        assertThat(reading.list()).isEmpty();
        assertThat(reading.errors()).containsExactly(
                "iplist:1: error: the port is no port; write the group and a port from 0 to 65535, such as: 239.1.1.1 5000",
                "iplist:4: error: host \"192.168.01.2\" is not an IPv4 address in dotted decimal form; write 192.168.1.2",
                "iplist:5: error: host 239.1.1.1 is a multicast address; write the unicast address of a host",
                "iplist:8: error: host \"fe80::1:2:3\" is not an IPv4 address; IPv6 is not carried: write the IPv4 address");
        assertThat(reading.warnings()).containsExactly(
                "iplist:3: warning: host 192.168.1.1 stands at line 2 already",
                "iplist:6: warning: left out because of the #; put the comment on a line of its own",
                "iplist:7: warning: left out, too short for an address");
    }

    @Test
    void anEmptyListAndAListWithoutHostsAreErrors() {
        assertThat(MeshList.parse("l", bytes("# nothing\n")).errors())
                .containsExactly("l: there is no line with the group; write first: 239.1.1.1 5000");
        assertThat(MeshList.parse("l", bytes("239.1.1.1 5000\r\n")).errors())
                .containsExactly("l: there are no hosts; write the address of each on a line of its own");
        assertThat(MeshList.read(Path.of("/nonexistent")).errors())
                .containsExactly("/nonexistent: the file does not exist");
    }

    private static MeshList list(String text) {
        return MeshList.parse("iplist", bytes(text)).list().orElseThrow();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
