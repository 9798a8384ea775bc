package io.nubicast.kernel.netlink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.nubicast.kernel.netlink.RouteEvent.Link;
import io.nubicast.kernel.netlink.RouteEvent.LinkGone;
import io.nubicast.kernel.netlink.RouteEvent.LocalAddress;
import io.nubicast.kernel.netlink.RouteEvent.LocalAddressGone;
import io.nubicast.kernel.netlink.RouteEvent.Neighbour;
import io.nubicast.kernel.socket.UdpSocket;
import io.nubicast.kernel.sys.Descriptor;
import io.nubicast.kernel.sys.NetworkNamespace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RouteNetlinkTest {
    @AfterEach
    void nothingStaysOpen() {
        assertThat(Descriptor.stillOpen()).isEmpty();
    }

    @Test
    void theTablesAreThoseOfTheMachine() throws Exception {
        try (RouteNetlink netlink = RouteNetlink.open()) {
            List<Link> links = netlink.links();
            List<LocalAddress> addresses = netlink.addresses();

            assertThat(links).extracting(Link::name)
                    .containsExactlyInAnyOrderElementsOf(Files.readAllLines(Path.of("/proc/thread-self/net/dev"))
                            .stream().skip(2).map(line -> line.substring(0, line.indexOf(':')).strip()).toList());
            assertThat(links).filteredOn(Link::isLoopback).singleElement()
                    .satisfies(lo -> assertThat(lo.mtu()).isEqualTo(65536));
            assertThat(addresses).contains(new LocalAddress(1, 0x7F000001, 8));
            assertThat(netlink.neighbours()).isNotNull();
        }
    }

    /// One namespace with a veth pair west -- east.
    @Test
    void changesOfLinksAddressesAndNeighboursAreTold() throws Exception {
        assumeTrue(ip("-V") == 0, "iproute2 is not installed");
        String namespace = "nbkernel" + ProcessHandle.current().pid();
        assumeTrue(ip("netns", "add", namespace) == 0, "this user may not make network namespaces");
        try {
            List<Throwable> problems = new ArrayList<>();
            Thread inside = new Thread(() -> {
                try {
                    NetworkNamespace.enter(namespace);
                    follow(namespace);
                } catch (Throwable e) {
                    problems.add(e);
                }
            });
            inside.start();
            inside.join();
            assertThat(problems).isEmpty();
        } finally {
            ip("netns", "del", namespace);
        }
    }

    private static void follow(String namespace) throws Exception {
        try (RouteNetlink netlink = RouteNetlink.open(RouteNetlink.Topic.values());
                UdpSocket sender = UdpSocket.open()) {
            assertThat(netlink.links()).extracting(Link::name).containsExactly("lo");

            ip("-n", namespace, "link", "add", "west", "mtu", "1400", "type", "veth", "peer", "name", "east");
            Link a = await(netlink, Link.class, link -> link.name().equals("west"));
            assertThat(a.mtu()).isEqualTo(1400);
            assertThat(a.isUp()).isFalse();
            assertThat(a.isMulticast()).isTrue();
            assertThat(a.hardwareAddress()).isPositive();
            assertThat(a.hardwareType()).isEqualTo(Link.ETHERNET);
            assertThat(a.resolvesNeighbours()).isTrue();
            assertThat(a.master()).isZero();

            ip("-n", namespace, "link", "set", "east", "up");
            ip("-n", namespace, "link", "set", "west", "up");
            await(netlink, Link.class, link -> link.name().equals("west") && link.isUp());

            ip("-n", namespace, "addr", "add", "10.9.0.1/24", "dev", "west");
            assertThat(await(netlink, LocalAddress.class, address -> true))
                    .isEqualTo(new LocalAddress(a.index(), 0x0A090001, 24));
            assertThat(netlink.addresses()).contains(new LocalAddress(a.index(), 0x0A090001, 24));

            ip("-n", namespace, "neigh", "add", "10.9.0.7", "lladdr", "02:00:00:00:00:07", "dev", "west");
            Neighbour seven = await(netlink, Neighbour.class, neighbour -> neighbour.address() == 0x0A090007);
            assertThat(seven.hardwareAddress()).isEqualTo(0x020000000007L);
            assertThat(seven.isUsable()).isTrue();

            sender.sendTo(new byte[1], 0x0A090009, 9);
            Neighbour nobody = await(netlink, Neighbour.class, n -> n.address() == 0x0A090009 && n.isFailed());
            assertThat(nobody.isUsable()).isFalse();

            ip("-n", namespace, "route", "add", "10.8.0.0/16", "via", "10.9.0.7", "table", "1000");
            await(netlink, RouteEvent.Route.class, new RouteEvent.Route(1000, 0x0A080000, 16)::equals);
            ip("-n", namespace, "route", "del", "10.8.0.0/16", "table", "1000");
            await(netlink, RouteEvent.RouteGone.class, new RouteEvent.RouteGone(1000, 0x0A080000, 16)::equals);
            ip("-n", namespace, "rule", "add", "to", "10.8.0.0/16", "lookup", "1000");
            await(netlink, RouteEvent.RulesChanged.class, rules -> true);
            ip("-n", namespace, "nexthop", "add", "id", "7", "via", "10.9.0.7", "dev", "west");
            await(netlink, RouteEvent.RulesChanged.class, rules -> true);

            ip("-n", namespace, "link", "add", "br0", "type", "bridge");
            int bridge = await(netlink, Link.class, link -> link.name().equals("br0")).index();
            ip("-n", namespace, "link", "set", "west", "master", "br0");
            await(netlink, Link.class, link -> link.name().equals("west") && link.master() == bridge);
            ip("-n", namespace, "link", "set", "west", "nomaster");
            await(netlink, Link.class, link -> link.name().equals("west") && link.master() == 0);

            ip("-n", namespace, "addr", "del", "10.9.0.1/24", "dev", "west");
            assertThat(await(netlink, LocalAddressGone.class, address -> true).address()).isEqualTo(0x0A090001);

            ip("-n", namespace, "link", "del", "west");
            assertThat(await(netlink, LinkGone.class, link -> link.name().equals("west")).index()).isEqualTo(a.index());
        }
    }

    private static <T extends RouteEvent> T await(RouteNetlink netlink, Class<T> kind, Predicate<T> wanted)
            throws Exception {
        long deadline = System.nanoTime() + 10_000_000_000L;
        List<T> found = new ArrayList<>();
        while (found.isEmpty() && System.nanoTime() < deadline) {
            netlink.changes(event -> {
                if (kind.isInstance(event) && wanted.test(kind.cast(event))) {
                    found.add(kind.cast(event));
                }
            });
            Thread.onSpinWait();
        }
        assertThat(found).as("%s in time", kind.getSimpleName()).isNotEmpty();
        return found.getFirst();
    }

    private static int ip(String... words) throws Exception {
        List<String> command = new ArrayList<>(List.of("ip"));
        command.addAll(List.of(words));
        try {
            return new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start().waitFor();
        } catch (IOException e) {
            return 127;
        }
    }

}
