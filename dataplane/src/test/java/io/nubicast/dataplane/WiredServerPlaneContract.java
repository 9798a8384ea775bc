package io.nubicast.dataplane;

import static org.assertj.core.api.Assertions.assertThat;

import io.nubicast.forwarding.Capability;
import io.nubicast.wire.Address;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

/// The server's contract between machines: all of [ServerPlaneContract], and what only a wire and an interface of one's own can
/// show.
abstract class WiredServerPlaneContract extends ServerPlaneContract {
    /// Of the namespaces, lower-case letters, one a test class.
    abstract String prefix();

    @Override
    final ContractNetwork openNetwork() throws Exception {
        return NamespaceNetwork.open(prefix());
    }

    private NamespaceNetwork wired() {
        return (NamespaceNetwork) network();
    }

    @Test
    void multicastFromTheWireIsCopiedToo() throws Exception {
        Application application = closing(network().onPeer(1,
                () -> Application.sender(network().peer(1), network().peerInterface(1))));
        Application receiver = receiver(0, serverPort);
        apply(route(network().peer(0)));

        application.send(random(100), group, groupPort);

        Application.Datagram copy = receiver.next();
        assertThat(copy.payload()).isEqualTo(random(100));
        assertThat(copy.source())
                .isEqualTo(can(Capability.KEEPS_SOURCE) ? network().peer(1) : network().host());
    }

    @Test
    void aMemberThatDoesNotAnswerArpStarvesNobody() throws Exception {
        Application application = application();
        List<Application> receivers = receivers(3);
        Address silent = wired().silent();
        apply(route(silent, network().peer(0), network().peer(1), network().peer(2)));

        stream(0, 3_000, payload -> application.send(payload, group, groupPort), receivers);

        assertThat(memberCounters(0).errors() + memberCounters(1).errors() + memberCounters(2).errors()).isZero();
    }

    @Test
    void aMemberWhereNobodyListensStarvesNobody() throws Exception {
        Application application = application();
        Application receiver = receiver(1, serverPort);
        apply(route(network().peer(0), network().peer(1)));

        stream(0, 1_000, payload -> application.send(payload, group, groupPort), List.of(receiver));

        assertThat(memberCounters(1).errors()).isZero();
    }

    @Test
    void anInterfaceThatGoesDownAndUpIsServedAgain() throws Exception {
        Application receiver = receiver(0, serverPort);
        apply(route(network().peer(0)));

        wired().flap();

        assertServedAgain(receiver);
    }

    @Test
    void anInterfaceThatIsReplacedIsServedAgain() throws Exception {
        Application receiver = receiver(0, serverPort);
        apply(route(network().peer(0)));

        wired().replace();

        assertServedAgain(receiver);
    }

    private void assertServedAgain(Application receiver) throws Exception {
        Application application = application();
        eventually("a copy after the interface came back", () -> {
            try {
                application.send(numbered(1, 8), group, groupPort);
                return receiver.poll().isPresent();
            } catch (IOException e) {
                return false;
            }
        });
    }
}
