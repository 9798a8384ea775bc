package io.nubicast.app.proxy;

import static io.nubicast.app.lab.Application.eventually;
import static io.nubicast.app.lab.Application.numbered;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.nubicast.app.Main;
import io.nubicast.app.lab.Application;
import io.nubicast.app.lab.Machine;
import io.nubicast.tools.lab.NetworkLab;
import io.nubicast.tools.lab.Switch;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// The services `multis` and `multic` and the commands in `sbin`, from start to stop.
///
///      multis 10.7.0.1 ── VPC, unicast only ──┬── 10.7.0.2 multic
///                                             └── 10.7.0.3
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(180)
class KernelDialectIT {
    private static final String GROUP = "239.7.7.7";
    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

    private NetworkLab lab;
    private Machine sending;
    private Machine client;
    private Machine plain;

    @BeforeAll
    void build(@TempDir Path directory) throws Exception {
        assumeTrue(NetworkLab.missing().isEmpty(), () -> NetworkLab.missing().orElse(""));
        lab = NetworkLab.open("nbprxkrn");
        Switch vpc = lab.bridge("vpc");
        sending = Machine.in(lab, "multis", directory);
        client = Machine.in(lab, "multic", directory);
        plain = Machine.in(lab, "plain", directory);
        vpc.attach(sending.node(), "eth0", "10.7.0.1/24");
        vpc.attach(client.node(), "eth0", "10.7.0.2/24");
        vpc.attach(plain.node(), "eth0", "10.7.0.3/24");
        vpc.blockMulticast();
    }

    @AfterEach
    void reset() throws Exception {
        call(sending, "services/multis", "stop");
        call(client, "services/multic", "stop");
        for (Machine machine : List.of(sending, client, plain)) {
            machine.reset();
        }
        for (Machine machine : List.of(sending, client)) {
            try (var files = Files.list(machine.directory())) {
                for (Path file : files.filter(file -> file.toString().endsWith("_config")).toList()) {
                    Files.delete(file);
                }
            }
        }
    }

    @AfterAll
    void tearDown() throws Exception {
        if (lab != null) {
            for (Machine machine : List.of(sending, client, plain)) {
                machine.close();
            }
            lab.close();
        }
    }

    /// What a command printed, both streams together, and its exit code.
    private record Called(int exit, String out) {}

    @Test
    void groupsAreAddedServedCountedSavedAndRestored() throws Exception {
        assertThat(call(sending, "services/multis", "status"))
                .isEqualTo(new Called(3, "multi_server is not running\n"));
        assertThat(call(sending, "services/multis", "start"))
                .isEqualTo(new Called(0, "Loading multi_server module\nload configure\n[OK]\n"));
        assertThat(call(sending, "services/multis", "start").out())
                .isEqualTo(" multi_server is existed, please unload it...\n");
        assertThat(call(client, "services/multic", "start").out())
                .isEqualTo("Loading multi_client module\nload configure\n[OK]\n");
        assertThat(call(sending, "services/multis", "status")).isEqualTo(new Called(0, "multi_server is running\n"));

        ok("", sending, "sbin/multis_admin", "-A", "-m", GROUP, "-j", "10.7.0.2");
        ok("", sending, "sbin/multis_admin", "-A", "-m", GROUP, "-j", "10.7.0.3");
        ok("", client, "sbin/multic_admin", "-A", "-i", "10.7.0.1", "-p", "0", "-m", GROUP);
        copiesKeepTheirPort(5_701);
        copiesKeepTheirPort(5_702);
        eventually("four copies", () -> call(sending, "sbin/multis_admin", "-P", "-m", GROUP).out()
                .equals("tx packets                     :  4\ntx bytes                       :  " + 4 * 128 + "\n\n"));
        eventually("two datagrams restored",
                () -> call(client, "sbin/multic_admin", "-P").out().equals("rx packets  :  2\nrx bytes    :  256\n\n"));
        ok("Multicast IP:  " + GROUP + "\nVM IP List: 2\n    10.7.0.2\n    10.7.0.3\n", sending, "sbin/multis_admin",
                "-L", "-m", GROUP);

        assertThat(call(sending, "services/multis", "stop"))
                .isEqualTo(new Called(0, "Unloading  existing multi_server module\nsave configure\n[OK]\n"));
        assertThat(sending.directory().resolve("multi_server_running_config")).doesNotExist();
        assertThat(Files.readString(sending.directory().resolve("multi_server_startup_config"))).contains(GROUP);
        assertThat(call(sending, "sbin/multis_admin", "-S").out()).startsWith("can not create a netlink socket\n");

        call(sending, "services/multis", "start");
        ok("Multicast Group IP: \n" + GROUP + "\n", sending, "sbin/multis_admin", "-S");
        copiesKeepTheirPort(5_703);

        ok("", sending, "sbin/multis_admin", "-C");
        assertThat(call(sending, "services/multis", "restart").out()).isEqualTo("""
                Unloading  existing multi_server module
                save configure
                [OK]
                Loading multi_server module
                load configure
                [OK]
                """);
        ok("Multicast Group IP: \n", sending, "sbin/multis_admin", "-S");
    }

    @Test
    void aCrashLosesNoChange() throws Exception {
        call(sending, "services/multis", "start");
        ok("", sending, "sbin/multis_admin", "-A", "-m", GROUP, "-j", "10.7.0.3");
        call(sending, "services/multis", "restart");
        ok("", sending, "sbin/multis_admin", "-A", "-m", "239.7.7.8", "-j", "10.7.0.3");

        long pid = Long.parseLong(Files.readString(sending.directory().resolve("multis.pid")).strip());
        ProcessHandle daemon = ProcessHandle.of(pid).orElseThrow();
        daemon.destroyForcibly();
        daemon.onExit().get(10, TimeUnit.SECONDS);
        assertThat(call(sending, "sbin/multis_admin", "-A", "-m", "239.7.7.9").exit()).isEqualTo(255);
        call(sending, "services/multis", "start");

        ok("Multicast Group IP: \n" + GROUP + "\n239.7.7.8\n239.7.7.9\n", sending, "sbin/multis_admin", "-S");
    }

    @Test
    void aBroadcastAddressIsAGroup() throws Exception {
        call(sending, "services/multis", "start");
        for (String group : List.of("255.255.255.255", "10.7.0.255")) {
            ok("", sending, "sbin/multis_admin", "-A", "-m", group, "-j", "10.7.0.2,10.7.0.3");
            sending.call(() -> {
                try (DatagramSocket socket = new DatagramSocket(new InetSocketAddress("10.7.0.1", 0))) {
                    socket.setBroadcast(true);
                    socket.send(new DatagramPacket(new byte[100], 100, InetAddress.getByName(group), 5_710));
                    return group;
                }
            });
            eventually("a copy a member of " + group, () -> call(sending, "sbin/multis_admin", "-P", "-m", group).out()
                    .startsWith("tx packets                     :  2\n"));
        }
    }

    private void copiesKeepTheirPort(int port) throws Exception {
        Application restored = client.member(GROUP, port, "eth0");
        Application unicast = plain.receiver(port);
        sending.sender("10.7.0.1", "eth0").send(numbered(port, 100), GROUP, port);
        assertThat(unicast.next().number()).isEqualTo(port);
        assertThat(restored.next().number()).isEqualTo(port);
    }

    private void ok(String out, Machine machine, String script, String... words) throws Exception {
        assertThat(call(machine, script, words)).as("%s %s", script, String.join(" ", words))
                .isEqualTo(new Called(0, out));
    }

    /// Runs a script of the tree on a machine, with files, logs and sockets in the machine's directory.
    private static Called call(Machine machine, String script, String... words) {
        try {
            List<String> command = new ArrayList<>(List.of(ROOT.resolve(script).toString()));
            command.addAll(List.of(words));
            ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
            String directory = machine.directory().toString();
            builder.environment().put("NUBICAST", program(machine.directory()).toString());
            builder.environment().put("NUBICAST_KERNEL_DIR", directory);
            builder.environment().put("NUBICAST_RUN_DIR", directory);
            builder.environment().put("NUBICAST_DEFAULTS", directory + "/none");
            builder.environment().put("NUBICAST_ARGV0", "");
            Process process = machine.node().start(builder);
            String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return new Called(process.waitFor(), out);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /// The program from its class files, as the scripts start it.
    private static Path program(Path directory) throws IOException {
        Path program = directory.resolve("nubicast");
        if (!Files.exists(program)) {
            Files.writeString(program, "#!/bin/sh\nexec '" + System.getProperty("java.home")
                    + "/bin/java' -XX:+UseSerialGC --enable-native-access=ALL-UNNAMED -cp '"
                    + System.getProperty("java.class.path") + "' " + Main.class.getName() + " \"$@\"\n");
            assertThat(program.toFile().setExecutable(true)).isTrue();
        }
        return program;
    }
}
