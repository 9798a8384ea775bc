package io.nubicast.proxy.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.nubicast.forwarding.Match;
import io.nubicast.forwarding.Rewrite;
import io.nubicast.wire.Address;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class ClientFileTest {
    @Test
    void theUserSpaceToolsKeysAreRead() {
        Reading<ClientConfig> reading = read("""
                {"multi_server_info_array":[{"server_ip":"10.0.0.1","server_port":7126,"group_port":"5000",
                "group_ip":"239.1.1.1"},]}""");

        assertThat(reading.config().orElseThrow().entries())
                .containsExactly(
                        new ClientConfig.Entry(Address.ipv4("10.0.0.1"), 7126, Address.ipv4("239.1.1.1"), 5000, 1));
    }

    @Test
    void theKernelModulesKeysAreReadAndItsPortIsKept() {
        assertThat(entry("\"client_port\":\"5000\"").serverPort()).isEqualTo(5000);
        assertThat(entry("\"client_port\":5000").groupPort()).isEqualTo(Rewrite.KEEP_PORT);
        assertThat(entry("\"client_port\":\"0\"").serverPort()).isEqualTo(Match.ANY_PORT);
    }

    @Test
    void portZeroIsAnyPortOfThatServerKept() {
        ClientConfig.Entry entry = entry("\"server_port\":0,\"group_port\":7127");

        assertThat(entry.serverPort()).isEqualTo(Match.ANY_PORT);
        assertThat(entry.groupPort()).isEqualTo(Rewrite.KEEP_PORT);
    }

    @Test
    void portsThatAreAbsentAreTheOriginalsDefaults() {
        ClientConfig.Entry entry = entry("\"x\":1");

        assertThat(entry.serverPort()).isEqualTo(7126);
        assertThat(entry.groupPort()).isEqualTo(7127);
    }

    @Test
    void twoGroupsForOneServerAndPortAreAConflict() {
        Reading<ClientConfig> reading = read("""
                {"multi_server_info_array":[
                {"server_ip":"10.0.0.1","server_port":7126,"group_port":5000,"group_ip":"239.1.1.1"},
                {"server_ip":"10.0.0.1","server_port":7126,"group_port":5000,"group_ip":"239.1.1.1"},
                {"server_ip":"10.0.0.1","server_port":7126,"group_port":5000,"group_ip":"239.1.1.2"},
                {"server_ip":"10.0.0.2","server_port":7126,"group_port":5000,"group_ip":"239.1.1.2"}]}""");

        assertThat(reading.text()).isEqualTo(
                """
                        f:3:1: warning: server 10.0.0.1:7126 stands twice (first at line 2); keep one
                        f:4:1: error: server 10.0.0.1:7126 has become 239.1.1.1:5000 at line 2 already, and cannot become 239.1.1.2:5000 too; let the server send each group to a port of its own
                        """);
    }

    @Test
    void allFaultsAreReportedAtOnce() {
        Reading<ClientConfig> reading = read("""
                {"multi_server_info_array":[
                {"server_ip":"239.0.0.1","server_port":70000,"group_port":true,"group_ip":"10.0.0.1"},
                {"server_port":1,"client_port":2},
                "x"]}""");

        assertThat(reading.text()).isEqualTo(
                """
                        f:2:14: error: server 239.0.0.1 is a multicast address; write the unicast address of a host
                        f:2:40: error: "server_port" 70000 is out of range; write a number from 0 to 65535
                        f:2:59: error: "group_port" is true instead of a number; write a number from 0 to 65535
                        f:2:75: error: group 10.0.0.1 is not a multicast address; write one from 224.0.1.0 to 239.255.255.255
                        f:3:1: error: "server_ip" is missing; add "server_ip" with the address of the server
                        f:3:1: error: "group_ip" is missing; add "group_ip" with the address of the group
                        f:3:1: error: "client_port" 2 and "server_port" 1 both say where copies arrive; keep one of them
                        f:4:1: error: an entry of "multi_server_info_array" is a string instead of an object; write {"server_ip":…,"server_port":…,"group_port":…,"group_ip":…}
                        """);
    }

    @Test
    void aServersFileIsRecognised() {
        assertThat(read(ServerFileTest.SEED).text()).contains("this is a server's file");
    }

    private static ClientConfig.Entry entry(String keys) {
        Reading<ClientConfig> reading = read(
                "{\"multi_server_info_array\":[{\"server_ip\":\"10.0.0.1\",\"group_ip\":\"239.1.1.1\"," + keys + "}]}");
        assertThat(reading.errors()).isEmpty();
        return reading.config().orElseThrow().entries().getFirst();
    }

    static Reading<ClientConfig> read(String text) {
        return ClientFile.parse("f", text.getBytes(StandardCharsets.UTF_8), AddressRules.anywhere());
    }
}
