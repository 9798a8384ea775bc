package io.nubicast.tools.lab;

import java.util.List;

/// An Ethernet switch of the lab: a bridge in a namespace of its own. Any thread.
public final class Switch {
    private static final String BRIDGE = "br0";

    private final NetworkLab lab;
    private final Node node;
    private int ports;
    private boolean countsMulticast;

    Switch(NetworkLab lab, Node node) {
        this.lab = lab;
        this.node = node;
        // Snooping off: without a querier it would only add a second opinion about who gets multicast.
        node.ip("link", "add", BRIDGE, "type", "bridge", "mcast_snooping", "0", "forward_delay", "0");
        node.ip("link", "set", BRIDGE, "up");
    }

    /// The namespace that holds the bridge.
    public Node node() {
        return node;
    }

    /// Plugs an interface of a node in, up and with an address (`10.0.0.11/24`).
    public synchronized Switch attach(Node machine, String networkInterface, String cidr) {
        String port = "p" + ++ports;
        lab.cable(machine, networkInterface, node, port);
        node.ip("link", "set", port, "master", BRIDGE);
        machine.address(networkInterface, cidr);
        return this;
    }

    /// Makes it carry unicast and broadcast only, as a VPC does: multicast frames are dropped and, where `nft` is there,
    /// counted. Call it after the last [#attach]: without `nft` it is a flag of each port (`mcast_flood off`).
    ///
    /// @param groups whose datagrams [#multicastDropped] shall tell apart
    public synchronized Switch blockMulticast(String... groups) {
        countsMulticast = Command.find("nft").isPresent() && countAndDrop(List.of(groups));
        if (!countsMulticast) {
            for (int port = 1; port <= ports; port++) {
                node.ip("link", "set", "p" + port, "type", "bridge_slave", "mcast_flood", "off");
            }
        }
        return this;
    }

    private boolean countAndDrop(List<String> groups) {
        StringBuilder counters = new StringBuilder("    counter multicast { }\n");
        StringBuilder rules = new StringBuilder();
        for (String group : groups) {
            counters.append("    counter ").append(counter(group)).append(" { }\n");
            rules.append("        ip daddr ").append(group).append(" ip protocol udp counter name ")
                    .append(counter(group)).append('\n');
        }
        try {
            node.nft("table bridge vpc {\n" + counters + "    chain arriving {\n"
                    + "        type filter hook prerouting priority 0; policy accept;\n" + rules
                    + "        ip daddr 224.0.0.0/4 ip protocol udp counter name multicast drop\n"
                    + "        ether daddr & 01:00:00:00:00:00 == 01:00:00:00:00:00 ether daddr != ff:ff:ff:ff:ff:ff drop\n"
                    + "    }\n}\n");
            return true;
        } catch (LabException e) {
            // A kernel without the bridge family of nftables: the port flag does the same without a number.
            return false;
        }
    }

    private static String counter(String group) {
        return "group_" + group.replace('.', '_');
    }

    /// How many UDP multicast datagrams arrived since [#blockMulticast] and were dropped; -1 where nothing counts them.
    public long multicastDropped() {
        return dropped("multicast");
    }

    /// [#multicastDropped()] of one of the groups given to [#blockMulticast].
    public long multicastDropped(String group) {
        return dropped(counter(group));
    }

    private synchronized long dropped(String counter) {
        if (!countsMulticast) {
            return -1;
        }
        String text = node.run(NetworkLab.nft(), "list", "counter", "bridge", "vpc", counter);
        int at = text.indexOf("packets ");
        int end = text.indexOf(' ', at + 8);
        return at < 0 || end < 0 ? -1 : Long.parseLong(text.substring(at + 8, end));
    }
}
