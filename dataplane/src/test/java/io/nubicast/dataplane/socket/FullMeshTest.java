package io.nubicast.dataplane.socket;

import static io.nubicast.dataplane.socket.Lan.GROUP;
import static io.nubicast.dataplane.socket.Lan.GROUP_PORT;
import static io.nubicast.dataplane.socket.Lan.SERVER_PORT;
import static org.assertj.core.api.Assertions.assertThat;

import io.nubicast.dataplane.socket.Application.Received;
import io.nubicast.forwarding.CounterRegistry;
import io.nubicast.forwarding.InterfaceSelection;
import io.nubicast.forwarding.Match;
import io.nubicast.forwarding.OutputPort;
import io.nubicast.forwarding.RateLimit;
import io.nubicast.forwarding.Replication;
import io.nubicast.forwarding.Rewrite;
import io.nubicast.forwarding.Route;
import io.nubicast.forwarding.RouteTable;
import io.nubicast.kernel.socket.UdpSocket;
import io.nubicast.tools.lab.Node;
import io.nubicast.wire.Address;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Two hosts that are server and client of the same group at once, in a network that carries no multicast:
///
///     a 10.0.0.1 ──── VPC ──── b 10.0.0.11
class FullMeshTest {
    private static final int DATAGRAMS = 200;

    private final Lan lan = new Lan();

    @AfterEach
    void tearDown() {
        lan.close();
    }

    /// T-PRX-08 with both real sides.
    @Test
    void eachHostGetsWhatTheOtherSendsOnceAndNothingGoesRound() throws Exception {
        lan.lan.blockMulticast();
        Node a = lan.proxy;
        Node b = lan.member(1);
        CounterRegistry fromA = new CounterRegistry();
        CounterRegistry fromB = new CounterRegistry();
        serve(a, fromA, "10.0.0.11");
        serve(b, fromB, "10.0.0.1");
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

    private void serve(Node node, CounterRegistry counters, String other) throws Exception {
        lan.plane(node, counters).apply(new RouteTable(
                List.of(Lan.route(Lan.match(GROUP, Match.ANY_PORT), Lan.to(other)))));
        SocketClientPlane client = lan.keep(InNamespace.call(node, () -> new SocketClientPlane(new CounterRegistry())));
        client.apply(new RouteTable(List.of(new Route("test",
                new Match(InterfaceSelection.ALL, Address.ipv4(other), new Match.Destination.ThisHost(Address.ANY_IPV4),
                        SERVER_PORT),
                List.of(new Replication(new OutputPort.MulticastOut(GROUP, InterfaceSelection.ARRIVAL),
                        new Rewrite(GROUP_PORT, 1))),
                RateLimit.NONE))));
    }

    private void send(Node node, int tag) throws Exception {
        UdpSocket sender = lan.sender(node, 0);
        int eth0 = InNamespace.call(node, () -> Application.index("eth0"));
        sender.multicastInterface(eth0);
        for (int i = 0; i < DATAGRAMS; i++) {
            assertThat(sender.sendTo(new byte[]{0, (byte) tag}, GROUP.ipv4(), GROUP_PORT)).isEqualTo(2);
        }
    }
}
