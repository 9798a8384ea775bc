package io.nubicast.dataplane.socket;

import static io.nubicast.dataplane.socket.Lan.GROUP;
import static io.nubicast.dataplane.socket.Lan.GROUP_PORT;
import static io.nubicast.dataplane.socket.Lan.SERVER_PORT;
import static io.nubicast.wire.Address.ANY_IPV4;
import static org.assertj.core.api.Assertions.assertThat;

import io.nubicast.forwarding.InterfaceSelection;
import io.nubicast.forwarding.Match;
import io.nubicast.forwarding.RateLimit;
import io.nubicast.forwarding.Rewrite;
import io.nubicast.forwarding.Route;
import io.nubicast.forwarding.RouteTable;
import io.nubicast.forwarding.Verdict;
import io.nubicast.kernel.socket.RawSocket;
import io.nubicast.wire.Address;
import io.nubicast.wire.DropReason;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/// A client at work: changes, limits, and whatever is thrown at it.
@ParameterizedClass
@EnumSource(value = ClientPlane.class, names = {"KERNEL", "STEERED", "BOUND"})
class SocketClientOperationTest extends SocketClientFixture {
    private final ClientPlane client;

    SocketClientOperationTest(ClientPlane client) {
        this.client = client;
    }

    @Override
    ClientPlane client() {
        return client;
    }

    @Test
    void addressesThatComeAndGoAreFollowed() throws Exception {
        Application there = application(vm2, ANY_IPV4, GROUP_PORT, true, GROUP);
        plane.apply(new RouteTable(List.of(route(SERVER_PORT, GROUP_PORT))));

        vm1.address("eth0", "10.0.0.99/24");
        assertServed(Address.ipv4("10.0.0.99").ipv4(), there);
        vm1.ip("addr", "del", "10.0.0.99/24", "dev", "eth0");
        vm1.ip("link", "set", "eth0", "down");
        vm1.ip("link", "set", "eth0", "up");
        assertServed(VM1, there);
    }

    /// After a moment, in which the kernel tells and neighbours are found, each datagram is restored once.
    private void assertServed(int address, Application there) throws Exception {
        long before = counters.of(match(SERVER_PORT)).packets();
        Lan.until("the address is served", () -> {
            server.sendTo(numbered(1), address, SERVER_PORT);
            return counters.of(match(SERVER_PORT)).packets() > before;
        });
        there.receive(0);

        for (int i = 0; i < 20; i++) {
            assertThat(server.sendTo(numbered(500 + i), address, SERVER_PORT)).isEqualTo(4);
        }

        assertEachOnce(there.receive(20), 500, 20);
    }

    @Test
    void aReloadUnderLoadLosesNothing() throws Exception {
        Application there = application(vm2, ANY_IPV4, GROUP_PORT, true, GROUP);
        Route kept = route(SERVER_PORT, GROUP_PORT);
        plane.apply(new RouteTable(List.of(kept)));

        for (int i = 0; i < 2_000; i++) {
            send(i, 1, SERVER_PORT);
            if (i % 100 == 50) {
                plane.apply(new RouteTable(List.of(kept, route(6_000 + i, Rewrite.KEEP_PORT))));
            }
        }

        assertEachOnce(there.receive(2_000), 0, 2_000);
    }

    @Test
    void aRateLimitDropsWhatIsBeyond() throws Exception {
        Application there = application(vm2, ANY_IPV4, GROUP_PORT, true, GROUP);
        Route route = route(SERVER_PORT, GROUP_PORT);
        plane.apply(
                new RouteTable(List.of(new Route("test", route.match(), route.replications(), new RateLimit(1, 0)))));

        long startNs = System.nanoTime();
        send(0, 200, SERVER_PORT);

        Lan.until("all counted", () -> counters.of(match(SERVER_PORT)).packets()
                + counters.of(match(SERVER_PORT)).drops().of(DropReason.RATE_LIMITED) == 200);
        assertThat(there.receive(64).size()).isBetween(64, 65 + (int) ((System.nanoTime() - startNs) / 1_000_000_000));
    }

    @Test
    void routesThatAreNotTheClientsAreRefusedWithTheReason() {
        assertThat(plane.judge(route(SERVER_PORT, 0))).isEqualTo(Verdict.TAKEN);
        assertThat(plane.judge(Lan.route(Lan.match(GROUP, 0), Lan.to("10.0.0.9"))))
                .isInstanceOf(Verdict.Refused.class);
        assertThat(plane.judge(new Route("test",
                new Match(InterfaceSelection.ALL, ANY_IPV4, new Match.Destination.ThisHost(ANY_IPV4), 1),
                List.of(), RateLimit.NONE))).isInstanceOf(Verdict.Refused.class);
    }

    @Test
    void noDatagramAllocates() throws Exception {
        plane.apply(new RouteTable(List.of(route(SERVER_PORT, GROUP_PORT))));
        com.sun.management.ThreadMXBean threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        long worker =
                Thread.getAllStackTraces().keySet().stream().filter(each -> each.getName().equals("socket-client"))
                        .findFirst().orElseThrow().threadId();
        double least = Double.MAX_VALUE;
        for (int round = 0; round < 200 && least >= 4; round++) {
            long before = threads.getThreadAllocatedBytes(worker);
            send(0, 5_000, SERVER_PORT);
            int sent = 5_000 * (round + 1);
            Lan.until("restored", () -> counters.of(match(SERVER_PORT)).packets() == sent);
            least = Math.min(least, (threads.getThreadAllocatedBytes(worker) - before) / 5_000.0);
        }
        // The smallest object has 16 bytes. A system call may cost a slice of 40 until the compiler has removed it, and there are
        // three for a batch of up to 64 datagrams.
        assertThat(least).isLessThan(4);
    }

    @Test
    void tenThousandRandomDatagramsDoNoHarm() throws Exception {
        throwRandomDatagrams(10_000);
    }

    @Test
    @Tag("ci")
    void aMillionRandomDatagramsDoNoHarm() throws Exception {
        throwRandomDatagrams(1_000_000);
    }

    /// Headers of any kind: port 0, wrong lengths and checksums, options, forged sources, the server's own among them.
    private void throwRandomDatagrams(int count) throws Exception {
        Application here = application(vm1, ANY_IPV4, GROUP_PORT, true, GROUP);
        plane.apply(new RouteTable(List.of(route(SERVER_PORT, GROUP_PORT), route(Match.ANY_PORT, Rewrite.KEEP_PORT))));
        RawSocket raw = lan.raw(lan.proxy, RawSocket.IPPROTO_RAW);
        raw.headerIncluded(true);
        Random random = new Random(11);
        for (int i = 0; i < count; i++) {
            raw.sendDatagram(junk(random));
        }

        Lan.until("a good one comes through", () -> {
            send(4_711, 1, SERVER_PORT);
            try {
                return here.receive(1).stream().anyMatch(each -> each.payload().length == 4 && each.number() == 4_711);
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        });
        assertThat(plane.rejectedSources().size()).isLessThanOrEqualTo(1_000);
        assertThat(plane.drops().total()).isPositive();
    }

    private static byte[] junk(Random random) {
        int options = random.nextInt(8) == 0 ? 4 * (1 + random.nextInt(10)) : 0;
        byte[] datagram = new byte[20 + options + random.nextInt(random.nextInt(50) == 0 ? 1_400 : 60)];
        random.nextBytes(datagram);
        datagram[0] = (byte) (0x40 | 5 + options / 4);
        datagram[6] = 0;
        datagram[7] = 0;
        datagram[8] = 64;
        datagram[9] = 17;
        Arrays.fill(datagram, 20, 20 + options, (byte) 1);
        ByteBuffer header = ByteBuffer.wrap(datagram);
        if (random.nextInt(3) != 0) {
            header.putInt(12, SERVER.ipv4());
        }
        header.putInt(16, VM1);
        int udp = 20 + options;
        if (datagram.length >= udp + 8) {
            if (random.nextBoolean()) {
                header.putShort(udp + 2, (short) SERVER_PORT);
            } else if (random.nextInt(4) == 0) {
                header.putShort(udp + 2, (short) 0);
            }
            if (random.nextInt(4) != 0) {
                header.putShort(udp + 4, (short) (datagram.length - udp));
            }
            if (random.nextBoolean()) {
                header.putShort(udp + 6, (short) 0);
            }
        }
        return datagram;
    }
}
