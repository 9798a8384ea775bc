package io.nubicast.app.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.nubicast.tools.lab.NetworkLab;
import io.nubicast.tools.lab.Node;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Daemons as their users see them: processes, signals, files, exit codes.
///
///     host (eth0 10.9.0.1/24, eth1 10.8.0.1/24) ── cables ── peer
class ProxyDaemonIT {
    private static final String TWO_GROUPS = """
            {"multi_group_array":[
            {"group_ip":"239.1.1.1","group_port":5000,"server_port":6000,"member_array":["10.9.0.2","10.9.0.3"]},
            {"group_ip":"239.1.1.2","group_port":5001,"server_port":7000,"member_array":["10.9.0.2"]}]}
            """;

    @TempDir
    private Path directory;
    private NetworkLab lab;
    private Node host;

    @BeforeEach
    void buildTheLab() throws IOException {
        assumeTrue(NetworkLab.missing().isEmpty(), () -> NetworkLab.missing().orElse(""));
        lab = NetworkLab.open("nbappit");
        host = lab.node("host");
        Node peer = lab.node("peer");
        lab.cable(host, "eth0", peer, "eth0");
        lab.cable(host, "eth1", peer, "eth1");
        host.address("eth0", "10.9.0.1/24").address("eth1", "10.8.0.1/24");
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    @AfterEach
    void tearDown() {
        if (lab != null) {
            lab.close();
        }
    }

    private Path configuration(String text) throws IOException {
        return Files.writeString(directory.resolve("server_cfg.json.txt"), text);
    }

    private String log() throws IOException {
        return Files.readString(directory.resolve("server_log.txt"));
    }

    @Test
    void itSaysInOneLineThatItServesAndEndsOnSigtermWithinASecond() throws IOException {
        configuration(TWO_GROUPS);

        try (DaemonProcess daemon = DaemonProcess.start(host, directory, "server", "--management", "127.0.0.1:0")) {
            String line = daemon.awaitLine(" serves ");
            daemon.signal("TERM");

            assertThat(line).startsWith("proxy server serves 2 groups, 3 members; data plane ");
            assertThat(daemon.exitWithin(1000)).isZero();
            assertThat(daemon.output().trim()).isEqualTo(line);
            assertThat(log()).contains(line).contains("proxy server ended");
            assertThat(directory.resolve("control.sock")).doesNotExist();
        }
    }

    @Test
    void aBadFileAtTheStartIsReportedWholeAndExitsWith78() throws IOException {
        Path file = configuration(TWO_GROUPS.replace("239.1.1.1", "139.1.1.1").replace("10.9.0.3", "10.9.0.999"));

        try (DaemonProcess daemon = DaemonProcess.start(host, directory, "server", "--management", "off")) {
            assertThat(daemon.exitWithin(20_000)).isEqualTo(78);
            assertThat(daemon.output()).contains(file + ":2:13: error: group 139.1.1.1 is not a multicast address")
                    .contains(file + ":2:").contains("10.9.0.999");
            assertThat(log()).contains("139.1.1.1 is not a multicast address");
        }
    }

    @Test
    void anOptionThatTheNamedDataPlaneCannotHonourExitsWith69() throws IOException {
        configuration(TWO_GROUPS);

        try (DaemonProcess daemon =
                DaemonProcess.start(host, directory, "server", "--data-plane", "portable", "--pin")) {
            assertThat(daemon.exitWithin(20_000)).isEqualTo(69);
            assertThat(daemon.output()).contains("--pin has no effect: data plane portable leaves it to the system"
                    + " where and when its threads run: leave it away, or name another with --data-plane");
        }
    }

    @Test
    void aBadFileAtAReloadLeavesTheLastGoodOneInForceAndShowsInTheStatus() throws IOException {
        configuration(TWO_GROUPS);
        try (DaemonProcess daemon = DaemonProcess.start(host, directory, "server", "--management", "off")) {
            daemon.awaitLine(" serves ");

            configuration("{\"multi_group_array\":[");
            assertThat(daemon.ask("reload")).contains("\"in_force\":false");
            assertThat(daemon.ask("status")).contains("\"in_force\":false").contains("\"group\":\"239.1.1.2\"");
            assertThat(log()).contains("the last good configuration (2 groups, 3 members) stays in force");

            configuration(TWO_GROUPS.replace("\"10.9.0.2\",", ""));
            assertThat(daemon.ask("reload")).contains("\"in_force\":true");
            assertThat(daemon.ask("status")).contains("\"in_force\":true").doesNotContain("stays in force");
        }
    }

    /// The largest file that is allowed. What is printed is the goal of 100 ms on a quiet machine; what is asserted holds on a busy one.
    @Test
    void oneMemberLessOfAMillionIsServedSoon() throws IOException {
        configuration(largest(1024));
        try (DaemonProcess daemon = DaemonProcess.start(host, directory, "server", "--management", "off")) {
            daemon.awaitLine(" serves 1024 groups, 1048576 members");

            for (int reload = 1; reload <= 8; reload++) {
                configuration(largest(1024 - reload % 4));
                assertThat(daemon.ask("reload")).contains("\"in_force\":true");
            }

            List<Integer> times = log().lines().filter(line -> line.contains("in force after "))
                    .map(line -> Integer.parseInt(line.replaceAll(".*in force after (\\d+) ms", "$1"))).toList();
            System.out
                    .println("1,024 groups of 1,024 members, one member more or less: in force after " + times + " ms");
            assertThat(times).hasSize(8);
            assertThat(Collections.min(times)).isLessThan(500);
        }
    }

    /// @param members of the last group but one; all others have 1,024
    private static String largest(int members) {
        StringBuilder text = new StringBuilder("{\"multi_group_array\":[");
        for (int group = 0; group < 1024; group++) {
            text.append(group == 0 ? "\n" : ",\n").append("{\"group_ip\":\"239.1.").append(group >> 8).append('.')
                    .append(group & 0xFF)
                    .append("\",\"group_port\":5000,\"server_port\":6000,\"member_array\":[");
            for (int member = 0; member < (group == 1022 ? members : 1024); member++) {
                text.append(member == 0 ? "\"" : ",\"").append("10.77.").append(member >> 8).append('.')
                        .append(member & 0xFF).append('"');
            }
            text.append("]}");
        }
        return text.append("]}\n").toString();
    }

    @Test
    void sighupReadsTheFileAgain() throws IOException {
        configuration(TWO_GROUPS);
        try (DaemonProcess daemon = DaemonProcess.start(host, directory, "server", "--management", "off")) {
            daemon.awaitLine(" serves ");
            configuration(TWO_GROUPS.replace("239.1.1.2", "239.1.1.77"));

            daemon.signal("HUP");

            long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
            String status = daemon.ask("status");
            while (!status.contains("239.1.1.77") && System.nanoTime() < deadline) {
                status = daemon.ask("status");
            }
            assertThat(status).contains("239.1.1.77");
        }
    }

    @Test
    void aSecondOneOfTheSameRoleIsRefusedAndSaysWhatToDo() throws IOException {
        configuration(TWO_GROUPS);
        try (DaemonProcess first = DaemonProcess.start(host, directory, "server", "--management", "off")) {
            first.awaitLine(" serves ");

            try (DaemonProcess second = DaemonProcess.start(host, directory, "server", "--management", "off")) {
                assertThat(second.exitWithin(20_000)).isEqualTo(75);
                assertThat(second.output()).contains("another daemon answers there").contains("--control");
            }
            assertThat(first.ask("ping")).contains("server");
        }
    }

    @Test
    void afterKill9ItServesAgainWithinTwoSeconds() throws IOException {
        configuration(TWO_GROUPS);
        try (DaemonProcess first = DaemonProcess.start(host, directory, "server")) {
            first.awaitLine(" serves ");
            first.signal("KILL");
            first.exitWithin(10_000);
            long killedNs = System.nanoTime();

            try (DaemonProcess second = DaemonProcess.start(host, directory, "server")) {
                second.awaitLine(" serves 2 groups, 3 members");

                // Two seconds belong to the installed program, which has an ahead-of-time cache; this one runs from class
                // files on a busy test machine.
                assertThat(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - killedNs)).isLessThan(20_000);
                assertThat(second.ask("status")).contains("\"in_force\":true");
            }
        }
    }

    @Test
    void idleItTakesLessThanOnePercentOfACore() throws IOException, InterruptedException {
        configuration(TWO_GROUPS);
        try (DaemonProcess daemon = DaemonProcess.start(host, directory, "server", "--management", "off")) {
            daemon.awaitLine(" serves ");
            awaitLeastTicks(daemon.pid());
        }
    }

    /// Ten seconds with at most ten ticks of 10 ms; the first windows after the start may have more.
    private static void awaitLeastTicks(long pid) throws IOException, InterruptedException {
        long used = Long.MAX_VALUE;
        for (int window = 0; window < 6 && used > 10; window++) {
            long before = ticks(pid);
            TimeUnit.SECONDS.sleep(10); // real time is what is measured here
            used = ticks(pid) - before;
        }
        assertThat(used).as("ticks of 10 ms in 10 s").isLessThanOrEqualTo(10);
    }

    private static long ticks(long pid) throws IOException {
        String stat = Files.readString(Path.of("/proc", Long.toString(pid), "stat"));
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
        return Long.parseLong(fields[11]) + Long.parseLong(fields[12]);
    }

    @Test
    void multicastThatLeavesByAnotherInterfaceIsToldWithTheCommandThatMendsIt() throws IOException {
        configuration(TWO_GROUPS);
        host.route("224.0.0.0/4 dev eth1");

        try (DaemonProcess daemon = DaemonProcess.start(host, directory, "server", "--management", "off", "--interface",
                "eth0")) {
            daemon.awaitLine(" serves ");

            assertThat(log()).contains("by eth1, but the proxy captures on eth0: ip route add 224.0.0.0/4 dev eth0");
        }
    }

    @Test
    void prometheusGetsTheCountersOnLoopback() throws IOException {
        configuration(TWO_GROUPS);
        try (DaemonProcess daemon = DaemonProcess.start(host, directory, "server", "--management", "off", "--metrics",
                "9464")) {
            daemon.awaitLine(" serves ");

            String metrics = host.run("python3", "-c",
                    "import urllib.request; print(urllib.request.urlopen('http://127.0.0.1:9464/metrics').read().decode())");

            assertThat(metrics).contains("nubicast_proxy_configuration_good{role=\"server\"} 1.0").contains(
                    "nubicast_proxy_copies_total{group=\"239.1.1.1:5000\",member=\"10.9.0.3\",role=\"server\"} 0.0");
            assertThat(host.run("ss", "-Hltn", "sport = :9464")).contains("127.0.0.1]:9464");
        }
    }
}
