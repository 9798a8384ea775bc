package io.nubicast.tools.lab;

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
    public synchronized Switch blockMulticast() {
        countsMulticast = Command.find("nft").isPresent() && countAndDrop();
        if (!countsMulticast) {
            for (int port = 1; port <= ports; port++) {
                node.ip("link", "set", "p" + port, "type", "bridge_slave", "mcast_flood", "off");
            }
        }
        return this;
    }

    private boolean countAndDrop() {
        try {
            node.nft("""
                    table bridge vpc {
                        counter multicast { }
                        chain arriving {
                            type filter hook prerouting priority 0; policy accept;
                            ether type ip ip daddr 224.0.0.0/4 ip protocol udp counter name multicast drop
                            ether daddr & 01:00:00:00:00:00 == 01:00:00:00:00:00 ether daddr != ff:ff:ff:ff:ff:ff drop
                        }
                    }
                    """);
            return true;
        } catch (LabException e) {
            // A kernel without the bridge family of nftables: the port flag does the same without a number.
            return false;
        }
    }

    /// How many UDP multicast datagrams arrived since [#blockMulticast] and were dropped; -1 where nothing counts them.
    public long multicastDropped() {
        if (!countsMulticast) {
            return -1;
        }
        String text = node.run(NetworkLab.nft(), "list", "counter", "bridge", "vpc", "multicast");
        int at = text.indexOf("packets ");
        int end = text.indexOf(' ', at + 8);
        return at < 0 || end < 0 ? -1 : Long.parseLong(text.substring(at + 8, end));
    }
}
