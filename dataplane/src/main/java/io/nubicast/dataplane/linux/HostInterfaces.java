package io.nubicast.dataplane.linux;

import io.nubicast.forwarding.PlaneUnavailable;
import io.nubicast.kernel.netlink.RouteEvent;
import io.nubicast.kernel.netlink.RouteNetlink;
import io.nubicast.kernel.sys.Descriptor;
import io.nubicast.kernel.sys.SystemCallException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntConsumer;

/// The interfaces of this network namespace as the kernel tells about them, and the neighbours that do not answer. One thread
/// after construction.
public final class HostInterfaces implements AutoCloseable {
    private final RouteNetlink netlink;
    /// Changes are heard here, and tables read there, so that reading never loses a change.
    private final RouteNetlink reader;
    private boolean changed = true;

    /// In the namespace of the calling thread.
    public HostInterfaces() throws PlaneUnavailable {
        RouteNetlink listening = null;
        try {
            listening = RouteNetlink.open(RouteNetlink.Topic.LINKS, RouteNetlink.Topic.ADDRESSES,
                    RouteNetlink.Topic.NEIGHBOURS);
            reader = RouteNetlink.open();
            netlink = listening;
        } catch (SystemCallException e) {
            if (listening != null) {
                listening.close();
            }
            throw new PlaneUnavailable("cannot ask the kernel for its interfaces: " + e.getMessage(), e);
        }
    }

    /// Takes what the kernel has told since; never blocks.
    ///
    /// @param failedNeighbours is given each address that did not answer ARP
    /// @return whether interfaces or addresses may have changed since [#current()]
    boolean changed(IntConsumer failedNeighbours) throws SystemCallException {
        netlink.changes(event -> {
            switch (event) {
                case RouteEvent.Neighbour neighbour -> {
                    if (neighbour.isFailed()) {
                        failedNeighbours.accept(neighbour.address());
                    }
                }
                case RouteEvent.NeighbourGone gone -> {}
                case RouteEvent.Routing routing -> {}
                case RouteEvent.Link link -> changed = true;
                case RouteEvent.LinkGone link -> changed = true;
                case RouteEvent.LocalAddress address -> changed = true;
                case RouteEvent.LocalAddressGone address -> changed = true;
                case RouteEvent.Overrun overrun -> changed = true;
            }
        });
        return changed;
    }

    /// Readable when [#changed] has something to take.
    Descriptor descriptor() {
        return netlink;
    }

    /// All of them now.
    List<HostInterface> current() throws SystemCallException {
        Map<Integer, List<Integer>> addresses = new HashMap<>();
        for (RouteEvent.LocalAddress each : reader.addresses()) {
            addresses.computeIfAbsent(each.interfaceIndex(), i -> new ArrayList<>()).add(each.address());
        }
        List<HostInterface> found = new ArrayList<>();
        for (RouteEvent.Link link : reader.links()) {
            found.add(new HostInterface(link.index(), link.name(), link.isUp(), link.isMulticast(), link.isLoopback(),
                    link.hardwareType(), link.master(),
                    link.hardwareAddress(), addresses.getOrDefault(link.index(), List.of())));
        }
        changed = false;
        return found;
    }

    @Override
    public void close() {
        netlink.close();
        reader.close();
    }
}
