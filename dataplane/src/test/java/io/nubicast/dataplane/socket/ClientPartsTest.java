package io.nubicast.dataplane.socket;

import static org.assertj.core.api.Assertions.assertThat;

import io.nubicast.dataplane.linux.PlaneEvents;
import io.nubicast.forwarding.CounterRegistry;
import io.nubicast.forwarding.InterfaceSelection;
import io.nubicast.forwarding.Match;
import io.nubicast.forwarding.RateLimit;
import io.nubicast.forwarding.Route;
import io.nubicast.forwarding.RouteIndex;
import io.nubicast.forwarding.RouteTable;
import io.nubicast.kernel.netlink.RouteEvent.Link;
import io.nubicast.kernel.netlink.RouteEvent.LocalAddress;
import io.nubicast.kernel.socket.SocketFilter;
import io.nubicast.wire.Address;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The client's parts that need no socket.
class ClientPartsTest {
    private static final int SERVER = 0x0A000001;
    private static final int HERE = 0x0A00000B;
    private static final int UP_MULTICAST = 0x1001;
    private static final int UP_LOOPBACK = 0x9;
    private static final Link LO = new Link(1, "lo", UP_LOOPBACK, 65_536, -1, 772, 0);
    private static final Link ETH0 = new Link(2, "eth0", UP_MULTICAST, 1_500, -1, 1, 0);
    private static final Link DOWN = new Link(3, "eth1", 0x1000, 1_500, -1, 1, 0);
    private static final ClientHost HOST = new ClientHost(List.of(LO, ETH0, DOWN),
            List.of(new LocalAddress(1, 0x7F000001, 8), new LocalAddress(2, HERE, 24),
                    new LocalAddress(3, 0x0B000001, 8)));

    private static Collection<RestoreRoute> routes(ClientHost host, Address local, int... ports) {
        List<Route> routes = new ArrayList<>();
        for (int port : ports) {
            routes.add(new Route("test",
                    new Match(InterfaceSelection.ALL, Address.ofIpv4(SERVER), new Match.Destination.ThisHost(local),
                            port),
                    List.of(), RateLimit.NONE));
        }
        RouteIndex index = RouteIndex.compile(new RouteTable(routes), new CounterRegistry(), RouteIndex.EMPTY, 0);
        return new ClientTable(index, host, new RestoreOutputs(new PlaneEvents())).routes();
    }

    private static boolean passes(SocketFilter filter, int source, int destination, int port, int checksum) {
        ByteBuffer packet = ByteBuffer.allocate(28);
        packet.put(0, (byte) 0x45).putInt(12, source).putInt(16, destination);
        packet.putShort(22, (short) port).putShort(26, (short) checksum);
        return filter.run(packet.array(), 0, new SocketFilter.Metadata(0, 2, 0)) != 0;
    }

    @Test
    void withoutRoutesNothingIsCaptured() {
        SocketFilter filter = ClientCapture.filter(List.of(), new int[0], new int[0]);

        assertThat(passes(filter, SERVER, HERE, 5_000, 0)).isFalse();
    }

    @Test
    void ofBoundPortsOnlyDatagramsWithoutAChecksumAreCaptured() {
        SocketFilter filter = ClientCapture.filter(routes(HOST, Address.ANY_IPV4, 5_000, 5_001), new int[]{5_000},
                new int[]{5_001});

        assertThat(passes(filter, SERVER, HERE, 5_000, 1)).isFalse();
        assertThat(passes(filter, SERVER, HERE, 5_000, 0)).isTrue();
        assertThat(passes(filter, SERVER, HERE, 5_001, 1)).isTrue();
        assertThat(passes(filter, SERVER, HERE, 5_002, 1)).isFalse();
        assertThat(passes(filter, SERVER + 1, HERE, 5_001, 0)).isFalse();
        assertThat(passes(filter, SERVER, 0xE0010203, 5_001, 0)).isFalse();
    }

    @Test
    void anEntryForAnyPortCapturesAllButTheBoundOnes() {
        SocketFilter filter = ClientCapture.filter(routes(HOST, Address.ANY_IPV4, 5_000, Match.ANY_PORT),
                new int[]{5_000}, new int[0]);

        assertThat(passes(filter, SERVER, HERE, 5_000, 1)).isFalse();
        assertThat(passes(filter, SERVER, HERE, 5_002, 1)).isTrue();
        assertThat(passes(filter, SERVER + 1, HERE, 5_002, 1)).isFalse();
    }

    @Test
    void theLoopbackAddressIsServedOnlyWhereItIsNamed() {
        int lo = HOST.placeOf(0x7F000001);
        int eth0 = HOST.placeOf(HERE);

        assertThat(routes(HOST, Address.ANY_IPV4, 5_000)).singleElement().satisfies(route -> {
            assertThat(route.accepts(0x7F000001, lo)).isFalse();
            assertThat(route.accepts(HERE, eth0)).isTrue();
        });
        assertThat(routes(HOST, Address.ipv4("127.0.0.1"), 5_000)).singleElement().satisfies(route -> {
            assertThat(route.accepts(0x7F000001, lo)).isTrue();
            assertThat(route.accepts(HERE, eth0)).isFalse();
        });
    }

    @Test
    void interfacesThatAreDownHaveNoPlace() {
        assertThat(HOST.placeOf(0x0B000001)).isEqualTo(-1);
        assertThat(HOST.placeOf(0x0A0000FF)).isEqualTo(-1);
        assertThat(HOST.selected(InterfaceSelection.ALL, 0)).containsExactly(HOST.placeOf(HERE));
        assertThat(HOST.selected(new InterfaceSelection.Named(List.of("eth1")), 0)).isEmpty();
    }

    @Test
    void rejectedSourcesAreBoundedAndNoCountIsLost() {
        ClientRejects rejects = new ClientRejects();
        for (int source = 1; source <= 5_000; source++) {
            rejects.add(source, 1);
        }
        rejects.add(1, 9);

        assertThat(rejects.bySource()).hasSize(ClientRejects.CAPACITY + 1);
        assertThat(rejects.bySource().get(Address.ofIpv4(1))).isEqualTo(10);
        assertThat(rejects.bySource().values().stream().mapToLong(Long::longValue).sum()).isEqualTo(5_009);
        assertThat(rejects.bySource().get(Address.ANY_IPV4)).isEqualTo(5_000 - ClientRejects.CAPACITY);
    }

    @Test
    void applicationsThatTakeUnicastAreFoundInProcNetUdp(@TempDir Path directory) throws Exception {
        Files.writeString(directory.resolve("udp"), """
                   sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref
                  100: 00000000:1389 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 1 2 0 0
                10101: 0B00000A:138A 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 2 2 0 0
                  102: 00000000:138B 0100000A:9C40 01 00000000:00000000 00:00000000 00000000     0        0 3 2 0 0
                  103: 030201EF:138C 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 4 2 0 0
                """);
        Files.writeString(directory.resolve("udp6"), """
                   sl  local_address                         remote_address                        st tx_queue rx_queue
                  100: 00000000000000000000000000000000:138D 00000000000000000000000000000000:0000 07 00000000:00000000
                  101: 0000000000000000FFFF00000B00000A:138E 00000000000000000000000000000000:0000 07 00000000:00000000
                  102: 000080FE00000000FF5F0302000000AB:138F 00000000000000000000000000000000:0000 07 00000000:00000000
                  103: 0000000000000000FFFF00000B00000A:1390 0000000000000000FFFF00000100000A:9C40 01 00000000:00000000
                """);
        ClientListeners listeners = new ClientListeners(directory);

        assertThat(listeners.takes(HERE, 5_001)).isTrue();
        assertThat(listeners.takes(HERE, 5_002)).isTrue();
        assertThat(listeners.takes(HERE + 1, 5_002)).isFalse();
        assertThat(listeners.takes(HERE, 5_003)).as("connected to another").isFalse();
        assertThat(listeners.takes(HERE, 5_004)).as("bound to a group").isFalse();
        assertThat(listeners.takes(HERE, 5_005)).as("of both families").isTrue();
        assertThat(listeners.takes(HERE, 5_006)).as("an IPv4 address on a socket for IPv6").isTrue();
        assertThat(listeners.takes(HERE + 1, 5_006)).isFalse();
        assertThat(listeners.takes(HERE, 5_007)).as("an IPv6 address").isFalse();
        assertThat(listeners.takes(HERE, 5_008)).as("connected to another").isFalse();
        assertThat(new ClientListeners(directory.resolve("none")).takes(HERE, 5_001)).isFalse();
    }
}
