package io.nubicast.router.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.nubicast.shell.Session;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Every line of the language: shown as it was given, read back, taken away again.
class EveryLineTest {
    private static final int MUTATIONS = Boolean.getBoolean("nubicast.ci") ? 1_000_000 : 10_000;

    /// A configuration with everything in it, in the order in which it is shown.
    static final String EVERYTHING = """
            !
            hostname c8kv
            !
            ip multicast-routing distributed
            ip multicast multipath
            ip multicast route-limit 5000
            !
            username admin privilege 15 secret 9 $9$salt$hash
            username admin key ssh-ed25519 AAAA admin@host
            !
            interface Loopback0
             ip address 10.255.0.1 255.255.255.255
            !
            interface Tunnel1
             description to the data centre // really
             ip address 10.0.0.1 255.255.255.252
             ip mtu 1400
             ip pim sparse-mode
             keepalive 5 4
             tunnel source GigabitEthernet1
             tunnel key 4294967295
             tunnel destination 8.208.89.10
             tunnel checksum
             tunnel sequence-datagrams
             tunnel ttl 64
             tunnel tos 184
             tunnel path-mtu-discovery
             tunnel multicast df-policy drop
            !
            interface Tunnel2
             no ip address
             ip igmp proxy downstream
             shutdown
             tunnel source 192.168.0.129
             tunnel mode gre udp 4755
             tunnel destination 8.208.89.10
             tunnel udp learn-peer
             tunnel udp fixed-source-port
             no tunnel udp checksum
            !
            interface GigabitEthernet1
             device eth0
             mtu 9000
             ip address 192.168.0.129 255.255.255.0
             ip address 192.168.1.129 255.255.255.0 secondary
             ip pim sparse-mode
             ip pim passive
             ip pim dr-priority 10
             ip pim query-interval 500 msec
             ip pim propagation-delay 100
             ip pim override-interval 1000
             ip pim neighbor-filter 10
             ip pim border-source 10
             ip multicast boundary GROUPS filter-autorp
             ip multicast ttl-threshold 16
             ip igmp version 2
             ip igmp join-group 239.1.1.1
             ip igmp join-group 239.1.1.1 source 192.168.0.5
             ip igmp static-group 239.0.0.20
             ip igmp access-group GROUPS
             ip igmp immediate-leave group-list 10
             ip igmp query-interval 60
             ip igmp query-max-response-time 5
             ip igmp querier-timeout 120
             ip igmp robustness-variable 3
             ip igmp last-member-query-interval 500
             ip igmp last-member-query-count 4
             ip igmp limit 500 except 10
             ip igmp router-alert-check
             no ip igmp source-check
            !
            interface GigabitEthernet2
             no ip address
             ip igmp proxy upstream
            !
            router ospf 10
             router-id 10.0.0.1
             passive-interface default
             network 10.0.0.0 0.0.0.255 area 0
            !
            ip route 172.16.0.0 255.255.0.0 10.0.0.2
            ip route 172.17.0.0 255.255.0.0 Tunnel1 10.0.0.2 250
            ip mroute 172.16.10.0 255.255.255.0 Tunnel1 5
            !
            ip igmp limit 10000
            ip igmp ssm-map enable
            ip igmp ssm-map static 10 192.168.0.9
            ip igmp proxy forward-as-nonquerier
            ip igmp proxy robustness-variable 3
            !
            ip pim rp-address 10.0.0.1
            ip pim rp-address 10.255.0.1 10 override
            ip pim ssm range 10
            ip pim spt-threshold infinity
            ip pim spt-threshold 100 group-list 10
            ip pim accept-rp 10.0.0.1 10
            ip pim accept-register list 100
            ip pim register-source Loopback0
            ip pim register-rate-limit 200
            ip pim message-interval 30
            !
            access-list 10 permit 239.0.0.0 0.255.255.255
            access-list 10 deny any
            access-list 100 permit ip 192.168.0.0 0.0.0.255 239.0.0.0 0.255.255.255
            !
            ip access-list standard GROUPS
             10 permit 239.0.0.0 0.255.255.255
             20 deny any
            !
            ip ssh server address 127.0.0.1 port 2222
            !
            """;

    static Stream<String> lines() {
        String block = "";
        List<String> all = new ArrayList<>();
        for (String line : EVERYTHING.lines().toList()) {
            if (!line.startsWith(" ")) {
                block = line;
            }
            if (!line.startsWith("!") && !line.startsWith("interface") && !line.startsWith("router ospf")
                    && !line.startsWith("ip access-list") && !line.equals(" no ip address")) {
                all.add(line.startsWith(" ") ? block + "\n" + line : line);
            }
        }
        return all.stream();
    }

    @Test
    void everyLineIsShownAsItWasGiven() {
        ConfigReader.Read read = ConfigReader.read(EVERYTHING);

        assertThat(read.isValid()).as(read.report("")).isTrue();
        assertThat(read.tree().text()).isEqualTo(EVERYTHING);
    }

    @Test
    void theOrderOfLinesInAFileDoesNotMatter() {
        List<String> blocks = new ArrayList<>(List.of(EVERYTHING.split("!\n", -1)));
        java.util.Collections.reverse(blocks);

        ConfigReader.Read read = ConfigReader.read(String.join("!\n", blocks));

        assertThat(read.tree().text().lines().sorted()).isEqualTo(EVERYTHING.lines().sorted().toList());
        assertThat(read.config().igmp()).isEqualTo(ConfigReader.read(EVERYTHING).config().igmp());
    }

    @ParameterizedTest
    @MethodSource("lines")
    void noTakesALineAwayAndNothingElse(String line) {
        Prompt prompt = new Prompt();
        prompt.configure(needed(line));
        String before = prompt.running.text();
        prompt.configure(line);
        assertThat(prompt.running.text()).isNotEqualTo(before);
        String own = line.substring(line.indexOf('\n') + 1);

        prompt.configure(
                line.replace(own, own.strip().startsWith("no ") ? own.replace("no ", "") : "no " + own.strip()));

        assertThat(prompt.running.text()).isEqualTo(before);
    }

    @ParameterizedTest
    @MethodSource("lines")
    void defaultDoesAsMuch(String line) {
        Prompt prompt = new Prompt();
        prompt.configure(needed(line));
        String before = prompt.running.text();
        prompt.configure(line);
        String own = line.substring(line.indexOf('\n') + 1);

        prompt.configure(line.replace(own, "default " + own.strip().replaceFirst("^no ", "")));

        assertThat(prompt.running.text()).isEqualTo(before);
    }

    /// What must be there before the line can be.
    private static String needed(String line) {
        StringBuilder needed = new StringBuilder("interface Tunnel1\n no ip address\ninterface Loopback0\n");
        if (line.contains("secondary")) {
            needed.append("interface GigabitEthernet1\n ip address 192.168.0.129 255.255.255.0\n");
        }
        if (line.contains("udp")) {
            needed.append("interface Tunnel2\n");
        }
        if (line.contains("\n")) {
            needed.append(line, 0, line.indexOf('\n')).append('\n');
        }
        return needed.toString();
    }

    /// Issue 5: whatever is typed, nothing breaks.
    @Test
    void mutatedLinesNeverThrow() {
        SplittableRandom random = new SplittableRandom(5);
        List<String> lines = EVERYTHING.lines().filter(line -> !line.equals("!")).toList();
        Prompt prompt = new Prompt();
        Session session = prompt.session;
        session.execute("configure terminal");
        for (int i = 0; i < MUTATIONS; i++) {
            String line = mutated(lines.get(random.nextInt(lines.size())), random);
            switch (random.nextInt(16)) {
                case 0 -> session.help(line);
                case 1 -> session.complete(line, random.nextInt(line.length() + 1));
                case 2 -> ConfigReader.read(line);
                case 3 -> session.execute("configure terminal");
                default -> session.execute(line);
            }
        }
        ConfigReader.Read read = ConfigReader.read(prompt.running.text());
        assertThat(read.isValid()).as(read.report("")).isTrue();
        assertThat(read.tree()).isEqualTo(prompt.running.tree());
        assertThat(read.config()).isEqualTo(prompt.running.config());
    }

    private static String mutated(String line, SplittableRandom random) {
        StringBuilder text = new StringBuilder(line);
        for (int i = random.nextInt(3); i > 0 && !text.isEmpty(); i--) {
            int at = random.nextInt(text.length());
            switch (random.nextInt(6)) {
                case 0 -> text.deleteCharAt(at);
                case 1 -> text.insert(at, (char) (32 + random.nextInt(96)));
                case 2 -> text.setCharAt(at, (char) random.nextInt(65536));
                case 3 -> text.setLength(at);
                case 4 -> text.setCharAt(at, (char) ('0' + random.nextInt(10)));
                default -> text.insert(0, "no ");
            }
        }
        return text.toString();
    }
}
