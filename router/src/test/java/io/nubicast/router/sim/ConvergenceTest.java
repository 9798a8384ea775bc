package io.nubicast.router.sim;

import static org.assertj.core.api.Assertions.assertThat;

import io.nubicast.router.port.Packet;
import io.nubicast.router.rib.UnicastRoute;
import io.nubicast.testkit.net.LinkQuality;
import io.nubicast.testkit.net.SimLink;
import io.nubicast.wire.Address;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Random domains: while links lose, delay and reorder packets, links fail, routers start anew and members come and go, trees may be
/// anything; once it is calm they are those that follow from the unicast routes alone.
///
/// The evaluator is brute force: a packet of a source passes the links on the way, by unicast routes, from each member's router to the
/// source, each once, and no others (PIM-040, T-PIM-02). On a LAN of more than two routers, who forwards may be another one than the
/// unicast routes say: the winner of an assert stays the winner while it forwards, also when a better way comes back (RFC 7761 section
/// 4.6.1 has no event for it), and all on the LAN join towards it. There the way goes on from who was seen to forward.
class ConvergenceTest {
    private static final int PACKETS_JUDGED = 5;
    /// All that may be left of the past has expired: J/P_HoldTime 210 s, Assert_Time 180 s, members 260 s, a Register's suppression.
    private static final double CALM_SECONDS = 480;

    private record Crossing(SimLink link, Address source, Address group) {}

    private final Map<Crossing, Integer> crossings = new HashMap<>();
    private final Map<Crossing, Set<String>> forwarders = new HashMap<>();
    private final List<SimLink> transit = new ArrayList<>();
    private final Map<String, SimLink> stubs = new TreeMap<>();
    /// What is wanted and sent, by host: groups.
    private final Map<String, Set<Address>> wanted = new TreeMap<>();
    private final Map<String, Set<Address>> sent = new TreeMap<>();
    private final Map<String, String> routerOf = new HashMap<>();

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void fortyRoutersConvergeToTheTreesOfTheUnicastRoutes(long seed) {
        converge(seed, 40, 4);
    }

    /// Two routers that serve those who joined the source, before its SPTbit is set, onto one LAN: they must assert.
    @Test
    void noLanGetsTwoCopiesFromRoutersWithoutSptBit() {
        converge(1041, 51, 4);
    }

    @Test
    @Tag("ci")
    void twoHundredRoutersConvergeToTheTreesOfTheUnicastRoutes() {
        converge(200, 200, 6);
    }

    private void converge(long seed, int routers, int groups) {
        crossings.clear();
        forwarders.clear();
        transit.clear();
        stubs.clear();
        wanted.clear();
        sent.clear();
        Random random = new Random(seed);
        Domain domain = topology(seed, random, routers);
        domain.start();
        domain.runSeconds(40);
        members(domain, random, groups);
        chaos(domain, random);
        domain.runSeconds(CALM_SECONDS);
        judge(domain, "seed " + seed);
    }

    /// A tree of lines with lines and LANs across, and a stub LAN with a host behind every third router.
    private Domain topology(long seed, Random random, int routers) {
        Domain domain = new Domain(seed);
        for (int i = 0; i < routers; i++) {
            domain.router("r" + i);
        }
        for (int i = 1; i < routers; i++) {
            transit.add(domain.link("r" + i, "r" + random.nextInt(i)));
        }
        for (int i = 0; i < routers / 2; i++) {
            transit.add(domain.link(distinct(random, routers, 2)));
        }
        for (int i = 0; i < routers / 10; i++) {
            transit.add(domain.link(distinct(random, routers, 3 + random.nextInt(3))));
        }
        for (int i = 0; i < routers; i += 3) {
            SimLink stub = domain.link("r" + i);
            String host = "h" + i;
            stubs.put(host, stub);
            routerOf.put(host, "r" + i);
            domain.host(host, stub);
            tap(stub);
        }
        transit.forEach(this::tap);
        return domain.rp("r" + random.nextInt(routers));
    }

    private static String[] distinct(Random random, int routers, int count) {
        return random.ints(0, routers).distinct().limit(count).mapToObj(each -> "r" + each).toArray(String[]::new);
    }

    private void tap(SimLink link) {
        link.tap((from, bytes) -> {
            Packet packet = Ipv4.parse(bytes).orElseThrow();
            if (packet.protocol() == Packet.UDP) {
                Crossing crossing = new Crossing(link, packet.source(), packet.destination());
                crossings.merge(crossing, 1, Integer::sum);
                forwarders.computeIfAbsent(crossing, key -> new HashSet<>()).add(from);
            }
        });
    }

    private void members(Domain domain, Random random, int groups) {
        List<String> hosts = List.copyOf(stubs.keySet());
        for (int i = 0; i < groups; i++) {
            Address group = Address.ofIpv4(0xEF000001 + i);
            for (int source = 0; source < 2; source++) {
                String host = hosts.get(random.nextInt(hosts.size()));
                if (sent.computeIfAbsent(host, key -> new HashSet<>()).add(group)) {
                    domain.send(host, group, 0.5);
                }
            }
            for (String host : hosts) {
                if (random.nextInt(4) == 0) {
                    join(domain, host, group);
                }
            }
        }
    }

    private void join(Domain domain, String host, Address group) {
        if (wanted.computeIfAbsent(host, key -> new HashSet<>()).add(group)) {
            domain.join(host, group);
        }
    }

    private void chaos(Domain domain, Random random) {
        LinkQuality bad = LinkQuality.GOOD.withLoss(0.05).withDuplication(0.02).withReordering(20_000_000);
        domain.network().links().forEach(each -> each.quality(bad));
        List<String> hosts = List.copyOf(stubs.keySet());
        List<SimLink> down = new ArrayList<>();
        List<String> off = new ArrayList<>();
        for (int step = 0; step < 60; step++) {
            switch (random.nextInt(6)) {
                case 0 -> {
                    SimLink link = transit.get(random.nextInt(transit.size()));
                    if (link.isUp()) {
                        domain.up(link, false);
                        down.add(link);
                    }
                }
                case 1 -> {
                    if (!down.isEmpty()) {
                        domain.up(down.removeFirst(), true);
                    }
                }
                case 2 -> domain.restart(domain.routers().get(random.nextInt(domain.routers().size())));
                case 3 -> {
                    if (off.isEmpty()) {
                        String router = domain.routers().get(random.nextInt(domain.routers().size()));
                        if (domain.isOn(router)) {
                            domain.crash(router);
                            off.add(router);
                        }
                    } else {
                        off.removeIf(router -> {
                            domain.restart(router);
                            return true;
                        });
                    }
                }
                case 4 -> join(domain, hosts.get(random.nextInt(hosts.size())),
                        Address.ofIpv4(0xEF000001 + random.nextInt(4)));
                default -> {
                    String host = hosts.get(random.nextInt(hosts.size()));
                    Optional<Address> group = wanted.getOrDefault(host, Set.of()).stream().findFirst();
                    group.ifPresent(each -> {
                        Objects.requireNonNull(wanted.get(host)).remove(each);
                        domain.leave(host, each);
                    });
                }
            }
            domain.runSeconds(random.nextDouble() * 8);
        }
        off.stream().filter(each -> !domain.isOn(each)).forEach(domain::restart);
        down.forEach(each -> domain.up(each, true));
        domain.network().links().forEach(each -> each.quality(LinkQuality.GOOD));
    }

    private void judge(Domain domain, String seed) {
        sent.forEach((host, groups) -> groups.forEach(group -> domain.hostNamed(host).quiet(group)));
        domain.runSeconds(2);
        crossings.clear();
        forwarders.clear();
        stubs.keySet().forEach(host -> domain.hostNamed(host).forget());
        sent.forEach((host, groups) -> groups.forEach(group -> domain.send(host, group, 1)));
        domain.runSeconds(PACKETS_JUDGED - 0.5);
        sent.forEach((host, groups) -> groups.forEach(group -> assertThat(domain.hostNamed(host).quiet(group))
                .isEqualTo(PACKETS_JUDGED)));
        domain.runSeconds(2);

        List<Integer> all = IntStream.range(0, PACKETS_JUDGED).boxed().toList();
        sent.forEach((source, groups) -> groups.forEach(group -> {
            Address address = domain.hostNamed(source).address();
            Set<SimLink> expected = new HashSet<>(Set.of(Objects.requireNonNull(stubs.get(source))));
            wanted.forEach((member, their) -> {
                if (their.contains(group) && !member.equals(source)) {
                    assertThat(domain.hostNamed(member).received(address, group))
                            .as("%s: what %s receives of (%s, %s)", seed, member, address, group).isEqualTo(all);
                    expected.addAll(way(domain, member, address, group));
                }
            });
            assertThat(crossed(address, group))
                    .as(() -> seed + ": links that (" + address + ", " + group + ") crosses; routes: "
                            + routes(domain, address, group))
                    .isEqualTo(names(expected));
        }));
    }

    private Map<String, Integer> crossed(Address source, Address group) {
        Map<String, Integer> counts = new TreeMap<>();
        crossings.forEach((crossing, count) -> {
            if (crossing.source().equals(source) && crossing.group().equals(group)) {
                counts.put(name(crossing.link()), count);
            }
        });
        return counts;
    }

    private static Map<String, Integer> names(Set<SimLink> links) {
        Map<String, Integer> counts = new TreeMap<>();
        links.forEach(each -> counts.put(name(each), PACKETS_JUDGED));
        return counts;
    }

    private static String routes(Domain domain, Address source, Address group) {
        StringBuilder text = new StringBuilder();
        domain.routers().forEach(router -> domain.routerNamed(router).plane().routes().stream()
                .filter(each -> each.group().equals(group)
                        && (each.source().equals(source) || each.source().isUnspecified()))
                .forEach(each -> text.append('\n').append(router).append(' ').append(each)));
        return text.toString();
    }

    private static String name(SimLink link) {
        return link.name() + link.nodes();
    }

    /// The links from a member to a source, by the unicast routes of the routers on the way.
    private Set<SimLink> way(Domain domain, String member, Address source, Address group) {
        Set<SimLink> way = new HashSet<>(Set.of(Objects.requireNonNull(stubs.get(member))));
        String router = Objects.requireNonNull(routerOf.get(member));
        while (true) {
            UnicastRoute route = domain.paths().lookup(router, source).orElseThrow();
            SimLink link = domain.link(router, route.interfaceId());
            way.add(link);
            if (route.isConnected()) {
                return way;
            }
            Set<String> seen = forwarders.getOrDefault(new Crossing(link, source, group), Set.of());
            router = link.nodes().size() > 2 && seen.size() == 1
                    ? seen.iterator().next()
                    : domain.routerAt(route.nextHop());
            assertThat(way.size()).as("the way of " + member + " to " + source + " ends").isLessThan(100);
        }
    }
}
