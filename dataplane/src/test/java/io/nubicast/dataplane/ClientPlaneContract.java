package io.nubicast.dataplane;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nubicast.forwarding.Capability;
import io.nubicast.forwarding.InterfaceSelection;
import io.nubicast.forwarding.Match;
import io.nubicast.forwarding.OutputPort;
import io.nubicast.forwarding.RateLimit;
import io.nubicast.forwarding.Replication;
import io.nubicast.forwarding.ReplicationCounters;
import io.nubicast.forwarding.Rewrite;
import io.nubicast.forwarding.Route;
import io.nubicast.forwarding.RouteCounters;
import io.nubicast.forwarding.RouteTable;
import io.nubicast.wire.Address;
import io.nubicast.wire.DropReason;
import java.net.BindException;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// The contract of a data plane that turns unicast copies back into multicast. Peer 0 and peer 1 are configured servers, peer 2
/// is not.
abstract class ClientPlaneContract extends DataPlaneContract {
    private static final RateLimit NO_LIMIT = RateLimit.NONE;

    Address group = Address.ANY_IPV4;
    int groupPort;
    int serverPort;

    @BeforeEach
    void choosePorts() throws Exception {
        group = freshGroup();
        groupPort = freshPort();
        serverPort = freshPort();
    }

    private Match match(int server, int port) {
        return new Match(onHostInterface(), network().peer(server),
                new Match.Destination.ThisHost(network().host()), port);
    }

    private static OutputPort.MulticastOut out(Address toGroup) {
        return new OutputPort.MulticastOut(toGroup, InterfaceSelection.ARRIVAL);
    }

    final Route route(int server, int port, Address toGroup, int toPort, RateLimit limit) {
        return new Route("contract", match(server, port),
                List.of(new Replication(out(toGroup), new Rewrite(toPort, 1))), limit);
    }

    final Route route(int server) {
        return route(server, serverPort, group, groupPort, NO_LIMIT);
    }

    final Application server(int peer) throws Exception {
        return closing(network().onPeer(peer,
                () -> Application.sender(network().peer(peer), network().peerInterface(peer))));
    }

    final Application member(Address bound, Address joined, int port) throws Exception {
        return closing(
                network().onHost(() -> Application.member(bound, joined, port, network().hostInterface())));
    }

    final Application member() throws Exception {
        return member(Address.ANY_IPV4, group, groupPort);
    }

    private RouteCounters routeCounters(int server) {
        return counters.of(match(server, serverPort));
    }

    private ReplicationCounters restoreCounters(int server) {
        return routeCounters(server).of(out(group));
    }

    final Sending to(Application server) {
        return payload -> server.send(payload, network().host(), serverPort);
    }

    @Test
    void aCopyBecomesTheGroupsDatagramWithThePayloadUnchanged() throws Exception {
        Application server = server(0);
        Application wildcard = member();
        Application boundToGroup = member(group, group, groupPort);
        apply(route(0));

        for (int size : sizes()) {
            byte[] payload = random(size);
            server.send(payload, network().host(), serverPort);
            assertThat(wildcard.next().payload()).as("%d bytes", size).isEqualTo(payload);
            assertThat(boundToGroup.next().payload()).as("%d bytes", size).isEqualTo(payload);
        }
        assertThat(wildcard.poll()).as("a second one").isEmpty();
    }

    @Test
    void aRestoredDatagramCarriesTheSourceThatTheCapabilityPromises() throws Exception {
        Application server = server(0);
        Application member = member();
        apply(route(0));

        server.send(random(100), network().host(), serverPort);

        Application.Datagram restored = member.next();
        if (can(Capability.KEEPS_SOURCE)) {
            assertThat(restored.source()).isEqualTo(network().peer(0));
            assertThat(restored.sourcePort()).isEqualTo(server.port());
        } else {
            assertThat(restored.source()).isEqualTo(network().host());
            assertThat(restored.sourcePort()).as("the ports that tell a restored datagram").isBetween(52_540, 52_543);
        }
    }

    @Test
    void onlyConfiguredServersAreAcceptedAndTheOthersCounted() throws Exception {
        Application stranger = server(2);
        Application server = server(0);
        Application member = member();
        apply(route(0), route(1));

        for (int number = 0; number < 50; number++) {
            stranger.send(numbered(number, 100), network().host(), serverPort);
        }
        server.send(numbered(99, 100), network().host(), serverPort);

        assertThat(member.next().number()).isEqualTo(99);
        eventually("50 strangers' datagrams", () -> plane.drops().of(DropReason.UNKNOWN_SERVER) == 50);
    }

    @Test
    void aConfiguredServersOtherPortsAreNotRestored() throws Exception {
        Application server = server(0);
        Application member = member();
        Application unicast = closing(network().onHost(() -> Application.receiver(network().host(), 0)));
        apply(route(0));

        server.send(numbered(1, 8), network().host(), unicast.port());
        server.send(numbered(2, 8), network().host(), serverPort);

        assertThat(unicast.next().number()).as("the application that the port belongs to").isEqualTo(1);
        assertThat(member.next().number()).isEqualTo(2);
    }

    @Test
    void serversAndPortsAreToldApart() throws Exception {
        Address other = freshGroup();
        int otherPort = freshPort();
        Application first = server(0);
        Application second = server(1);
        Application ofGroup = member();
        Application ofOther = member(Address.ANY_IPV4, other, otherPort);
        apply(route(0), route(1, serverPort, other, otherPort, NO_LIMIT),
                route(0, otherPort, other, otherPort, NO_LIMIT));

        first.send(numbered(1, 8), network().host(), serverPort);
        second.send(numbered(2, 8), network().host(), serverPort);
        assertThat(ofOther.next().number()).isEqualTo(2);
        first.send(numbered(3, 8), network().host(), otherPort);

        assertThat(ofGroup.next().number()).isEqualTo(1);
        assertThat(ofOther.next().number()).isEqualTo(3);
        assertThat(ofGroup.poll()).isEmpty();
    }

    @Test
    void anApplicationOnTheCopiesPortGetsEachDatagramOnce() throws Exception {
        Application server = server(0);
        Application member = member(Address.ANY_IPV4, group, serverPort);
        apply(route(0, serverPort, group, serverPort, NO_LIMIT));

        stream(0, 500, to(server), List.of(member));

        assertThat(member.poll()).as("the copy as well").isEmpty();
    }

    @Test
    void anApplicationThatSharesNothingMayBindTheCopiesPortOrIsToldThatItIsTaken() throws Exception {
        Application server = server(0);
        apply(route(0, serverPort, group, serverPort, NO_LIMIT));

        if (can(Capability.LEAVES_PORTS_FREE)) {
            Application holder = closing(network().onHost(
                    () -> Application.holder(group, serverPort, network().hostInterface())));
            stream(0, 500, to(server), List.of(holder));
            assertThat(holder.poll()).as("the copy as well").isEmpty();
        } else {
            assertThatThrownBy(() -> network().onHost(() -> Application.receiver(Address.ANY_IPV4, serverPort)))
                    .isInstanceOf(BindException.class);
        }
    }

    @Test
    void anyPortIsServedOrRefusedWithAReason() throws Exception {
        Application server = server(0);
        Application exact = server(1);
        Application member = member();
        Route anyPort = route(0, Match.ANY_PORT, group, Rewrite.KEEP_PORT, NO_LIMIT);
        apply(anyPort, route(1));

        if (can(Capability.ANY_PORT)) {
            server.send(numbered(1, 8), network().host(), groupPort);
            assertThat(member.next().number()).isEqualTo(1);
            server.send(numbered(2, 8), network().host(), groupPort);
            assertThat(member.next().number()).isEqualTo(2);
        } else {
            assertRefused(plane.judge(anyPort));
        }
        exact.send(numbered(3, 8), network().host(), serverPort);
        assertThat(member.next().number()).isEqualTo(3);
    }

    @Test
    void copiesOfOneTypeOfServiceOnlyAreServedOrRefusedWithAReason() throws Exception {
        Match marked = new Match(onHostInterface(), network().peer(0),
                new Match.Destination.ThisHost(network().host()), serverPort, 0xE0);
        Route route =
                new Route("contract", marked, List.of(new Replication(out(group), new Rewrite(groupPort, 1))),
                        NO_LIMIT);
        if (!can(Capability.MARKS_COPIES)) {
            assertRefused(plane.judge(route));
            return;
        }
        Application server = server(0);
        Application member = member();
        Application unmarked = server(1);
        apply(route, route(1));

        server.send(numbered(1, 8), network().host(), serverPort);
        eventually("counted", () -> counters.of(marked).drops().of(DropReason.NOT_MARKED) == 1);
        unmarked.send(numbered(2, 8), network().host(), serverPort);

        assertThat(member.next().number()).as("of the server that marks nothing").isEqualTo(2);
        assertThat(counters.of(marked).packets()).isZero();
    }

    @Test
    void refusesWhatIsNotAClientsRoute() {
        Match toGroup = new Match(onHostInterface(), Address.ANY_IPV4, new Match.Destination.Group(group), groupPort);
        OutputPort member = new OutputPort.UnicastMember(network().peer(0));

        assertRefused(plane.judge(new Route("contract", toGroup,
                List.of(new Replication(out(group), new Rewrite(groupPort, 1))), NO_LIMIT)));
        assertRefused(plane.judge(new Route("contract", match(0, serverPort),
                List.of(new Replication(member, new Rewrite(groupPort, 1))), NO_LIMIT)));
    }

    @Test
    void orderIsKept() throws Exception {
        Application server = server(0);
        Application member = member();
        apply(route(0));

        stream(0, 4_000, to(server), List.of(member));
    }

    @Test
    void aTableSwapUnderLoadLosesNothingOfUnchangedServers() throws Exception {
        Application server = server(0);
        Application member = member();
        apply(route(0));
        AtomicInteger swaps = new AtomicInteger();
        Thread swapper = network().onHost(() -> Thread.ofPlatform().start(() -> {
            while (!Thread.currentThread().isInterrupted()) {
                plane.apply(new RouteTable(
                        swaps.incrementAndGet() % 2 == 0 ? List.of(route(0)) : List.of(route(1), route(0))));
            }
        }));

        int sent = 0;
        try {
            // A fast plane has the load behind it before the other thread had its turn.
            while (sent == 0 || swaps.get() <= 10) {
                stream(sent, 6_000, to(server), List.of(member));
                sent += 6_000;
            }
        } finally {
            swapper.interrupt();
            swapper.join();
        }

        int all = sent;
        eventually(all + " restored", () -> restoreCounters(0).packets() == all);
    }

    @Test
    void aTableSwapTakesEffect() throws Exception {
        Application first = server(0);
        Application second = server(1);
        Application member = member();
        apply(route(0));
        first.send(numbered(1, 8), network().host(), serverPort);
        assertThat(member.next().number()).isEqualTo(1);

        apply(route(1));
        first.send(numbered(2, 8), network().host(), serverPort);
        second.send(numbered(3, 8), network().host(), serverPort);

        assertThat(member.next().number()).isEqualTo(3);
    }

    @Test
    void countersAreExactAndSurviveATableSwap() throws Exception {
        Application server = server(0);
        Application member = member();
        apply(route(0));
        stream(0, 100, to(server), List.of(member));
        apply(route(0), route(1));
        stream(100, 50, to(server), List.of(member));

        eventually("150 copies", () -> routeCounters(0).packets() == 150);
        eventually("150 restored", () -> restoreCounters(0).packets() == 150);
        assertThat(routeCounters(0).bytes()).isEqualTo(150 * 200);
        assertThat(restoreCounters(0).bytes()).isEqualTo(150 * 200);
        assertThat(restoreCounters(0).errors()).isZero();
        assertThat(routeCounters(1).packets()).isZero();
    }

    @Test
    void theRateLimitDropsAndCountsWhatIsBeyond() throws Exception {
        Application server = server(0);
        Application member = member();
        apply(route(0, serverPort, group, groupPort, new RateLimit(64, 0)));
        long startNs = System.nanoTime();

        for (int number = 0; number < 500; number++) {
            server.send(numbered(number, 200), network().host(), serverPort);
        }

        RouteCounters route = routeCounters(0);
        eventually("all seen", () -> route.packets() + route.drops().of(DropReason.RATE_LIMITED) == 500);
        assertThat(route.packets()).isBetween(64L, 65 + 64 * (System.nanoTime() - startNs) / 1_000_000_000);
        for (long got = 0; got < route.packets(); got++) {
            member.next();
        }
        assertThat(member.poll()).isEmpty();
    }

    @Test
    void survivesWhateverIsThrownAtItsPort() throws Exception {
        bombard(20_000);
    }

    @Test
    @Tag("ci")
    void survivesAMillionRandomDatagrams() throws Exception {
        bombard(1_000_000);
    }

    private void bombard(int count) throws Exception {
        Application stranger = server(2);
        Application server = server(0);
        Application member = member();
        apply(route(0));
        Random random = new Random(7);

        for (int number = 0; number < count; number++) {
            byte[] payload = new byte[random.nextInt(100) == 0 ? random.nextInt(65_508) : random.nextInt(100)];
            random.nextBytes(payload);
            stranger.send(payload, network().host(), serverPort);
        }

        eventually("restoring again", () -> {
            try {
                server.send(numbered(42, 8), network().host(), serverPort);
                return member.poll().isPresent();
            } catch (java.io.IOException e) {
                return false;
            }
        });
        assertThat(plane.drops().of(DropReason.UNKNOWN_SERVER)).isPositive();
    }

    @Test
    void noPacketAllocates() throws Exception {
        Application server = server(0);
        Application member = member();
        apply(route(0));

        assertAllocatesNothing(to(server), member);
    }

    @Test
    void closingReleasesEverythingAndMayBeRepeated() throws Exception {
        assertReleasesEverything(new RouteTable(List.of(route(0), route(1))));
    }

    @Test
    void afterClosingNothingIsRestored() throws Exception {
        Application server = server(0);
        Application member = member();
        apply(route(0));
        server.send(numbered(1, 8), network().host(), serverPort);
        assertThat(member.next().number()).isEqualTo(1);

        plane.close();
        apply(route(0));
        server.send(numbered(2, 8), network().host(), serverPort);

        Application local =
                closing(network().onHost(() -> Application.sender(network().host(), network().hostInterface())));
        local.send(numbered(3, 8), group, groupPort);
        assertThat(member.next().number()).isEqualTo(3);
    }
}
