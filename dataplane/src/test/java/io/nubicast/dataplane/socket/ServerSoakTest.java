package io.nubicast.dataplane.socket;

import static io.nubicast.dataplane.socket.Lan.GROUP;
import static io.nubicast.dataplane.socket.Lan.GROUP_PORT;
import static io.nubicast.dataplane.socket.Lan.match;
import static io.nubicast.dataplane.socket.Lan.route;
import static io.nubicast.dataplane.socket.Lan.to;
import static org.assertj.core.api.Assertions.assertThat;

import io.nubicast.dataplane.PlaneOptions;
import io.nubicast.dataplane.ebpf.EbpfServerPlane;
import io.nubicast.forwarding.CounterRegistry;
import io.nubicast.forwarding.DataPlane;
import io.nubicast.forwarding.Match;
import io.nubicast.forwarding.Replication;
import io.nubicast.forwarding.ReplicationCounters;
import io.nubicast.forwarding.Route;
import io.nubicast.forwarding.RouteTable;
import io.nubicast.kernel.socket.UdpSocket;
import io.nubicast.tools.lab.Node;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// Members join and leave ten times a second under 20,000 datagrams a second to four that stay: `bench/soak`. What arrives is counted by
/// the kernel at the members' side, so that no receiver's buffer decides.
@Tag("ci")
class ServerSoakTest {
    private static final int RATE = 20_000;
    private static final int SECONDS = Integer.getInteger("nubicast.soak.seconds", 60);
    private static final List<String> STAYING = List.of("10.0.0.11", "10.0.0.12", "10.0.0.13", "10.0.0.14");
    private static final List<String> PASSING = List.of("10.0.0.15", "10.0.0.16");
    private static final long CHANGE_NS = 100_000_000L;

    private final CounterRegistry counters = new CounterRegistry();
    private final Lan lan = new Lan(registry -> new EbpfServerPlane(registry, PlaneOptions.DEFAULT));
    private volatile boolean sending = true;

    @AfterEach
    void tearDown() {
        lan.close();
    }

    @Test
    void membersJoinAndLeaveAndNothingIsLost() throws Exception {
        Assumptions.assumeTrue(SECONDS > 0, "nubicast.soak.seconds is 0");
        Node members = lan.member(1);
        String mac = members.run("cat", "/sys/class/net/eth0/address").strip();
        members.run("nft", "add", "table", "ip", "soak");
        members.run("nft", "add", "chain", "ip", "soak", "arriving", "{ type filter hook prerouting priority -300; }");
        for (String member : STAYING) {
            countAt(members, mac, member);
        }
        for (String member : PASSING) {
            countAt(members, mac, member);
        }
        Match match = match(GROUP, GROUP_PORT);
        Route few = route(match, STAYING.stream().map(Lan::to).toArray(Replication[]::new));
        Route one = with(match, PASSING.get(0));
        Route other = with(match, PASSING.get(1));
        DataPlane plane = lan.plane(counters);
        plane.apply(new RouteTable(List.of(one)));
        Lan.until("served in the kernel",
                () -> STAYING.stream().allMatch(each -> plane.carrier(match, to(each).port()).plane().equals("ebpf")));
        UdpSocket sender = lan.sender(lan.proxy, 40_000);
        long datagrams = (long) RATE * SECONDS;
        Thread load = Thread.ofPlatform().start(() -> send(sender, datagrams));

        int changes = 0;
        long memory = 0;
        long descriptors = 0;
        long changeNs = System.nanoTime();
        while (sending) {
            List<Route> next = List.of(changes % 3 == 0 ? few : changes % 3 == 1 ? one : other);
            plane.apply(new RouteTable(next));
            changes++;
            if (changes == 50) {
                memory = memoryBytes();
                descriptors = descriptors();
            }
            changeNs += CHANGE_NS;
            LockSupport.parkNanos(changeNs - System.nanoTime());
        }
        load.join();
        Lan.until("everything is counted", () -> counters.of(match).packets() == datagrams
                && STAYING.stream().allMatch(each -> done(match, each) == datagrams));

        for (String member : STAYING) {
            ReplicationCounters of = counters.of(match).of(to(member).port());
            assertThat(of.packets()).as(member).isEqualTo(datagrams);
            assertThat(of.errors()).as(member).isZero();
            assertThat(arrived(members, member)).as("at %s", member).isEqualTo(datagrams);
        }
        for (String member : PASSING) {
            Lan.until("what was copied to " + member + " has arrived", () -> arrived(members,
                    member) == counters.of(match).of(to(member).port()).packets());
            assertThat(done(match, member)).as(member).isBetween(1L, datagrams);
        }
        assertThat(counters.of(match).drops().total()).isZero();
        assertThat(plane.drops().total()).isZero();
        if (memory != 0) {
            assertThat(memoryBytes() - memory).as("bytes more than after five seconds").isLessThan(64L << 20);
            assertThat(descriptors() - descriptors).as("more descriptors").isLessThan(8);
        }
        System.out.printf("soak: %,d datagrams, %d changes of members, nothing lost%n", datagrams, changes);
    }

    private static Route with(Match match, String passing) {
        return route(match, to(STAYING.get(0)), to(passing), to(STAYING.get(1)), to(STAYING.get(2)),
                to(STAYING.get(3)));
    }

    private long done(Match match, String member) {
        ReplicationCounters of = counters.of(match).of(to(member).port());
        return of.packets() + of.errors();
    }

    private void countAt(Node node, String mac, String member) {
        if (!member.equals("10.0.0.11")) {
            node.ip("address", "add", member + "/32", "dev", "eth0");
        }
        lan.proxy.ip("neigh", "replace", member, "lladdr", mac, "dev", "eth0");
        node.run("nft", "add", "rule", "ip", "soak", "arriving", "ip", "daddr", member, "udp", "dport",
                Integer.toString(Lan.SERVER_PORT), "counter", "drop");
    }

    private static long arrived(Node node, String member) {
        return node.run("nft", "list", "chain", "ip", "soak", "arriving").lines()
                .filter(line -> line.contains("daddr " + member + " "))
                .mapToLong(line -> Long.parseLong(line.replaceAll(".*counter packets (\\d+) .*", "$1"))).findFirst()
                .orElseThrow();
    }

    private void send(UdpSocket sender, long datagrams) {
        byte[] payload = new byte[200];
        long startNs = System.nanoTime();
        try {
            for (long sent = 0; sent < datagrams; sent++) {
                long dueNs = startNs + sent * 1_000_000_000L / RATE;
                while (System.nanoTime() - dueNs < 0) {
                    LockSupport.parkNanos(20_000);
                }
                sender.sendTo(payload, GROUP.ipv4(), GROUP_PORT);
            }
        } finally {
            sending = false;
        }
    }

    private static long memoryBytes() throws IOException {
        System.gc();
        return Files.readAllLines(Path.of("/proc/self/status")).stream().filter(line -> line.startsWith("VmRSS:"))
                .mapToLong(line -> 1024 * Long.parseLong(line.replaceAll("\\D", ""))).findFirst().orElseThrow();
    }

    private static long descriptors() throws IOException {
        try (var files = Files.list(Path.of("/proc/self/fd"))) {
            return files.count();
        }
    }
}
