package io.nubicast.dataplane.forwarder;

import io.nubicast.dataplane.packet.LongIndex;
import io.nubicast.forwarding.routing.RoutingPort;
import io.nubicast.kernel.netlink.RouteEvent;
import io.nubicast.kernel.socket.FrameSocket;
import io.nubicast.kernel.sys.SystemCallException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The ports, and the devices behind them as they come and go. Guarded by the plane's lock.
final class Ports {
    private final FrameSocket socket;
    private final Consumer<String> notices;
    private final Map<Integer, Port> byId = new LinkedHashMap<>();
    private final Map<String, RouteEvent.Link> links = new HashMap<>();
    private List<Port> served = List.of();
    private LongIndex byIndex = new LongIndex();

    Ports(FrameSocket socket, Consumer<String> notices) {
        this.socket = socket;
        this.notices = notices;
    }

    /// These from now on; a port that stays keeps its counters. Takes effect with [#sync()].
    void are(Collection<RoutingPort> wanted) {
        Map<Integer, Port> before = new HashMap<>(byId);
        byId.clear();
        for (RoutingPort each : wanted) {
            Port port = before.remove(each.id());
            if (port == null) {
                port = new Port(each);
            } else {
                port.become(each);
            }
            byId.put(each.id(), port);
        }
        before.values().forEach(this::unplug);
    }

    void links(Collection<RouteEvent.Link> all) {
        links.clear();
        all.forEach(link -> links.put(link.name(), link));
    }

    void linkIs(RouteEvent.Link link) {
        linkIsGone(link.index());
        links.put(link.name(), link);
    }

    void linkIsGone(int index) {
        links.values().removeIf(known -> known.index() == index);
    }

    /// Serves the devices that are there.
    ///
    /// @return whether others are served than before
    boolean sync() throws SystemCallException {
        boolean changed = false;
        for (Port port : byId.values()) {
            RouteEvent.Link link = port.isRegister() ? null : links.get(port.device);
            int index = link == null ? 0 : link.index();
            if (port.index != index) {
                unplug(port);
                changed = true;
                if (link != null) {
                    plug(port, link);
                }
            } else if (link != null) {
                port.hardwareAddress = link.hardwareAddress();
                port.mtu = link.mtu();
            }
        }
        List<Port> now = byId.values().stream().filter(port -> port.index != 0).toList();
        if (changed || !now.equals(served)) {
            served = now;
            byIndex = new LongIndex();
            for (int i = 0; i < served.size(); i++) {
                byIndex.put(served.get(i).index, i);
            }
            socket.attach(ForwardFilter.of(new ArrayList<>(served.stream().map(port -> port.index).toList())));
            changed = true;
        }
        return changed;
    }

    private void plug(Port port, RouteEvent.Link link) {
        try {
            socket.allMulticast(link.index(), true);
        } catch (SystemCallException e) {
            // It is gone again, which is told; or takes no such order, and may serve all the same.
            notices.accept(port.device + ": " + e.getMessage());
        }
        port.index = link.index();
        port.hardwareAddress = link.hardwareAddress();
        port.mtu = link.mtu();
        port.linkBytes = link.hardwareType() == RouteEvent.Link.ETHERNET ? Port.ETHERNET_BYTES : 0;
    }

    private void unplug(Port port) {
        if (port.index != 0) {
            try {
                socket.allMulticast(port.index, false);
            } catch (SystemCallException e) {
                // It went with the device.
            }
            port.index = 0;
        }
    }

    @Nullable
    Port of(int id) {
        return byId.get(id);
    }

    /// The port of that device, or null.
    @Nullable
    Port at(int interfaceIndex) {
        int place = byIndex.get(interfaceIndex);
        return place == LongIndex.NONE ? null : served.get(place);
    }

    Map<Integer, Port> all() {
        return byId;
    }
}
