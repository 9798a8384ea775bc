package io.nubicast.dataplane.ebpf;

import io.nubicast.dataplane.ebpf.MemberRuns.Run;
import io.nubicast.forwarding.CompiledRoute;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// One version of a route in the kernel: who is served there, who is left to user space, and what was counted of it so far. Written
/// by the control thread; what is final may be read by any.
final class RouteVersion {
    /// struct version of server.c, flags
    static final int LEFT_TO_USER_SPACE = 1;
    static final int HAS_REST = 2;
    static final int CONSUMES_ORIGINAL = 4;
    static final int LAST_COPY = 8;

    final int generation;
    final CompiledRoute route;
    final Run run;
    /// Indexes of the members in the run, in its order.
    final int[] members;
    /// Indexes of the others.
    final int[] rest;
    final int flags;
    /// Whether what applications of this host send is left to user space, which sends it as bursts.
    final boolean left;
    /// The smallest of the members'.
    final int mtu;
    /// Of the copies, or 0.
    final int port;
    /// When no entry had it any more; 0 while one has.
    long retiredNs;

    /// How many frames user space was done with when there was nothing left to do, and since when that is so; -1 when there is.
    long done = -1;
    long doneNs;

    // What was taken over into the counters of route and members: see struct count.
    final long[] counted = new long[6];
    /// By place in the run, where something failed: datagrams, bytes, frames.
    long @Nullable [][] failed;
    private volatile int @Nullable [] sortedAddresses;

    RouteVersion(int generation, CompiledRoute route, Run run, int[] members, int[] rest, boolean left, int mtu,
            int port) {
        this.generation = generation;
        this.route = route;
        this.run = run;
        this.members = members;
        this.rest = rest;
        this.left = left;
        flags = rest.length > 0 ? HAS_REST : 0;
        this.mtu = mtu;
        this.port = port;
    }

    /// With more of them.
    int flags(int more) {
        int all = flags | more;
        return (all & (CONSUMES_ORIGINAL | HAS_REST)) == CONSUMES_ORIGINAL && members.length > 0
                ? all | LAST_COPY
                : all;
    }

    /// Whether datagrams of it may come to user space as a matter of course, and not for their size only.
    boolean handsOver() {
        return left || (flags & HAS_REST) != 0;
    }

    /// Whether the member of that address is served in the kernel. Any thread.
    boolean serves(int address) {
        int[] sorted = sortedAddresses;
        if (sorted == null) {
            sorted = Arrays.stream(members).map(route::address).sorted().toArray();
            sortedAddresses = sorted;
        }
        return Arrays.binarySearch(sorted, address) >= 0;
    }
}
