package io.nubicast.router.pim.hello;

import static org.assertj.core.api.Assertions.assertThat;

import io.nubicast.engine.Timers;
import io.nubicast.router.iface.InterfaceAddress;
import io.nubicast.router.iface.RouterInterface;
import io.nubicast.router.policy.AccessList;
import io.nubicast.router.port.Packet;
import io.nubicast.router.port.PacketPort;
import io.nubicast.wire.Address;
import io.nubicast.wire.pim.HelloOption;
import io.nubicast.wire.pim.PimMessage;
import io.nubicast.wire.pim.PimParse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// PIM-020…028, T-PIM-04: timelines in virtual time. Our address is 10.0.0.2; neighbours are 10.0.0.1 and 10.0.0.3.
class PimHelloTest {
    private static final long SECOND = 1_000_000_000L;
    private static final int LAN = 3;
    private static final Address OURS = Address.ipv4("10.0.0.2");
    private static final Address LOW = Address.ipv4("10.0.0.1");
    private static final Address HIGH = Address.ipv4("10.0.0.3");
    private static final Address SECONDARY = Address.ipv4("10.9.0.1");

    private final List<String> told = new ArrayList<>();
    private final List<Packet> sent = new ArrayList<>();
    private final List<Long> sentAt = new ArrayList<>();
    private final Timers timers = new Timers();
    private long now;
    private PimHello pim = new PimHello(new Port(), timers, new Told(), new Random(1));

    private final class Port implements PacketPort {
        @Override
        public void send(int interfaceId, Packet packet) {
            assertThat(interfaceId).isEqualTo(LAN);
            sent.add(packet);
            sentAt.add(now);
        }

        @Override
        public void sendRouted(Packet packet) {
            throw new AssertionError("a Hello is not routed");
        }
    }

    private final class Told implements PimNeighbors.Listener {
        @Override
        public void neighborUp(PimNeighbor neighbor, long nowNs) {
            told.add("up " + neighbor.address());
            assertThat(pim.isNeighbor(neighbor.interfaceId(), neighbor.address())).isTrue();
        }

        @Override
        public void neighborDown(PimNeighbor neighbor, long nowNs) {
            told.add("down " + neighbor.address());
            assertThat(pim.isNeighbor(neighbor.interfaceId(), neighbor.address())).isFalse();
        }

        @Override
        public void generationIdChanged(PimNeighbor neighbor, long nowNs) {
            told.add("anew " + neighbor.address());
        }

        @Override
        public void addressesChanged(PimNeighbor neighbor, long nowNs) {
            told.add("addresses " + neighbor.address() + " " + neighbor.secondaries());
        }

        @Override
        public void designatedRouterChanged(int interfaceId, long nowNs) {
            told.add("dr " + pim.designatedRouter(interfaceId).map(Address::toString).orElse("none"));
        }
    }

    private static RouterInterface lan(boolean up, String... addresses) {
        return new RouterInterface(LAN, "GigabitEthernet1", "eth0", up, false, false, 1500,
                Stream.of(addresses).map(each -> new InterfaceAddress(Address.ipv4(each), 24)).toList());
    }

    private void started() {
        pim.configure(Map.of("GigabitEthernet1", HelloConfig.DEFAULT), now);
        pim.onInterface(lan(true, "10.0.0.2"), now);
    }

    private void advance(double seconds) {
        long until = now + (long) (seconds * SECOND);
        while (timers.nextDeadlineNs() <= until) {
            now = Math.max(now, timers.nextDeadlineNs());
            timers.run(now);
        }
        now = until;
    }

    private static PimMessage.Hello hello(int holdtime, HelloOption... options) {
        List<HelloOption> all = new ArrayList<>(List.of(new HelloOption.Holdtime(holdtime)));
        all.addAll(List.of(options));
        return new PimMessage.Hello(all);
    }

    private static PimMessage.Hello usual(long priority, int generation) {
        return hello(105, new HelloOption.LanPruneDelay(false, 500, 2500), new HelloOption.DrPriority(priority),
                new HelloOption.GenerationId(generation));
    }

    private void hear(Address from, PimMessage.Hello hello) {
        pim.onHello(LAN, from, hello, now);
    }

    private static PimMessage.Hello parsed(Packet packet) {
        return (PimMessage.Hello) ((PimParse.Parsed) PimMessage.parse(packet.payload())).message();
    }

    private PimMessage.Hello last() {
        return parsed(sent.getLast());
    }

    /// PIM-020: the first within 5 s, then every 30 s; options 1, 2, 19, 20 and no others. PIM-002: how it is sent.
    @Test
    void helloesLeaveAfterAtMostFiveSecondsAndEveryThirty() {
        started();
        advance(5);
        assertThat(sent).hasSize(1);
        long first = sentAt.getFirst();

        advance(90);

        assertThat(sentAt).containsExactly(first, first + 30 * SECOND, first + 60 * SECOND, first + 90 * SECOND);
        Packet packet = sent.getFirst();
        assertThat(packet.source()).isEqualTo(OURS);
        assertThat(packet.destination()).hasToString("224.0.0.13");
        assertThat(packet.protocol()).isEqualTo(103);
        assertThat(packet.ttl()).isEqualTo(1);
        assertThat(packet.typeOfService()).isEqualTo(0xC0);
        assertThat(packet.routerAlert()).isFalse();
        assertThat(packet.payload().byteSize()).isEqualTo(34);
        assertThat(last().options()).extracting(HelloOption::type).containsExactly(1, 2, 19, 20);
        assertThat(last().option(HelloOption.Holdtime.class)).contains(new HelloOption.Holdtime(105));
    }

    /// PIM-020: the first Hellos of many routers are spread over the five seconds.
    @Test
    void firstHellosAreSpread() {
        List<Long> firsts = new ArrayList<>();
        for (int seed = 0; seed < 200; seed++) {
            Timers own = new Timers();
            PimHello router = new PimHello(new Port(), own, new Told(), new Random(seed));
            pim = router;
            router.configure(Map.of("GigabitEthernet1", HelloConfig.DEFAULT), 0);
            router.onInterface(lan(true, "10.0.0.2"), 0);
            firsts.add(own.nextDeadlineNs());
        }

        assertThat(firsts).allMatch(each -> each >= 0 && each <= 5 * SECOND);
        assertThat(firsts.stream().filter(each -> each < 2.5 * SECOND).count()).isBetween(70L, 130L);
    }

    /// PIM-020: option 24 where there are secondary addresses, 21 where State Refresh runs.
    @Test
    void secondaryAddressesAndStateRefreshAreTold() {
        pim.configure(Map.of("GigabitEthernet1", new HelloConfig(false, 30_000, 105, 7, 300, 2000, 60,
                Optional.empty(), 10)), now);
        pim.onInterface(lan(true, "10.0.0.2", "10.9.0.2"), now);
        advance(5);

        assertThat(last().options()).contains(new HelloOption.DrPriority(7),
                new HelloOption.LanPruneDelay(false, 300, 2000), new HelloOption.StateRefreshCapable(1, 60),
                new HelloOption.AddressList(List.of(Address.ipv4("10.9.0.2"))));
    }

    /// PIM-021: nothing leaves before a Hello; a new neighbour, or one that started anew, has to get one first.
    @Test
    void aHelloGoesBeforeOtherMessagesToWhoHasHadNone() {
        started();
        pim.helloBefore(LAN, now);
        pim.helloBefore(LAN, now);
        assertThat(sent).hasSize(1);

        hear(LOW, usual(1, 11));
        pim.helloBefore(LAN, now);
        pim.helloBefore(LAN, now);
        assertThat(sent).hasSize(2);

        hear(LOW, usual(1, 11));
        pim.helloBefore(LAN, now);
        assertThat(sent).hasSize(2);

        hear(LOW, usual(1, 12));
        pim.helloBefore(LAN, now);
        assertThat(sent).hasSize(3);
    }

    /// Section 4.3.1: a new neighbour gets a Hello within five seconds, and the period is kept.
    @Test
    void aNewNeighborIsAnsweredWithinFiveSeconds() {
        started();
        advance(5);
        long first = sentAt.getFirst();
        advance(5);

        hear(LOW, usual(1, 11));
        advance(5);

        assertThat(sent).hasSize(2);
        advance(20);
        assertThat(sentAt.getLast()).isEqualTo(first + 30 * SECOND);
        assertThat(told).containsExactly("dr 10.0.0.2", "up 10.0.0.1");
    }

    /// PIM-022.
    @Test
    void anotherGenerationIdIsANeighborThatStartedAnew() {
        started();
        advance(20);
        hear(LOW, usual(1, 11));
        advance(5);
        told.clear();
        int before = sent.size();

        hear(LOW, usual(1, 11));
        assertThat(told).isEmpty();
        hear(LOW, usual(1, 12));
        assertThat(told).containsExactly("anew 10.0.0.1");
        advance(5);

        assertThat(sent).hasSizeGreaterThan(before);
        assertThat(pim.neighbors(LAN).getFirst().sinceNs()).isEqualTo(now - 5 * SECOND);
    }

    /// PIM-023, PIM-024.
    @Test
    void aNeighborExpiresWithItsHoldtime() {
        started();
        hear(LOW, hello(40));
        advance(39.999);
        assertThat(pim.count(LAN)).isEqualTo(1);

        advance(0.001);

        assertThat(pim.count(LAN)).isZero();
        assertThat(told).containsExactly("dr 10.0.0.2", "up 10.0.0.1", "down 10.0.0.1");
    }

    /// PIM-023: 0xFFFF is for ever, 0 is at once; without the option it is the default.
    @Test
    void holdtimesOfZeroForEverAndNone() {
        started();
        hear(LOW, hello(0xFFFF));
        hear(HIGH, new PimMessage.Hello(List.of()));
        advance(104.9);
        assertThat(pim.count(LAN)).isEqualTo(2);
        advance(0.1);
        assertThat(pim.neighbors(LAN)).extracting(PimNeighbor::address).containsExactly(LOW);
        advance(1_000_000);
        assertThat(pim.count(LAN)).isEqualTo(1);

        hear(LOW, hello(0));
        assertThat(pim.count(LAN)).isZero();
        hear(HIGH, hello(0));
        assertThat(told.subList(told.size() - 1, told.size())).containsExactly("down 10.0.0.1");
    }

    /// PIM-023: goodbye when the router stops, and when PIM is taken off the interface; not when it is down.
    @Test
    void goodbyeIsAHelloWithHoldtimeZero() {
        started();
        advance(10);
        hear(LOW, usual(1, 1));
        pim.configure(Map.of(), now);
        assertThat(last().option(HelloOption.Holdtime.class)).contains(new HelloOption.Holdtime(0));
        assertThat(told).endsWith("down 10.0.0.1", "dr none");
        int before = sent.size();
        advance(100);
        assertThat(sent).hasSize(before);

        pim.configure(Map.of("GigabitEthernet1", HelloConfig.DEFAULT), now);
        advance(10);
        pim.onInterface(lan(false, "10.0.0.2"), now);
        assertThat(last().option(HelloOption.Holdtime.class)).contains(new HelloOption.Holdtime(105));
        pim.onInterface(lan(true, "10.0.0.2"), now);
        advance(10);
        pim.stop(now);
        assertThat(last().option(HelloOption.Holdtime.class)).contains(new HelloOption.Holdtime(0));
        assertThat(timers.running()).isZero();
    }

    /// PIM-022: a generation id for each time that the interface comes up.
    @Test
    void anInterfaceThatComesBackHasAnotherGenerationId() {
        started();
        advance(5);
        Optional<HelloOption.GenerationId> first = last().option(HelloOption.GenerationId.class);
        hear(LOW, usual(1, 1));

        pim.onInterface(lan(false, "10.0.0.2"), now);
        assertThat(pim.isUp(LAN)).isFalse();
        assertThat(pim.count(LAN)).isZero();
        assertThat(pim.designatedRouter(LAN)).isEmpty();
        pim.onInterface(lan(true, "10.0.0.2"), now);
        advance(5);

        assertThat(last().option(HelloOption.GenerationId.class)).isPresent().isNotEqualTo(first);
    }

    /// PIM-023: the old address says goodbye, the new one hello, at once; the neighbours stay.
    @Test
    void anotherPrimaryAddressSaysGoodbyeForTheOldOne() {
        started();
        advance(5);
        hear(LOW, usual(1, 1));
        advance(5);
        sent.clear();
        told.clear();

        pim.onInterface(lan(true, "10.0.0.7"), now);

        assertThat(sent).extracting(each -> each.source().toString()).containsExactly("10.0.0.2", "10.0.0.7");
        assertThat(parsed(sent.getFirst()).option(HelloOption.Holdtime.class)).contains(new HelloOption.Holdtime(0));
        assertThat(last().option(HelloOption.Holdtime.class)).contains(new HelloOption.Holdtime(105));
        assertThat(pim.count(LAN)).isEqualTo(1);
        assertThat(told).containsExactly("dr 10.0.0.7");
        assertThat(pim.isDesignatedRouter(LAN)).isTrue();
    }

    /// Section 4.3.1.
    @Test
    void anotherSecondaryAddressIsToldAtOnce() {
        started();
        advance(5);
        sent.clear();

        pim.onInterface(lan(true, "10.0.0.2", "10.9.0.2"), now);

        assertThat(sent).hasSize(1);
        assertThat(last().option(HelloOption.AddressList.class)).isPresent();
    }

    @Test
    void anInterfaceWithoutAnAddressSaysNothing() {
        pim.configure(Map.of("GigabitEthernet1", HelloConfig.DEFAULT), now);
        pim.onInterface(lan(true), now);
        advance(100);
        hear(LOW, usual(1, 1));

        assertThat(sent).isEmpty();
        assertThat(pim.isUp(LAN)).isFalse();
        assertThat(pim.counters(LAN).ignored()).isEqualTo(1);
    }

    /// PIM-025: the highest priority, then the highest address.
    @Test
    void theHighestPriorityIsTheDesignatedRouter() {
        started();
        assertThat(pim.isDesignatedRouter(LAN)).isTrue();

        hear(HIGH, usual(1, 1));
        assertThat(pim.designatedRouter(LAN)).contains(HIGH);
        hear(LOW, usual(4_000_000_000L, 1));
        assertThat(pim.designatedRouter(LAN)).contains(LOW);
        hear(LOW, usual(0, 1));
        assertThat(pim.designatedRouter(LAN)).contains(HIGH);
        hear(HIGH, usual(0, 1));
        assertThat(pim.designatedRouter(LAN)).contains(OURS);
        assertThat(told).containsExactly("dr 10.0.0.2", "up 10.0.0.3", "dr 10.0.0.3", "up 10.0.0.1", "dr 10.0.0.1",
                "dr 10.0.0.3", "dr 10.0.0.2");
    }

    /// PIM-025, T-PIM-04: one Hello without a priority, and only addresses count.
    @Test
    void prioritiesDoNotCountWhenOneIsMissing() {
        started();
        hear(LOW, usual(100, 1));
        assertThat(pim.designatedRouter(LAN)).contains(LOW);

        hear(HIGH, hello(105));

        assertThat(pim.designatedRouter(LAN)).contains(HIGH);
        hear(HIGH, hello(0));
        assertThat(pim.designatedRouter(LAN)).contains(LOW);
        pim.configure(Map.of("GigabitEthernet1", new HelloConfig(false, 30_000, 105, 100, 500, 2500, 0,
                Optional.empty(), 10)), now);
        assertThat(pim.designatedRouter(LAN)).contains(OURS);
    }

    /// PIM-026: delays are the largest of the link when all tell theirs, else the defaults.
    @Test
    void delaysAreTheLargestOfTheLink() {
        pim.configure(Map.of("GigabitEthernet1", new HelloConfig(false, 30_000, 105, 1, 100, 200, 0,
                Optional.empty(), 10)), now);
        pim.onInterface(lan(true, "10.0.0.2"), now);
        assertDelays(100, 200);
        assertThat(pim.joinPruneOverrideIntervalNs(LAN)).isZero();

        hear(LOW, hello(105, new HelloOption.LanPruneDelay(true, 700, 150)));
        assertDelays(700, 200);
        assertThat(pim.joinPruneOverrideIntervalNs(LAN)).isZero();
        hear(HIGH, hello(105, new HelloOption.LanPruneDelay(true, 50, 3000)));
        assertDelays(700, 3000);
        assertThat(pim.joinPruneOverrideIntervalNs(LAN)).isEqualTo(3_700_000_000L);
        assertThat(pim.suppressionEnabled(LAN)).isFalse();

        hear(HIGH, hello(105, new HelloOption.LanPruneDelay(false, 50, 3000)));
        assertThat(pim.suppressionEnabled(LAN)).isTrue();
        hear(HIGH, hello(105));
        assertDelays(500, 2500);
        assertThat(pim.suppressionEnabled(LAN)).isTrue();
    }

    private void assertDelays(long propagationMs, long overrideMs) {
        assertThat(pim.effectivePropagationDelayNs(LAN)).isEqualTo(propagationMs * 1_000_000);
        assertThat(pim.effectiveOverrideIntervalNs(LAN)).isEqualTo(overrideMs * 1_000_000);
    }

    /// PIM-027: the last who tells an address has it; a primary address is nobody else's.
    @Test
    void aSecondaryAddressBelongsToWhoToldItLast() {
        started();
        hear(LOW, hello(105, new HelloOption.AddressList(List.of(SECONDARY, HIGH))));
        assertThat(pim.neighborOf(LAN, SECONDARY)).map(PimNeighbor::address).contains(LOW);
        assertThat(pim.neighborOf(LAN, HIGH)).map(PimNeighbor::address).contains(LOW);

        told.clear();
        hear(HIGH, hello(105, new HelloOption.AddressList(List.of(SECONDARY))));

        assertThat(pim.neighborOf(LAN, SECONDARY)).map(PimNeighbor::address).contains(HIGH);
        assertThat(pim.neighborOf(LAN, HIGH)).map(PimNeighbor::address).contains(HIGH);
        assertThat(told).contains("up 10.0.0.3", "addresses 10.0.0.1 [10.0.0.3]");
        assertThat(pim.counters(LAN).conflicts()).isEqualTo(1);

        hear(LOW, hello(105, new HelloOption.AddressList(List.of(SECONDARY))));
        assertThat(pim.neighborOf(LAN, SECONDARY)).map(PimNeighbor::address).contains(LOW);
        hear(LOW, hello(105));
        assertThat(pim.neighborOf(LAN, SECONDARY)).isEmpty();
        assertThat(pim.isNeighbor(LAN, SECONDARY)).isFalse();
    }

    /// PIM-028: no Hello is sent or heard, and this router is the designated one.
    @Test
    void aPassiveInterfaceIsAlone() {
        pim.configure(Map.of("GigabitEthernet1", new HelloConfig(true, 30_000, 105, 1, 500, 2500, 0,
                Optional.empty(), 10)), now);
        pim.onInterface(lan(true, "10.0.0.2"), now);
        hear(HIGH, usual(9, 1));
        pim.helloBefore(LAN, now);
        advance(100);

        assertThat(sent).isEmpty();
        assertThat(pim.count(LAN)).isZero();
        assertThat(pim.isDesignatedRouter(LAN)).isTrue();

        pim.configure(Map.of("GigabitEthernet1", HelloConfig.DEFAULT), now);
        advance(5);
        assertThat(sent).hasSize(1);
        pim.configure(Map.of("GigabitEthernet1", new HelloConfig(true, 30_000, 105, 1, 500, 2500, 0,
                Optional.empty(), 10)), now);
        assertThat(last().option(HelloOption.Holdtime.class)).contains(new HelloOption.Holdtime(0));
    }

    /// PIM-005, PIM-028: the filter keeps neighbours out, and a new one puts them out.
    @Test
    void theNeighborFilterDecidesWhoIsHeard() {
        Address none = Address.ANY_IPV4;
        AccessList lowOnly = new AccessList("7", List.of(
                new AccessList.Entry(true, LOW, none, none, Address.ipv4("255.255.255.255"))));
        started();
        hear(HIGH, usual(1, 1));
        hear(LOW, usual(1, 1));
        HelloConfig filtered = new HelloConfig(false, 30_000, 105, 1, 500, 2500, 0, Optional.of(lowOnly), 10);

        pim.configure(Map.of("GigabitEthernet1", filtered), now);
        hear(HIGH, usual(1, 1));

        assertThat(pim.neighbors(LAN)).extracting(PimNeighbor::address).containsExactly(LOW);
        assertThat(pim.counters(LAN).denied()).isEqualTo(1);
        assertThat(told).endsWith("down 10.0.0.3", "dr 10.0.0.2");
    }

    /// GEN-009.
    @Test
    void neighborsBeyondTheLimitAreNotHeard() {
        pim.configure(Map.of("GigabitEthernet1", new HelloConfig(false, 30_000, 105, 1, 500, 2500, 0,
                Optional.empty(), 3)), now);
        pim.onInterface(lan(true, "10.0.0.2"), now);
        for (int i = 0; i < 1000; i++) {
            hear(Address.ofIpv4(0x0A000100 + i), usual(1, 1));
        }

        assertThat(pim.count(LAN)).isEqualTo(3);
        assertThat(pim.counters(LAN).overflow()).isEqualTo(997);
        advance(105);
        assertThat(pim.count(LAN)).isZero();
    }

    /// GEN-006: our own Hello comes back, or somebody speaks with an address that nobody has.
    @ParameterizedTest
    @ValueSource(strings = {"10.0.0.2", "0.0.0.0", "224.0.0.13", "255.255.255.255"})
    void hellosOfNobodyAreIgnored(String source) {
        started();
        hear(Address.ipv4(source), usual(1, 1));

        assertThat(pim.count(LAN)).isZero();
        assertThat(pim.counters(LAN).ignored()).isEqualTo(1);
    }

    /// GEN-010: a changed priority is told at once, a changed interval counts from now.
    @Test
    void aChangedConfigurationIsToldAtOnce() {
        started();
        advance(10);
        sent.clear();
        sentAt.clear();

        pim.configure(Map.of("GigabitEthernet1", new HelloConfig(false, 1_000, 4, 9, 500, 2500, 0, Optional.empty(),
                10)), now);
        advance(3);

        assertThat(sent).hasSize(4);
        assertThat(last().options()).contains(new HelloOption.Holdtime(4), new HelloOption.DrPriority(9));
        pim.onInterfaceGone(LAN, now);
        advance(100);
        assertThat(sent).hasSize(4);
        assertThat(timers.running()).isZero();
    }
}
