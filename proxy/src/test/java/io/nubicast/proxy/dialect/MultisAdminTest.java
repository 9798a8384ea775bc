package io.nubicast.proxy.dialect;

import static org.assertj.core.api.Assertions.assertThat;

import io.nubicast.proxy.management.ManagementPort;
import io.nubicast.proxy.management.TcpManagement;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Golden texts: each blank matters.
@SuppressWarnings("StringConcatToTextBlock") // trailing blanks are easier to see so
class MultisAdminTest {
    private static final String USAGE = "multis_admin -- This command can be used to configure multicast server.\n"
            + "Usage:\n"
            + "    multis_admin  -A -m {multi_ip} -j {ip1,ip2,ip3...} -p port\n"
            + "    multis_admin  -A -m {multi_ip} -q {ip1,ip2,ip3...}\n"
            + "    multis_admin  -D -m {multi_ip} \n"
            + "    multis_admin  -C \n"
            + "    multis_admin  -P -m {multi_ip}\n"
            + "    multis_admin  -L -m {multi_ip} \n"
            + "    multis_admin  -S \n"
            + "    multis_admin  -H \n"
            + "    multis_admin  -R\n"
            + "Options:\n"
            + "    -A/--add      add multicast group\n"
            + "    -D/--delete   del multicast group\n"
            + "    -C/--clear    clear multicast group\n"
            + "    -P/--stats    packets statistic\n"
            + "    -S/--show     show multicast group\n"
            + "    -L/--list     list multicast group member\n"
            + "    -R/--run      run the multicast server to transmit packages\n"
            + "    -H/--help     help info\n"
            + "    -j/--join     vm join multicast group\n"
            + "    -q/--quit     vm quit multicast group\n"
            + "    -m/--multiip  multicast ip\n"
            + "    -p/--port     server port\n";
    private static final String NO_DAEMON = "socket connect error\n";
    private static final Map<String, String> COMPAT = Map.of("NUBICAST_COMPAT_EXIT", "1");

    @TempDir
    Path directory;

    @BeforeEach
    void nobodyListens() throws IOException {
        Files.writeString(directory.resolve("server_port.txt"), "0\n");
    }

    @Test
    void helpIsTheOriginalsUsageAlsoAsTheManualWritesIt() {
        for (String help : new String[]{"-H", "--help", "--he", "-help"}) {
            assertThat(call(help)).as(help).isEqualTo(new Called(0, USAGE, ""));
        }
        assertThat(call()).isEqualTo(new Called(0, USAGE, ""));
    }

    @Test
    void aWrongOptionPrintsTheUsageAndFails() {
        assertThat(call("-h")).isEqualTo(new Called(255, USAGE, "multis_admin: invalid option -- 'h'\n"));
        assertThat(call("-m", "239.1.1.1")).isEqualTo(new Called(255, USAGE, ""));
    }

    @Test
    void theManualsExampleMakesTheGroup() {
        assertThat(call("-A", "-m", "224.1.2.3", "-j", "192.168.1.1,192.168.1.2,192.168.1.3", "-p", "65535"))
                .isEqualTo(new Called(0, "192.168.1.1\n192.168.1.2\n192.168.1.3\n" + NO_DAEMON, ""));

        assertThat(config()).isEqualTo("{\"multi_group_array\":[{\"group_ip\":\"224.1.2.3\",\"group_port\":7127,"
                + "\"server_port\":65535,\"member_array\":[\"192.168.1.1\",\"192.168.1.2\",\"192.168.1.3\"]}]}");
        assertThat(call("-S")).isEqualTo(new Called(0, "Multicast Group IP: \n224.1.2.3\n", ""));
        assertThat(call("-L", "-m", "224.1.2.3")).isEqualTo(new Called(0,
                "Multicast IP:  224.1.2.3\nVM IP List:  \n    192.168.1.1\n    192.168.1.2\n    192.168.1.3\n", ""));
    }

    @Test
    void joiningLaterWithoutAPortKeepsTheGroupsPort() {
        call("-A", "-m", "224.1.2.3", "-j", "192.168.1.1", "-p", "65535");

        assertThat(call("-Am224.1.2.3", "--join=192.168.1.2").exit()).isZero();

        assertThat(config()).contains("\"server_port\":65535").contains("\"192.168.1.2\"");
        call("-A", "-m", "224.1.2.3", "-j", "192.168.1.2", "-p", "99");
        assertThat(config()).contains("\"server_port\":99,").containsOnlyOnce("192.168.1.2");
    }

    @Test
    void quittingRemovesAMemberAndSaysWhenThereIsNoSuchGroup() {
        call("-A", "-m", "224.1.2.3", "-j", "192.168.1.1,192.168.1.2");

        assertThat(call("-A", "-m", "224.1.2.3", "-q", "192.168.1.1")).isEqualTo(new Called(0, NO_DAEMON, ""));

        assertThat(config()).contains("[\"192.168.1.2\"]");
        assertThat(call("-A", "-m", "224.9.9.9", "-q", "192.168.1.1"))
                .isEqualTo(new Called(255, "multicast group ip does not exist\n", ""));
        assertThat(call("-A", "-m", "224.9.9.9").exit()).isEqualTo(255);
    }

    @Test
    void deletingIsSilentAlsoWhenTheGroupIsNotThereAndLeavesTheOthersAlone() {
        assertThat(call("-D", "-m", "224.1.2.3")).isEqualTo(new Called(0, "", ""));
        call("-A", "-m", "224.1.2.3", "-j", "192.168.1.1", "-p", "1");
        call("-A", "-m", "224.1.2.4", "-j", "192.168.1.1", "-p", "2");

        assertThat(call("-D", "-m", "224.1.2.3")).isEqualTo(new Called(0, NO_DAEMON, ""));

        assertThat(config()).isEqualTo("{\"multi_group_array\":[{\"group_ip\":\"224.1.2.4\",\"group_port\":7127,"
                + "\"server_port\":2,\"member_array\":[\"192.168.1.1\"]}]}");
        assertThat(call("-D", "-m", "224.1.2.3")).isEqualTo(new Called(0, "", ""));
    }

    @Test
    void clearingLeavesAnEmptyArray() {
        assertThat(call("-C").exit()).isEqualTo(255);
        call("-A", "-m", "224.1.2.3", "-j", "192.168.1.1");

        assertThat(call("-C")).isEqualTo(new Called(0, NO_DAEMON, ""));

        assertThat(config()).isEqualTo("{\"multi_group_array\":[]}");
        assertThat(call("-S")).isEqualTo(new Called(0, "Multicast Group IP: \n", ""));
    }

    @Test
    void withoutAFileThereIsNoGroup() {
        assertThat(call("-S")).isEqualTo(new Called(255, "have no multicast group\n", ""));
        assertThat(call("-L", "-m", "239.1.1.1")).isEqualTo(new Called(255, "have no multicast group\n", ""));
    }

    @Test
    void listingAnUnknownGroupPrintsNothingButAMessage() {
        call("-A", "-m", "224.1.2.3", "-j", "192.168.1.1");

        Called called = call("-L", "-m", "239.1.1.1");

        assertThat(called.exit()).isEqualTo(1);
        assertThat(called.out()).isEmpty();
        assertThat(called.err()).startsWith("multis_admin: group 239.1.1.1 is not in ");
    }

    @Test
    void exitCodesAreTheOriginalsWhereThatIsAskedFor() {
        call("-A", "-m", "224.1.2.3", "-j", "192.168.1.1");

        assertThat(call(COMPAT, "-S").exit()).isEqualTo(1);
        assertThat(call(COMPAT, "-L", "-m", "224.1.2.3").exit()).isEqualTo(1);
        assertThat(call(COMPAT, "-R").exit()).isZero();
        assertThat(call("-R").exit()).isEqualTo(42);
    }

    @Test
    void wrongArgumentsGetTheOriginalsMessages() {
        assertThat(call("-A", "-m", "x")).isEqualTo(new Called(255, "error: ip x is invalid!\n", ""));
        assertThat(call("-A", "-m", "10.0.0.1"))
                .isEqualTo(new Called(255, "error: ip 10.0.0.1 is not a multicast ip!\n\n", ""));
        assertThat(call("-m", "239.1.1.1", "-m", "239.1.1.1"))
                .isEqualTo(new Called(255, "error: option -m repeated\n", ""));
        assertThat(call("-j", "1.1.1.1", "-j", "1.1.1.1"))
                .isEqualTo(new Called(255, "error: option -j repeated\n", ""));
        assertThat(call("-p", "1", "-p", "1")).isEqualTo(new Called(255, "error: option -p repeated.\n", ""));
        assertThat(call("-p", "x"))
                .isEqualTo(new Called(255, "error: the value of option -p is not positive interger!\n\n", ""));
        assertThat(call("-p", "65536"))
                .isEqualTo(new Called(255, "error: the value of option -p should be smaller than 65536!\n\n", ""));
    }

    @Test
    void whereTheOriginalEndsWithoutAWordThereIsAMessage() {
        for (String[] args : new String[][]{{"-A"}, {"-A", "-m", "239.1.1.1", "-q", "10.0.0.1", "-p", "1"},
                {"-A", "-m", "239.1.1.1", "-j", "10.0.0.1", "-q", "10.0.0.1"}, {"-D"}, {"-C", "-m", "239.1.1.1"},
                {"-P", "-p", "1"}, {"-L"}, {"-S", "-m", "239.1.1.1"}, {"-q", "a", "-q", "b"}, {"-S", "x"}}) {
            Called called = call(args);
            assertThat(called.exit()).as(String.join(" ", args)).isEqualTo(255);
            assertThat(called.out()).isEmpty();
            assertThat(called.err()).startsWith("multis_admin: ");
        }
    }

    @Test
    void allWrongMembersAreNamedAtOnceAndNothingIsChanged() {
        assertThat(call("-A", "-m", "239.1.1.1", "-j", "10.0.0.1,foo,,10.1,239.1.1.2,127.0.0.1")).isEqualTo(new Called(
                255,
                "",
                """
                        multis_admin: -j: member "foo" is not an IPv4 address; write four numbers 0 to 255 with dots, such as 192.168.1.1
                        multis_admin: -j: member is empty; write an IPv4 address such as 192.168.1.1
                        multis_admin: -j: member "10.1" is not an IPv4 address in dotted decimal form; write 10.0.0.1
                        multis_admin: -j: member 239.1.1.2 is a multicast address; write the unicast address of a host
                        multis_admin: -j: member 127.0.0.1 is a loopback address; write the address on the network
                        """));
        assertThat(directory.resolve("server_cfg.json.txt")).doesNotExist();
    }

    @Test
    void aFileThatCannotBeUnderstoodIsLeftAloneWithItsFaults() throws IOException {
        Files.writeString(directory.resolve("server_cfg.json.txt"), "{\"multi_group_array\":");

        Called called = call("-A", "-m", "239.1.1.1", "-j", "10.0.0.1");

        assertThat(called.exit()).isEqualTo(255);
        assertThat(called.err()).contains("server_cfg.json.txt:1:22: error: the file ends inside an object")
                .endsWith("multis_admin: the file is left as it is\n");
        assertThat(config()).isEqualTo("{\"multi_group_array\":");
    }

    @Test
    void theDirectoryIsMadeWithTheFirstGroupAndAFileInItsWayIsNamed() throws IOException {
        Path fresh = directory.resolve("etc/multicast");
        assertThat(Called.call(MultisAdmin::run, "multis_admin", fresh, Map.of(), "", "-A", "-m", "239.1.1.1", "-j",
                "10.0.0.1").exit()).isZero();
        assertThat(fresh.resolve("server_cfg.json.txt")).exists();

        Path file = Files.writeString(directory.resolve("file"), "");
        Called called = Called.call(MultisAdmin::run, "multis_admin", file, Map.of(), "", "-A", "-m", "239.1.1.1", "-j",
                "10.0.0.1");
        assertThat(called.exit()).isEqualTo(255);
        assertThat(called.err()).startsWith("multis_admin: cannot change " + file);
    }

    @Test
    void statisticsComeFromTheDaemonAndEditsReachIt() throws Exception {
        CountDownLatch reloaded = new CountDownLatch(1);
        try (TcpManagement daemon = TcpManagement.open(ManagementPort.SERVER, 0, new TcpManagement.Handler() {
            @Override
            public void reload() {
                reloaded.countDown();
            }

            @Override
            public long[] list() {
                return new long[]{5_000_000_000L, 2, 4_999_999_998L, 15};
            }
        })) {
            Files.writeString(directory.resolve("server_port.txt"), Integer.toString(daemon.port()));

            assertThat(call("-P"))
                    .isEqualTo(new Called(0, "rx packets:5000000000\ntx packages:15\ndx packets:2\n", ""));
            assertThat(call("-P", "-m", "239.1.1.1").exit()).isZero();
            assertThat(call("-A", "-m", "239.1.1.1", "-j", "10.0.0.1")).isEqualTo(new Called(0, "10.0.0.1\n", ""));
            assertThat(reloaded.await(10, TimeUnit.SECONDS)).isTrue();
        }
        Called called = call("-P");
        assertThat(called.exit()).isEqualTo(255);
        assertThat(called.out()).isEmpty();
        assertThat(called.err()).contains("the multicast server does not answer on 127.0.0.1 port ");
    }

    private Called call(String... args) {
        return call(Map.of(), args);
    }

    private Called call(Map<String, String> variables, String... args) {
        return Called.call(MultisAdmin::run, "multis_admin", directory, variables, "", args);
    }

    private String config() {
        try {
            return Files.readString(directory.resolve("server_cfg.json.txt"));
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
