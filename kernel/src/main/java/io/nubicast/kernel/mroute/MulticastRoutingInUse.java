package io.nubicast.kernel.mroute;

import java.io.IOException;
import java.io.Serial;

/// Another process owns the multicast routing table; there is one owner a table (MFC-001).
public final class MulticastRoutingInUse extends IOException {
    @Serial
    private static final long serialVersionUID = 1L;

    /// @param owner who it seems to be, for people: `pimd (process 4711)`
    MulticastRoutingInUse(int table, String owner) {
        super("multicast routing table " + table + " belongs to " + owner + "; stop that, or take another table");
    }
}
