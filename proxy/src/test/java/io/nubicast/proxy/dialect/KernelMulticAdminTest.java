package io.nubicast.proxy.dialect;

import static org.assertj.core.api.Assertions.assertThat;

import io.nubicast.proxy.config.KernelFiles;
import io.nubicast.proxy.management.ControlServer;
import io.nubicast.proxy.status.ProxyRequests;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Golden texts: each blank matters.
@SuppressWarnings("StringConcatToTextBlock") // trailing blanks are easier to see so
class KernelMulticAdminTest {
    private static final String USAGE = "multic_admin -- This command can be used to configure multicast client.\n"
            + "Usage:\n"
            + "    multic_admin  -A -i {ip} -p {port} -m {multi_ip}\n"
            + "    multic_admin  -D -i {ip} -p {port} \n"
            + "    multic_admin  -C \n"
            + "    multic_admin  -P -i {ip} -p {port} \n"
            + "    multic_admin  -L\n"
            + "    multic_admin  -H \n"
            + "Options:\n"
            + "    -A/--add\t\tadd multicast server ip and port\n"
            + "    -D/--delete\t\tdel multicast server ip and port\n"
            + "    -C/--clear\t\tclear multicast server information\n"
            + "    -P/--stats\t\trecv packets statistic\n"
            + "    -L/--list\t\tlist all multicast server ip and port\n"
            + "    -H/--help           help info\n"
            + "    -i/--ip             multicast server ip, the ip of multicast provider\n"
            + "    -p/--port           udp port, the multicast port\n"
            + "    -m/--multi_ip       multicast ip\n";
    private static final String TRY = "Try 'multic_admin --help' for more information.\n\n";

    @TempDir
    Path directory;

    private ControlServer daemon;

    @BeforeEach
    void start() throws IOException {
        daemon = ControlServer.open(directory.resolve("proxy-client.sock"), new ProxyRequests(FakeKernel.client()));
    }

    @AfterEach
    void stop() {
        daemon.close();
    }

    @Test
    void helpIsTheOriginalsUsage() {
        assertThat(call("-H")).isEqualTo(new Called(0, USAGE, ""));
        assertThat(call()).isEqualTo(new Called(255, USAGE, ""));
        assertThat(call("-S")).isEqualTo(new Called(255, USAGE, ""));
        assertThat(call("-g", "1")).isEqualTo(new Called(255, USAGE, "multic_admin: invalid option -- 'g'\n"));
    }

    @Test
    void entriesAreAddedListedAndWrittenAsJsonCPrettyPrints() throws IOException {
        assertThat(call("-L")).isEqualTo(new Called(0, "Not configure multicast server ip and port!\n", ""));
        assertThat(call("-A", "-i", "10.0.0.1", "-p", "65535", "-m", "224.1.2.3")).isEqualTo(new Called(0, "", ""));
        assertThat(call("-A", "-i", "10.0.0.1", "-p", "0", "-m", "224.1.2.4")).isEqualTo(new Called(0, "", ""));

        assertThat(call("-L")).isEqualTo(new Called(0, "Configure Multicast Server 1:\nServer IP:  10.0.0.1\n"
                + "UDP Port:  65535\nMulticast  IP:  224.1.2.3\n\n\n"
                + "Configure Multicast Server 2:\nServer IP:  10.0.0.1\n"
                + "UDP Port:  0\nMulticast  IP:  224.1.2.4\n\n\n", ""));
        assertThat(Files.readString(directory.resolve("multi_client_running_config"))).isEqualTo("{\n"
                + "  \"multi_server_info_array\":[\n"
                + "    {\n"
                + "      \"server_ip\":\"10.0.0.1\",\n"
                + "      \"group_ip\":\"224.1.2.3\",\n"
                + "      \"client_port\":65535\n"
                + "    },\n"
                + "    {\n"
                + "      \"server_ip\":\"10.0.0.1\",\n"
                + "      \"group_ip\":\"224.1.2.4\",\n"
                + "      \"client_port\":0\n"
                + "    }\n"
                + "  ]\n"
                + "}");
    }

    @Test
    void theSameServerAndPortGetsTheNewGroup() {
        call("-A", "-i", "10.0.0.1", "-p", "5000", "-m", "224.1.2.3");

        assertThat(call("-A", "-i", "10.0.0.1", "-p", "5000", "-m", "224.1.2.3"))
                .isEqualTo(new Called(255, "Multicast group already exsit!\n" + TRY, ""));
        assertThat(call("-A", "-i", "10.0.0.1", "-p", "5000", "-m", "224.1.2.9")).isEqualTo(new Called(0, "", ""));

        assertThat(call("-L").out()).contains("224.1.2.9").doesNotContain("224.1.2.3").doesNotContain("Server 2");
    }

    @Test
    void entriesGo() {
        call("-A", "-i", "10.0.0.1", "-p", "5000", "-m", "224.1.2.3");

        assertThat(call("-D", "-i", "10.0.0.1", "-p", "5001"))
                .isEqualTo(new Called(255, "group not exist \n" + TRY, ""));
        assertThat(call("-D", "-i", "10.0.0.1", "-p", "5000")).isEqualTo(new Called(0, "", ""));
        call("-A", "-i", "10.0.0.1", "-p", "5000", "-m", "224.1.2.3");
        assertThat(call("-C")).isEqualTo(new Called(0, "", ""));
        assertThat(call("-L").out()).isEqualTo("Not configure multicast server ip and port!\n");
    }

    @Test
    void statisticsAreTheModules() {
        call("-A", "-i", "10.0.0.1", "-p", "5000", "-m", "224.1.2.3");

        assertThat(call("-P")).isEqualTo(new Called(0, "rx packets  :  1\nrx bytes    :  2\n\n", ""));
        assertThat(call("-P", "-i", "10.0.0.1", "-p", "5000"))
                .isEqualTo(new Called(0, "rx packets  :  11\nrx bytes    :  12\n\n", ""));
        assertThat(call("-P", "-i", "10.0.0.1", "-p", "5001"))
                .isEqualTo(new Called(0, "multicast server not existed!\n\n", ""));
    }

    @Test
    void wrongArgumentsGetTheOriginalsMessages() {
        assertThat(call("-A", "-i", "10.0.0.1", "-p", "1").out()).isEqualTo("option error.\n" + TRY);
        assertThat(call("-D", "-i", "10.0.0.1").out()).isEqualTo("option error.\n" + TRY);
        assertThat(call("-L", "-p", "1").out()).isEqualTo("option error.\n" + TRY);
        assertThat(call("-P", "-p", "1").exit()).isEqualTo(255);
        assertThat(call("-i", "x")).isEqualTo(new Called(255, "error: ip x is invalid!\n\n", ""));
        assertThat(call("-i", "10.0.0.1", "-i", "10.0.0.1"))
                .isEqualTo(new Called(255, "error: option -i repeated\n\n", ""));
        assertThat(call("-p", "1", "-p", "1")).isEqualTo(new Called(255, "error: option -p repeated.\n" + TRY, ""));
        assertThat(call("-p", "-1").out()).isEqualTo("error: the value of option -p is not positive integer!\n\n");
        assertThat(call("-p", "65536").out())
                .isEqualTo("error: the value of option -p should be smaller than 65536!\n\n");
        assertThat(call("-A", "-i", "239.0.0.1", "-p", "1", "-m", "239.1.1.1").err())
                .endsWith("The parameter is error, need check parameter!\n\n");
    }

    @Test
    void thereAre1024Entries() throws IOException {
        Files.writeString(directory.resolve("multi_client_running_config"), IntStream.range(0, 1024)
                .mapToObj(i -> "{\"server_ip\":\"10.0." + i / 256 + "." + i % 256
                        + "\",\"group_ip\":\"239.1.1.1\",\"client_port\":\"5000\"}")
                .collect(Collectors.joining(",", "{\"multi_server_info_array\":[", "]}")));

        assertThat(call("-A", "-i", "10.1.0.1", "-p", "5000", "-m", "239.1.1.1"))
                .isEqualTo(new Called(255, "error: you can only add 1024 multicast groups\n" + TRY, ""));
    }

    @Test
    void withoutADaemonThereIsNoNetlinkSocket() {
        daemon.close();

        Called called = call("-L");

        assertThat(called.exit()).isEqualTo(255);
        assertThat(called.out()).isEmpty();
        assertThat(called.err()).startsWith("can not create a netlink socket\n").contains("service multic start");
    }

    private Called call(String... args) {
        return Called.call(KernelMulticAdmin::run, "multic_admin", directory,
                Map.of(KernelFiles.DIRECTORY_VARIABLE, directory.toString()), "", args);
    }
}
