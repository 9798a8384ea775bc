package io.nubicast.dataplane.socket;

import static io.nubicast.dataplane.socket.Lan.GROUP;
import static io.nubicast.dataplane.socket.Lan.GROUP_PORT;
import static io.nubicast.dataplane.socket.Lan.SERVER_PORT;
import static org.assertj.core.api.Assertions.assertThat;

import io.nubicast.dataplane.PlaneOptions;
import io.nubicast.dataplane.packet.PacketServerPlane;
import io.nubicast.dataplane.socket.Application.Received;
import io.nubicast.forwarding.CounterRegistry;
import io.nubicast.forwarding.DataPlane;
import io.nubicast.forwarding.InterfaceSelection;
import io.nubicast.forwarding.Match;
import io.nubicast.forwarding.OutputPort;
import io.nubicast.forwarding.PlaneEvent;
import io.nubicast.forwarding.RateLimit;
import io.nubicast.forwarding.Replication;
import io.nubicast.forwarding.Rewrite;
import io.nubicast.forwarding.Route;
import io.nubicast.forwarding.RouteTable;
import io.nubicast.kernel.socket.UdpSocket;
import io.nubicast.tools.lab.Node;
import io.nubicast.wire.Address;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Hosts that are server and client of the same group at once:
///
///     a 10.0.0.1 ──┬── b 10.0.0.11
///                  ├── c 10.0.0.12 ...
class FullMeshTest {
    private static final int DATAGRAMS = 200;

    private String serverPlane = "socket";
    private ClientPlane clientPlane = ClientPlane.STEERED;
    private final Lan lan = new Lan(registry -> serverPlane.equals("packet")
            ? new PacketServerPlane(registry, PlaneOptions.DEFAULT)
            : new SocketServerPlane(registry));

    @AfterEach
    void tearDown() {
        lan.close();
    }

    /// T-PRX-08 with both real sides.
    @ParameterizedTest(name = "server {0}, client {1}")
    @CsvSource({"socket,STEERED", "packet,STEERED", "socket,KERNEL", "packet,KERNEL"})
    void eachHostGetsWhatTheOtherSendsOnceAndNothingGoesRound(String server, ClientPlane client) throws Exception {
        serverPlane = server;
        clientPlane = client;
        lan.lan.blockMulticast();
        Node a = lan.proxy;
        Node b = lan.member(1);
        CounterRegistry fromA = new CounterRegistry();
        CounterRegistry fromB = new CounterRegistry();
        serve(a, fromA, List.of("10.0.0.11"));
        serve(b, fromB, List.of("10.0.0.1"));
        Application onA = lan.keep(Application.open(a, Address.ANY_IPV4, GROUP_PORT, true, GROUP));
        Application onB = lan.keep(Application.open(b, GROUP, GROUP_PORT, true, GROUP));

        send(a, 0);
        send(b, 1);

        for (Application application : List.of(onA, onB)) {
            List<Received> received = application.receive(2 * DATAGRAMS);
            assertThat(received).filteredOn(each -> each.source().equals("10.0.0.1")).hasSize(DATAGRAMS)
                    .allSatisfy(each -> assertThat(each.payload()).containsExactly(0, 0));
            assertThat(received).filteredOn(each -> each.source().equals("10.0.0.11")).hasSize(DATAGRAMS)
                    .allSatisfy(each -> assertThat(each.payload()).containsExactly(0, 1));
            assertThat(received).hasSize(2 * DATAGRAMS);
        }
        assertThat(Lan.counters(fromA).packets()).isEqualTo(DATAGRAMS);
        assertThat(Lan.counters(fromB).packets()).isEqualTo(DATAGRAMS);
    }

    /// PRX-030(e): where the network carries multicast, each host also hears on the wire what the others restore, and must not
    /// copy it again. Before a host knows a flow some datagrams may go round; once every host knows every other's, none.
    @ParameterizedTest(name = "{0} hosts, server {1}, client {2}")
    @CsvSource({"3,socket,STEERED", "4,socket,STEERED", "3,packet,STEERED", "4,packet,STEERED", "4,socket,KERNEL",
            "4,packet,KERNEL"})
    void whereTheNetworkCarriesMulticastCopiesDoNotMultiply(int hosts, String name, ClientPlane client)
            throws Exception {
        serverPlane = name;
        clientPlane = client;
        List<Node> nodes = new ArrayList<>(List.of(lan.proxy));
        List<String> addresses = new ArrayList<>(List.of("10.0.0.1"));
        for (int i = 1; i < hosts; i++) {
            nodes.add(lan.member(i));
            addresses.add("10.0.0.1" + i);
        }
        List<CounterRegistry> counters = new ArrayList<>();
        List<DataPlane> servers = new ArrayList<>();
        List<UdpSocket> senders = new ArrayList<>();
        for (int i = 0; i < hosts; i++) {
            String self = addresses.get(i);
            counters.add(new CounterRegistry());
            servers.add(serve(nodes.get(i), counters.get(i),
                    addresses.stream().filter(each -> !each.equals(self)).toList()));
            senders.add(sender(nodes.get(i)));
        }
        LongSupplier copies = () -> copies(counters, addresses);
        int aRound = hosts * (hosts - 1);

        Set<String> known = new TreeSet<>();
        for (int number = 0; number < DATAGRAMS && known.size() < aRound; number++) {
            sendRound(senders, number, copies, copies.getAsLong() + aRound);
            settled(copies);
            for (int i = 0; i < hosts; i++) {
                for (Optional<PlaneEvent> event = servers.get(i).pollEvent(); event.isPresent(); event =
                        servers.get(i).pollEvent()) {
                    if (event.get() instanceof PlaneEvent.LoopDetected loop) {
                        known.add(loop.source() + " at " + addresses.get(i));
                    }
                }
            }
        }
        assertThat(known).as("flows that a host knows to come round").hasSize(aRound);

        long before = copies.getAsLong();
        for (int number = 0; number < DATAGRAMS; number++) {
            sendRound(senders, DATAGRAMS + number, copies, before + (number + 1L) * aRound);
        }
        assertThat(settled(copies) - before).isEqualTo((long) DATAGRAMS * aRound);
    }

    private static void sendRound(List<UdpSocket> senders, int number, LongSupplier copies, long least)
            throws Exception {
        for (UdpSocket sender : senders) {
            assertThat(sender.sendTo(new byte[]{(byte) (number >>> 8), (byte) number}, GROUP.ipv4(), GROUP_PORT))
                    .isEqualTo(2);
        }
        Lan.until("copied", () -> copies.getAsLong() >= least);
    }

    /// Waits until no copy was added for a moment.
    private long settled(LongSupplier copies) throws Exception {
        Application bystander =
                lan.keep(Application.open(lan.proxy, Address.ANY_IPV4, 9, true, Address.ANY_IPV4));
        long last = -1;
        while (last != copies.getAsLong()) {
            last = copies.getAsLong();
            assertThat(bystander.receive(0)).as("for a moment").isEmpty();
        }
        return last;
    }

    private static long copies(List<CounterRegistry> counters, List<String> addresses) {
        return counters.stream()
                .mapToLong(each -> addresses.stream().mapToLong(member -> Lan.counters(each, member).packets()).sum())
                .sum();
    }

    private DataPlane serve(Node node, CounterRegistry counters, List<String> others) throws Exception {
        DataPlane server = lan.plane(node, counters);
        server.apply(new RouteTable(List.of(Lan.route(Lan.match(GROUP, Match.ANY_PORT),
                others.stream().map(Lan::to).toArray(Replication[]::new)))));
        clientPlane.assume();
        DataPlane client = lan.keep(InNamespace.call(node, () -> clientPlane.open(new CounterRegistry())));
        client.apply(new RouteTable(others.stream().map(FullMeshTest::restored).toList()));
        return server;
    }

    private static Route restored(String server) {
        return new Route("test",
                new Match(InterfaceSelection.ALL, Address.ipv4(server),
                        new Match.Destination.ThisHost(Address.ANY_IPV4),
                        SERVER_PORT),
                List.of(new Replication(new OutputPort.MulticastOut(GROUP, InterfaceSelection.ARRIVAL),
                        new Rewrite(GROUP_PORT, 1))),
                RateLimit.NONE);
    }

    private UdpSocket sender(Node node) throws Exception {
        UdpSocket sender = lan.sender(node, 0);
        sender.multicastInterface(InNamespace.call(node, () -> Application.index("eth0")));
        return sender;
    }

    private void send(Node node, int tag) throws Exception {
        UdpSocket sender = sender(node);
        for (int i = 0; i < DATAGRAMS; i++) {
            assertThat(sender.sendTo(new byte[]{0, (byte) tag}, GROUP.ipv4(), GROUP_PORT)).isEqualTo(2);
        }
    }
}
