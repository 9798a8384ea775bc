package io.nubicast.dataplane.socket;

import static io.nubicast.dataplane.socket.Lan.GROUP;
import static io.nubicast.dataplane.socket.Lan.GROUP_PORT;
import static io.nubicast.dataplane.socket.Lan.SERVER_PORT;
import static io.nubicast.wire.Address.ANY_IPV4;
import static org.assertj.core.api.Assertions.assertThat;

import io.nubicast.dataplane.ebpf.EbpfClientPlane;
import io.nubicast.dataplane.socket.Application.Received;
import io.nubicast.forwarding.InterfaceSelection;
import io.nubicast.forwarding.Match;
import io.nubicast.forwarding.RateLimit;
import io.nubicast.forwarding.Replication;
import io.nubicast.forwarding.Rewrite;
import io.nubicast.forwarding.Route;
import io.nubicast.forwarding.RouteTable;
import java.util.List;
import org.junit.jupiter.api.Test;

/// What is restored in the kernel, and what is left to user space.
class EbpfClientPlaneTest extends SocketClientFixture {
    @Override
    ClientPlane client() {
        return ClientPlane.KERNEL;
    }

    private void assertInKernel(long datagrams) {
        long counted = counters.of(match(SERVER_PORT)).packets();
        Lan.until(datagrams + " in the kernel", () -> ((EbpfClientPlane) plane).restoredInKernel() == datagrams);
        assertThat(counters.of(match(SERVER_PORT)).packets()).isGreaterThanOrEqualTo(counted);
    }

    @Test
    void ordinaryCopiesNeedNoUserSpaceAndFragmentsDo() throws Exception {
        Application here = application(vm1, ANY_IPV4, GROUP_PORT, true, GROUP);
        Application there = application(vm2, ANY_IPV4, GROUP_PORT, true, GROUP);
        plane.apply(new RouteTable(List.of(route(SERVER_PORT, GROUP_PORT))));

        send(0, 100, SERVER_PORT);
        assertEachOnce(here.receive(100), 0, 100);
        assertEachOnce(there.receive(100), 0, 100);
        assertInKernel(100);

        server.sendTo(new byte[3_000], VM1, SERVER_PORT);
        assertThat(here.receive(1)).hasSize(1);
        assertThat(there.receive(1)).hasSize(1);
        assertInKernel(100);
        Lan.until("counted", () -> counters.of(match(SERVER_PORT)).packets() == 101);
        assertThat(counters.of(match(SERVER_PORT)).of(out(InterfaceSelection.ARRIVAL)).packets()).isEqualTo(101);
    }

    /// A train of the sender, whole up to here, is single datagrams for an application that knows nothing of trains.
    @Test
    void trainsStayWhole() throws Exception {
        Application here = application(vm1, ANY_IPV4, GROUP_PORT, true, GROUP);
        Application there = application(vm2, ANY_IPV4, GROUP_PORT, true, GROUP);
        plane.apply(new RouteTable(List.of(route(SERVER_PORT, GROUP_PORT))));
        server.segmentBytes(1_000);
        byte[] train = new byte[12_345];
        for (int i = 0; i < 13; i++) {
            train[i * 1_000 + 1] = (byte) i;
        }

        for (int i = 0; i < 10; i++) {
            assertThat(server.sendTo(train, VM1, SERVER_PORT)).isEqualTo(train.length);
        }

        for (Application application : List.of(here, there)) {
            List<Received> received = application.receive(130);
            assertEachOnce(received.subList(0, 13), 0, 13);
            assertThat(received).hasSize(130);
            assertThat(received.getLast().payload()).hasSize(345);
        }
        assertInKernel(130);
        assertThat(counters.of(match(SERVER_PORT)).bytes()).isEqualTo(123_450);
        assertThat(counters.of(match(SERVER_PORT)).bursts()).isEqualTo(10);
        assertThat(counters.of(match(SERVER_PORT)).of(out(InterfaceSelection.ARRIVAL)).frames()).isEqualTo(10);
    }

    @Test
    void whatIsLimitedIsLeftToUserSpaceAlsoBesideAnyPort() throws Exception {
        Application here = application(vm1, ANY_IPV4, GROUP_PORT, true, GROUP);
        Route limited = new Route("test", match(SERVER_PORT), List.of(
                new Replication(out(InterfaceSelection.ARRIVAL), new Rewrite(GROUP_PORT, 1))),
                new RateLimit(1_000_000, 0));
        plane.apply(new RouteTable(List.of(limited, route(Match.ANY_PORT, GROUP_PORT))));

        send(0, 10, SERVER_PORT);
        assertEachOnce(here.receive(10), 0, 10);
        assertInKernel(0);
        assertThat(counters.of(match(SERVER_PORT)).packets()).isEqualTo(10);
        assertThat(plane.carrier(match(SERVER_PORT), out(InterfaceSelection.ARRIVAL)).plane()).isEqualTo("socket");
        assertThat(plane.carrier(match(SERVER_PORT), out(InterfaceSelection.ARRIVAL)).why())
                .isEqualTo("it has a rate limit");

        send(0, 10, SERVER_PORT + 1);
        assertEachOnce(here.receive(10), 0, 10);
        assertThat(counters.of(match(Match.ANY_PORT)).packets()).isEqualTo(10);
        assertThat(plane.carrier(match(Match.ANY_PORT), out(InterfaceSelection.ARRIVAL)).plane()).isEqualTo("ebpf");
    }
}
