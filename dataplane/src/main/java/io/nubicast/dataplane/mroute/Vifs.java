package io.nubicast.dataplane.mroute;

import io.nubicast.forwarding.routing.RoutingPort;
import io.nubicast.kernel.mroute.MulticastRouting;
import io.nubicast.kernel.sys.SystemCallException;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The ports as the kernel numbers them: 31 for devices, the last number for the register vif. Follows devices that vanish, come
/// back, and change their names. One thread.
final class Vifs {
    /// Numbers for devices: all but the register vif's.
    static final int MOST_PORTS = MulticastRouting.MOST_VIFS - 1;
    private static final int REGISTER = MulticastRouting.MOST_VIFS - 1;

    /// A port that is in the kernel's table.
    ///
    /// @param interfaceIndex 0 of the register vif
    record Vif(int number, RoutingPort port, int interfaceIndex) {}

    private final MulticastRouting routing;
    private final Consumer<String> notices;
    private final Map<Integer, RoutingPort> ports = new LinkedHashMap<>();
    private final Map<String, Integer> devices = new HashMap<>();
    private final Map<Integer, Vif> byPort = new HashMap<>();
    private final @Nullable Vif[] byNumber = new @Nullable Vif[MulticastRouting.MOST_VIFS];
    /// Devices that could not be made a vif, so that it is said once.
    private final Set<String> refused = new HashSet<>();

    Vifs(MulticastRouting routing, Consumer<String> notices) {
        this.routing = routing;
        this.notices = notices;
    }

    /// These ports from now on; takes effect with [#sync()].
    void ports(Collection<RoutingPort> wanted) {
        ports.clear();
        wanted.forEach(port -> ports.put(port.id(), port));
        refused.clear();
    }

    Map<Integer, RoutingPort> ports() {
        return ports;
    }

    /// All devices there are; takes effect with [#sync()].
    void devices(Map<String, Integer> indexByName) {
        devices.clear();
        devices.putAll(indexByName);
    }

    void deviceIs(String name, int index) {
        devices.values().removeIf(known -> known == index);
        devices.put(name, index);
        refused.remove(name);
    }

    void deviceIsGone(int index) {
        devices.values().removeIf(known -> known == index);
    }

    /// Makes the kernel's vifs those of the ports whose devices are there.
    ///
    /// @return whether numbers have changed: entries must be put again
    boolean sync() {
        boolean changed = false;
        for (Vif vif : byPort.values().toArray(Vif[]::new)) {
            RoutingPort port = ports.get(vif.port.id());
            if (port == null || index(port) != vif.interfaceIndex) {
                takeOff(vif);
                changed = true;
            } else if (!port.equals(vif.port)) {
                // Its threshold, or another name of the same device.
                Vif renewed = new Vif(vif.number, port, vif.interfaceIndex);
                byPort.put(port.id(), renewed);
                byNumber[vif.number] = renewed;
                changed = true;
            }
        }
        for (RoutingPort port : ports.values()) {
            if (!byPort.containsKey(port.id()) && (port.id() == RoutingPort.REGISTER || index(port) != 0)) {
                changed |= putOn(port);
            }
        }
        return changed;
    }

    private int index(RoutingPort port) {
        return port.id() == RoutingPort.REGISTER ? 0 : devices.getOrDefault(port.device(), 0);
    }

    private void takeOff(Vif vif) {
        byPort.remove(vif.port.id());
        byNumber[vif.number] = null;
        try {
            routing.deleteVif(vif.number);
        } catch (SystemCallException e) {
            notices.accept("cannot take " + vif.port.device() + " out of multicast routing: " + e.getMessage());
        }
    }

    private boolean putOn(RoutingPort port) {
        boolean isRegister = port.id() == RoutingPort.REGISTER;
        int number = isRegister ? REGISTER : freeNumber();
        if (number < 0) {
            if (refused.add(port.device())) {
                notices.accept(
                        port.device() + " is not served: the kernel's multicast routing has room for " + MOST_PORTS
                                + " interfaces");
            }
            return false;
        }
        int index = index(port);
        try {
            if (isRegister) {
                routing.addRegisterVif(number);
            } else {
                routing.addVif(number, index);
            }
        } catch (SystemCallException e) {
            if (refused.add(port.device())) {
                notices.accept((isRegister ? "the register interface" : port.device())
                        + " cannot take part in multicast routing: " + e.getMessage());
            }
            return false;
        }
        Vif vif = new Vif(number, port, index);
        byPort.put(port.id(), vif);
        byNumber[number] = vif;
        return true;
    }

    /// A number that no vif has, or -1.
    int freeNumber() {
        for (int number = 0; number < MOST_PORTS; number++) {
            if (byNumber[number] == null) {
                return number;
            }
        }
        return -1;
    }

    Optional<Vif> of(int portId) {
        return Optional.ofNullable(byPort.get(portId));
    }

    Optional<Vif> numbered(int number) {
        return number < 0 || number >= byNumber.length ? Optional.empty() : Optional.ofNullable(byNumber[number]);
    }

    /// Those in the kernel's table.
    Collection<Vif> all() {
        return byPort.values();
    }

    /// The index of a device, or 0.
    int deviceIndex(String name) {
        return devices.getOrDefault(name, 0);
    }
}
