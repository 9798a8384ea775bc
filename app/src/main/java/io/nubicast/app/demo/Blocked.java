package io.nubicast.app.demo;

import io.nubicast.app.demo.Hop.Reading;
import io.nubicast.tools.lab.Switch;

/// What the VPC dropped of one group. Asking costs two child processes, so it is asked about once a second. One thread.
final class Blocked {
    private static final long ASK_EVERY_NS = 900_000_000;

    private final Switch vpc;
    private final String group;
    private long askedNs = System.nanoTime() - ASK_EVERY_NS;
    private long dropped = -1;
    private long before;

    Blocked(Switch vpc, String group) {
        this.vpc = vpc;
        this.group = group;
    }

    /// Datagrams since the start or the last [#restart()]; -1 where nothing counts them.
    Reading reading() {
        long nowNs = System.nanoTime();
        if (nowNs - askedNs >= ASK_EVERY_NS) {
            askedNs = nowNs;
            dropped = vpc.multicastDropped(group);
        }
        return new Reading(dropped < 0 ? -1 : dropped - before, -1, "blocked", true);
    }

    /// The next [#reading()] is not an old one.
    void refresh() {
        askedNs = System.nanoTime() - ASK_EVERY_NS;
    }

    /// Counts anew.
    void restart() {
        refresh();
        before = 0;
        before = Math.max(0, reading().packets());
    }
}
