package io.nubicast.dataplane.socket;

import io.nubicast.kernel.netlink.RouteEvent;
import io.nubicast.kernel.netlink.RouteEvent.Link;
import io.nubicast.kernel.netlink.RouteEvent.LocalAddress;
import io.nubicast.kernel.netlink.RouteNetlink;
import io.nubicast.kernel.netlink.RouteNetlink.Topic;
import io.nubicast.kernel.sys.SystemCallException;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/// Follows the interfaces and addresses of this host by rtnetlink. One thread.
final class ClientInterfaces implements AutoCloseable {
    private final RouteNetlink netlink;
    private final Map<Integer, Link> links = new TreeMap<>();
    private final Set<LocalAddress> addresses = new LinkedHashSet<>();
    private boolean changed = true;
    private boolean overrun = true;

    ClientInterfaces() throws SystemCallException {
        netlink = RouteNetlink.open(Topic.LINKS, Topic.ADDRESSES);
    }

    /// Readable when there is something to [#update()].
    RouteNetlink descriptor() {
        return netlink;
    }

    /// Takes what the kernel told.
    ///
    /// @return whether anything that matters here has changed since the last [#host()]
    boolean update() throws SystemCallException {
        netlink.changes(this::on);
        while (overrun) {
            overrun = false;
            links.clear();
            addresses.clear();
            changed = true;
            netlink.links().forEach(this::on);
            netlink.addresses().forEach(this::on);
            netlink.changes(this::on);
        }
        return changed;
    }

    /// What is there now.
    ClientHost host() {
        changed = false;
        return new ClientHost(links.values(), addresses);
    }

    private void on(RouteEvent event) {
        switch (event) {
            case Link link -> {
                Link before = links.put(link.index(), link);
                changed |= before == null || before.isUp() != link.isUp() || before.mtu() != link.mtu()
                        || !before.name().equals(link.name()) || before.flags() != link.flags();
            }
            case RouteEvent.LinkGone gone -> {
                changed |= links.remove(gone.index()) != null;
                addresses.removeIf(address -> address.interfaceIndex() == gone.index());
            }
            case LocalAddress address -> changed |= addresses.add(address);
            case RouteEvent.LocalAddressGone gone -> changed |= addresses.remove(
                    new LocalAddress(gone.interfaceIndex(), gone.address(), gone.prefixLength()));
            case RouteEvent.Overrun lost -> overrun = true;
            case RouteEvent.Neighbour neighbour -> {}
            case RouteEvent.NeighbourGone neighbour -> {}
            case RouteEvent.Routing routing -> {}
        }
    }

    @Override
    public void close() {
        netlink.close();
    }
}
