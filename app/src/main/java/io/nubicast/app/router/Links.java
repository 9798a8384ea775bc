package io.nubicast.app.router;

import io.nubicast.kernel.netlink.InterfaceSettings;
import io.nubicast.kernel.sys.SystemCallException;
import io.nubicast.router.config.InterfaceConfig;
import io.nubicast.router.iface.InterfaceAddress;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// `ip address`, `mtu` and `shutdown`: keeps the kernel's devices in line with the configuration. A device without an `ip address`
/// line keeps what it has, from DHCP for example; what the router added it takes back. On the router's thread.
final class Links implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Links.class);

    /// What was done to a device, by its kernel's index.
    private record Done(List<InterfaceAddress> addresses, int mtu, boolean shutdown) {
        private static final Done NOTHING = new Done(List.of(), 0, false);
    }

    private final InterfaceSettings settings;
    private final Map<Integer, Done> done = new HashMap<>();
    private final Set<String> complained = new HashSet<>();

    Links() throws SystemCallException {
        settings = InterfaceSettings.open();
    }

    /// That interface is configured so, and its device is that one.
    ///
    /// @param index the kernel's
    /// @param there addresses that the device has
    void apply(InterfaceConfig config, int index, Set<InterfaceAddress> there) {
        Done before = done.getOrDefault(index, Done.NOTHING);
        for (InterfaceAddress address : before.addresses()) {
            if (!config.addresses().contains(address)) {
                attempt(config, "no ip address " + address,
                        () -> settings.removeAddress(index, address.address().ipv4(), address.prefixLength()));
            }
        }
        for (InterfaceAddress address : config.addresses()) {
            if (!there.contains(address)) {
                attempt(config, "ip address " + address,
                        () -> settings.addAddress(index, address.address().ipv4(), address.prefixLength(), 0));
            }
        }
        int mtu = config.mtu().orElse(0);
        if (mtu != 0 && mtu != before.mtu()) {
            attempt(config, "mtu " + mtu, () -> settings.mtu(index, mtu));
        }
        boolean isTunnel = config.tunnel().isPresent();
        if (!isTunnel && (config.shutdown() != before.shutdown() || !done.containsKey(index))) {
            attempt(config, config.shutdown() ? "shutdown" : "no shutdown",
                    () -> settings.up(index, !config.shutdown()));
        }
        done.put(index, new Done(config.addresses(), mtu, config.shutdown()));
    }

    /// That device is gone, or no longer the router's.
    ///
    /// @param there whether the device is still there, so that its addresses can be taken back
    void forget(int index, boolean there) {
        Done before = done.remove(index);
        if (before != null && there) {
            for (InterfaceAddress address : before.addresses()) {
                try {
                    settings.removeAddress(index, address.address().ipv4(), address.prefixLength());
                } catch (SystemCallException e) {
                    LOG.warn("address {}: {}", address, e.getMessage());
                }
            }
        }
    }

    @FunctionalInterface
    private interface Change {
        void make() throws SystemCallException;
    }

    private void attempt(InterfaceConfig config, String line, Change change) {
        String what = config.name() + ": " + line;
        try {
            change.make();
            complained.remove(what);
        } catch (SystemCallException e) {
            if (complained.add(what)) {
                LOG.error("{}: {}", what, e.getMessage());
            }
        }
    }

    @Override
    public void close() {
        settings.close();
    }
}
