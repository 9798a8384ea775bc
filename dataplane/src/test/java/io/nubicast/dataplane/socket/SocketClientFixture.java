package io.nubicast.dataplane.socket;

import static io.nubicast.dataplane.socket.Lan.GROUP;
import static io.nubicast.wire.Address.ANY_IPV4;
import static org.assertj.core.api.Assertions.assertThat;

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
import io.nubicast.kernel.socket.UdpSocket;
import io.nubicast.kernel.sys.Descriptor;
import io.nubicast.tools.lab.Node;
import io.nubicast.wire.Address;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/// The client in network namespaces. The manual's IDC case:
///
///     server 10.0.0.1 ──┬── vm1 10.0.0.11, the client
///                       ├── vm2 10.0.0.12
///                       └── vm3 10.0.0.13
abstract class SocketClientFixture {
    static final Address SERVER = Address.ipv4("10.0.0.1");
    static final int VM1 = Address.ipv4("10.0.0.11").ipv4();
    static final int SOURCE_PORT = 40_000;

    final CounterRegistry counters = new CounterRegistry();
    final Lan lan = new Lan();
    Node vm1;
    Node vm2;
    DataPlane plane;
    UdpSocket server;

    abstract ClientPlane client();

    @BeforeEach
    final void build() throws Exception {
        client().assume();
        vm1 = lan.member(1);
        vm2 = lan.member(2);
        plane = lan.keep(InNamespace.call(vm1, () -> client().open(counters)));
        server = lan.sender(lan.proxy, SOURCE_PORT);
    }

    @AfterEach
    final void tearDown() {
        lan.close();
        assertThat(Descriptor.stillOpen()).isEmpty();
    }

    static Match match(int serverPort) {
        return new Match(InterfaceSelection.ALL, SERVER, new Match.Destination.ThisHost(ANY_IPV4), serverPort);
    }

    static OutputPort.MulticastOut out(InterfaceSelection selection) {
        return new OutputPort.MulticastOut(GROUP, selection);
    }

    static Route route(int serverPort, int groupPort) {
        return new Route("test", match(serverPort),
                List.of(new Replication(out(InterfaceSelection.ARRIVAL), new Rewrite(groupPort, 1))), RateLimit.NONE);
    }

    final Application application(Node node, Address bound, int port, boolean shared, Address joined)
            throws Exception {
        return lan.keep(Application.open(node, bound, port, shared, joined));
    }

    static byte[] numbered(int number) {
        return new byte[]{(byte) (number >>> 8), (byte) number, 7, 7};
    }

    final void send(int from, int count, int port) {
        for (int i = from; i < from + count; i++) {
            assertThat(server.sendTo(numbered(i), VM1, port)).isEqualTo(4);
        }
    }

    static void assertEachOnce(List<Received> received, int from, int count) {
        assertThat(received).extracting(Received::number)
                .containsExactlyElementsOf(IntStream.range(from, from + count).boxed().toList());
        assertThat(received).allSatisfy(each -> {
            assertThat(each.source()).isEqualTo("10.0.0.1");
            assertThat(each.sourcePort()).isEqualTo(SOURCE_PORT);
        });
    }

    final String awaitNotice(String part) {
        StringBuilder seen = new StringBuilder();
        boolean[] found = new boolean[1];
        Lan.until("a notice with '" + part + "'", () -> {
            Optional<PlaneEvent> event = plane.pollEvent();
            event.ifPresent(each -> {
                seen.append(each.text()).append('\n');
                found[0] |= each.text().contains(part);
            });
            return found[0];
        });
        return seen.toString();
    }
}
