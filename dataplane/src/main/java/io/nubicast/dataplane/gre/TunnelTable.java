package io.nubicast.dataplane.gre;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// Finds the tunnel of a packet by its outer addresses, the transport and the key (GRE-002). Immutable; allocates nothing when asked.
final class TunnelTable {
    static final TunnelTable EMPTY = new TunnelTable(List.of());

    private final Tunnel[] tunnels;
    private final long[] addresses;
    private final int mask;

    TunnelTable(List<Tunnel> all) {
        int size = Integer.highestOneBit(Math.max(2, all.size() * 2) * 2 - 1);
        mask = size - 1;
        tunnels = new Tunnel[size];
        addresses = new long[size];
        for (Tunnel tunnel : all) {
            TunnelPath path = tunnel.path();
            if (path.source == 0) {
                continue;
            }
            int place = place(path.addresses);
            while (tunnels[place] != null) {
                place = place + 1 & mask;
            }
            tunnels[place] = tunnel;
            addresses[place] = path.addresses;
        }
    }

    private int place(long both) {
        long mixed = both * 0x9E3779B97F4A7C15L;
        return (int) (mixed >>> 40) & mask;
    }

    /// The tunnel, or null.
    ///
    /// @param local the outer destination
    /// @param remote the outer source
    /// @param udpPort 0 for protocol 47
    @Nullable
    Tunnel find(int local, int remote, int udpPort, boolean keyed, int key) {
        long both = (long) local << 32 | remote & 0xFFFFFFFFL;
        for (int place = place(both); tunnels[place] != null; place = place + 1 & mask) {
            if (addresses[place] == both) {
                TunnelPath path = tunnels[place].path();
                if (path.udpPort == udpPort && path.keyed() == keyed && (!keyed || path.key == key)) {
                    return tunnels[place];
                }
            }
        }
        return null;
    }

    /// A tunnel between these addresses, whatever its key; or null.
    @Nullable
    Tunnel between(int local, int remote, int udpPort) {
        long both = (long) local << 32 | remote & 0xFFFFFFFFL;
        for (int place = place(both); tunnels[place] != null; place = place + 1 & mask) {
            if (addresses[place] == both && tunnels[place].path().udpPort == udpPort) {
                return tunnels[place];
            }
        }
        return null;
    }
}
