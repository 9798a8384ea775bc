package io.nubicast.app.router;

import io.nubicast.kernel.sys.SystemCallException;
import io.nubicast.kernel.tun.TunDevice;
import io.nubicast.router.config.InterfaceConfig;
import io.nubicast.router.config.InterfaceName;
import io.nubicast.router.config.RouterConfig;
import java.util.LinkedHashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// `interface LoopbackN`: each is a device of its own that leads nowhere, so that its addresses are always up. On the router's
/// thread.
final class Loopbacks implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Loopbacks.class);

    private final Map<String, TunDevice> open = new LinkedHashMap<>();

    Loopbacks() {}

    /// Makes and removes devices as configured.
    void apply(RouterConfig config) {
        open.entrySet().removeIf(each -> {
            boolean gone = !config.interfaces().containsKey(each.getKey());
            if (gone) {
                each.getValue().close();
            }
            return gone;
        });
        for (InterfaceConfig each : config.interfaces().values()) {
            if (each.name().kind() == InterfaceName.Kind.LOOPBACK && !open.containsKey(each.name().toString())) {
                try {
                    TunDevice device = TunDevice.open(each.name().toString(), 1);
                    device.up();
                    open.put(each.name().toString(), device);
                } catch (SystemCallException e) {
                    LOG.error("{}: {}", each.name(), e.getMessage());
                }
            }
        }
    }

    /// Whether that interface is one of these.
    boolean owns(String name) {
        return open.containsKey(name);
    }

    @Override
    public void close() {
        open.values().forEach(TunDevice::close);
        open.clear();
    }
}
