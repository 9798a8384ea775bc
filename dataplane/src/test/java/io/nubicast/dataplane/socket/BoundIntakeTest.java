package io.nubicast.dataplane.socket;

import static io.nubicast.dataplane.socket.Lan.GROUP;
import static io.nubicast.dataplane.socket.Lan.SERVER_PORT;
import static io.nubicast.wire.Address.ANY_IPV4;
import static org.assertj.core.api.Assertions.assertThat;

import io.nubicast.forwarding.Rewrite;
import io.nubicast.forwarding.RouteTable;
import io.nubicast.tools.lab.Node;
import java.util.List;
import org.junit.jupiter.api.Test;

/// What is so only where the copies' ports are bound.
class BoundIntakeTest extends SocketClientFixture {
    @Override
    ClientPlane client() {
        return ClientPlane.BOUND;
    }

    @Test
    void anApplicationThatHoldsThePortGetsTheCopyAndTheLanTheDatagram() throws Exception {
        Application holder = application(vm1, ANY_IPV4, SERVER_PORT, false, GROUP);
        Application outside = application(vm2, ANY_IPV4, SERVER_PORT, false, GROUP);
        plane.apply(new RouteTable(List.of(route(SERVER_PORT, Rewrite.KEEP_PORT))));

        send(0, 100, SERVER_PORT);

        assertEachOnce(holder.receive(100), 0, 100);
        assertEachOnce(outside.receive(100), 0, 100);
        assertThat(awaitNotice("holds port 10.0.0.11:" + SERVER_PORT)).contains("SO_REUSEADDR");

        holder.close();
        Application next = application(vm1, ANY_IPV4, SERVER_PORT, true, GROUP);
        Lan.until("the port is bound", () -> {
            server.sendTo(numbered(500), VM1, SERVER_PORT);
            return lists(vm1, "10.0.0.11:" + SERVER_PORT);
        });
        next.receive(0);
        outside.receive(0);
        send(600, 50, SERVER_PORT);

        assertEachOnce(next.receive(50), 600, 50);
        assertEachOnce(outside.receive(50), 600, 50);
    }

    private static boolean lists(Node node, String address) {
        return node.run("ss", "-Huln").contains(address);
    }
}
