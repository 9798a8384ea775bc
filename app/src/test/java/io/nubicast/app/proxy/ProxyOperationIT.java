package io.nubicast.app.proxy;

import static io.nubicast.app.lab.Application.eventually;
import static io.nubicast.app.lab.Application.numbered;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.nubicast.app.lab.Application;
import io.nubicast.app.lab.Daemon;
import io.nubicast.app.lab.Machine;
import io.nubicast.tools.lab.NetworkLab;
import io.nubicast.tools.lab.Switch;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// The daemons in operation: restarts, idleness, load.
///
///      server 10.6.0.1 ── VPC, unicast only ──┬── 10.6.0.2 client
///                                             ├── 10.6.0.3
///                                             └── 10.6.0.4
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(180)
class ProxyOperationIT {
    private static final String GROUP = "239.6.6.6";
    private static final int PORT = 5_600;
    private static final String SERVER = """
            {"multi_group_array":[{"group_ip":"239.6.6.6","group_port":5600,"server_port":5600,
                                   "member_array":["10.6.0.2","10.6.0.3","10.6.0.4"]}]}
            """;
    private static final String CLIENT = """
            {"multi_server_info_array":[{"server_ip":"10.6.0.1","server_port":5600,"group_port":5600,
                                         "group_ip":"239.6.6.6"}]}
            """;

    private NetworkLab lab;
    private Machine sending;
    private final List<Machine> receiving = new ArrayList<>();

    @BeforeAll
    void build(@TempDir Path directory) throws Exception {
        assumeTrue(NetworkLab.missing().isEmpty(), () -> NetworkLab.missing().orElse(""));
        lab = NetworkLab.open("nbprxops");
        Switch vpc = lab.bridge("vpc");
        sending = Machine.in(lab, "server", directory);
        vpc.attach(sending.node(), "eth0", "10.6.0.1/24");
        for (int i = 2; i <= 4; i++) {
            Machine machine = Machine.in(lab, "member" + i, directory);
            vpc.attach(machine.node(), "eth0", "10.6.0." + i + "/24");
            receiving.add(machine);
        }
        vpc.blockMulticast();
    }

    @AfterEach
    void reset() throws Exception {
        sending.reset();
        for (Machine machine : receiving) {
            machine.reset();
        }
    }

    @AfterAll
    void tearDown() throws Exception {
        if (lab != null) {
            sending.close();
            for (Machine machine : receiving) {
                machine.close();
            }
            lab.close();
        }
    }

    /// The installed program serves again within 2 s (0.9 s measured). From class files, without its start-up cache and beside
    /// whatever else the machine does, it takes longer: this bound finds what waits for a timeout, not what is slow.
    /// One percent of a core over ten seconds.
    private static final long IDLE_MS = 100;
    private static final long RESTART_MS = 30_000;

    @Test
    void afterAKillANewServerServes() throws Exception {
        Daemon first = sending.server(SERVER);
        Application receiver = receiving.get(1).receiver(PORT);
        Application sender = sending.sender("10.6.0.1", "eth0");
        sender.send(numbered(1, 100), GROUP, PORT);
        assertThat(receiver.next().number()).isEqualTo(1);

        first.kill();
        long killedNs = System.nanoTime();
        sending.server(SERVER);
        sender.send(numbered(2, 100), GROUP, PORT);
        assertThat(receiver.next().number()).isEqualTo(2);

        assertThat((System.nanoTime() - killedNs) / 1_000_000).as("ms from the kill to the first copy")
                .isLessThan(RESTART_MS);
    }

    @Test
    void afterAKillANewClientServes() throws Exception {
        Daemon first = receiving.getFirst().client(CLIENT);
        Application member = receiving.getFirst().member(GROUP, PORT, "eth0");
        Application server = sending.sender("10.6.0.1", "eth0");
        server.send(numbered(1, 100), "10.6.0.2", PORT);
        assertThat(member.next().number()).isEqualTo(1);

        first.kill();
        long killedNs = System.nanoTime();
        receiving.getFirst().client(CLIENT);
        server.send(numbered(2, 100), "10.6.0.2", PORT);
        assertThat(member.next().number()).isEqualTo(2);

        assertThat((System.nanoTime() - killedNs) / 1_000_000).as("ms from the kill to the first restored datagram")
                .isLessThan(RESTART_MS);
    }

    @Test
    void idleDaemonsUseLessThanOnePercentOfACore() throws Exception {
        List<Daemon> daemons = List.of(sending.server(SERVER), receiving.getFirst().client(CLIENT),
                receiving.get(1).server(SERVER.replace("10.6.0.3", "10.6.0.1"), "--data-plane", "portable"),
                receiving.get(2).client(CLIENT, "--data-plane", "portable"));
        // What the JVM compiles after its start is not idleness.
        daemons.getFirst().runs(5_000);
        // Other work on the machine makes the same instructions dearer, so each daemon's best of three counts.
        long[] used = new long[daemons.size()];
        Arrays.fill(used, Long.MAX_VALUE);
        for (int window = 0; window < 6 && LongStream.of(used).max().orElseThrow() > IDLE_MS; window++) {
            long[] before = new long[used.length];
            for (int i = 0; i < used.length; i++) {
                before[i] = daemons.get(i).cpuMillis();
            }
            daemons.getFirst().runs(10_000);
            for (int i = 0; i < used.length; i++) {
                used[i] = Math.min(used[i], daemons.get(i).cpuMillis() - before[i]);
            }
        }

        for (int i = 0; i < used.length; i++) {
            assertThat(used[i]).as("ms of 10,000, %s", daemons.get(i).line()).isLessThanOrEqualTo(IDLE_MS);
        }
    }

    @Test
    @Tag("ci")
    void thirtySecondsOfLoadLoseNothing() throws Exception {
        int perSecond = 5_000;
        int count = 30 * perSecond;
        Daemon server = sending.server(SERVER);
        Daemon client = receiving.getFirst().client(CLIENT);
        List<Application> applications = List.of(receiving.get(0).member(GROUP, PORT, "eth0"),
                receiving.get(1).receiver(PORT), receiving.get(2).receiver(PORT));
        AtomicIntegerArray inOrder = new AtomicIntegerArray(applications.size());
        List<Thread> readers = new ArrayList<>();
        for (int i = 0; i < applications.size(); i++) {
            int at = i;
            readers.add(Thread.ofPlatform().start(() -> read(applications.get(at), count, inOrder, at)));
        }

        paced(sending.sender("10.6.0.1", "eth0"), count, perSecond);

        for (Thread reader : readers) {
            reader.join();
        }
        for (int i = 0; i < applications.size(); i++) {
            assertThat(inOrder.get(i)).as("in order at member %d; %s; %s", i, server.status(), client.status())
                    .isEqualTo(count);
        }
        eventually("every copy counted", () -> server.total("fwd_point") == 3L * count);
    }

    /// Counts the datagrams that come with the number that is due.
    private static void read(Application application, int count, AtomicIntegerArray inOrder, int at) {
        try {
            for (int number = 0; number < count; number++) {
                if (application.next().number() == number) {
                    inOrder.incrementAndGet(at);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void paced(Application sender, int count, int perSecond) throws IOException {
        long startNs = System.nanoTime();
        for (int number = 0; number < count; number++) {
            long dueNs = startNs + number * 1_000_000_000L / perSecond;
            while (System.nanoTime() - dueNs < 0) {
                LockSupport.parkNanos(50_000);
            }
            sender.send(numbered(number, 1_316), GROUP, PORT);
        }
    }
}
