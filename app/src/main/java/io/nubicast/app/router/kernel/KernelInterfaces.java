package io.nubicast.app.router.kernel;

import io.nubicast.kernel.netlink.RouteEvent;
import io.nubicast.kernel.netlink.RouteNetlink;
import io.nubicast.kernel.netlink.RouteNetlink.Topic;
import io.nubicast.kernel.sys.Descriptor;
import io.nubicast.kernel.sys.SystemCallException;
import io.nubicast.router.iface.InterfaceAddress;
import io.nubicast.router.iface.RouterInterface;
import io.nubicast.wire.Address;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The router's interfaces as the kernel has them: follows links and addresses, and tells each change as a new value. On the
/// router's thread.
///
/// An interface keeps its id for as long as this object lives, whatever happens to its device or the configuration.
public final class KernelInterfaces implements AutoCloseable {
    /// Is told of changes, one interface at a time.
    public interface Listener {
        /// An interface is there, or is not as it was.
        ///
        /// @param interfaceIndex the kernel's number of its device
        void onInterface(RouterInterface state, int interfaceIndex);

        /// An interface is no longer configured, or its device is gone.
        void onInterfaceGone(RouterInterface last);
    }

    /// What was told of an interface.
    private record Told(RouterInterface state, int index) {}

    private final RouteNetlink netlink;
    private final Listener listener;
    private final Map<String, String> devices = new LinkedHashMap<>();
    private final Map<String, Integer> ids = new HashMap<>();
    private final Map<String, Told> told = new LinkedHashMap<>();
    private final Map<Integer, Integer> idOfIndex = new HashMap<>();

    private KernelInterfaces(RouteNetlink netlink, Listener listener) {
        this.netlink = netlink;
        this.listener = listener;
    }

    /// Watches the namespace of the calling thread. Nothing is told before [#configure(Map)].
    public static KernelInterfaces open(Listener listener) throws SystemCallException {
        return new KernelInterfaces(RouteNetlink.open(Topic.LINKS, Topic.ADDRESSES), listener);
    }

    /// These interfaces from now on; tells at once what has changed.
    ///
    /// @param deviceByName `GigabitEthernet1` → `eth0`, in the order they are shown
    public void configure(Map<String, String> deviceByName) throws SystemCallException {
        devices.clear();
        devices.putAll(deviceByName);
        read();
    }

    /// Devices of this namespace in the order in which they appeared, without the loopback device: what interfaces that name no
    /// device may be mapped to.
    public List<String> devices() throws SystemCallException {
        return netlink.links().stream().filter(link -> !link.isLoopback())
                .sorted(Comparator.comparingInt(RouteEvent.Link::index)).map(RouteEvent.Link::name).toList();
    }

    /// When it is readable, [#receive()].
    public Descriptor descriptor() {
        return netlink;
    }

    /// Tells what has changed since.
    public void receive() throws SystemCallException {
        boolean[] changed = {false};
        netlink.changes(event -> changed[0] = true);
        if (changed[0]) {
            read();
        }
    }

    private void read() throws SystemCallException {
        Map<String, RouteEvent.Link> links = new HashMap<>();
        netlink.links().forEach(link -> links.put(link.name(), link));
        Map<Integer, List<InterfaceAddress>> addresses = new HashMap<>();
        // The kernel has the primary address of an interface first.
        netlink.addresses().forEach(each -> addresses.computeIfAbsent(each.interfaceIndex(), index -> new ArrayList<>())
                .add(new InterfaceAddress(Address.ofIpv4(each.address()), each.prefixLength())));
        for (String name : List.copyOf(told.keySet())) {
            String device = devices.get(name);
            if (device == null || !links.containsKey(device)) {
                gone(name);
            }
        }
        for (Map.Entry<String, String> each : devices.entrySet()) {
            RouteEvent.Link link = links.get(each.getValue());
            if (link != null) {
                tell(each.getKey(), link, addresses.getOrDefault(link.index(), List.of()));
            }
        }
    }

    private void gone(String name) {
        Told last = told.remove(name);
        if (last != null) {
            idOfIndex.remove(last.index, last.state.id());
            listener.onInterfaceGone(last.state);
        }
    }

    private void tell(String name, RouteEvent.Link link, List<InterfaceAddress> addresses) {
        int id = ids.computeIfAbsent(name, key -> ids.size() + 1);
        Told now = new Told(new RouterInterface(id, name, link.name(), link.isUp() && link.isRunning(),
                link.isPointToPoint(), link.isLoopback(), link.mtu(), addresses), link.index());
        Told before = told.get(name);
        if (now.equals(before)) {
            return;
        }
        if (before != null && before.index != now.index) {
            // Another device under the same name: what was known of the old one, groups joined for one, went with it.
            gone(name);
        }
        told.put(name, now);
        idOfIndex.put(link.index(), id);
        listener.onInterface(now.state, now.index);
    }

    /// Those whose devices are there, in the order of the configuration.
    public Collection<RouterInterface> all() {
        return devices.keySet().stream().map(told::get).filter(each -> each != null).map(Told::state).toList();
    }

    /// The interface of that name, when its device is there.
    public Optional<RouterInterface> named(String name) {
        return Optional.ofNullable(told.get(name)).map(Told::state);
    }

    /// The id of the interface with that kernel's number.
    public Optional<Integer> idOf(int interfaceIndex) {
        return Optional.ofNullable(idOfIndex.get(interfaceIndex));
    }

    /// What is configured: name → device.
    public Map<String, String> configured() {
        return Collections.unmodifiableMap(devices);
    }

    @Override
    public void close() {
        netlink.close();
    }
}
