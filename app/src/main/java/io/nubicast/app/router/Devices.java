package io.nubicast.app.router;

import io.nubicast.router.config.InterfaceConfig;
import io.nubicast.router.config.InterfaceName;
import io.nubicast.router.config.RouterConfig;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Which device of the machine is which interface of the router. A pure function.
final class Devices {
    private static final List<String> NOT_ETHERNET =
            List.of("Tunnel", "Loopback", "pimreg", "nubicast", "docker", "virbr");

    private Devices() {}

    /// A `device` line decides; physical interfaces without one take the devices that are left in the order in which these appeared,
    /// by their own numbers; tunnels and loopbacks have devices of their own names.
    ///
    /// @param present devices of the machine in the order in which they appeared
    /// @return interface → device, for those that have one, in the order of the configuration
    static Map<String, String> of(RouterConfig config, List<String> present) {
        Set<String> taken = new HashSet<>();
        config.interfaces().values().forEach(each -> each.device().ifPresent(taken::add));
        Deque<String> left = new ArrayDeque<>(present.stream()
                .filter(name -> !taken.contains(name) && NOT_ETHERNET.stream().noneMatch(name::startsWith)).toList());
        Map<String, String> assigned = new LinkedHashMap<>();
        List<InterfaceName> physical = config.interfaces().values().stream().map(InterfaceConfig::name)
                .filter(name -> name.kind().isPhysical()).sorted().toList();
        Map<InterfaceName, String> inOrder = new LinkedHashMap<>();
        for (InterfaceName name : physical) {
            InterfaceConfig each = config.interfaces().get(name.toString());
            if (each != null && each.device().isEmpty() && !left.isEmpty()) {
                inOrder.put(name, left.removeFirst());
            }
        }
        config.interfaces().forEach((name, each) -> {
            if (each.name().kind() == InterfaceName.Kind.NULL) {
                return;
            }
            if (each.device().isPresent()) {
                assigned.put(name, each.device().get());
            } else if (!each.name().kind().isPhysical()) {
                assigned.put(name, name);
            } else if (inOrder.containsKey(each.name())) {
                assigned.put(name, inOrder.get(each.name()));
            }
        });
        return Collections.unmodifiableMap(assigned);
    }
}
