package io.nubicast.dataplane.packet;

import static org.assertj.core.api.Assertions.assertThat;

import io.nubicast.kernel.socket.IptablesSocket;
import io.nubicast.kernel.sys.SystemCallException;
import io.nubicast.wire.Address;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/// Firewall rules and IPsec policies, which frames would pass by.
class NextHopsFirewallTest extends NextHopsFixture {
    @Test
    void outputRulesOfNftablesSendTheirInterfaceBySocketWhileTheyExist() {
        neighbour("10.67.0.9", "02:00:00:00:00:03", "eth1");
        neighbour("10.66.0.9", "02:00:00:00:00:02", "eth0");
        members("10.66.0.9", "10.67.0.9");
        becomes("10.66.0.9", Reason.FRAMED);

        host.nft("table inet filter { chain output { type filter hook output priority 0; oifname \"lo\" accept; }; }");
        host.nft("table ip own { chain forward { type filter hook forward priority 0; drop; }; }");
        settled();
        assertThat(reason("10.66.0.9")).isEqualTo(Reason.FRAMED);
        assertThat(notices).isEmpty();

        host.nft("add rule inet filter output oif eth0 udp dport 53 drop");
        becomes("10.66.0.9", Reason.FIREWALL);
        assertThat(reason("10.67.0.9")).isEqualTo(Reason.FRAMED);
        host.nft("add rule inet filter output ip daddr 192.0.2.1 drop");
        becomes("10.67.0.9", Reason.FIREWALL);
        host.nft("delete table inet filter");

        becomes("10.66.0.9", Reason.FRAMED);
        becomes("10.67.0.9", Reason.FRAMED);
        assertThat(notices).containsExactlyInAnyOrder(
                "interface eth0: nftables has output rules (table inet filter, chain output), which frames of the packet plane would "
                        + "pass by; copies that leave there go by socket. --data-plane packet insists",
                "interface eth1: nftables has output rules (table inet filter, chain output), which frames of the packet plane would "
                        + "pass by; copies that leave there go by socket. --data-plane packet insists");
    }

    @Test
    void rulesOfSeveralChainsAreToldApart() {
        neighbour("10.67.0.9", "02:00:00:00:00:03", "eth1");
        neighbour("10.66.0.9", "02:00:00:00:00:02", "eth0");
        members("10.66.0.9", "10.67.0.9");
        becomes("10.66.0.9", Reason.FRAMED);

        host.nft("""
                table ip one { chain out { type filter hook output priority 0; oifname "lo" accept; }; }
                table ip two { chain post { type filter hook postrouting priority 0; oifname "eth1" counter; }; }
                table ip three { chain out { type filter hook output priority 1; oifname "tun*" accept; }; }
                """);

        becomes("10.67.0.9", Reason.FIREWALL);
        settled();
        assertThat(reason("10.66.0.9")).isEqualTo(Reason.FRAMED);
        assertThat(notices).singleElement().asString().contains("interface eth1: ", "(table ip two, chain post)");
    }

    @Test
    void rulesThatExistBeforeAreKnownBeforeTheFirstFrame() throws Exception {
        // So many that they are read in several calls.
        host.nft("table ip nat { chain post { type nat hook postrouting priority 100; "
                + "ip daddr 192.0.2.1 counter; ".repeat(8_000) + "}; }");
        neighbour("10.66.0.9", "02:00:00:00:00:02", "eth0");
        List<Reason> seen = new ArrayList<>();
        try (NextHops late = inHost(() -> new NextHops(true, notices::add))) {
            late.members(new int[]{Address.ipv4("10.66.0.9").ipv4()});
            for (int i = 0; i < 1000 && late.isBusy(); i++) {
                late.work(System.nanoTime());
                seen.add(late.table().reason(0));
            }
        }

        assertThat(seen).endsWith(Reason.FIREWALL).doesNotContain(Reason.FRAMED);
    }

    @Test
    void aChainWhosePolicyIsDropCountsWithoutARule() {
        onLink("10.66.0.9");

        host.nft("table ip strict { chain out { type filter hook output priority 0; policy drop; }; }");

        becomes("10.66.0.9", Reason.FIREWALL);
    }

    @Test
    void whoInsistsIsToldOncePerInterface() throws Exception {
        neighbour("10.66.0.9", "02:00:00:00:00:02", "eth0");
        host.nft("table ip own { chain out { type filter hook output priority 0; counter; }; }");
        hops.close();
        hops = inHost(() -> new NextHops(false, notices::add));
        members("10.66.0.9");

        becomes("10.66.0.9", Reason.FRAMED);
        host.nft("add rule ip own out counter");
        settled();

        assertThat(notices)
                .containsExactly("interface eth0: nftables has output rules (table ip own, chain out), which frames of "
                        + "the packet plane pass by, as --data-plane packet asks for");
    }

    @Test
    void ipsecPoliciesOnTheWayOutSendAllBySocketWhileTheyExist() {
        onLink("10.66.0.9");
        String[] policy = {"src", "10.66.0.0/24", "dst", "10.1.0.0/16", "dir"};
        host.ip(words("xfrm policy add", policy, "in"));
        settled();
        assertThat(reason("10.66.0.9")).isEqualTo(Reason.FRAMED);

        host.ip(words("xfrm policy add", policy, "out"));
        becomes("10.66.0.9", Reason.IPSEC);
        host.ip(words("xfrm policy del", policy, "out"));

        becomes("10.66.0.9", Reason.FRAMED);
        assertThat(notices).singleElement().asString().startsWith("IPsec policies are in force");
    }

    private static String[] words(String command, String[] middle, String last) {
        List<String> all = new ArrayList<>(List.of(command.split(" ", -1)));
        all.addAll(List.of(middle));
        all.add(last);
        return all.toArray(String[]::new);
    }

    /// A table is there as soon as someone asks for it, without a rule.
    @Test
    void aTableOfIptablesLegacyWithoutRulesDoesNotCount() throws Exception {
        onLink("10.66.0.9");
        boolean there = inHost(() -> {
            try (IptablesSocket iptables = IptablesSocket.open(); LegacyTables tables = new LegacyTables()) {
                assertThat(iptables.hasOutputRules("filter")).isFalse();
                assertThat(tables.withOutputRules()).isEmpty();
                return true;
            } catch (SystemCallException e) {
                return false;
            }
        });
        Assumptions.assumeTrue(there, "this kernel has no iptables-legacy");
        assertThat(host.run("cat", "/proc/net/ip_tables_names")).contains("filter");
        settled();

        assertThat(reason("10.66.0.9")).isEqualTo(Reason.FRAMED);
    }
}
