package io.nubicast.router.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.nubicast.shell.Result;
import org.junit.jupiter.api.Test;

class PromptTest {
    private final Prompt prompt = new Prompt();

    @Test
    void theDocumentIsTypedLineByLine() {
        assertThat(prompt.typed("""
                conf t
                ip multicast-routing distributed     //开启组播路由功能
                ip pim rp-address 10.0.0.1
                int tu1
                 ip addr 10.0.0.1 255.255.255.252
                 ip pim sparse
                 tun so gi1
                 tun dest 8.208.89.x
                 tun dest 8.208.89.10
                 router ospf 10
                 network 10.0.0.0 0.0.0.255 area 0
                end
                sh run int tu 1
                """)).isEqualTo("""
                router#conf t
                Enter configuration commands, one per line.  End with CNTL/Z.
                router(config)#ip multicast-routing distributed     //开启组播路由功能
                % Notice: the remark behind // is left out
                router(config)#ip pim rp-address 10.0.0.1
                router(config)#int tu1
                router(config-if)# ip addr 10.0.0.1 255.255.255.252
                router(config-if)# ip pim sparse
                % Ambiguous command:  "ip pim sparse"
                % It may be: sparse-dense-mode, sparse-mode
                router(config-if)# tun so gi1
                router(config-if)# tun dest 8.208.89.x
                                                     ^
                % Invalid input detected at '^' marker.
                % Expected: the IPv4 address of a host: no group, broadcast or 0.0.0.0
                router(config-if)# tun dest 8.208.89.10
                router(config-if)# router ospf 10
                % Notice: the lines of router ospf are kept, but there is no OSPF process yet: use ip route
                router(config-router)# network 10.0.0.0 0.0.0.255 area 0
                router(config-router)#end
                router#sh run int tu 1
                Building configuration...

                Current configuration : 119 bytes
                !
                interface Tunnel1
                 ip address 10.0.0.1 255.255.255.252
                 tunnel source GigabitEthernet1
                 tunnel destination 8.208.89.10
                end
                """);
    }

    @Test
    void aLineThatCannotBeChangesNothing() {
        prompt.configure("""
                interface Tunnel1
                ip address 10.0.0.1 255.255.255.252
                tunnel source GigabitEthernet1
                tunnel destination 8.208.89.10
                interface Tunnel2
                tunnel source GigabitEthernet1
                """);
        RouterConfig before = prompt.running.config();
        int told = prompt.told.size();
        prompt.session.execute("configure terminal");
        prompt.session.execute("interface Tunnel2");

        Result sameEnds = prompt.session.execute("tunnel destination 8.208.89.10");
        Result overlap = prompt.session.execute("ip address 10.0.0.2 255.255.255.0");
        Result missing = prompt.session.execute("tunnel source Loopback0");

        assertThat(sameEnds.text()).isEqualTo("""
                % Tunnel2 and Tunnel1 have the same source, destination and key
                % give one of them another 'tunnel key' first
                """);
        assertThat(overlap.text()).startsWith("% 10.0.0.2/24 overlaps with 10.0.0.1/30 of Tunnel1\n");
        assertThat(missing.text()).startsWith("% Loopback0 is not configured\n");
        assertThat(prompt.running.config()).isSameAs(before);
        assertThat(prompt.told).hasSize(told);
        assertThat(prompt.session.prompt()).isEqualTo("router(config-if)#");

        assertThat(prompt.session.execute("tunnel key 2").ok()).isTrue();
        assertThat(prompt.session.execute("tunnel destination 8.208.89.10").ok()).isTrue();
    }

    @Test
    void aListenerIsToldOfEachChangeOnce() {
        prompt.configure("hostname c8kv\nhostname c8kv\ninterface GigabitEthernet1\nip pim sparse-mode");

        assertThat(prompt.told).hasSize(3);
        assertThat(prompt.told.getLast().hostname()).isEqualTo("c8kv");
        assertThat(prompt.session.prompt()).isEqualTo("c8kv#");
    }

    @Test
    void theConfigurationIsSavedAndShown() {
        assertThat(prompt.typed("show startup-config"))
                .endsWith("% startup-config is not present: 'write memory' makes it\n");
        prompt.configure("hostname c8kv");

        assertThat(prompt.session.execute("wr").text()).isEqualTo("Building configuration...\n[OK]\n");
        assertThat(prompt.session.execute("show start").text()).isEqualTo("!\nhostname c8kv\n!\nend\n");

        prompt.configure("hostname other");
        prompt.session.execute("copy running-config startup-config");
        assertThat(prompt.session.execute("show startup-config | include host").text()).isEqualTo("hostname other\n");
    }

    @Test
    void aFileReplacesTheWholeOrNothing() {
        prompt.configure("hostname c8kv\nip multicast-routing distributed");
        prompt.files.put("good.cfg", "hostname other\ninterface Gi1\n ip pim sparse-mode\n");
        prompt.files.put("bad.cfg",
                "hostname third\ninterface Gi1\n ip igmp join-group 239.1.1.1\n ip igmp version 4\nfoo\n");

        Result bad = prompt.session.execute("configure replace bad.cfg");
        assertThat(bad.ok()).isFalse();
        assertThat(bad.text()).isEqualTo("""
                % nothing is changed, because of faults in bad.cfg:
                bad.cfg:4:18: invalid input
                     ip igmp version 4
                                     ^
                    Expected: a number from 1 to 3
                bad.cfg:5:1: invalid input
                    foo
                    ^
                    Expected: a line of this block or of the global configuration
                """);
        assertThat(prompt.running.config().hostname()).isEqualTo("c8kv");

        assertThat(prompt.session.execute("configure replace good.cfg").ok()).isTrue();
        assertThat(prompt.session.execute("show running-config").text()).endsWith("""
                !
                hostname other
                !
                interface GigabitEthernet1
                 no ip address
                 ip pim sparse-mode
                !
                end
                """);
        assertThat(prompt.session.execute("configure replace none.cfg").text())
                .isEqualTo("% none.cfg cannot be read: there is no such file\n");
    }

    @Test
    void namedListsNumberTheirEntries() {
        prompt.configure("""
                ip access-list standard GROUPS
                permit 239.0.0.0 0.255.255.255
                deny any
                15 permit host 224.1.1.1
                """);

        assertThat(prompt.session.execute("show running-config | section access-list").text()).isEqualTo("""
                ip access-list standard GROUPS
                 10 permit 239.0.0.0 0.255.255.255
                 15 permit host 224.1.1.1
                 20 deny any
                """);
        prompt.configure("ip access-list standard GROUPS\nno 15\nno deny any");
        assertThat(prompt.session.execute("show ip access-lists").text()).isEqualTo("""
                Standard IP access list GROUPS
                    10 permit 239.0.0.0, wildcard bits 0.255.255.255
                """);
    }

    @Test
    void aListThatIsMissingIsToldOf() {
        prompt.session.execute("configure terminal");
        prompt.session.execute("interface Gi1");

        assertThat(prompt.session.execute("ip igmp access-group 10").text())
                .isEqualTo("% Notice: access list 10 has no entries: it permits everything, as in IOS\n");
    }

    @Test
    void noRemovesAnInterfaceWithItsLines() {
        prompt.configure("interface Tunnel1\nip address 10.0.0.1 255.255.255.252\nno interface tu1");

        assertThat(prompt.running.tree()).isEqualTo(ConfigTree.EMPTY);
        assertThat(prompt.running.config()).isEqualTo(RouterConfig.EMPTY);
    }
}
