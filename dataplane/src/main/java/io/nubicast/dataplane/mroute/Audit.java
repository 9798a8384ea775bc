package io.nubicast.dataplane.mroute;

import io.nubicast.kernel.netlink.MulticastNetlink;
import io.nubicast.kernel.netlink.MulticastRoute;
import io.nubicast.kernel.sys.SystemCallException;
import io.nubicast.wire.Address;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Compares the kernel's table with what was put (MFC-015).
final class Audit {
    /// Who is asked and told.
    interface Table {
        /// Whether that entry of the kernel is what was put.
        boolean isRight(MulticastRoute entry);

        /// Puts what was put for that source and group once more; removes the entry where nothing was.
        void repair(Address source, Address group);

        /// What ought to be there.
        Iterable<RouteKey> wanted();
    }

    private Audit() {}

    /// Repairs every difference and says what it was.
    static List<String> run(MulticastNetlink netlink, int tableNumber, Table table) throws SystemCallException {
        List<String> differences = new ArrayList<>();
        Map<RouteKey, MulticastRoute> there = new HashMap<>();
        for (MulticastRoute entry : netlink.routes(tableNumber)) {
            if (!entry.unresolved()) {
                there.put(new RouteKey(Address.ofIpv4(entry.source()), Address.ofIpv4(entry.group())), entry);
            }
        }
        for (RouteKey key : table.wanted()) {
            MulticastRoute entry = there.remove(key);
            if (entry == null) {
                differences.add(key + " was missing");
                table.repair(key.source(), key.group());
            } else if (!table.isRight(entry)) {
                differences.add(key + " was not as it had been put");
                table.repair(key.source(), key.group());
            }
        }
        for (RouteKey key : there.keySet()) {
            differences.add(key + " had not been put");
            table.repair(key.source(), key.group());
        }
        return differences;
    }
}
