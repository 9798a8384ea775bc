package io.nubicast.dataplane.socket;

import static io.nubicast.dataplane.socket.Lan.GROUP;
import static io.nubicast.dataplane.socket.Lan.SERVER_PORT;
import static io.nubicast.wire.Address.ANY_IPV4;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import io.nubicast.dataplane.socket.Application.Received;
import io.nubicast.forwarding.Capability;
import io.nubicast.forwarding.InterfaceSelection;
import io.nubicast.forwarding.Match;
import io.nubicast.forwarding.RateLimit;
import io.nubicast.forwarding.Replication;
import io.nubicast.forwarding.Rewrite;
import io.nubicast.forwarding.Route;
import io.nubicast.forwarding.RouteTable;
import io.nubicast.kernel.socket.RawSocket;
import io.nubicast.kernel.socket.ReceiveBatch;
import io.nubicast.kernel.socket.UdpSocket;
import io.nubicast.wire.Address;
import io.nubicast.wire.DropReason;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// What is so only where copies are steered: applications are not in their way, nor they in theirs.
class SteeredIntakeTest extends SocketClientFixture {
    private static final Route KEPT = route(SERVER_PORT, Rewrite.KEEP_PORT);

    @Override
    ClientPlane client() {
        return ClientPlane.STEERED;
    }

    private static Route route(Address local, int serverPort) {
        return new Route("test",
                new Match(InterfaceSelection.ALL, SERVER, new Match.Destination.ThisHost(local), serverPort),
                List.of(new Replication(out(InterfaceSelection.ARRIVAL), new Rewrite(Rewrite.KEEP_PORT, 1))),
                RateLimit.NONE);
    }

    @Test
    void itSaysSo() {
        assertThat(plane.capabilities()).contains(Capability.LEAVES_PORTS_FREE);
        assertThat(plane.remark()).contains("copies are steered past the applications' ports");
    }

    @Test
    void anApplicationThatSharesNothingMayTakeThePortBeforeOrAfterAndGetsEachDatagramOnce() throws Exception {
        Application before = application(vm1, ANY_IPV4, SERVER_PORT, false, GROUP);
        plane.apply(new RouteTable(List.of(KEPT)));
        send(0, 100, SERVER_PORT);
        assertEachOnce(before.receive(100), 0, 100);
        before.close();

        Application after = application(vm1, ANY_IPV4, SERVER_PORT, false, GROUP);
        send(100, 100, SERVER_PORT);

        assertEachOnce(after.receive(100), 100, 100);
        assertThat(counters.of(match(SERVER_PORT)).packets()).as("restored, not left to the application")
                .isEqualTo(200);
        assertThat(plane.drops().total()).isZero();
    }

    /// They come by the raw socket, and are not mistaken for what the other had no room for.
    @Test
    void copiesWithoutAChecksumAreNotCountedAsLost() throws Exception {
        Application here = application(vm1, ANY_IPV4, SERVER_PORT, false, GROUP);
        plane.apply(new RouteTable(List.of(KEPT)));

        for (int i = 0; i < 100; i++) {
            server.noChecksum(i % 2 == 0);
            send(i, 1, SERVER_PORT);
        }

        assertThat(here.receive(100)).hasSize(100);
        assertThat(plane.drops().total()).isZero();
    }

    @Test
    void noPortOfACopyIsBound() throws Exception {
        plane.apply(new RouteTable(List.of(KEPT, route(Match.ANY_PORT, Rewrite.KEEP_PORT))));

        assertThat(vm1.run("ss", "-Huan").lines().filter(line -> !line.contains("127.0.0.1:"))).isEmpty();
    }

    @Test
    void whatOthersSendToThePortIsTheApplicationsAndIsNotCounted() throws Exception {
        plane.apply(new RouteTable(List.of(KEPT)));
        Application application = application(vm1, ANY_IPV4, SERVER_PORT, false, GROUP);
        UdpSocket stranger = lan.sender(vm2, 9);

        for (int i = 0; i < 20; i++) {
            stranger.sendTo(numbered(i), VM1, SERVER_PORT);
        }

        assertThat(application.receive(20)).hasSize(20).extracting(Received::source).containsOnly("10.0.0.12");
        assertThat(plane.drops().total()).isZero();
    }

    @Test
    void onceTheApplicationIsGoneStrangersAreCountedAgain() throws Exception {
        plane.apply(new RouteTable(List.of(KEPT)));
        Application application = application(vm1, ANY_IPV4, SERVER_PORT, false, GROUP);
        UdpSocket stranger = lan.sender(vm2, 9);
        stranger.sendTo(numbered(1), VM1, SERVER_PORT);
        assertThat(application.receive(1)).hasSize(1);
        application.close();

        Lan.until("a stranger is counted", () -> {
            stranger.sendTo(numbered(2), VM1, SERVER_PORT);
            return plane.drops().of(DropReason.UNKNOWN_SERVER) > 0;
        });

        assertThat(plane.rejectedSources()).containsOnlyKeys(Address.ipv4("10.0.0.12"));
    }

    @Test
    void aServersOtherPortIsCountedAsAStrangers() throws Exception {
        Route other = new Route("test", new Match(InterfaceSelection.ALL, Address.ipv4("10.0.0.12"),
                new Match.Destination.ThisHost(ANY_IPV4), SERVER_PORT + 1), KEPT.replications(), RateLimit.NONE);
        plane.apply(new RouteTable(List.of(KEPT, other)));

        send(0, 7, SERVER_PORT + 1);

        Lan.until("counted", () -> plane.drops().of(DropReason.UNKNOWN_SERVER) == 7);
        assertThat(plane.rejectedSources()).containsExactly(entry(SERVER, 7L));
    }

    @Test
    void everyFlowOfAnEntryForAnyPortIsServedFromItsFirstDatagramOn() throws Exception {
        Application application = application(vm1, ANY_IPV4, 5_301, false, GROUP);
        RawSocket icmp = lan.raw(lan.proxy, RawSocket.IPPROTO_ICMP);
        plane.apply(new RouteTable(List.of(route(Match.ANY_PORT, Rewrite.KEEP_PORT))));
        int flows = ClientFlows.CAPACITY + 100;

        for (int port = 10_000; port < 10_000 + flows; port++) {
            send(0, 1, port);
        }
        send(0, 50, 5_301);

        assertEachOnce(application.receive(50), 0, 50);
        Lan.until("all restored", () -> counters.of(match(Match.ANY_PORT)).packets() == flows + 50);
        try (Arena arena = Arena.ofConfined()) {
            assertThat(new ReceiveBatch(arena, 8, 100, 0).receiveNow(icmp)).as("port unreachable").isZero();
        }
    }

    /// The kernel glues within a flow only: otherwise the port of one datagram would be told for all.
    @Test
    void gluedDatagramsOfSeveralFlowsKeepTheirPorts() throws Exception {
        List<Application> applications = new ArrayList<>();
        for (int port = 5_301; port <= 5_304; port++) {
            applications.add(application(vm2, ANY_IPV4, port, true, GROUP));
        }
        plane.apply(new RouteTable(List.of(route(Match.ANY_PORT, Rewrite.KEEP_PORT))));
        server.segmentBytes(100);

        for (int round = 0; round < 20; round++) {
            for (int port = 5_301; port <= 5_304; port++) {
                byte[] train = new byte[1_000];
                for (int i = 0; i < 10; i++) {
                    train[i * 100] = (byte) (port - 5_300);
                    train[i * 100 + 1] = (byte) (round * 10 + i);
                }
                assertThat(server.sendTo(train, VM1, port)).isEqualTo(1_000);
            }
        }

        for (int i = 0; i < 4; i++) {
            List<Received> received = applications.get(i).receive(200);
            assertThat(received).hasSize(200);
            for (int number = 0; number < 200; number++) {
                assertThat(received.get(number).number()).isEqualTo((i + 1) << 8 | number);
                assertThat(received.get(number).payload()).hasSize(100);
            }
        }
        assertThat(counters.of(match(Match.ANY_PORT)).packets()).isEqualTo(800);
    }

    @Test
    void copiesToAnAddressThatIsNotConfiguredAreLeftAlone() throws Exception {
        vm1.address("eth0", "10.0.0.99/24");
        Application application = application(vm1, ANY_IPV4, SERVER_PORT, false, ANY_IPV4);
        plane.apply(new RouteTable(List.of(route(Address.ipv4("10.0.0.99"), SERVER_PORT))));

        send(0, 5, SERVER_PORT);
        server.sendTo(numbered(9), Address.ipv4("10.0.0.99").ipv4(), SERVER_PORT);

        assertEachOnce(application.receive(5), 0, 5);
        Lan.until("the copy is taken", () -> counters.of(route(Address.ipv4("10.0.0.99"), SERVER_PORT).match())
                .packets() == 1);
    }

    @Test
    void aServerThatIsTakenOutIsNotSteeredAnyMoreAndTheOthersLoseNothing() throws Exception {
        Application application = application(vm1, ANY_IPV4, SERVER_PORT, false, ANY_IPV4);
        Application outside = application(vm2, ANY_IPV4, 5_301, false, GROUP);
        plane.apply(new RouteTable(List.of(KEPT, route(5_301, Rewrite.KEEP_PORT))));

        for (int i = 0; i < 50; i++) {
            send(i, 1, 5_301);
            plane.apply(new RouteTable(List.of(route(5_301, Rewrite.KEEP_PORT))));
            send(i, 1, SERVER_PORT);
            plane.apply(new RouteTable(List.of(route(5_301, Rewrite.KEEP_PORT), KEPT)));
        }

        assertEachOnce(application.receive(50), 0, 50);
        assertEachOnce(outside.receive(50), 0, 50);
    }

    @Test
    void afterClosingDatagramsGoWhereTheyWouldHaveGone() throws Exception {
        Application application = application(vm1, ANY_IPV4, SERVER_PORT, false, ANY_IPV4);
        plane.apply(new RouteTable(List.of(KEPT)));
        send(0, 1, SERVER_PORT);
        Lan.until("taken", () -> counters.of(match(SERVER_PORT)).packets() == 1);

        plane.close();
        send(1, 10, SERVER_PORT);

        assertEachOnce(application.receive(10), 1, 10);
    }

    @Test
    void anApplicationThatIsConnectedToTheServerKeepsWhatTheServerAnswers() throws Exception {
        plane.apply(new RouteTable(List.of(route(Match.ANY_PORT, Rewrite.KEEP_PORT))));
        UdpSocket client = lan.sender(vm1, 5_555);
        client.connect(SERVER.ipv4(), SOURCE_PORT);
        client.receiveTimeout(3_000);

        send(0, 1, 5_555);

        try (Arena arena = Arena.ofConfined()) {
            assertThat(new ReceiveBatch(arena, 1, 100, 0).receive(client)).isEqualTo(1);
        }
    }
}
