package io.nubicast.proxy.status;

import static org.assertj.core.api.Assertions.assertThat;

import io.nubicast.forwarding.CounterRegistry;
import io.nubicast.forwarding.DropCounters;
import io.nubicast.forwarding.OutputPort;
import io.nubicast.forwarding.ReplicationCounters;
import io.nubicast.forwarding.RouteCounters;
import io.nubicast.forwarding.RouteTable;
import io.nubicast.forwarding.SendError;
import io.nubicast.proxy.config.ServerChange;
import io.nubicast.proxy.config.ServerConfig;
import io.nubicast.proxy.config.ServerRoutes;
import io.nubicast.wire.Address;
import io.nubicast.wire.DropReason;
import java.util.List;
import org.junit.jupiter.api.Test;

/// The kernel module's counters over changes of groups and members.
class TotalsTest {
    private static final Address GROUP = Address.ipv4("239.1.1.1");
    private static final Address FIRST = Address.ipv4("10.0.0.1");
    private static final Address SECOND = Address.ipv4("10.0.0.2");

    private final CounterRegistry registry = new CounterRegistry();
    private final DropCounters drops = new DropCounters();
    private final Totals totals = new Totals(registry);
    private ServerConfig config = ServerConfig.EMPTY;
    private RouteTable table = RouteTable.EMPTY;

    @Test
    void membersTimesDatagramsAreCopiesAndFailures() {
        serve(ServerChange.join(config, GROUP, List.of(FIRST, SECOND)));
        datagrams(10, 100);
        ofMember(SECOND).failed(SendError.NO_NEIGHBOUR);
        ofMember(SECOND).failed(SendError.BUFFER_FULL);
        ofMember(SECOND).failed(SendError.BUFFER_FULL);
        drops.add(DropReason.NO_ROUTE, 7);
        drops.add(DropReason.RECEIVE_BUFFER_FULL, 5);

        assertThat(counts()).isEqualTo(new KernelCounts(10, 10 * 128, 20, 20 * 128, 7, 0, 1, 2 + 5));
        assertThat(Totals.kernel(table.routes().getFirst(), registry))
                .isEqualTo(new KernelCounts(10, 10 * 128, 20, 20 * 128, 0, 0, 1, 2));
    }

    @Test
    void whatGoesStaysCounted() {
        serve(ServerChange.join(config, GROUP, List.of(FIRST, SECOND)));
        datagrams(10, 100);
        ofMember(SECOND).failed(SendError.NO_ROUTE);

        serve(ServerChange.quit(config, GROUP, List.of(SECOND)));
        datagrams(1, 50);
        serve(ServerChange.delete(config, GROUP));

        assertThat(counts()).isEqualTo(
                new KernelCounts(11, 10 * 128 + 78, 21, 20 * 128 + 78, 0, 0, 1, 0));
        serve(ServerChange.join(config, GROUP, List.of(FIRST)));
        datagrams(2, 72);
        assertThat(counts().txPackets()).isEqualTo(23);
        assertThat(Totals.kernel(table.routes().getFirst(), registry).txBytes()).isEqualTo(200);
    }

    @Test
    void datagramsToAGroupWithoutMembersAreCountedWhileItHasNone() {
        serve(ServerChange.join(config, GROUP, List.of(FIRST)));
        datagrams(3, 100);
        serve(ServerChange.quit(config, GROUP, List.of(FIRST)));
        datagrams(4, 100);
        assertThat(counts().noMember()).isEqualTo(4);

        serve(ServerChange.join(config, GROUP, List.of(SECOND)));
        datagrams(5, 100);
        assertThat(counts().noMember()).isEqualTo(4);
        serve(ServerChange.quit(config, GROUP, List.of(SECOND)));
        datagrams(6, 100);
        serve(ServerChange.delete(config, GROUP));

        assertThat(counts().noMember()).isEqualTo(10);
        assertThat(counts().rxPackets()).isEqualTo(18);
    }

    private KernelCounts counts() {
        return totals.kernel(table, drops);
    }

    private void serve(ServerChange change) {
        RouteTable now = ServerRoutes.of(change.config(), ServerRoutes.Options.DEFAULT, config, table);
        totals.replace(table, now);
        config = change.config();
        table = now;
    }

    /// To the group, with a copy to each of its members.
    private void datagrams(int count, int payloadBytes) {
        RouteCounters route = registry.of(table.routes().getFirst().match());
        route.received(count, (long) count * payloadBytes);
        for (Address member : config.groups().getFirst().members()) {
            ofMember(member).sent(count, count * payloadBytes);
        }
    }

    private ReplicationCounters ofMember(Address member) {
        return registry.of(table.routes().getFirst().match()).of(new OutputPort.UnicastMember(member));
    }
}
