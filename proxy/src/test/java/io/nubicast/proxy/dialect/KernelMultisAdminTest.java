package io.nubicast.proxy.dialect;

import static org.assertj.core.api.Assertions.assertThat;

import io.nubicast.proxy.config.AddressRules;
import io.nubicast.proxy.config.Dialect;
import io.nubicast.proxy.config.KernelFiles;
import io.nubicast.proxy.config.OwnAddresses;
import io.nubicast.proxy.config.ServerConfig;
import io.nubicast.proxy.config.ServerFile;
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
class KernelMultisAdminTest {
    private static final String USAGE = "multis_admin -- This command can be used to configure multicast server.\n"
            + "Usage:\n"
            + "    multis_admin  -A -m {multi_ip} -j {ip1,ip2,ip3...}\n"
            + "    multis_admin  -A -m {multi_ip} -q {ip1,ip2,ip3...}\n"
            + "    multis_admin  -D -m {multi_ip} \n"
            + "    multis_admin  -C \n"
            + "    multis_admin  -P -m {multi_ip}\n"
            + "    multis_admin  -L -m {multi_ip} \n"
            + "    multis_admin  -S \n"
            + "    multis_admin  -H \n"
            + "Options:\n"
            + "    -A/--add      add multicast group\n"
            + "    -D/--delete   del multicast group\n"
            + "    -C/--clear    clear multicast group\n"
            + "    -P/--stats    packets statistic\n"
            + "    -S/--show     show multicast group\n"
            + "    -L/--list     list multicast group member\n"
            + "    -H/--help     help info\n"
            + "    -j/--join     vm join multicast group\n"
            + "    -q/--quit     vm quit multicast group\n"
            + "    -m/--multiip  multicast ip\n";
    private static final String TRY = "Try 'multis_admin --help' for more information.\n\n";

    @TempDir
    Path directory;

    private final FakeKernel kernel = FakeKernel.server();
    private ControlServer daemon;

    @BeforeEach
    void start() throws IOException {
        daemon = ControlServer.open(directory.resolve("proxy-server.sock"), new ProxyRequests(kernel));
    }

    @AfterEach
    void stop() {
        daemon.close();
    }

    @Test
    void helpIsTheOriginalsUsage() {
        assertThat(call("-H")).isEqualTo(new Called(0, USAGE, ""));
        assertThat(call()).isEqualTo(new Called(0, USAGE, ""));
        assertThat(call("-R")).isEqualTo(new Called(255, USAGE, "multis_admin: invalid option -- 'R'\n"));
        assertThat(call("-p", "1")).isEqualTo(new Called(255, USAGE, "multis_admin: invalid option -- 'p'\n"));
        assertThat(call("-m", "239.1.1.1")).isEqualTo(new Called(255, USAGE, ""));
    }

    @Test
    void aGroupIsAddedListedAndWrittenAsJsonCPrettyPrints() {
        assertThat(call("-A", "-m", "224.1.2.3", "-j", "192.168.1.1,192.168.1.2,192.168.1.1"))
                .isEqualTo(new Called(0, "", ""));

        assertThat(call("-S")).isEqualTo(new Called(0, "Multicast Group IP: \n224.1.2.3\n", ""));
        assertThat(call("-L", "-m", "224.1.2.3")).isEqualTo(
                new Called(0, "Multicast IP:  224.1.2.3\nVM IP List: 2\n    192.168.1.1\n    192.168.1.2\n", ""));
        assertThat(running()).isEqualTo("{\n"
                + "  \"multi_group_array\":[\n"
                + "    {\n"
                + "      \"group_ip\":\"224.1.2.3\",\n"
                + "      \"member_array\":[\n"
                + "        \"192.168.1.1\",\n"
                + "        \"192.168.1.2\"\n"
                + "      ]\n"
                + "    }\n"
                + "  ]\n"
                + "}");
    }

    @Test
    void aGroupMayBeEmptyAndABroadcastAddress() {
        assertThat(call("-A", "-m", "255.255.255.255")).isEqualTo(new Called(0, "", ""));
        assertThat(call("-A", "-m", "255.255.255.255")).isEqualTo(new Called(0, "", ""));

        assertThat(call("-L", "-m", "255.255.255.255"))
                .isEqualTo(new Called(0, "Multicast IP:  255.255.255.255\nVM IP List: 0\n", ""));
        assertThat(call("-A", "-m", "10.9.8.7").err())
                .isEqualTo("multis_admin: warning: 10.9.8.7 is neither a multicast"
                        + " nor a broadcast address of this host: nothing sent to it is seen\n");
    }

    @Test
    void membersQuitAndGroupsGo() {
        call("-A", "-m", "224.1.2.3", "-j", "10.0.0.1,10.0.0.2");

        assertThat(call("-A", "-m", "224.1.2.3", "-q", "10.0.0.1,10.0.0.9")).isEqualTo(new Called(0, "", ""));
        assertThat(call("-L", "-m", "224.1.2.3").out())
                .isEqualTo("Multicast IP:  224.1.2.3\nVM IP List: 1\n    10.0.0.2\n");
        assertThat(call("-A", "-m", "224.9.9.9", "-q", "10.0.0.1"))
                .isEqualTo(new Called(255, "multigroup not exist\n" + TRY, ""));
        assertThat(call("-D", "-m", "224.1.2.3")).isEqualTo(new Called(0, "", ""));
        assertThat(call("-D", "-m", "224.1.2.3")).isEqualTo(new Called(255, "group not exist \n" + TRY, ""));
        assertThat(call("-L", "-m", "224.1.2.3"))
                .isEqualTo(new Called(233, TRY, "Multicast group not exsit,please create first!\n"));
    }

    @Test
    void clearingRemovesTheKeyAndTheNextCallMakesItAgain() {
        call("-A", "-m", "224.1.2.3");

        assertThat(call("-C")).isEqualTo(new Called(0, "", ""));

        assertThat(running()).isEqualTo("{\n}");
        assertThat(call("-S")).isEqualTo(new Called(0, "Multicast Group IP: \n", ""));
        assertThat(running()).isEqualTo("{\n  \"multi_group_array\":[\n  ]\n}");
    }

    @Test
    void statisticsAreTheModules() {
        call("-A", "-m", "224.1.2.3");

        assertThat(call("-P")).isEqualTo(new Called(0, "tx packets                     :  3\n"
                + "tx bytes                       :  5000000000\n"
                + "no_multi_grp_pkt_count         :  5\n"
                + "no_multi_member_pkt_drop_count :  6\n"
                + "route_fail_drop_count          :  7\n"
                + "no_mem_drop_count              :  8\n\n", ""));
        assertThat(call("-P", "-m", "224.1.2.3")).isEqualTo(new Called(0,
                "tx packets                     :  9\ntx bytes                       :  10\n\n", ""));
        assertThat(call("-P", "-m", "224.1.2.4"))
                .isEqualTo(new Called(0, "error: multicast is not exist!\n\n", ""));
    }

    @Test
    void wrongArgumentsGetTheOriginalsMessages() {
        assertThat(call("-A", "-m", "x")).isEqualTo(new Called(255, "error: ip x is invalid!\n\n", ""));
        for (String option : new String[]{"-m", "-j", "-q"}) {
            assertThat(call(option, "10.0.0.1", option, "10.0.0.1"))
                    .isEqualTo(new Called(255, "error: option " + option + " repeated\n\n", ""));
        }
        Called wrong = call("-A", "-m", "239.1.1.1", "-j", "10.0.0.1,x");
        assertThat(wrong.exit()).isEqualTo(1003 & 0xFF);
        assertThat(wrong.out()).isEqualTo(TRY);
        assertThat(wrong.err()).endsWith("The parameter is error,need check parameter!\n");
        assertThat(call("-A", "-m", "239.1.1.1", "-j", "239.1.1.2,10.0.0.1")).isEqualTo(new Called(0,
                "warning: multicast member ip 239.1.1.2 is a multicast ip! Just pass.\n\n", ""));
        assertThat(call("-A", "-m", "239.1.1.1", "-j", members(1025))).isEqualTo(new Called(1004 & 0xFF,
                "the vm number in multicast group shoule smaller than 1024!\n" + TRY, ""));
    }

    @Test
    void optionsThatDoNotFitGetTheOriginalsMessages() {
        assertThat(call("-A", "-m", "239.1.1.1", "-j", "10.0.0.1", "-q", "10.0.0.1").out())
                .isEqualTo("add option error\n\n");
        assertThat(call("-A").out()).isEqualTo("add option error\n\n");
        assertThat(call("-D").out()).isEqualTo("del option error\n\n");
        assertThat(call("-C", "-m", "239.1.1.1").out()).isEqualTo("error: no need option\n\n");
        assertThat(call("-P", "-j", "10.0.0.1").out()).isEqualTo("error: option error!\n\n");
        assertThat(call("-L").out()).isEqualTo("list option error\n\n");
        assertThat(call("-S", "-m", "239.1.1.1").out()).isEqualTo("error: no option needed!\n\n");
        assertThat(call("-S", "-m", "239.1.1.1").exit()).isEqualTo(255);
    }

    @Test
    void limitsAreTheOriginals() throws IOException {
        call("-A", "-m", "239.1.1.1", "-j", members(1024));
        assertThat(call("-A", "-m", "239.1.1.1", "-j", "10.1.0.1,10.99.0.1")).isEqualTo(
                new Called(255, "error: you can only add 1024 multicast member\n" + TRY, ""));
        assertThat(call("-L", "-m", "239.1.1.1").out()).startsWith("Multicast IP:  239.1.1.1\nVM IP List: 1024\n");

        Files.writeString(directory.resolve("multi_server_running_config"), IntStream.range(0, 1024)
                .mapToObj(i -> "{\"group_ip\":\"239.0." + i / 256 + "." + i % 256 + "\",\"member_array\":[]}")
                .collect(Collectors.joining(",", "{\"multi_group_array\":[", "]}")));
        assertThat(call("-A", "-m", "239.1.1.9"))
                .isEqualTo(new Called(255, "error: you can only add 1024 multicast groups\n" + TRY, ""));
    }

    @Test
    void withoutADaemonTheFileIsChangedAllTheSame() throws IOException {
        daemon.close();
        Files.writeString(directory.resolve("multi_server_startup_config"),
                "{\"multi_group_array\":[{\"group_ip\":\"239.1.1.1\",\"member_array\":[\"10.0.0.1\"]}]}");

        Called called = call("-A", "-m", "239.1.1.2");

        assertThat(called.exit()).isEqualTo(255);
        assertThat(called.out()).isEqualTo(TRY);
        assertThat(called.err()).startsWith("can not create a netlink socket\n").contains("service multis start");
        assertThat(running()).as("what was saved is not lost by a change before the next start").contains("239.1.1.1")
                .contains("239.1.1.2");
        assertThat(call("-S").out()).isEqualTo(TRY);
        assertThat(call("-L", "-m", "239.1.1.1").out()).isEmpty();
    }

    @Test
    void aFileThatIsNoJsonIsLeftAlone() throws IOException {
        Files.writeString(directory.resolve("multi_server_running_config"), "{\"multi_group_array\":");

        Called called = call("-A", "-m", "239.1.1.1");

        assertThat(called.exit()).isEqualTo(255);
        assertThat(called.out()).isEqualTo("json format wrong\n");
        assertThat(called.err()).contains("multi_server_running_config:1:22: error: ");
        assertThat(running()).isEqualTo("{\"multi_group_array\":");
    }

    @Test
    void startupIsRecoveredIntoTheRunningFileAndTheDaemon() throws IOException {
        assertThat(config("-R").exit()).isEqualTo(255);
        Files.writeString(directory.resolve("multi_server_startup_config"), """
                {"multi_group_array":[{"group_ip":"239.1.1.1","member_array":["10.0.0.1","10.0.0.2"]},
                                      {"group_ip":"239.1.1.2","member_array":[]}]}""");
        call("-A", "-m", "239.1.1.3");

        assertThat(config("-R")).isEqualTo(new Called(0, "", ""));

        assertThat(call("-S").out()).isEqualTo("Multicast Group IP: \n239.1.1.3\n239.1.1.1\n239.1.1.2\n");
        assertThat(call("-L", "-m", "239.1.1.1").out()).contains("VM IP List: 2\n");
        assertThat(config("-H")).isEqualTo(config()).isEqualTo(new Called(0,
                "multis_config_admin -- This command can be used to multicast server configure.\nUsage:\n"
                        + "    multis_config_admin  -R\n    multis_config_admin  -H \nOptions:\n"
                        + "    -R/--recover\t    recover configure\n    -H/--help           help info\n",
                ""));
        assertThat(config("-x").exit()).isZero();
    }

    @Test
    void aFileOfTheKernelDialectKeepsPortsAndMayBeCleared() throws IOException {
        call("-A", "-m", "224.1.2.3", "-j", "10.0.0.1");
        AddressRules rules = new AddressRules(OwnAddresses.NONE, false, Dialect.KERNEL);
        Path file = directory.resolve("multi_server_running_config");

        ServerConfig read = ServerFile.read(file, rules).config().orElseThrow();

        assertThat(read.groups().getFirst().serverPort()).isZero();
        assertThat(read.groups().getFirst().groupPort()).isZero();
        call("-C");
        assertThat(ServerFile.read(file, rules).config()).contains(ServerConfig.EMPTY);
    }

    private static String members(int count) {
        return IntStream.range(0, count).mapToObj(i -> "10.1." + i / 256 + "." + i % 256)
                .collect(Collectors.joining(","));
    }

    private Called call(String... args) {
        return Called.call(KernelMultisAdmin::run, "multis_admin", directory, variables(), "", args);
    }

    private Called config(String... args) {
        return Called.call((words, env) -> ConfigAdmin.run(words, env, KernelFiles.SERVER), "multis_config_admin",
                directory, variables(), "", args);
    }

    private Map<String, String> variables() {
        return Map.of(KernelFiles.DIRECTORY_VARIABLE, directory.toString());
    }

    private String running() {
        try {
            return Files.readString(directory.resolve("multi_server_running_config"));
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
