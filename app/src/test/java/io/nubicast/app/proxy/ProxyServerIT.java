package io.nubicast.app.proxy;

import static io.nubicast.app.lab.Application.eventually;
import static io.nubicast.app.lab.Application.numbered;
import static io.nubicast.app.lab.Application.random;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.nubicast.app.lab.Application;
import io.nubicast.app.lab.Capture;
import io.nubicast.app.lab.Daemon;
import io.nubicast.app.lab.Machine;
import io.nubicast.tools.lab.NetworkLab;
import io.nubicast.tools.lab.Switch;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// The server as its users run it: the manual's first picture, in a VPC that carries no multicast.
///
///        ecs1             ecs2          ecs3          ecs4
///     application       receiver      receiver      receiver
///     proxy server
///     10.1.0.1/24       10.1.0.2      10.1.0.3      10.1.0.4
///      eth0   eth1        eth0          eth0          eth0
///        │      │           │             │             │
///        │      └─ spare ──[other]        │             │          10.5.0.0/24
///        └──────────── VPC, unicast only ─┴─────────────┘
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(120)
class ProxyServerIT {
    private static final String GROUP = "224.1.2.3";
    private static final int PORT = 65_535;
    private static final List<String> MEMBERS = List.of("10.1.0.2", "10.1.0.3", "10.1.0.4");

    private NetworkLab lab;
    private Machine ecs1;
    private List<Machine> receivers;

    @BeforeAll
    void build(@TempDir Path directory) throws Exception {
        assumeTrue(NetworkLab.missing().isEmpty(), () -> NetworkLab.missing().orElse(""));
        lab = NetworkLab.open("nbprxsrv");
        Switch vpc = lab.bridge("vpc");
        ecs1 = Machine.in(lab, "ecs1", directory);
        vpc.attach(ecs1.node(), "eth0", "10.1.0.1/24");
        receivers = new ArrayList<>();
        for (int number = 2; number <= 4; number++) {
            Machine machine = Machine.in(lab, "ecs" + number, directory);
            vpc.attach(machine.node(), "eth0", "10.1.0." + number + "/24");
            receivers.add(machine);
        }
        vpc.blockMulticast();
        lab.bridge("spare").attach(ecs1.node(), "eth1", "10.5.0.1/24");
    }

    @AfterEach
    void reset() throws Exception {
        ecs1.reset();
        for (Machine machine : receivers) {
            machine.reset();
        }
    }

    @AfterAll
    void tearDown() throws Exception {
        if (lab != null) {
            ecs1.close();
            for (Machine machine : receivers) {
                machine.close();
            }
            lab.close();
        }
    }

    private static String configuration(String... members) {
        return "{\"multi_group_array\":[" + entry(GROUP, members) + "]}";
    }

    private static String entry(String group, String... members) {
        return "{\"group_ip\":\"" + group + "\",\"group_port\":" + PORT + ",\"server_port\":" + PORT
                + ",\"member_array\":[" + Arrays.stream(members).map(member -> "\"" + member + "\"")
                        .collect(Collectors.joining(","))
                + "],}";
    }

    private Daemon server(String... options) throws Exception {
        return ecs1.server(configuration(MEMBERS.toArray(String[]::new)), options);
    }

    private List<Application> applications() throws Exception {
        List<Application> applications = new ArrayList<>();
        for (Machine machine : receivers) {
            applications.add(machine.receiver(PORT));
        }
        return applications;
    }

    /// T-PRX-01.
    @Test
    void theManualsExampleGivesThreeCopiesWithPayloadAndSourceKept() throws Exception {
        Daemon server = server();
        List<Application> applications = applications();
        Application sender = ecs1.sender("10.1.0.1", "eth0");

        for (int number = 0; number < 5; number++) {
            sender.send(numbered(number, 188), GROUP, PORT);
        }

        for (Application application : applications) {
            for (int number = 0; number < 5; number++) {
                Application.Datagram copy = application.next();
                assertThat(copy.payload()).isEqualTo(numbered(number, 188));
                assertThat(copy.source()).isEqualTo("10.1.0.1");
                assertThat(copy.sourcePort()).isEqualTo(sender.port());
            }
            assertThat(application.isSilent()).isTrue();
        }
        eventually("15 copies counted", () -> server.total("fwd_point") == 15);
        assertThat(ecs1.nubicast("multis_admin", "-P"))
                .isEqualTo("rx packets:5\ntx packages:15\ndx packets:0\n");
        for (String member : MEMBERS) {
            assertThat(server.copiesTo(member)).isEqualTo(5);
        }
    }

    /// T-PRX-02.
    @Test
    void aMemberTakenOutByTheOldCommandGetsNothingMoreAndTheOthersLoseNothing() throws Exception {
        Daemon server = server();
        List<Application> applications = applications();
        Application sender = ecs1.sender("10.1.0.1", "eth0");
        exchange(sender, applications, 0, 500);

        ecs1.nubicast("multis_admin", "-A", "-m", GROUP, "-q", MEMBERS.getFirst());
        eventually("two members", () -> server.copiesTo(MEMBERS.getFirst()) == -1);
        exchange(sender, applications.subList(1, 3), 500, 500);

        assertThat(applications.getFirst().isSilent()).isTrue();
        // What is counted in the kernel is taken over several times a second.
        eventually("every copy counted", () -> server.copiesTo(MEMBERS.getLast()) == 1_000);
    }

    /// Sends in windows, so that no receive buffer of the machine decides.
    private static void exchange(Application sender, List<Application> to, int first, int count) throws Exception {
        for (int sent = first; sent < first + count; sent += 25) {
            for (int number = sent; number < sent + 25; number++) {
                sender.send(numbered(number, 500), GROUP, PORT);
            }
            for (Application application : to) {
                for (int number = sent; number < sent + 25; number++) {
                    assertThat(application.next().number()).isEqualTo(number);
                }
            }
        }
    }

    /// T-PRX-06.
    @Test
    void largeDatagramsArriveIntact() throws Exception {
        server();
        List<Application> applications = applications();
        Application sender = ecs1.sender("10.1.0.1", "eth0");

        for (int size : new int[]{0, 1, 1_472, 1_473, 9_000, 32_000, 65_507}) {
            sender.send(random(size), GROUP, PORT);
            for (Application application : applications) {
                Application.Datagram copy = application.next();
                assertThat(copy.payload()).as("%d bytes", size).isEqualTo(random(size));
                assertThat(copy.source()).isEqualTo("10.1.0.1");
                assertThat(copy.sourcePort()).isEqualTo(sender.port());
            }
        }
    }

    /// T-PRX-07: the table of PRX-003, byte by byte on the wire.
    @Test
    void aCopysHeadersAreAsTheTableSays() throws Exception {
        // A veth passes unfinished checksums on, as if there were no wire; so that they are finished as on one:
        ecs1.node().run("ethtool", "-K", "eth0", "tx", "off");
        server();
        applications();
        Capture wire = receivers.getFirst().capture("eth0", "udp and src host 10.1.0.1");
        Application sender = ecs1.sender("10.1.0.1", "eth0");
        sender.channel().setOption(StandardSocketOptions.IP_TOS, 0xB8);
        sender.channel().setOption(StandardSocketOptions.IP_MULTICAST_TTL, 1);

        sender.send(random(301), GROUP, PORT);
        ByteBuffer copy = wire.packets(1).getFirst();
        // SO_NO_CHECK, option 11 of SOL_SOCKET: a datagram without a UDP checksum.
        ecs1.node().run("python3", "-c", "import socket as s;u=s.socket(s.AF_INET,s.SOCK_DGRAM);"
                + "u.setsockopt(s.SOL_SOCKET,11,1);u.setsockopt(0,s.IP_MULTICAST_IF,s.inet_aton('10.1.0.1'));"
                + "u.bind(('10.1.0.1',40001));u.sendto(b'no checksum',('" + GROUP + "'," + PORT + "))");
        ByteBuffer bare = wire.packets(2).get(1);

        assertThat(copy.get(0)).as("version, header length").isEqualTo((byte) 0x45);
        assertThat(copy.get(1) & 0xFF).as("TOS").isEqualTo(0xB8);
        assertThat(copy.getShort(2) & 0xFFFF).as("total length").isEqualTo(20 + 8 + 301);
        assertThat(copy.getShort(6) & 0xFFFF).as("flags and fragment offset").isZero();
        assertThat(copy.get(8)).as("TTL").isEqualTo((byte) 64);
        assertThat(copy.get(9)).as("protocol").isEqualTo((byte) 17);
        assertThat(sum(copy, 0, 20, 0)).as("IP checksum").isEqualTo(0xFFFF);
        assertThat(copy.getInt(12)).as("source").isEqualTo(0x0A010001);
        assertThat(copy.getInt(16)).as("destination").isEqualTo(0x0A010002);
        assertThat(copy.getShort(20) & 0xFFFF).as("source port").isEqualTo(sender.port());
        assertThat(copy.getShort(22) & 0xFFFF).as("destination port").isEqualTo(PORT);
        assertThat(copy.getShort(24) & 0xFFFF).as("UDP length").isEqualTo(8 + 301);
        assertThat(copy.getShort(26)).as("UDP checksum").isNotZero();
        // RFC 768: the sum over pseudo header, header and payload is all ones.
        assertThat(sum(copy, 12, 8 + 8 + 301, 17 + 8 + 301)).as("UDP checksum").isEqualTo(0xFFFF);
        byte[] payload = new byte[301];
        copy.get(28, payload);
        assertThat(payload).isEqualTo(random(301));

        assertThat(bare.getShort(20)).as("source port").isEqualTo((short) 40_001);
        assertThat(bare.getShort(26)).as("a checksum of 0 stays 0").isZero();
        assertThat(bare.get(1)).as("TOS").isZero();
    }

    /// The ones' complement sum of RFC 1071, over an odd length too.
    private static int sum(ByteBuffer packet, int offset, int length, int start) {
        long sum = start;
        for (int at = 0; at < length; at++) {
            sum += (long) (packet.get(offset + at) & 0xFF) << (at % 2 == 0 ? 8 : 0);
        }
        while (sum >>> 16 != 0) {
            sum = (sum & 0xFFFF) + (sum >>> 16);
        }
        return (int) sum;
    }

    /// T-PRX-10: by turns to two groups of the same members, of which one has a dead member before them.
    @Test
    void aMemberThatDoesNotAnswerDelaysNobody() throws Exception {
        String[] alive = MEMBERS.toArray(String[]::new);
        Daemon server = ecs1.server("{\"multi_group_array\":[" + entry("224.1.2.9", alive) + ","
                + entry(GROUP, Stream.concat(Stream.of("10.1.0.99"), MEMBERS.stream()).toArray(String[]::new)) + "]}");
        List<Application> applications = applications();
        Application sender = ecs1.sender("10.1.0.1", "eth0");
        long[] withoutNs = new long[2_000];
        long[] withNs = new long[2_000];

        for (int number = 0; number < withNs.length; number++) {
            withoutNs[number] = timeToAll(applications, sender, number, "224.1.2.9");
            withNs[number] = timeToAll(applications, sender, number, GROUP);
        }

        assertThat(p99(withNs)).as("p99 with a dead member, ns; without it %d", p99(withoutNs))
                .isLessThan(5 * p99(withoutNs) + 20_000_000L);
        eventually("every member was served in both groups", () -> server.status().split("\"packets\":2000,", -1).length
                - 1 >= 2 + 2 * MEMBERS.size());
        eventually("the dead member's errors by their kind", () -> server.number("\"no_neighbour\":") > 0);
    }

    private static long timeToAll(List<Application> applications, Application sender, int number, String group)
            throws Exception {
        long sentNs = System.nanoTime();
        sender.send(numbered(number, 500), group, PORT);
        for (Application application : applications) {
            assertThat(application.next().number()).isEqualTo(number);
        }
        return System.nanoTime() - sentNs;
    }

    private static long p99(long[] tookNs) {
        long[] sorted = tookNs.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length * 99 / 100];
    }

    /// T-PRX-11.
    @Test
    void anApplicationThatSendsByAnotherInterfaceIsToldOfAndServedOnceThatIsNamed() throws Exception {
        ecs1.node().route("224.0.0.0/4 dev eth1");
        try {
            Daemon onEth0 = server("--interface", "eth0");
            Application sender = ecs1.sender("0.0.0.0", "");
            List<Application> applications = applications();

            eventually("the advice in the status", () -> {
                try {
                    sender.send(numbered(1, 100), GROUP, PORT);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
                return onEth0.status().contains("--interface eth1");
            });
            onEth0.close();
            server("--interface", "eth1");
            sender.send(numbered(2, 100), GROUP, PORT);

            for (Application application : applications) {
                assertThat(application.next().number()).isEqualTo(2);
            }
        } finally {
            ecs1.node().ip("route", "del", "224.0.0.0/4", "dev", "eth1");
        }
    }

    /// T-PRX-15.
    @Test
    void aSenderThatSwitchedLoopOffIsCaughtOrTheStatusSaysWhatToDo() throws Exception {
        Daemon server = server();
        Application receiver = receivers.getFirst().receiver(PORT);
        Application sender = ecs1.sender("10.1.0.1", "eth0");
        sender.channel().setOption(StandardSocketOptions.IP_MULTICAST_LOOP, false);

        eventually("a copy, or the advice", () -> {
            try {
                sender.send(numbered(1, 100), GROUP, PORT);
                return !receiver.isSilent() || server.status().contains("IP_MULTICAST_LOOP");
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    /// T-PRX-16.
    @Test
    void reloadsAtTenThousandDatagramsASecondLoseNothingForUnchangedMembers() throws Exception {
        Daemon server = server();
        Application unchanged = receivers.get(2).receiver(PORT);
        receivers.get(0).receiver(PORT);
        receivers.get(1).receiver(PORT);
        Application sender = ecs1.sender("10.1.0.1", "eth0");
        int count = 30_000;
        Thread load = Thread.ofPlatform().start(() -> paced(sender, count, 10_000));

        List<Long> numbers = new ArrayList<>(count);
        Thread reader = Thread.ofPlatform().start(() -> {
            try {
                while (numbers.size() < count) {
                    numbers.add(unchanged.next().number());
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        int reloads = 0;
        while (load.isAlive()) {
            String[] members = reloads % 2 == 0
                    ? new String[]{MEMBERS.get(2)}
                    : new String[]{MEMBERS.get(1), MEMBERS.get(2), MEMBERS.get(0)};
            Path next = Files.writeString(ecs1.directory().resolve("next"), configuration(members));
            Files.move(next, ecs1.directory().resolve("server_cfg.json.txt"),
                    StandardCopyOption.REPLACE_EXISTING);
            server.ask("reload");
            reloads++;
        }
        load.join();
        reader.join();

        assertThat(reloads).isGreaterThan(1);
        assertThat(numbers).as("the server says %s", server.status()).hasSize(count).isSorted();
    }

    static void paced(Application sender, int count, int perSecond) {
        long startNs = System.nanoTime();
        try {
            for (int number = 0; number < count; number++) {
                long dueNs = startNs + number * 1_000_000_000L / perSecond;
                while (System.nanoTime() - dueNs < 0) {
                    LockSupport.parkNanos(50_000);
                }
                sender.send(numbered(number, 200), GROUP, PORT);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// T-PRX-05.
    @Test
    void twoHundredFiftySixGroupsOfTwoHundredFiftySixMembersAreAllServed() throws Exception {
        // One machine has all the members' addresses.
        receivers.getFirst().node().ip("route", "add", "local", "10.2.0.0/16", "dev", "lo");
        ecs1.node().route("10.2.0.0/16 via 10.1.0.2");
        try {
            String members = IntStream.range(0, 256).mapToObj(member -> "\"10.2.1." + member + "\"")
                    .collect(Collectors.joining(","));
            String groups = IntStream.range(0, 256)
                    .mapToObj(group -> "{\"group_ip\":\"239.7.7." + group + "\",\"group_port\":" + PORT
                            + ",\"server_port\":" + PORT + ",\"member_array\":[" + members + "]}")
                    .collect(Collectors.joining(","));
            Daemon server = ecs1.server("{\"multi_group_array\":[" + groups + "]}");
            Application receiver = receivers.getFirst().receiver(PORT);
            Application sender = ecs1.sender("10.1.0.1", "eth0");
            long cpuBefore = server.cpuMillis();
            long startNs = System.nanoTime();

            for (int number = 0; number < 256; number++) {
                while (System.nanoTime() - startNs < number * 10_000_000L) {
                    LockSupport.parkNanos(200_000);
                }
                sender.send(numbered(number, 200), "239.7.7." + number, PORT);
                for (int member = 0; member < 256; member++) {
                    assertThat(receiver.next().number()).isEqualTo(number);
                }
            }

            long tookMillis = (System.nanoTime() - startNs) / 1_000_000;
            assertThat(receiver.isSilent()).isTrue();
            eventually("all counted", () -> server.total("fwd_point") == 256 * 256);
            System.out.println("256 groups of 256 members, 256 datagrams in " + tookMillis + " ms: "
                    + (server.cpuMillis() - cpuBefore) + " ms of processor time for 65,536 copies");
        } finally {
            ecs1.node().ip("route", "del", "10.2.0.0/16");
            receivers.getFirst().node().ip("route", "del", "local", "10.2.0.0/16", "dev", "lo");
        }
    }
}
