package io.nubicast.dataplane;

import static org.assertj.core.api.Assertions.assertThat;

import io.nubicast.forwarding.Capability;
import io.nubicast.forwarding.InterfaceSelection;
import io.nubicast.forwarding.Match;
import io.nubicast.forwarding.OutputPort;
import io.nubicast.forwarding.RateLimit;
import io.nubicast.forwarding.Replication;
import io.nubicast.forwarding.Rewrite;
import io.nubicast.forwarding.Route;
import io.nubicast.wire.Address;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

/// The client's contract between machines: all of [ClientPlaneContract], the LAN behind the host, and interfaces that change.
abstract class WiredClientPlaneContract extends ClientPlaneContract {
    /// Of the namespaces, lower-case letters, one a test class.
    abstract String prefix();

    @Override
    final ContractNetwork openNetwork() throws Exception {
        return NamespaceNetwork.open(prefix());
    }

    private NamespaceNetwork wired() {
        return (NamespaceNetwork) network();
    }

    private Application onLan(int peer) throws Exception {
        return closing(network().onPeer(peer, () -> Application.member(Address.ANY_IPV4, group, groupPort,
                network().peerInterface(peer))));
    }

    @Test
    void machinesOnTheLanGetTheRestoredDatagramsToo() throws Exception {
        Application server = server(0);
        Application local = member();
        Application first = onLan(1);
        Application second = onLan(2);
        apply(route(0));

        stream(0, 1_000, to(server), List.of(local, first, second));

        server.send(random(65_507), network().host(), serverPort);
        for (Application member : List.of(local, first, second)) {
            Application.Datagram restored = member.next();
            assertThat(restored.payload()).isEqualTo(random(65_507));
            assertThat(restored.source())
                    .isEqualTo(can(Capability.KEEPS_SOURCE) ? network().peer(0) : network().host());
            assertThat(member.poll()).isEmpty();
        }
    }

    @Test
    void everyAddressOfTheHostIsServedWhenTheRouteNamesNone() throws Exception {
        Application server = server(0);
        Application local = member();
        Match match = new Match(InterfaceSelection.ALL, network().peer(0),
                new Match.Destination.ThisHost(Address.ANY_IPV4), serverPort);
        apply(new Route("contract", match,
                List.of(new Replication(new OutputPort.MulticastOut(group, InterfaceSelection.ARRIVAL),
                        new Rewrite(groupPort, 1))),
                RateLimit.NONE));

        server.send(numbered(5, 8), network().host(), serverPort);

        assertThat(local.next().number()).isEqualTo(5);
        assertThat(local.poll()).isEmpty();
    }

    @Test
    void anInterfaceThatGoesDownAndUpIsServedAgain() throws Exception {
        Application server = server(0);
        Application lan = onLan(1);
        apply(route(0));

        wired().flap();

        assertServedAgain(server, lan);
    }

    @Test
    void anInterfaceThatIsReplacedIsServedAgain() throws Exception {
        Application server = server(0);
        Application lan = onLan(1);
        apply(route(0));

        wired().replace();

        assertServedAgain(server, lan);
    }

    private void assertServedAgain(Application server, Application lan) {
        eventually("a restored datagram after the interface came back", () -> {
            try {
                server.send(numbered(1, 8), network().host(), serverPort);
                return lan.poll().isPresent();
            } catch (IOException e) {
                return false;
            }
        });
    }
}
