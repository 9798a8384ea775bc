package io.nubicast.dataplane.linux;

import io.nubicast.kernel.netlink.RouteQueries;
import io.nubicast.kernel.sys.SystemCallException;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/// Finds the members behind a gateway that does not answer: the kernel tells the neighbour only, and the ICMP error goes to the
/// copy's source, which may be another host. Asked when a neighbour fails, which is seldom. One thread.
final class FailedGateways implements AutoCloseable {
    /// Members that are looked up at most, some 20 ms of work; of more than that the rest is not found.
    private static final int MOST_MEMBERS = 8_192;

    private final int[] asked = new int[RouteQueries.BATCH];
    private @Nullable RouteQueries queries;

    /// Tells the members whose packets the kernel sends by that gateway, in the namespace of the calling thread.
    ///
    /// @param members addresses, each once
    void behind(int gateway, int[] members, IntConsumer out) throws SystemCallException {
        RouteQueries open = queries;
        if (open == null) {
            open = RouteQueries.open();
            queries = open;
        }
        int end = Math.min(members.length, MOST_MEMBERS);
        for (int from = 0; from < end; from += asked.length) {
            int first = from;
            int count = Math.min(asked.length, end - from);
            System.arraycopy(members, from, asked, 0, count);
            int ignored = open.lookUp(asked, count, (at, answer) -> {
                if (answer.error() == 0 && answer.gateway() == gateway) {
                    out.accept(members[first + at]);
                }
            });
        }
    }

    @Override
    public void close() {
        if (queries != null) {
            queries.close();
        }
    }
}
