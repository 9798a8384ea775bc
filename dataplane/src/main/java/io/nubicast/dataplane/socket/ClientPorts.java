package io.nubicast.dataplane.socket;

import io.nubicast.dataplane.linux.PlaneEvents;
import io.nubicast.forwarding.Match;
import io.nubicast.forwarding.PlaneEvent;
import io.nubicast.kernel.sys.SystemCallException;
import io.nubicast.kernel.sys.UnsupportedFeature;
import io.nubicast.wire.Address;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// The ports that the routes name, on each address that serves them. One thread.
final class ClientPorts implements AutoCloseable {
    private final PlaneEvents events;
    /// Sorted by [#key(int, int)], for [#find].
    private long[] keys = {};
    private ClientPort[] ports = {};

    ClientPorts(PlaneEvents events) {
        this.events = events;
    }

    private static long key(int address, int port) {
        return (long) address << 16 | port;
    }

    /// Opens what the routes want and closes the rest; what is in both goes on undisturbed.
    void serve(ClientHost host, Collection<RestoreRoute> routes) {
        SortedMap<Long, ClientPort> wanted = new TreeMap<>();
        for (RestoreRoute route : routes) {
            int port = route.compiled().route().match().destinationPort();
            for (int i = 0; i < host.addressCount() && port != Match.ANY_PORT; i++) {
                int address = host.address(i);
                int place = host.place(i);
                if (route.accepts(address, place)) {
                    wanted.computeIfAbsent(key(address, port), key -> keptOrNew(address, port, place));
                }
            }
        }
        for (ClientPort port : ports) {
            if (!wanted.containsKey(key(port.address(), port.port()))) {
                port.close();
            }
        }
        keys = wanted.keySet().stream().mapToLong(Long::longValue).toArray();
        ports = wanted.values().toArray(ClientPort[]::new);
        openAll();
    }

    private ClientPort keptOrNew(int address, int port, int place) {
        ClientPort kept = find(address, port);
        if (kept == null) {
            return new ClientPort(address, port, place);
        }
        kept.place(place);
        return kept;
    }

    /// Binds those that could not be bound before.
    ///
    /// @return whether one more is bound
    boolean openAll() {
        boolean opened = false;
        for (ClientPort port : ports) {
            if (port.socket() != null) {
                continue;
            }
            String where = Address.ofIpv4(port.address()) + ":" + port.port();
            try {
                port.open();
                opened |= port.socket() != null;
                if (port.isHeld()) {
                    events.add(new PlaneEvent.Notice("an application holds port " + where
                            + " for itself: it gets the copies as they come, and they are restored for the LAN only. To"
                            + " restore them for applications here too, let it set SO_REUSEADDR or bind to the group"));
                }
            } catch (SystemCallException | UnsupportedFeature e) {
                events.add(new PlaneEvent.Notice("cannot receive on " + where + ": " + e.getMessage()));
            }
        }
        return opened;
    }

    /// Whether [#openAll()] has something to try again.
    boolean isIncomplete() {
        for (ClientPort port : ports) {
            if (port.socket() == null) {
                return true;
            }
        }
        return false;
    }

    /// The port on that address, or null when no route names it. Hot path.
    @Nullable
    ClientPort find(int address, int port) {
        int at = Arrays.binarySearch(keys, key(address, port));
        return at < 0 ? null : ports[at];
    }

    int count() {
        return ports.length;
    }

    ClientPort at(int index) {
        return ports[index];
    }

    /// Ports that are bound on every address that serves them.
    int[] bound() {
        List<Integer> unbound = Arrays.stream(unbound()).boxed().toList();
        return Arrays.stream(ports).mapToInt(ClientPort::port).distinct().filter(port -> !unbound.contains(port))
                .toArray();
    }

    /// Ports that are not bound on some address.
    int[] unbound() {
        List<Integer> result = new ArrayList<>();
        for (ClientPort port : ports) {
            if (port.socket() == null && !result.contains(port.port())) {
                result.add(port.port());
            }
        }
        return result.stream().mapToInt(Integer::intValue).toArray();
    }

    @Override
    public void close() {
        for (ClientPort port : ports) {
            port.close();
        }
        keys = new long[0];
        ports = new ClientPort[0];
    }
}
