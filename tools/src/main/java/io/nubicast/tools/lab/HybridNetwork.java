package io.nubicast.tools.lab;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// A cloud and a data centre (IDC) with the Internet between them, as in Alibaba Cloud's document on hybrid-cloud multicast; every
/// machine is a namespace.
///
///     ecs 192.168.0.128 ─┐                                                          ┌─ rcv  172.16.10.10
///     ecs2 ….130        ─┼─ tr ── eth0 c8kv        nat ── inet ── eth0 idc eth1 ── lan
///                        │     192.168.0.129       │ .10    .1    8.208.89.10   .1  └─ rcv2 172.16.10.11
///                        └─ eth0 192.168.0.1 ──────┘ 203.0.113.0/24  172.16.10.0/24
///
/// `tr`, the transit router, is a bridge that carries no multicast but what is registered: sources and members by interface, as a
/// multicast domain does it; no IGMP, nothing of 224.0.0.0/24, no change of TTL. `nat` translates 192.168.0.129 to the elastic
/// address 203.0.113.10 and back, and lets in protocol 47, UDP port 4754 and ICMP only. The routers' tunnels are the user's to make.
public final class HybridNetwork {
    /// The cloud router as the Internet sees it.
    public static final String ELASTIC = "203.0.113.10";
    /// The data centre's router.
    public static final String IDC = "8.208.89.10";

    private final Map<String, Node> nodes = new LinkedHashMap<>();
    private final Switch transit;

    private HybridNetwork(NetworkLab lab) {
        transit = lab.bridge("tr");
        Switch lan = lab.bridge("lan");
        for (String name : List.of("ecs", "ecs2", "c8kv", "nat", "inet", "idc", "rcv", "rcv2")) {
            nodes.put(name, lab.node(name));
        }
        transit.attach(node("ecs"), "eth0", "192.168.0.128/24").attach(node("c8kv"), "eth0", "192.168.0.129/24")
                .attach(node("nat"), "eth0", "192.168.0.1/24").attach(node("ecs2"), "eth0", "192.168.0.130/24");
        lab.cable(node("nat"), "eth1", node("inet"), "eth0");
        lab.cable(node("inet"), "eth1", node("idc"), "eth0");
        lan.attach(node("idc"), "eth1", "172.16.10.1/24").attach(node("rcv"), "eth0", "172.16.10.10/24")
                .attach(node("rcv2"), "eth0", "172.16.10.11/24");
        node("nat").address("eth1", ELASTIC + "/24").route("default via 203.0.113.1");
        node("inet").address("eth0", "203.0.113.1/24").address("eth1", "8.208.89.1/24");
        node("idc").address("eth0", IDC + "/24").route("default via 8.208.89.1");
        for (String name : List.of("ecs", "ecs2", "c8kv")) {
            node(name).route("default via 192.168.0.1");
        }
        for (String name : List.of("rcv", "rcv2")) {
            node(name).route("default via 172.16.10.1");
        }
        for (String name : List.of("nat", "inet")) {
            node(name).sysctl("net/ipv4/ip_forward", "1");
        }
        openSecurityGroup();
        domain(Map.of());
    }

    /// Builds it.
    ///
    /// @throws LabException when something is missing, such as nft
    public static HybridNetwork build(NetworkLab lab) {
        return new HybridNetwork(lab);
    }

    /// One of `ecs`, `ecs2`, `c8kv`, `nat`, `inet`, `idc`, `rcv`, `rcv2`.
    public Node node(String name) {
        Node node = nodes.get(name);
        if (node == null) {
            throw new IllegalArgumentException("there is no " + name + ", only " + nodes.keySet());
        }
        return node;
    }

    /// The address translation with its security group: what the elastic address lets in.
    public void openSecurityGroup() {
        securityGroup("ip protocol { 47, icmp } accept\n        udp dport 4754 accept\n");
    }

    /// The security group without the rule for the tunnel; what is under way is cut off, too.
    public void closeSecurityGroup() {
        securityGroup("ip protocol 47 drop\n        udp dport 4754 drop\n        ip protocol icmp accept\n");
    }

    private void securityGroup(String rules) {
        node("nat").nft("""
                table ip eip
                delete table ip eip
                table ip eip {
                    chain in {
                        type nat hook prerouting priority -100; policy accept;
                        iifname "eth1" ip daddr %1$s dnat to 192.168.0.129
                    }
                    chain out {
                        type nat hook postrouting priority 100; policy accept;
                        oifname "eth1" ip saddr 192.168.0.129 snat to %1$s
                    }
                    chain allowed {
                        type filter hook forward priority 0; policy accept;
                        iifname "eth0" accept
                        %2$s        ct state established,related accept
                        drop
                    }
                }
                """.formatted(ELASTIC, rules));
    }

    /// Registers sources and members of groups; replaces what was registered.
    ///
    /// @param domain a group → the names of its source and of its member, such as `ecs`, `c8kv`
    public void domain(Map<String, List<String>> domain) {
        domain(domain, false);
    }

    /// As [#domain(Map)].
    ///
    /// @param unicastFrames deliver in frames that are addressed to the member's own MAC address, as some clouds do
    public void domain(Map<String, List<String>> domain, boolean unicastFrames) {
        List<String> rewrites = new ArrayList<>();
        List<String> rules = new ArrayList<>();
        domain.forEach((group, pair) -> {
            rules.add("ip daddr " + group + " iifname \"" + port(pair.getFirst()) + "\" oifname \""
                    + port(pair.getLast()) + "\" accept");
            if (unicastFrames) {
                rewrites.add("ip daddr " + group + " iifname \"" + port(pair.getFirst()) + "\" ether daddr set "
                        + hardwareAddress(pair.getLast()) + " meta pkttype set host");
            }
        });
        transit.node().nft("table bridge domain\ndelete table bridge domain\ntable bridge domain {\n"
                + "    chain arriving {\n        type filter hook prerouting priority 0; policy accept;\n        "
                + String.join("\n        ", rewrites) + "\n    }\n"
                + "    chain passing {\n        type filter hook forward priority 0; policy accept;\n"
                + "        ip protocol igmp drop\n        ip daddr 224.0.0.0/24 drop\n        "
                + String.join("\n        ", rules)
                + "\n        ip daddr 224.0.0.0/4 drop\n    }\n}\n");
    }

    private static String port(String machine) {
        return switch (machine) {
            case "ecs" -> "p1";
            case "c8kv" -> "p2";
            case "nat" -> "p3";
            case "ecs2" -> "p4";
            default -> throw new IllegalArgumentException(machine + " is not in the cloud");
        };
    }

    private String hardwareAddress(String machine) {
        return node(machine).run("cat", "/sys/class/net/eth0/address").strip();
    }
}
