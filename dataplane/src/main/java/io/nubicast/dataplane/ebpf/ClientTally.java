package io.nubicast.dataplane.ebpf;

import io.nubicast.forwarding.CompiledRoute;
import io.nubicast.forwarding.SendError;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// What `client.c` counted of one route, processor by processor, on its way into the route's counters. One thread.
final class ClientTally {
    /// Bytes of struct count.
    static final int BYTES = 64;

    private static final int DATAGRAMS = 0;
    private static final int PAYLOAD_BYTES = 1;
    private static final int FRAMES = 2;
    private static final int RESTORED_DATAGRAMS = 3;
    private static final int RESTORED_BYTES = 4;
    private static final int RESTORED_FRAMES = 5;
    private static final int FULL = 6;
    private static final int FAILED = 7;
    private static final int FIELDS = 8;

    private final int number;
    private final MemorySegment counts;
    private final long[] seen = new long[FIELDS];
    private final long[] grown = new long[FIELDS];
    private CompiledRoute route;

    /// @param number of it
    /// @param memory all tallies, as programs see them
    /// @param processors entries of a tally
    ClientTally(int number, MemorySegment memory, int processors, CompiledRoute route) {
        this.number = number;
        this.route = route;
        counts = memory.asSlice((long) number * processors * BYTES, (long) processors * BYTES);
        counts.fill((byte) 0);
    }

    int number() {
        return number;
    }

    /// The same match, compiled anew.
    void route(CompiledRoute newRoute) {
        route = newRoute;
    }

    /// Adds what is new to the route's counters. Allocates nothing, unless something failed.
    ///
    /// @return how many datagrams are new
    long fold() {
        long sum = 0;
        for (int field = 0; field < FIELDS; field++) {
            long now = 0;
            for (long at = (long) field * Long.BYTES; at < counts.byteSize(); at += BYTES) {
                now += counts.get(ValueLayout.JAVA_LONG, at);
            }
            grown[field] = now - seen[field];
            sum += grown[field];
            seen[field] = now;
        }
        if (sum == 0) {
            return 0;
        }
        route.counters().received(grown[DATAGRAMS], grown[PAYLOAD_BYTES]);
        route.counters().bursts(grown[FRAMES]);
        route.replicationCounters(0).sent(grown[RESTORED_DATAGRAMS], grown[RESTORED_BYTES], grown[RESTORED_FRAMES]);
        failed(SendError.BUFFER_FULL, grown[FULL]);
        failed(SendError.OTHER, grown[FAILED]);
        return grown[DATAGRAMS];
    }

    private void failed(SendError kind, long datagrams) {
        if (datagrams > 0) {
            route.replicationCounters(0).failed(kind, datagrams, System.currentTimeMillis());
        }
    }
}
