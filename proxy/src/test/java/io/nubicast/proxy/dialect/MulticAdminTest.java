package io.nubicast.proxy.dialect;

import static org.assertj.core.api.Assertions.assertThat;

import io.nubicast.proxy.management.ManagementPort;
import io.nubicast.proxy.management.TcpManagement;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Golden texts: each blank matters.
@SuppressWarnings("StringConcatToTextBlock") // trailing blanks are easier to see so
class MulticAdminTest {
    private static final String USAGE = "multic_admin -- This command can be used to configure multicast client.\n"
            + "Usage:\n"
            + "    multic_admin  -A -i {ip} -g {gourpport} -s {serverport} -m {multi_ip}\n"
            + "    multic_admin  -D -i {ip} -g {groupport} \n"
            + "    multic_admin  -C \n"
            + "    multic_admin  -P -i {ip} -g {groupport} \n"
            + "    multic_admin  -L\n"
            + "    multic_admin  -H \n"
            + "Options:\n"
            + "    -A/--add                add multicast server ip and port\n"
            + "    -D/--delete             del multicast server ip and port\n"
            + "    -C/--clear              clear multicast server information\n"
            + "    -P/--stats              recv packets statistic\n"
            + "    -L/--list               list all multicast server ip and port\n"
            + "    -H/--help               help info\n"
            + "    -i/--ip                 multicast server ip, the ip of multicast provider\n"
            + "    -g/--gport              udp port, the multicast port\n"
            + "    -s/--sport              server port\n"
            + "    -m/--multi_ip           multicast ip\n";

    @TempDir
    Path directory;

    @BeforeEach
    void nobodyListens() throws IOException {
        Files.writeString(directory.resolve("client_port.txt"), "0");
    }

    @Test
    void helpIsTheOriginalsUsage() {
        assertThat(call("--help")).isEqualTo(new Called(0, USAGE, ""));
        assertThat(call("-help")).isEqualTo(new Called(0, USAGE, ""));
        assertThat(call()).isEqualTo(new Called(255, USAGE, ""));
        assertThat(call("-S")).isEqualTo(new Called(255, USAGE, ""));
        assertThat(call("-x")).isEqualTo(new Called(255, USAGE, "multic_admin: invalid option -- 'x'\n"));
    }

    @Test
    void anEntryIsAddedOnceAndListed() throws IOException {
        assertThat(call("-A", "-i", "10.0.0.1", "-g", "5000", "-s", "7126", "-m", "239.1.1.1"))
                .isEqualTo(new Called(0, "", ""));
        assertThat(call("-A", "-i", "10.0.0.1", "-g", "5000", "-s", "7126", "--multi_ip", "239.1.1.1").exit()).isZero();
        call("-A", "-i", "10.0.0.2", "-g", "5000", "-s", "7126", "-m", "239.1.1.1");

        assertThat(Files.readString(directory.resolve("client_cfg.json.txt")))
                .isEqualTo("{\"multi_server_info_array\":["
                        + "{\"server_ip\":\"10.0.0.1\",\"server_port\":7126,\"group_port\":5000,\"group_ip\":\"239.1.1.1\"},"
                        + "{\"server_ip\":\"10.0.0.2\",\"server_port\":7126,\"group_port\":5000,\"group_ip\":\"239.1.1.1\"}]}");
        assertThat(call("-L")).isEqualTo(new Called(0,
                "Configure Multicast Server 1:\nServer IP:  10.0.0.1\nUDP Port:  5000\nMulticast  IP:  239.1.1.1\n\n\n"
                        + "Configure Multicast Server 2:\nServer IP:  10.0.0.2\nUDP Port:  5000\n"
                        + "Multicast  IP:  239.1.1.1\n\n\n",
                ""));
    }

    @Test
    void deletingAndClearing() {
        call("-A", "-i", "10.0.0.1", "-g", "5000", "-s", "7126", "-m", "239.1.1.1");

        assertThat(call("-D", "-i", "10.0.0.1", "-g", "5001")).isEqualTo(new Called(0, "", ""));
        assertThat(call("-D", "-i", "10.0.0.1", "-g", "5000")).isEqualTo(new Called(0, "", ""));
        assertThat(call("-L")).isEqualTo(new Called(0, "Not configure multicast server ip and port!\n", ""));
        assertThat(call("-C")).isEqualTo(new Called(0, "", ""));
    }

    @Test
    void theSameServerAndPortForAnotherGroupIsRefused() {
        call("-A", "-i", "10.0.0.1", "-g", "5000", "-s", "7126", "-m", "239.1.1.1");

        Called called = call("-A", "-i", "10.0.0.1", "-g", "5000", "-s", "7126", "-m", "239.1.1.2");

        assertThat(called.exit()).isEqualTo(255);
        assertThat(called.err())
                .isEqualTo("multic_admin: copies from 10.0.0.1 on port 7126 become 239.1.1.1:5000 already:"
                        + " remove that first (-D -i 10.0.0.1 -g 5000), or let the server send this group to another port\n");
    }

    @Test
    void wrongArgumentsGetTheOriginalsMessages() {
        String tryHelp = "Try 'multic_admin --help' for more information.\n\n";
        assertThat(call("-A").out()).isEqualTo("option error.\n" + tryHelp);
        assertThat(call("-A").err()).isEqualTo("multic_admin: -A takes -i, -g, -s and -m, all of them\n");
        assertThat(call("-i", "x")).isEqualTo(new Called(255, "error: ip x is invalid!\n\n", ""));
        assertThat(call("-m", "1.1.1.1").out()).isEqualTo("error: ip 1.1.1.1 is not a multicast ip!\n\n");
        assertThat(call("-g", "1", "-g", "1").out()).isEqualTo("error: option -g repeated.\n" + tryHelp);
        assertThat(call("-s", "1", "-s", "1").out())
                .isEqualTo("error: option -s repeated. \n Try 'multic_admin --help' for more information\n\n");
        assertThat(call("-g", "-1").out()).isEqualTo("error: the value of option -g is not positive integer!\n\n");
        assertThat(call("-s", "70000").out())
                .isEqualTo("error: the value of option -s should be smaller than 65536!\n\n ");
        assertThat(call("-A", "-i", "239.0.0.1", "-g", "1", "-s", "1", "-m", "239.1.1.1").err())
                .isEqualTo(
                        "multic_admin: -i: server 239.0.0.1 is a multicast address; write the unicast address of a host\n");
    }

    @Test
    void statisticsComeFromTheDaemon() throws IOException {
        try (TcpManagement daemon = TcpManagement.open(ManagementPort.CLIENT, 0, new TcpManagement.Handler() {
            @Override
            public void reload() {}

            @Override
            public long[] list() {
                return new long[]{7, 2, 5};
            }
        })) {
            Files.writeString(directory.resolve("client_port.txt"), Integer.toString(daemon.port()));

            assertThat(call("-P")).isEqualTo(new Called(0, "rx packets:7\ntx packages:5\n", ""));
            assertThat(call("-P", "-i", "10.0.0.1", "-g", "1").exit()).isZero();
        }
        assertThat(call("-P").exit()).isEqualTo(255);
    }

    private Called call(String... args) {
        return Called.call(MulticAdmin::run, "multic_admin", directory, Map.of(), "", args);
    }
}
