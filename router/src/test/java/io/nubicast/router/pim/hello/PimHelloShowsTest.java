package io.nubicast.router.pim.hello;

import static org.assertj.core.api.Assertions.assertThat;

import io.nubicast.engine.Timers;
import io.nubicast.forwarding.routing.PortTraffic;
import io.nubicast.router.iface.InterfaceAddress;
import io.nubicast.router.iface.RouterInterface;
import io.nubicast.router.port.Packet;
import io.nubicast.router.port.PacketPort;
import io.nubicast.shell.Answer;
import io.nubicast.wire.Address;
import io.nubicast.wire.pim.HelloOption;
import io.nubicast.wire.pim.PimMessage;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// Spec 2.9: byte for byte as in the document, and as IOS XE prints it elsewhere.
class PimHelloShowsTest {
    private static final long SECOND = 1_000_000_000L;

    private final Timers timers = new Timers();
    private final PimHello hello = new PimHello(new PacketPort() {
        @Override
        public void send(int interfaceId, Packet packet) {}

        @Override
        public void sendRouted(Packet packet) {}
    }, timers, new PimNeighbors.Listener() {
        @Override
        public void neighborUp(PimNeighbor neighbor, long nowNs) {}

        @Override
        public void neighborDown(PimNeighbor neighbor, long nowNs) {}

        @Override
        public void generationIdChanged(PimNeighbor neighbor, long nowNs) {}

        @Override
        public void addressesChanged(PimNeighbor neighbor, long nowNs) {}

        @Override
        public void designatedRouterChanged(int interfaceId, long nowNs) {}
    }, new Random(1));
    private final PimHelloShows shows = new PimHelloShows(hello, new PimHelloShows.Surroundings() {
        @Override
        public String mode(int interfaceId) {
            return interfaceId == 3 ? "sparse-dense" : "sparse";
        }

        @Override
        public PortTraffic traffic(int interfaceId) {
            return new PortTraffic(5, 500, 7, 700);
        }

        @Override
        public int ttlThreshold(int interfaceId) {
            return 0;
        }

        @Override
        public int joinPruneIntervalSeconds() {
            return 60;
        }
    });

    private void started() {
        HelloConfig other = new HelloConfig(false, 10_000, 35, 7, 500, 2500, 0, Optional.empty(), 10);
        hello.configure(Map.of("GigabitEthernet1", HelloConfig.DEFAULT, "GigabitEthernet2", other, "Tunnel1",
                HelloConfig.DEFAULT), 0);
        hello.onInterface(state(1, "GigabitEthernet1", false, "10.1.2.1", 24), 0);
        hello.onInterface(state(2, "GigabitEthernet2", false, "10.1.3.1", 24), 0);
        hello.onInterface(state(3, "Tunnel1", true, "10.0.0.1", 30), 0);
    }

    private static RouterInterface state(int id, String name, boolean tunnel, String address, int length) {
        return new RouterInterface(id, name, name, true, tunnel, false, 1500,
                List.of(new InterfaceAddress(Address.ipv4(address), length)));
    }

    private void hear(int interfaceId, String from, int holdtime, long nowNs, HelloOption... options) {
        List<HelloOption> all = new ArrayList<>(List.of(new HelloOption.Holdtime(holdtime)));
        all.addAll(List.of(options));
        hello.onHello(interfaceId, Address.ipv4(from), new PimMessage.Hello(all), nowNs);
    }

    private static HelloOption[] cisco(long priority) {
        return new HelloOption[]{new HelloOption.DrPriority(priority), new HelloOption.GenerationId(7),
                new HelloOption.StateRefreshCapable(1, 0), new HelloOption.JoinAttributeCapable()};
    }

    private static void assertGolden(Answer answer, String file) throws IOException {
        try (InputStream golden = Objects.requireNonNull(
                PimHelloShowsTest.class.getResourceAsStream("/io/nubicast/router/pim/hello/" + file))) {
            assertThat(answer.text()).isEqualTo(new String(golden.readAllBytes(), StandardCharsets.UTF_8));
        }
    }

    /// The document's own output: no `DR` on a tunnel (PIM-025), although the neighbour is the designated router.
    @Test
    void aNeighborOnATunnelIsPrintedAsInTheDocument() throws IOException {
        started();
        hear(3, "10.0.0.2", 105, 0, cisco(1));
        hear(3, "10.0.0.2", 105, 28 * SECOND, cisco(1));

        assertGolden(shows.neighbors(Optional.empty(), 58 * SECOND), "neighbor-tunnel.txt");
        assertThat(hello.designatedRouter(3)).contains(Address.ipv4("10.0.0.2"));
    }

    @Test
    void neighborsOnLansHaveTheLettersOfWhatTheyTold() throws IOException {
        started();
        hear(1, "10.1.2.3", 0xFFFF, 0, new HelloOption.DrPriority(0), new HelloOption.GenerationId(7));
        hear(1, "10.1.2.2", 0xFFFF, 0, cisco(1));
        hear(2, "10.1.3.3", 105, 93_600 * SECOND);

        Answer answer = shows.neighbors(Optional.empty(), 93_600 * SECOND);

        assertGolden(answer, "neighbor-lan.txt");
        assertThat(answer.json().toString()).contains("address=10.1.2.3, interface=GigabitEthernet1",
                "drPriority=0", "designatedRouter=true", "uptimeSeconds=93600", "expiresSeconds=105");
        assertThat(shows.neighbors(Optional.of("GigabitEthernet2"), 0).text()).contains("10.1.3.3")
                .doesNotContain("10.1.2.");
    }

    @Test
    void interfacesArePrintedAsByIos() throws IOException {
        started();
        hear(1, "10.1.2.2", 105, 0, cisco(1));
        hear(3, "10.0.0.2", 105, 0, cisco(1));
        timers.run(6 * SECOND);

        assertGolden(shows.interfaces(Optional.empty()), "interface.txt");
        assertGolden(shows.detail(Optional.of("GigabitEthernet1")), "interface-detail.txt");
        assertGolden(shows.count(Optional.empty()), "interface-count.txt");
        assertThat(shows.interfaces(Optional.empty()).json().toString()).contains("name=Tunnel1", "mode=sparse-dense",
                "designatedRouter=10.0.0.2", "hellosIn=1", "helloIntervalMs=10000");
        assertThat(shows.detail(Optional.of("GigabitEthernet2")).text())
                .contains("    PIM DR: 10.1.3.1 (this system)\n");
    }
}
