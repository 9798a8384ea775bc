package io.nubicast.testkit.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.nubicast.wire.Address;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.Test;

class SimNetworkTest {
    private static final long SECOND = 1_000_000_000L;
    private static final Address GROUP = Address.ipv4("224.0.0.13");

    private final List<String> heard = new ArrayList<>();

    /// Sends its number of packets, one a second, to a group; hears with the time in milliseconds.
    private final class Speaker implements SimNode {
        private final SimPorts ports;
        private final String name;
        private final int most;
        private final long everyNs;
        private int said;
        private long nextNs;

        Speaker(SimPorts ports, String name, int most, long everyNs) {
            this.ports = ports;
            this.name = name;
            this.most = most;
            this.everyNs = everyNs;
            this.nextNs = most > 0 ? 0 : Long.MAX_VALUE;
        }

        @Override
        public void onPort(int port, boolean up, List<Address> addresses, long nowNs) {
            heard.add(nowNs / 1_000_000 + " " + name + " " + addresses + (up ? " up" : " down"));
        }

        @Override
        public void onPacket(int port, byte[] packet, long nowNs) {
            heard.add(nowNs / 1_000_000 + " " + name + " got " + packet[0]);
        }

        @Override
        public long nextDeadlineNs() {
            return nextNs;
        }

        @Override
        public void run(long nowNs) {
            ports.send(1, GROUP, new byte[]{(byte) said++});
            nextNs = said < most ? nowNs + everyNs : Long.MAX_VALUE;
        }

        @Override
        public void stop(long nowNs) {
            ports.send(1, GROUP, new byte[]{99});
        }
    }

    private SimNetwork network = new SimNetwork(1);
    private SimLink lan = network.link("lan");

    private SimNetwork.Host host(String name, int most, long everyNs, String address) {
        return network.host(name, ports -> new Speaker(ports, name, most, everyNs)).attach(1, lan,
                Address.ipv4(address));
    }

    @Test
    void aLanCarriesToAllOthersAfterItsDelay() {
        host("a", 2, SECOND, "10.0.0.1");
        host("b", 0, 0, "10.0.0.2");
        host("c", 0, 0, "10.0.0.3");
        lan.quality(new LinkQuality(5_000_000, 0, 0, 0, false));
        network.start();
        heard.clear();

        network.runSeconds(10);

        assertThat(heard).containsExactly("5 b got 0", "5 c got 0", "1005 b got 1", "1005 c got 1");
        assertThat(network.nowNs()).isEqualTo(10 * SECOND);
        assertThat(network.trace()).hasSize(7).contains("0.000000 a:1 > b:1 00");
    }

    @Test
    void unicastGoesToWhoHasTheNextHop() {
        SimNetwork.Host a = host("a", 0, 0, "10.0.0.1");
        host("b", 0, 0, "10.0.0.2");
        host("c", 0, 0, "10.0.0.3");
        network.start();
        heard.clear();

        a.send(1, Address.ipv4("10.0.0.3"), new byte[]{7});
        a.send(1, Address.ipv4("10.0.0.9"), new byte[]{8});
        a.send(2, Address.ipv4("10.0.0.3"), new byte[]{9});
        network.runSeconds(1);

        assertThat(heard).containsExactly("1 c got 7");
    }

    @Test
    void aLinkThatIsDownCarriesNothingAndTellsBothEnds() {
        host("a", 4, SECOND, "10.0.0.1");
        host("b", 0, 0, "10.0.0.2");
        network.start();
        heard.clear();

        network.at(1_000_500_000L, () -> lan.up(false)); // the second packet is on its way
        network.at(2_500_000_000L, () -> lan.up(true));
        network.runSeconds(10);

        assertThat(heard).containsExactly("1 b got 0", "1000 a [10.0.0.1] down", "1000 b [10.0.0.2] down",
                "2500 a [10.0.0.1] up", "2500 b [10.0.0.2] up", "3001 b got 3");
    }

    @Test
    void aRestartedHostRemembersNothing() {
        SimNetwork.Host a = host("a", 2, SECOND, "10.0.0.1");
        host("b", 0, 0, "10.0.0.2");
        network.start();
        heard.clear();

        network.runSeconds(0.5);
        a.crash();
        network.runSeconds(5);
        assertThat(heard).containsExactly("1 b got 0");
        a.switchOn();
        network.runSeconds(0.5);
        a.shutdown();
        network.runSeconds(5);

        assertThat(heard).containsExactly("1 b got 0", "5500 a [10.0.0.1] up", "5501 b got 0", "6001 b got 99");
    }

    @Test
    void lossAndDuplicationAreAsOftenAsAsked() {
        host("a", 10_000, 1_000_000, "10.0.0.1");
        host("b", 0, 0, "10.0.0.2");
        lan.quality(LinkQuality.GOOD.withLoss(0.2).withDuplication(0.1));
        network.start();
        heard.clear();

        network.runSeconds(100);

        assertThat(heard.size()).isBetween(8600, 9000);
    }

    @Test
    void jitterKeepsTheOrderUnlessReorderingIsAskedFor() {
        assertThat(arrivals(new LinkQuality(1_000_000, 50_000_000, 0, 0, false))).isSorted();
        assertThat(arrivals(LinkQuality.GOOD.withReordering(50_000_000)))
                .isNotEqualTo(arrivals(LinkQuality.GOOD)).containsExactlyInAnyOrderElementsOf(
                        arrivals(LinkQuality.GOOD));
    }

    private List<Integer> arrivals(LinkQuality quality) {
        network = new SimNetwork(3);
        lan = network.link("lan").quality(quality);
        host("a", 100, 1_000_000, "10.0.0.1");
        host("b", 0, 0, "10.0.0.2");
        network.start();
        heard.clear();
        network.runSeconds(10);
        return heard.stream().map(each -> Integer.valueOf(each.substring(each.lastIndexOf(' ') + 1))).toList();
    }

    /// The same seed is the same run, packet by packet.
    @Test
    void aRunIsRepeatable() {
        BiConsumer<Long, List<List<String>>> run = (seed, into) -> {
            network = new SimNetwork(seed);
            lan = network.link("lan").quality(LinkQuality.GOOD.withLoss(0.3).withReordering(5_000_000));
            host("a", 1000, 1_000_000, "10.0.0.1");
            host("b", 1000, 1_500_000, "10.0.0.2");
            network.start();
            network.runSeconds(5);
            into.add(network.trace());
        };
        List<List<String>> runs = new ArrayList<>();
        run.accept(5L, runs);
        run.accept(5L, runs);
        run.accept(6L, runs);

        assertThat(runs.get(0)).isEqualTo(runs.get(1)).isNotEqualTo(runs.get(2));
    }

    /// A host whose deadline moves is woken when it wants to be, and not for deadlines that it gave up.
    @Test
    void anEarlierDeadlineIsHonoured() {
        List<Long> woken = new ArrayList<>();
        long[] deadline = {10 * SECOND};
        network.host("n", ports -> new SimNode() {
            @Override
            public void onPort(int port, boolean up, List<Address> addresses, long nowNs) {}

            @Override
            public void onPacket(int port, byte[] packet, long nowNs) {
                deadline[0] = nowNs + SECOND;
            }

            @Override
            public long nextDeadlineNs() {
                return deadline[0];
            }

            @Override
            public void run(long nowNs) {
                woken.add(nowNs);
                deadline[0] = Long.MAX_VALUE;
            }
        }).attach(1, lan);
        host("a", 1, SECOND, "10.0.0.1");
        network.start();

        network.runSeconds(20);

        assertThat(woken).containsExactly(SECOND + 1_000_000);
    }
}
